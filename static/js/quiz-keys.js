// 1 to 9 choose an option, F flags. Off while typing in a field, and where data-quiz-keys is "off".
const quiz = document.querySelector("[data-quiz-keys]:not([data-quiz-keys=off])");
const typing = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

const press = (control) => {
  if (!control) return;
  control.click();
  control.focus();
};

if (quiz) addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(typing)) return;
  if (/^[1-9]$/.test(event.key)) press(quiz.querySelectorAll(".opt input")[event.key - 1]);
  if (event.key.toLowerCase() === "f") press(quiz.querySelector("[data-flag]"));
});
