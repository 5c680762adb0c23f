// The lesson editor while somebody writes: the page beside the text, what is wrong with it, and saves without a press.
// A text that cannot be sent is kept in localStorage and sent when the line is back, also after the page was closed. A
// save that another one has overtaken is not forced: the button then shows both texts.
const TYPING = 500; // milliseconds without a key before the page is made anew
const RESTING = 2_000; // the same before the text is saved
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;
const PATIENCE = 15_000;
const SAVING = "Saving";
const UNSAVED = "Not saved yet";
const LATER = "Not saved: there is no line. The text is kept in this browser and is sent when it is back.";
const SIGNED_OUT = "Not saved: you are signed out. The text is kept in this browser. Sign in, then come back.";
const OVERTAKEN = "Somebody else saved this lesson meanwhile. Press Save draft: you are shown both texts.";
const KEPT = "A text that could not be sent before is back in the field.";

const form = document.getElementById("editor");
const text = form.elements.body;
const status = form.querySelector("[data-ed-status]");
const figures = form.querySelector("[data-ed-figures]");
const findings = document.querySelector("[data-ed-findings]");
const host = form.querySelector("[data-ed-preview]");
const pane = host?.parentElement;
const page = host?.shadowRoot?.querySelector("[data-ed-page]");
const place = `draft:${location.pathname}`;
const isWriter = form.hasAttribute("data-ed-save");
const FIELDS = ["head", "title", "summary", "objectives", "practice_minutes", "reviewed", "body"];
const DATA = { Accept: "application/json" };

// A browser may forbid localStorage; then the text in the field is all there is.
const storage = (act) => { try { return act(localStorage); } catch { return null; } };
const filled = () => new URLSearchParams(new FormData(form));
const written = () => { const fields = filled(); ["csrf_token", "number"].forEach((name) => fields.delete(name)); return fields.toString(); };
const post = (url) => fetch(url, { method: "POST", body: filled(), headers: DATA, signal: AbortSignal.timeout(PATIENCE) });
const say = (words) => { if (status.textContent !== words) status.textContent = words; };

let saved = written();
let isStopped = !isWriter;
let isLeaving = false;
let wait = FIRST_WAIT;
let running = null;
let saveTimer = 0;
let showTimer = 0;
let asked = 0;

const isUnsaved = () => isWriter && written() !== saved;
const keep = () => storage((s) => s.setItem(place, `${filled()}`));
const forget = () => storage((s) => s.removeItem(place));

const refuse = (words) => { isStopped = true; keep(); say(words); };
const retry = () => {
  keep();
  say(LATER);
  saveTimer = setTimeout(save, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};
const accept = (sent, told) => {
  form.elements.number.value = told.number;
  saved = sent;
  wait = FIRST_WAIT;
  forget();
  say(isUnsaved() ? UNSAVED : told.words);
};
const send = async () => {
  const sent = written();
  say(SAVING);
  try {
    const answer = await post(form.action);
    if (answer.status >= 500 || answer.status === 429) return retry();
    if (answer.status === 401 || answer.redirected) return refuse(SIGNED_OUT);
    const told = await answer.json();
    if (answer.status === 409) return refuse(OVERTAKEN);
    return answer.ok ? accept(sent, told) : say(told.message);
  } catch {
    return retry();
  }
};
function save() {
  clearTimeout(saveTimer);
  if (isStopped || !isUnsaved()) return running ?? Promise.resolve();
  running ??= send().finally(() => { running = null; });
  return running;
}

const show = async () => {
  const turn = (asked += 1);
  const answer = await post(form.dataset.edPreviewUrl).catch(() => null);
  if (!answer?.ok || answer.redirected || turn !== asked) return; // a newer one is on its way
  const told = await answer.json();
  if (page) page.innerHTML = told.page;
  findings.innerHTML = told.findings;
  figures.textContent = told.figures;
};

const onInput = () => {
  clearTimeout(showTimer);
  clearTimeout(saveTimer);
  showTimer = setTimeout(show, TYPING);
  if (isStopped) { if (isWriter) keep(); return; }
  say(UNSAVED);
  saveTimer = setTimeout(save, RESTING);
};

const restore = () => {
  const kept = new URLSearchParams(storage((s) => s.getItem(place)) ?? "");
  if (!isWriter || !kept.has("number")) return;
  FIELDS.filter((name) => form.elements[name]).forEach((name) => { form.elements[name].value = kept.get(name) ?? ""; });
  if (form.elements.preview) form.elements.preview.checked = kept.has("preview");
  form.elements.number.value = kept.get("number"); // where it is old, the server shows both texts
  say(KEPT);
  onInput();
};

const goToLine = (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  const begin = lines.slice(0, line).join("\n").length + (line > 0);
  text.focus();
  text.setSelectionRange(begin, begin + (lines[line]?.length ?? 0));
  text.scrollTop = (line / lines.length) * text.scrollHeight - text.clientHeight / 3;
};

const inStep = () => {
  const share = text.scrollTop / Math.max(text.scrollHeight - text.clientHeight, 1);
  pane.scrollTop = share * (pane.scrollHeight - pane.clientHeight);
};

// A link in the page must not take the text away from under the writer.
const follow = (event) => {
  const link = event.target.closest("a[href]");
  if (!link) return;
  const target = link.getAttribute("href");
  if (!target.startsWith("#")) { link.target = "_blank"; return; }
  event.preventDefault();
  host.shadowRoot.getElementById(target.slice(1))?.scrollIntoView({ block: "nearest" });
};

const leave = async (event) => {
  if (isStopped || !isUnsaved()) return;
  event.preventDefault();
  const { href } = event.currentTarget;
  await save();
  if (!isUnsaved()) location.assign(href);
};

form.addEventListener("input", onInput);
form.addEventListener("submit", () => { isLeaving = true; forget(); });
findings.addEventListener("click", goToLine);
document.querySelectorAll("[data-ed-view]").forEach((link) => link.addEventListener("click", leave));
if (pane) text.addEventListener("scroll", inStep, { passive: true });
host?.shadowRoot?.addEventListener("click", follow);
addEventListener("online", save);
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
addEventListener("beforeunload", (event) => { if (!isLeaving && isUnsaved()) event.preventDefault(); });
restore();
