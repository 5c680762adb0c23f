// Marks the section in view in a list of contents (data-spy).
for (const contents of document.querySelectorAll("[data-spy]")) {
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const mark = (id) => {
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(id)?.setAttribute("aria-current", "true");
  };
  const observer = new IntersectionObserver(
    (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => mark(entry.target.id)),
    { rootMargin: "-15% 0px -75% 0px" },
  );
  links.forEach((_, id) => {
    const heading = document.getElementById(id);
    if (heading) observer.observe(heading);
  });
}
