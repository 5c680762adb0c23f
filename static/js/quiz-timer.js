// Counts down to data-deadline (milliseconds, by the server's clock: data-now is what it showed when the page was
// made). Says it aloud at half of data-whole and at 10, 5 and 1 minutes; at the end the page is asked for again, and
// the server closes the attempt.
const clock = document.querySelector("[data-deadline]");
const MINUTE = 60_000;

if (clock) {
  const { deadline, now, whole } = clock.dataset;
  const made = performance.now();
  const left = () => Number(deadline) - Number(now) - (performance.now() - made);
  const marks = [Number(whole) / 2, 10 * MINUTE, 5 * MINUTE, MINUTE].filter((mark) => mark < left());
  const words = (milliseconds) => {
    const minutes = Math.max(Math.ceil(milliseconds / MINUTE), 0);
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
    return [hours && plural(hours, "hour"), (rest || !hours) && plural(rest, "minute")].filter(Boolean).join(" ");
  };
  const show = clock.querySelector("[data-left]");
  const announce = clock.querySelector("[data-announce]");

  const tick = () => {
    const rest = left();
    show.textContent = words(rest);
    const passed = marks.filter((mark) => rest <= mark);
    if (passed.length) {
      announce.textContent = `${words(rest)} left.`;
      marks.splice(0, marks.length, ...marks.filter((mark) => rest > mark));
    }
    if (rest <= 0) {
      clearInterval(timer);
      // Answers that are on their way are taken for two more seconds.
      setTimeout(() => { location.href = location.pathname.replace(/\/review$/, ""); }, 2_500);
    }
  };
  const timer = setInterval(tick, 1_000);
  tick();
}
