// Steps of a course's outline are dragged by a grip, beside the buttons, which stay. Where a step is set down, the form
// [data-place] says which step, in which module and at what place, and is sent.
const form = document.querySelector("form[data-place]");
const icon = document.querySelector("template[data-grip]")?.content;
const stepsIn = (module) => [...module.querySelectorAll("[data-step]")];
let held = null;

const aim = (row) => document.querySelectorAll("[data-step]").forEach((other) => other.toggleAttribute("data-over", other === row && other !== held));

const send = (module, before) => {
  const others = stepsIn(module).filter((row) => row !== held);
  form.elements.step.value = held.dataset.step;
  form.elements.module.value = module.dataset.module;
  form.elements.place.value = String(before && before !== held ? others.indexOf(before) : before === held ? stepsIn(module).indexOf(held) : others.length);
  form.requestSubmit();
};

const equip = (row) => {
  const grip = document.createElement("span");
  grip.className = "ol-grip";
  grip.ariaHidden = "true";
  grip.draggable = true;
  grip.append(icon.cloneNode(true));
  grip.addEventListener("dragstart", (event) => {
    held = row;
    row.toggleAttribute("data-held", true);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.step);
    event.dataTransfer.setDragImage(row, 0, 0);
  });
  grip.addEventListener("dragend", () => { row.removeAttribute("data-held"); aim(null); held = null; });
  row.querySelector(".ol-line").prepend(grip);
};

if (form && icon) {
  document.querySelectorAll("[data-step]").forEach(equip);
  document.querySelectorAll("[data-module]").forEach((module) => {
    module.addEventListener("dragover", (event) => { if (held) { event.preventDefault(); aim(event.target.closest("[data-step]")); } });
    module.addEventListener("drop", (event) => { if (held) { event.preventDefault(); send(module, event.target.closest("[data-step]")); } });
  });
}
