// Steps of a course's outline are dragged by a grip, beside the buttons, which stay. Where a step is set down, the form
// [data-place] says which step, in which module and at what place, and is sent. Escape gives up.
const form = document.querySelector("form[data-place]");
const icon = document.querySelector("template[data-grip]")?.content;
const stepsIn = (module) => [...module.querySelectorAll("[data-step]")];
const aim = (row) => document.querySelectorAll("[data-step]").forEach((other) => other.toggleAttribute("data-over", other === row));

// Where a step would stand: in the module under the pointer, before the step whose upper half it is on.
const target = ({ clientX, clientY }, held) => {
  const module = document.elementFromPoint(clientX, clientY)?.closest("[data-module]");
  if (!module) return null;
  const others = stepsIn(module).filter((row) => row !== held);
  const middle = (row) => { const box = row.getBoundingClientRect(); return box.top + box.height / 2; };
  const before = others.find((row) => clientY < middle(row)) ?? null;
  return { module, before, place: before ? others.indexOf(before) : others.length };
};

const send = (held, { module, place }) => {
  if (module.contains(held) && stepsIn(module).indexOf(held) === place) return;
  form.elements.step.value = held.dataset.step;
  form.elements.module.value = module.dataset.module;
  form.elements.place.value = String(place);
  form.requestSubmit();
};

const drag = (held) => (event) => {
  if (event.button) return;
  event.preventDefault();
  const halt = new AbortController();
  const on = (name, act) => document.addEventListener(name, act, { signal: halt.signal });
  const mine = (act) => (later) => { if (later.pointerId === event.pointerId) act(later); };
  const stop = () => { halt.abort(); held.removeAttribute("data-held"); aim(null); };
  held.dataset.held = "";
  on("pointermove", mine((later) => aim(target(later, held)?.before)));
  on("pointerup", mine((later) => { const to = target(later, held); stop(); if (to) send(held, to); }));
  on("pointercancel", mine(stop));
  on("keydown", (later) => { if (later.key === "Escape") stop(); });
};

const equip = (row) => {
  const grip = document.createElement("span");
  grip.className = "ol-grip";
  grip.ariaHidden = "true";
  grip.append(icon.cloneNode(true));
  grip.addEventListener("pointerdown", drag(row));
  row.querySelector(".ol-line").prepend(grip);
};

if (form && icon) document.querySelectorAll("[data-step]").forEach(equip);
