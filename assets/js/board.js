// The board: drag cards between [data-stage] lists, or choose "Move to …" by key (m) or button.
import Sortable from "sortablejs";
import { place } from "./menu.js";
import { happen, send, words } from "./page.js";
import { toast } from "./toasts.js";
import { changing, refresh } from "./live.js";

const stageOf = (card) => card.closest("[data-stage]");

/** Ask the server to move a card; put it back where it was when that is refused. */
async function move(card, list, back) {
  let response;
  changing();
  try {
    response = await send(card.dataset.moveUrl, { stage: list.dataset.stage });
  } catch {
    changing();
    back();
    toast(words.offline, "error");
    return;
  }
  changing();
  if (!response.ok) back();
  const told = happen(response, card);
  if (!response.ok && !told) toast((await response.text()).slice(0, 300) || words.broken, "error");
  const board = document.querySelector("[data-live-url]");
  if (board) refresh(board);
}

/** How to undo a card's change of place in the page. */
function backTo(card, list, next) {
  return () => {
    if (next?.parentElement === list) next.before(card);
    else list.append(card);
  };
}

/** The keyboard's (and the phone's) way of dragging: a menu of stages beside the card. */
export function openMoveMenu(card) {
  const lists = [...document.querySelectorAll("[data-stage]")];
  let panel = document.getElementById("move-menu");
  if (!panel) {
    panel = document.createElement("div");
    panel.id = "move-menu";
    panel.className = "menu-panel";
    panel.popover = "auto";
    panel.setAttribute("role", "menu");
    panel.setAttribute("aria-label", words.moveTo);
    document.body.append(panel);
  }
  const label = document.createElement("div");
  label.className = "menu-label";
  label.textContent = words.moveTo;
  const link = card.querySelector(".lead-link");
  panel.replaceChildren(
    label,
    ...lists.map((list) => {
      const item = document.createElement("button");
      item.type = "button";
      item.className = "menu-item";
      item.setAttribute("role", "menuitemradio");
      item.setAttribute("aria-checked", String(list === stageOf(card)));
      item.tabIndex = -1;
      item.textContent = list.dataset.stageName;
      item.addEventListener("click", () => {
        const from = stageOf(card);
        if (list === from) return;
        const back = backTo(card, from, card.nextElementSibling);
        list.prepend(card);
        link?.focus();
        move(card, list, () => {
          back();
          link?.focus();
        });
      });
      return item;
    }),
  );
  panel.showPopover();
  place(panel, card);
  // At once, so that the next key is the menu's.
  panel.querySelector("[aria-checked=true]")?.focus();
}

/** Make lists sortable that are not yet: after loading and after each morph. */
function prepare() {
  for (const list of document.querySelectorAll("[data-board] [data-stage]")) {
    if (Sortable.get(list)) continue;
    let next = null;
    Sortable.create(list, {
      group: "board",
      sort: false,
      draggable: "[data-move-url]",
      filter: "button",
      preventOnFilter: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140,
      delay: 200,
      delayOnTouchOnly: true,
      touchStartThreshold: 4,
      ghostClass: "lead-ghost",
      chosenClass: "lead-chosen",
      dragClass: "lead-drag",
      onStart: (event) => {
        next = event.item.nextElementSibling;
        document.body.dataset.dragging = "";
      },
      onEnd: (event) => {
        delete document.body.dataset.dragging;
        if (event.from !== event.to) move(event.item, event.to, backTo(event.item, event.from, next));
      },
    });
  }
}

export function startBoard() {
  prepare();
  document.addEventListener("htmx:afterSettle", prepare);
  document.addEventListener("live:changed", prepare);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-move-menu]");
    if (button) openMoveMenu(button.closest("[data-move-url]"));
  });
}
