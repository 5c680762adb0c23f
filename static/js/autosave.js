// Saves each answer as it is given. A form or fieldset with data-save-url is one piece: its own fields and
// the form's csrf_token are posted there. What could not be sent is kept, in memory and in localStorage,
// and is tried again. [data-save-status] in the form says how it stands.
const TYPING_PAUSE = 800; // milliseconds
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;

const kept = new Map(); // address -> answers not yet acknowledged
const due = new Map(); // address -> piece to send now
let wait = FIRST_WAIT;
let timer = 0;
let sending = false;

// A browser may forbid localStorage; then the copy in memory is all there is.
const storage = (act) => { try { return act(localStorage); } catch { return null; } };
const keep = (url, answers) => { kept.set(url, answers); storage((s) => s.setItem(`unsaved:${url}`, answers)); };
const forget = (url) => { kept.delete(url); storage((s) => s.removeItem(`unsaved:${url}`)); };

const formOf = (piece) => piece.form ?? piece;
const say = (piece, words, isUnsaved = false) => {
  const status = formOf(piece).querySelector("[data-save-status]");
  if (!status) return;
  status.textContent = words;
  status.toggleAttribute("data-unsaved", isUnsaved);
};
const isNumbered = (piece) => piece.dataset.seq !== undefined;
const numberOf = (piece) => [...piece.elements].find((control) => /^item\d+$/.test(control.name))?.name.replace("item", "seq");
// Tabs of one machine share its clock, so the change made last has the greatest number.
const count = (piece) => { piece.dataset.seq = Math.max(Date.now(), Number(piece.dataset.seq) + 1); };
const answersOf = (piece) => {
  const names = new Set([...piece.elements].map((control) => control.name));
  const pairs = [...new FormData(formOf(piece))].filter(([name]) => names.has(name) && name !== "csrf_token");
  if (isNumbered(piece)) pairs.push([numberOf(piece), piece.dataset.seq]);
  return new URLSearchParams(pairs).toString();
};

const send = (url, piece, answers) => {
  const body = new URLSearchParams(answers);
  body.set("csrf_token", formOf(piece).elements.csrf_token?.value ?? "");
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
};

const toldBy = async (answer) => (await answer.json().catch(() => ({}))).message;
const saved = async (url, piece, answers, answer) => {
  wait = FIRST_WAIT;
  if (kept.get(url) === answers) forget(url);
  const told = await answer.json().catch(() => ({}));
  const newer = (told.answers ?? []).find((each) => !each.won);
  if (newer) {
    piece.dataset.seq = newer.seq;
    say(piece, "A newer answer from another window is kept. Load the page again to see it.", true);
  } else if (!kept.size) say(piece, "Saved");
};
const signedOut = async (url, piece, answer) => {
  kept.delete(url); // its copy in localStorage waits for the next visit
  say(piece, await toldBy(answer) ?? "Not saved: you are signed out. Your answer is kept here. Sign in, then come back.", true);
};
const refused = async (url, piece, answer) => {
  forget(url);
  say(piece, await toldBy(answer) ?? "This answer was not accepted. Load the page again to see why.", true);
};

const post = async (url, piece) => {
  const answers = kept.get(url) ?? "";
  const answer = await send(url, piece, answers);
  if (answer.status === 401 || answer.redirected) await signedOut(url, piece, answer);
  else if (answer.ok) await saved(url, piece, answers, answer);
  else if (answer.status >= 500 || answer.status === 429) throw new Error(`status ${answer.status}`);
  else await refused(url, piece, answer);
};

const later = (url, piece) => {
  if (!due.has(url)) due.set(url, piece);
  say(piece, "Not saved yet. Your answer is kept here and will be sent again.", true);
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};

async function flush() {
  if (sending) return;
  sending = true;
  for (let next; (next = due.entries().next().value);) {
    const [url, piece] = next;
    due.delete(url);
    say(piece, "Saving");
    try { await post(url, piece); } catch { later(url, piece); break; }
  }
  sending = false;
}

const changed = (piece) => {
  if (isNumbered(piece)) count(piece);
  keep(piece.dataset.saveUrl, answersOf(piece));
  due.set(piece.dataset.saveUrl, piece);
  flush();
};

const fill = (control, values) => {
  if (/^(radio|checkbox)$/.test(control.type)) control.checked = values.getAll(control.name).includes(control.value);
  else if (control.type !== "hidden" && values.has(control.name)) control.value = values.get(control.name);
};
const restore = (piece) => {
  const url = piece.dataset.saveUrl;
  const answers = storage((s) => s.getItem(`unsaved:${url}`));
  if (answers === null) return;
  const values = new URLSearchParams(answers);
  [...piece.elements].filter((control) => control.name).forEach((control) => fill(control, values));
  kept.set(url, answers);
  due.set(url, piece);
};

const bind = (piece) => {
  let pause = 0;
  let isTyping = false;
  const settle = () => { clearTimeout(pause); isTyping = false; changed(piece); };
  restore(piece);
  piece.addEventListener("change", settle);
  piece.addEventListener("input", () => {
    clearTimeout(pause);
    isTyping = true;
    pause = setTimeout(settle, TYPING_PAUSE);
  });
  // The form carries the answer itself, and its number: a tab that changed nothing takes back nothing.
  formOf(piece).addEventListener("submit", () => {
    clearTimeout(pause);
    if (isNumbered(piece) && (isTyping || kept.has(piece.dataset.saveUrl))) count(piece);
    forget(piece.dataset.saveUrl);
  });
  formOf(piece).addEventListener("formdata", (event) => {
    if (isNumbered(piece) && event.formData.has(`item${numberOf(piece).slice(3)}`)) event.formData.set(numberOf(piece), piece.dataset.seq);
  });
};

document.querySelectorAll("form[data-save-url], fieldset[data-save-url]").forEach(bind);
flush();
addEventListener("online", flush);
addEventListener("beforeunload", (event) => { if (kept.size) event.preventDefault(); });
