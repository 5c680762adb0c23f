// Escape hushes the meaning of a term that is shown, until the pointer or the focus leaves it.
const shown = ".term:hover, .term:focus-within";

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(shown)) {
    const speakAgain = () => term.classList.remove("hushed");
    term.classList.add("hushed");
    term.addEventListener("pointerleave", speakAgain, { once: true });
    term.addEventListener("focusout", speakAgain, { once: true });
  }
});
