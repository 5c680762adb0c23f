// What the toolbar puts into the lesson's text beside plain Markdown: our callouts, figures, questions and tools, by
// [data-insert] (a text in which | is where the cursor stands and the selection goes), and citations found by search.
const WAIT = 250; // milliseconds without a key before it is searched
const text = document.getElementById("body");
const finder = document.querySelector("[data-ed-sources]");

// execCommand keeps the browser's undo, which setRangeText loses.
const put = (written) => {
  text.focus();
  if (!document.execCommand("insertText", false, written)) {
    text.setRangeText(written, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
};
const insert = (template) => {
  const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
  const [before, after = ""] = template.split("|");
  put(`${before}${chosen}${after}`);
  const place = text.selectionEnd - after.length;
  text.setSelectionRange(place, place);
};
// A part stands between empty lines of its own.
const insertPart = (template) => {
  const above = text.value.slice(0, text.selectionStart);
  const gap = above === "" || above.endsWith("\n\n") ? "" : above.endsWith("\n") ? "\n" : "\n\n";
  insert(`${gap}${template}\n\n`);
};

document.querySelectorAll("[data-insert]").forEach((button) => {
  const template = button.dataset.insert.replaceAll("\\n", "\n");
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    insertPart(template);
  });
});

document.querySelector("[data-ed-more]")?.removeAttribute("hidden");

if (finder) {
  const field = finder.querySelector("input");
  const list = finder.querySelector("[data-ed-found]");
  let timer = 0;
  let turn = 0;
  const cite = (key) => { finder.open = false; text.setSelectionRange(text.selectionEnd, text.selectionEnd); insert(`[@${key}|]`); };
  const line = ({ key, words }) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    button.addEventListener("click", () => cite(key));
    const item = document.createElement("li");
    item.append(button);
    return item;
  };
  const search = async () => {
    const now = (turn += 1);
    const query = new URLSearchParams({ q: field.value });
    const answer = await fetch(`${finder.dataset.edSources}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || now !== turn) return;
    const { sources } = await answer.json();
    list.replaceChildren(...sources.map(line));
    finder.querySelector("[role=status]").textContent = sources.length ? "" : "Nothing found.";
  };
  field.addEventListener("input", (event) => { event.stopPropagation(); clearTimeout(timer); timer = setTimeout(search, WAIT); });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); search(); } });
  finder.addEventListener("toggle", () => { if (finder.open) { field.focus(); search(); } });
  finder.addEventListener("keydown", (event) => { if (event.key === "Escape") { finder.open = false; text.focus(); } });
}
