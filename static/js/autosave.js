// Saves each answer as it is given. A form or fieldset with data-save-url is one piece, a question: its own fields, its
// number (data-seq) and the form's csrf_token are posted there. What is not acknowledged is kept, in memory and in
// localStorage, and tried again, also from another page of the same attempt (form data-attempt). [data-save-status]
// says how it stands; [data-save-told] says it aloud, but only what is news. A piece that is saved hears of it: "saved".
const TYPING = 700; // milliseconds that somebody types before it is sent
const PATIENCE = 10_000;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
const OUTLIVES_ITS_PAGE = 60_000; // bytes; of more a browser sends nothing once the page is gone
const SAVING = "Saving";
const NEWER = "A newer answer from another window is kept. Load the page again to see it.";
const LATER = "Not saved yet. Your answer is kept here and will be sent again.";
const OFFLINE = "You are offline. Your answer is kept here and is sent when the line is back. Go on then.";
const SIGNED_OUT = "Not saved: you are signed out. Your answer is kept here. Sign in, then come back.";
const REFUSED = "This answer was not accepted. Load the page again to see why.";

const pieces = [...document.querySelectorAll("form[data-save-url], fieldset[data-save-url]")];
const unsaved = new Map(); // address -> what is not acknowledged: {url, form, piece, answers, seq, isParked}
const tabs = new BroadcastChannel("answers");
let wait = FIRST_WAIT;
let timer = 0;
let running = null;
let isLeaving = false;

// A browser may forbid localStorage; then the copy in memory is all there is.
const storage = (act) => { try { return act(localStorage); } catch { return null; } };
const keep = (entry) => { unsaved.set(entry.url, entry); storage((s) => s.setItem(`unsaved:${entry.url}`, entry.answers)); };
const drop = (url) => { unsaved.delete(url); storage((s) => s.removeItem(`unsaved:${url}`)); };
const forget = (entry) => { if (unsaved.get(entry.url) === entry) drop(entry.url); };

const say = ({ form }, words, isUnsaved = false) => {
  const status = form.querySelector("[data-save-status]");
  const told = form.querySelector("[data-save-told]");
  if (!status) return;
  status.textContent = words;
  status.toggleAttribute("data-unsaved", isUnsaved);
  if (told && words !== SAVING && told.textContent !== words) told.textContent = words;
};

const formOf = (piece) => piece.form ?? piece;
const numberOf = (piece) => [...piece.elements].find((control) => /^item\d+$/.test(control.name)).name.slice(4);
// Tabs of one machine share its clock, so the change made last has the greatest number.
const count = (piece) => { piece.dataset.seq = Math.max(Date.now(), Number(piece.dataset.seq) + 1); };
const given = (piece) => {
  const names = new Set([...piece.elements].map((control) => control.name));
  const pairs = [...new FormData(formOf(piece))].filter(([name]) => names.has(name) && !/^(csrf_token|(seq|base)\d+)$/.test(name));
  return new URLSearchParams(pairs).toString();
};
// A text may be changed by one window at a time: each save names the changes that its page knows of.
const answersOf = (piece) => `${given(piece)}&seq${numberOf(piece)}=${piece.dataset.seq}&base${numberOf(piece)}=${piece.dataset.base}`;
const noteSent = ({ piece, seq }) => { if (piece) piece.dataset.base = [...piece.dataset.base.split(",").slice(-48), seq].join(","); };
const entryOf = (piece) => ({ url: piece.dataset.saveUrl, form: formOf(piece), piece, answers: answersOf(piece), seq: piece.dataset.seq });

const send = ({ url, form, answers }) => {
  const body = new URLSearchParams(answers);
  body.set("csrf_token", form.elements.csrf_token?.value ?? "");
  const keepalive = body.toString().length < OUTLIVES_ITS_PAGE;
  return fetch(url, { method: "POST", body, keepalive, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
};

const saved = (entry, answer) => {
  const { piece } = entry;
  const { won, seq } = answer;
  forget(entry);
  // The server's number may be smaller than ours, where our clock is fast; it is the one to go on from.
  if (piece && (!won || piece.dataset.seq === entry.seq)) piece.dataset.seq = seq;
  if (piece && won) piece.dataset.base = seq;
  if (!won) return say(entry, NEWER, true);
  tabs.postMessage({ url: entry.url, seq });
  piece?.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: answer }));
  return unsaved.size ? undefined : say(entry, "Saved");
};

const post = async (entry) => {
  noteSent(entry);
  const answer = await send(entry);
  if (answer.status >= 500 || answer.status === 429) throw new Error(`status ${answer.status}`);
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401 || answer.redirected) {
    entry.isParked = true; // it waits for the next visit
    say(entry, told.message ?? SIGNED_OUT, true);
  } else if (!answer.ok) {
    forget(entry);
    say(entry, told.message ?? REFUSED, true);
  } else saved(entry, told.answers[0]); // Whoever answers otherwise (a hotel's network) is not the school.
};

const later = (entry) => {
  say(entry, LATER, true);
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};

const run = async () => {
  clearTimeout(timer);
  for (let entry; (entry = [...unsaved.values()].find((each) => !each.isParked));) {
    say(entry, SAVING);
    try { await post(entry); } catch { return later(entry); }
    wait = FIRST_WAIT;
  }
  return undefined;
};
function flush() {
  running ??= run().finally(() => { running = null; });
  return running;
}

const fill = (control, values) => {
  if (/^(radio|checkbox)$/.test(control.type)) control.checked = values.getAll(control.name).includes(control.value);
  else if (control.type !== "hidden" && values.has(control.name)) control.value = values.get(control.name);
};
const restore = (piece) => {
  const url = piece.dataset.saveUrl;
  const values = new URLSearchParams(storage((s) => s.getItem(`unsaved:${url}`)) ?? "");
  const seq = values.get(`seq${numberOf(piece)}`);
  if (!(Number(seq) > Number(piece.dataset.seq))) return drop(url); // what the page shows is as new
  [...piece.elements].filter((control) => control.name).forEach((control) => fill(control, values));
  piece.dataset.seq = seq;
  piece.dataset.base = values.get(`base${numberOf(piece)}`) ?? piece.dataset.base;
  return keep(entryOf(piece));
};

const bind = (piece) => {
  let pause = 0;
  piece.dataset.seq ??= "0";
  piece.dataset.base = piece.dataset.seq;
  restore(piece);
  let last = given(piece);
  const settle = () => {
    clearTimeout(pause);
    pause = 0;
    // Whoever only leaves a field changes nothing: an old tab's text must not get a new number.
    if (given(piece) === last) return;
    last = given(piece);
    count(piece);
    keep(entryOf(piece));
  };
  const settleNow = () => { settle(); flush(); };
  piece.addEventListener("change", settleNow);
  // Whoever types on and on is saved on the way: the pause begins with the first letter, not with the last.
  piece.addEventListener("input", () => { pause ||= setTimeout(settleNow, TYPING); });
  document.addEventListener("visibilitychange", () => { if (pause && document.hidden) settleNow(); });
  formOf(piece).addEventListener("submit", () => { if (pause) settle(); });
  // The form carries the answer itself, and its number: a tab that changed nothing takes back nothing.
  formOf(piece).addEventListener("formdata", ({ formData }) => {
    formData.set(`seq${numberOf(piece)}`, piece.dataset.seq);
    formData.set(`base${numberOf(piece)}`, piece.dataset.base);
  });
};

// A form leads on once all is saved that it does not carry itself. Without a line it would lead to nowhere.
const guard = async (event) => {
  const form = event.target;
  const isElsewhere = () => [...unsaved.values()].some((each) => !each.isParked && (each.form !== form || !each.piece));
  if (!navigator.onLine) {
    event.preventDefault();
    return say({ form }, OFFLINE, true);
  }
  if (!isElsewhere()) {
    isLeaving = true;
    return undefined;
  }
  const { submitter } = event;
  event.preventDefault();
  await flush();
  return isElsewhere() ? say({ form }, LATER, true) : form.requestSubmit(submitter);
};

// Answers of other pages of this attempt, left over when the line was down.
const adopt = (form) => {
  const bound = new Set(pieces.map((piece) => piece.dataset.saveUrl));
  const urls = (storage(Object.keys) ?? []).filter((key) => key.startsWith(`unsaved:${form.dataset.attempt}?`)).map((key) => key.slice(8));
  const left = urls.filter((url) => !bound.has(url));
  left.forEach((url) => unsaved.set(url, { url, form, piece: null, answers: storage((s) => s.getItem(`unsaved:${url}`)) }));
  return left.length > 0;
};

const visit = (form) => {
  form.addEventListener("submit", guard);
  // A page that only sums up is asked for again once there is more to sum up.
  if (adopt(form) && !pieces.length) flush().then(() => { if (!unsaved.size) location.reload(); });
};

pieces.forEach(bind);
document.querySelectorAll("form[data-attempt]").forEach(visit);
flush();
tabs.addEventListener("message", ({ data }) => {
  const piece = pieces.find((each) => each.dataset.saveUrl === data.url);
  if (piece && data.seq > Number(piece.dataset.seq) && !unsaved.has(data.url)) say({ form: formOf(piece) }, NEWER, true);
});
addEventListener("online", flush);
addEventListener("beforeunload", (event) => { if (!isLeaving && [...unsaved.values()].some((each) => !each.isParked)) event.preventDefault(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
