// Keeps the overview of a quiz as it stands while autosave.js saves: the number of each question ([data-entry]), how
// many are answered ([data-sum], [data-bar]), and on the whole paper the badge beside the question ([data-badge]).
const entries = [...document.querySelectorAll("[data-entry]")];
const [sum, bar] = ["[data-sum]", "[data-bar]"].map((name) => document.querySelector(name));
const has = (name) => (entry) => entry.hasAttribute(name);

const draw = (entry, state) => {
  const [isAnswered, isFlagged] = [has("data-answered")(entry), has("data-flagged")(entry)];
  entry.classList.remove("done", "open", "flag");
  entry.classList.add(state);
  entry.querySelector("[data-sign]").hidden = !isFlagged;
  entry.querySelector("[data-words]").textContent = `, ${isAnswered ? "answered" : "not answered"}${isFlagged ? " and flagged" : ""}`;
};

const addUp = () => {
  const [answered, flagged] = ["data-answered", "data-flagged"].map((name) => entries.filter(has(name)).length);
  sum.textContent = `${answered} of ${entries.length} answered${flagged ? `, ${flagged} flagged` : ""}`;
  bar.value = answered;
};

document.addEventListener("saved", ({ target, detail: { position, answered } }) => {
  const entry = entries.find((each) => each.dataset.entry === String(position));
  if (!entry) return;
  const isFlagged = target.querySelector(`[name="flag${position}"]`)?.checked ?? has("data-flagged")(entry);
  const state = isFlagged ? "flag" : answered ? "done" : "open";
  entry.toggleAttribute("data-answered", answered);
  entry.toggleAttribute("data-flagged", isFlagged);
  draw(entry, state);
  addUp();
  const badges = target.closest(".paper-q")?.querySelectorAll("[data-badge]") ?? [];
  badges.forEach((badge) => { badge.hidden = badge.dataset.badge !== state; });
});
