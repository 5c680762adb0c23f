// Counts down to data-deadline (milliseconds, by the server's clock: data-now is what it showed when the page was
// made). Says it aloud at half of data-whole and at 10, 5 and 1 minutes; at the end the page is asked for again, and
// the server closes the attempt. Minutes only: nobody thinks better while seconds run.
const clock = document.querySelector("[data-deadline]");
const MINUTE = 60_000;
const GRACE = 2_500; // answers that are on their way are taken for two seconds
const TIME_UP = "Time is up. What was saved is marked now.";

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const words = (milliseconds) => {
  if (milliseconds < MINUTE) return "less than a minute";
  const minutes = Math.ceil(milliseconds / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && plural(hours, "hour"), (rest || !hours) && plural(rest, "minute")].filter(Boolean).join(" ");
};

if (clock) {
  const { deadline, now, whole } = clock.dataset;
  const [face, show, announce] = ["[data-clock]", "[data-left]", "[data-announce]"].map((name) => clock.querySelector(name));
  const [steady, wall] = [performance.now(), Date.now()];
  // One stands still while the machine sleeps, the other can be set back: what is more is true.
  const elapsed = () => Math.max(performance.now() - steady, Date.now() - wall);
  const left = () => Number(deadline) - Number(now) - elapsed();

  // What the page before this one told last, so that a mark is not missed on the way from page to page.
  const key = `left:${deadline}`;
  const remember = (rest) => { try { sessionStorage.setItem(key, rest); } catch { /* then it is told by this page alone */ } };
  const remembered = () => { try { return sessionStorage.getItem(key); } catch { return null; } };
  let from = Number(remembered() ?? left());
  const marks = [Number(whole) / 2, 10 * MINUTE, 5 * MINUTE, MINUTE];

  const leave = () => { location.href = location.pathname.replace(/\/review$/, ""); };
  const end = () => {
    clearInterval(timer);
    clock.dataset.state = "over";
    face.textContent = TIME_UP;
    announce.textContent = TIME_UP;
    setTimeout(() => { if (navigator.onLine) leave(); else addEventListener("online", () => setTimeout(leave, GRACE)); }, GRACE);
  };
  const tick = () => {
    const rest = left();
    if (rest <= 0) return end();
    show.textContent = words(rest);
    if (marks.some((mark) => rest <= mark && mark < from)) announce.textContent = `${words(Math.ceil(rest / MINUTE) * MINUTE)} left.`;
    from = rest;
    return remember(rest);
  };
  const timer = setInterval(tick, 1_000);
  tick();
  // A page in the background ticks seldom, and one on a machine that slept not at all.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && clock.dataset.state !== "over") tick(); });
}
