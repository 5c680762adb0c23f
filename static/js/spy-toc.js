// Marks the section in view in a list of contents (data-spy): the last one that began above a line in the upper part
// of the window. The area that is watched has no upper end, so that a jump over many sections is noticed too.
const ABOVE_THE_LINE = "1000000px 0px -75% 0px";

for (const contents of document.querySelectorAll("[data-spy]")) {
  const links = [...contents.querySelectorAll("a")];
  const begun = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) begun[entry.isIntersecting ? "add" : "delete"](entry.target.id);
    const current = links.findLast((link) => begun.has(link.hash.slice(1)));
    for (const link of links) link.removeAttribute("aria-current");
    current?.setAttribute("aria-current", "true");
  }, { rootMargin: ABOVE_THE_LINE });
  for (const link of links) {
    const heading = document.getElementById(link.hash.slice(1));
    if (heading) observer.observe(heading);
  }
}
