// On the way back from a payment: asks every few seconds whether the order has turned, and shows the page anew
// when it has. [data-look-again] holds the state that the page shows.
const PAUSE = 3_000; // milliseconds
const page = document.querySelector("[data-look-again]");

const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "application/json" } });
    const { state, confirmed } = await answer.json();
    if (confirmed || state !== page.dataset.lookAgain) return location.reload();
  } catch { /* No network just now: the next look may have one. */ }
  return setTimeout(look, PAUSE);
};

if (page) {
  page.querySelectorAll("[data-with-script]").forEach((words) => { words.hidden = false; });
  page.querySelectorAll("[data-without-script]").forEach((words) => { words.hidden = true; });
  setTimeout(look, PAUSE);
}
