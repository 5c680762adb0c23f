// A form with data-busy is sent once: its button keeps its width, turns, and says those words until the page leaves.
// Who comes back by the browser's button finds the form as it was. A button that asks for nothing only looks, and stays.
const spinner = () => {
  const turning = document.createElement("span");
  turning.className = "spinner";
  turning.ariaHidden = "true";
  return turning;
};

for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button[type=submit]:not([formnovalidate], [aria-hidden])");
  const still = [...button.childNodes];

  form.addEventListener("submit", (event) => {
    if (event.submitter?.formNoValidate) return null;
    if (button.ariaBusy === "true") return event.preventDefault();
    button.style.minWidth = `${button.getBoundingClientRect().width}px`;
    button.ariaBusy = "true";
    return button.replaceChildren(spinner(), form.dataset.busy);
  });
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    button.replaceChildren(...still);
  });
}
