// Reviews by keyboard: 1 to 4 rate a turned card, 1 to 9 choose an option, Enter goes on, Space turns the card.
const page = document.querySelector("[data-review]");
const typing = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const pressable = "a, button, summary";

const press = (control) => {
  control.click();
  control.focus();
};

const wanted = (event) => {
  if (/^[1-9]$/.test(event.key)) return page.querySelectorAll("[data-rate], .opt input")[event.key - 1];
  if (event.target.closest(pressable)) return undefined; // It does on its own what Enter and Space do.
  if (event.key === "Enter") return page.querySelector("[data-go]");
  return event.key === " " ? page.querySelector("[data-turn]") : undefined;
};

if (page) addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || event.target.closest(typing)) return;
  const control = wanted(event);
  if (!control) return;
  event.preventDefault();
  press(control);
});
