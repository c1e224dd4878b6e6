// Keys: ? sheet · Ctrl/⌘ K palette · / search · c new lead · g … places · j k walk · Enter open · e edit · x done · s skip · l log · m move.
import { openMoveMenu } from "./board.js";
import { openPalette } from "./palette.js";
import { typing } from "./page.js";

let going = false;

const walkable = () => [...document.querySelectorAll("[data-walk]")].filter((row) => row.offsetParent);
const here = () =>
  document.activeElement?.closest?.("[data-walk]") ?? document.querySelector("[data-walk][data-walked]");

/** Go to the next or previous row; its link takes the focus, or the row itself. */
function walk(step) {
  const rows = walkable();
  if (!rows.length) return;
  const at = rows.indexOf(here());
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))];
  document.querySelectorAll("[data-walked]").forEach((other) => other.removeAttribute("data-walked"));
  row.setAttribute("data-walked", "");
  const link = row.querySelector(".lead-link, .row-link, a[href]");
  if (link) link.focus();
  else {
    row.tabIndex = -1;
    row.focus();
  }
  row.scrollIntoView({ block: "nearest" });
}

function place(key) {
  const mark = [...document.querySelectorAll("#palette-commands .palette-item")].find(
    (item) => item.querySelectorAll("kbd").length === 2 && item.querySelector("kbd:last-child").textContent === key,
  );
  if (mark) location.href = mark.href;
  return Boolean(mark);
}

const press = (selector, within = document) => {
  const element = within.querySelector(selector);
  if (!element) return false;
  element.click();
  return true;
};

const focusOn = (selector) => {
  const field = document.querySelector(selector);
  field?.focus();
  return Boolean(field);
};

const single = {
  "?": () => document.getElementById("keys-sheet")?.showModal() ?? true,
  "/": () => {
    const field = document.querySelector("main [data-search]");
    if (field) field.focus();
    else openPalette();
    return true;
  },
  c: () => {
    location.href = document.querySelector("main [data-make]")?.href ?? "/leads/new/";
    return true;
  },
  j: () => walk(1) ?? true,
  k: () => walk(-1) ?? true,
  e: () => press("[data-edit]", here() ?? undefined) || press("main [data-edit]"),
  x: () => (here() ? press("[data-done]", here()) : false),
  s: () => (here() ? press("[data-skip]", here()) : false),
  l: () => (here() && press("[data-log]", here())) || focusOn("main [data-log-field]"),
  m: () => {
    const card = here();
    if (!card?.dataset.moveUrl) return false;
    openMoveMenu(card);
    return true;
  },
};

export function startKeys() {
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    document.querySelectorAll("[data-mod-key]").forEach((mark) => (mark.textContent = "⌘ K"));
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys]")) single["?"]();
    if (event.target.id === "keys-sheet") event.target.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector("dialog[open], :popover-open")) return;
    if (going) {
      going = false;
      if (place(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "g") {
      going = true;
      setTimeout(() => (going = false), 1200);
      return;
    }
    if (single[event.key]?.()) event.preventDefault();
  });
}
