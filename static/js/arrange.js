// Order and match by hand, beside the selects, which stay and are what is sent. data-arrange="order": rows are dragged
// by their grip or moved by buttons and arrow keys, and each select follows its row. data-arrange="match": what can be
// chosen lies below as cards that are dragged to a row, or picked up and put down by a button.
// The page holds the icons in <template data-arrange-icons>.
const icons = document.querySelector("template[data-arrange-icons]")?.content;
const icon = (name) => icons.querySelector(`[data-icon="${name}"]`).firstElementChild.cloneNode(true);
const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  if (tag === "button") element.type = "button";
  return element;
};
const hidden = (words) => make("span", "vh", words);

const selectIn = (row) => row.querySelector("select");
const labelOf = (row) => row.querySelector("label").textContent.trim();
const changed = (row) => selectIn(row).dispatchEvent(new Event("change", { bubbles: true }));

// Follows a pointer until it is lifted; a second finger or Escape gives up. `over` and `done` get its place.
const follow = (event, { over, done, cancel }) => {
  const halt = new AbortController();
  const on = (name, act) => document.addEventListener(name, act, { signal: halt.signal });
  const mine = (act) => (later) => { if (later.pointerId === event.pointerId) act(later); };
  const stop = (act) => () => { halt.abort(); act(); };
  event.preventDefault();
  on("pointermove", mine(over));
  on("pointerup", mine((later) => { halt.abort(); done(later); }));
  on("pointercancel", mine(stop(cancel)));
  on("keydown", (later) => { if (later.key === "Escape") stop(cancel)(); });
};

// A press that hardly moves is no drag.
const isAway = (event, x, y) => Math.hypot(x - event.clientX, y - event.clientY) >= 6;

const swallowClick = () => {
  const halt = new AbortController();
  addEventListener("click", (event) => { event.stopPropagation(); event.preventDefault(); }, { capture: true, signal: halt.signal });
  setTimeout(() => halt.abort());
};

const announcer = (list) => {
  const status = make("p", "vh");
  status.role = "status";
  list.after(status);
  return (words) => { status.textContent = words; };
};

const arrangeOrder = (list) => {
  const say = announcer(list);
  const rows = () => [...list.querySelectorAll(".q-row")];
  const placed = () => rows().map((row) => Number(selectIn(row).value));
  const number = () => rows().forEach((row, index) => { selectIn(row).value = String(index + 1); });
  const settle = (row) => {
    number();
    changed(row);
    say(`${labelOf(row)}: place ${rows().indexOf(row) + 1} of ${rows().length}.`);
  };
  // The neighbour moves, not the row: what has the focus or is under the finger stays in the page.
  const step = (row, by) => {
    const neighbour = rows()[rows().indexOf(row) + by];
    if (!neighbour) return false;
    if (by < 0) row.after(neighbour);
    else row.before(neighbour);
    return true;
  };
  // Who sets a row down where it stood, or presses on at the end, has given the order that is shown.
  const move = (row, by) => {
    if (step(row, by) || placed().includes(0)) settle(row);
    else say(`${labelOf(row)} is ${by < 0 ? "first" : "last"} already.`);
  };
  const drag = (row) => (event) => {
    if (event.button) return;
    const before = rows();
    let isMoving = false;
    const stop = () => row.removeAttribute("data-held");
    row.dataset.held = "";
    follow(event, {
      over: ({ clientX, clientY }) => {
        isMoving ||= isAway(event, clientX, clientY);
        const middle = (other) => { const box = other.getBoundingClientRect(); return box.top + box.height / 2; };
        const at = rows().indexOf(row);
        if (at > 0 && clientY < middle(rows()[at - 1])) step(row, -1);
        else if (at < before.length - 1 && clientY > middle(rows()[at + 1])) step(row, 1);
      },
      done: () => { stop(); if (isMoving) settle(row); },
      cancel: () => { stop(); list.append(...before); },
    });
  };
  const equip = (row) => {
    const grip = make("span", "grip", icon("grip"));
    const buttons = [["up", -1], ["down", 1]].map(([name, by]) => {
      const button = make("button", "icon-btn", icon(name), hidden(`Move ${name}: ${labelOf(row)}`));
      button.addEventListener("click", () => move(row, by));
      return button;
    });
    const group = make("span", "movers", grip, ...buttons);
    grip.ariaHidden = "true";
    grip.addEventListener("pointerdown", drag(row));
    group.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      move(row, by);
    });
    row.prepend(group);
  };
  // Once each place is given once, the rows stand as they are numbered.
  const sort = (focused) => {
    if (new Set(placed()).size < rows().length || placed().includes(0)) return;
    const sorted = rows().sort((a, b) => Number(selectIn(a).value) - Number(selectIn(b).value));
    if (sorted.every((row, index) => row === rows()[index])) return;
    list.append(...sorted);
    focused?.focus();
  };
  rows().forEach(equip);
  sort();
  list.addEventListener("change", (event) => sort(event.target));
};

const arrangeMatch = (list) => {
  const rows = [...list.querySelectorAll(".q-row")];
  const say = announcer(list);
  const cards = new Map(); // value -> its card
  let picked = null;
  const textOf = (value) => cards.get(value).textContent.trim();
  const mark = () => cards.forEach((card, value) => card.toggleAttribute("data-used", rows.some((row) => selectIn(row).value === value)));
  const aim = (at) => rows.forEach((row) => row.toggleAttribute("data-aimed", row === at));
  const pick = (value) => {
    picked = value;
    cards.forEach((card, each) => card.setAttribute("aria-pressed", String(each === value)));
    list.toggleAttribute("data-placing", value !== null);
  };
  const put = (row, value) => {
    selectIn(row).value = value;
    pick(null);
    changed(row);
    say(`${textOf(value)}: put to ${labelOf(row)}.`);
  };
  const rowAt = ({ clientX, clientY }) => rows.find((row) => row.contains(document.elementFromPoint(clientX, clientY)));
  const drag = (value, card) => (event) => {
    if (event.button) return;
    const ghost = card.cloneNode(true);
    let isMoving = false;
    const stop = () => { aim(null); ghost.remove(); card.removeAttribute("data-held"); };
    follow(event, {
      over: (at) => {
        if (!isMoving && !isAway(event, at.clientX, at.clientY)) return;
        if (!isMoving) { ghost.ariaHidden = "true"; ghost.dataset.ghost = ""; document.body.append(ghost); card.dataset.held = ""; }
        isMoving = true;
        ghost.style.translate = `${at.clientX + 8}px ${at.clientY + 8}px`;
        aim(rowAt(at));
      },
      // A press without a move is a click, which picks the card up as the keyboard does; a drag's own click is none.
      done: (at) => {
        const row = isMoving && rowAt(at);
        stop();
        if (row) put(row, value);
        if (isMoving) swallowClick();
      },
      cancel: stop,
    });
  };
  const toggle = (value) => {
    pick(picked === value ? null : value);
    say(picked === null ? "Put back." : `${textOf(value)}: picked up. Choose where it belongs.`);
    if (picked !== null) rows[0].querySelector(".put-here").focus();
  };
  const equip = (row) => {
    const button = make("button", "btn btn-2 btn-sm put-here", "Put here");
    button.ariaLabel = `Put here: ${labelOf(row)}`;
    button.addEventListener("click", () => { const value = picked; put(row, value); cards.get(value).focus(); });
    row.append(button);
  };
  const tray = make("div", "cards-tray");
  tray.role = "group";
  tray.ariaLabel = "Cards: drag each to where it belongs, or press it and then press where it goes";
  for (const { value, text } of selectIn(rows[0]).options) {
    if (!value) continue;
    const card = make("button", "pick-card", icon("grip"), text);
    cards.set(value, card);
    card.addEventListener("pointerdown", drag(value, card));
    card.addEventListener("click", () => toggle(value));
    tray.append(card);
  }
  list.after(tray);
  list.addEventListener("keydown", (event) => { if (event.key === "Escape" && picked !== null) { const card = cards.get(picked); pick(null); card.focus(); } });
  rows.forEach(equip);
  pick(null);
  mark();
  list.addEventListener("change", mark);
};

const ARRANGERS = { order: arrangeOrder, match: arrangeMatch };
if (icons) document.querySelectorAll("[data-arrange]").forEach((list) => ARRANGERS[list.dataset.arrange](list));
