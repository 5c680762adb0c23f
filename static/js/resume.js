// Reports the last heading read, so that any device resumes there.
// data-place-url and data-csrf-token on an element around the text (data-reading); posts csrf_token and
// heading, the id of an h2.
const EVERY = 10_000; // milliseconds between two reports while reading
const lesson = document.querySelector("[data-place-url]");

if (lesson) {
  const headings = [...lesson.querySelectorAll("[data-reading] h2[id]")];
  let reported = "";
  let timer = 0;

  // The last heading that has passed the upper two fifths of the window.
  const place = () => headings.filter((h) => h.getBoundingClientRect().top < innerHeight * 0.4).at(-1)?.id ?? "";
  const body = (heading) => new URLSearchParams({ csrf_token: lesson.dataset.csrfToken, heading });

  const report = async () => {
    timer = 0;
    const heading = place();
    if (!heading || heading === reported) return;
    try {
      const answer = await fetch(lesson.dataset.placeUrl, { method: "POST", body: body(heading) });
      if (answer.ok) reported = heading;
    } catch {
      // Offline: the next heading, or leaving the page, tries again.
    }
  };
  const leave = () => {
    const heading = place();
    if (document.visibilityState !== "hidden" || !heading || heading === reported) return;
    if (navigator.sendBeacon(lesson.dataset.placeUrl, body(heading))) reported = heading;
  };

  addEventListener("scroll", () => { timer ||= setTimeout(report, EVERY); }, { passive: true });
  document.addEventListener("visibilitychange", leave);
}
