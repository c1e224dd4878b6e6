// The designer: lists that are dragged into another order, and rows that can be taken out of a form.
//   <ul data-sort-url="…" data-sort-target="#designer"> with <li data-key="…"> and a [data-grip] in each:
//   after dragging, POST {key, to}; buttons are the keyboard's way of doing the same.
import htmx from "htmx.org";
import Sortable from "sortablejs";

const quick = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function prepare() {
  for (const list of document.querySelectorAll("[data-sort-url]")) {
    if (Sortable.get(list)) continue;
    Sortable.create(list, {
      handle: "[data-grip]",
      draggable: "[data-key]",
      animation: quick() ? 0 : 140,
      ghostClass: "chosen-item",
      onStart: () => (document.body.dataset.dragging = ""),
      onEnd: (event) => {
        delete document.body.dataset.dragging;
        const { key } = event.item.dataset;
        if (event.oldDraggableIndex === event.newDraggableIndex) return;
        htmx.ajax("POST", list.dataset.sortUrl, {
          source: list,
          target: list.dataset.sortTarget,
          swap: "morph",
          values: { key, to: event.newDraggableIndex },
        });
      },
    });
  }
}

/** What a choice makes needless is hidden: <div data-when="name=value other">. */
function showWhatApplies(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, wanted] = part.dataset.when.split("=");
    const now = new FormData(form).get(name) ?? "";
    part.hidden = !wanted.split(" ").includes(now);
  }
}

const showEverywhere = () => {
  for (const part of document.querySelectorAll("form:has([data-when])")) showWhatApplies(part);
};

/** Bring the chosen stage into view in a row that is wider than the window. */
function showChosen() {
  const chosen = document.querySelector(".stage-row [data-current]");
  const row = chosen?.parentElement;
  if (!row || row.scrollWidth <= row.clientWidth) return;
  const left = chosen.offsetLeft - row.offsetLeft;
  if (left < row.scrollLeft || left + chosen.offsetWidth > row.scrollLeft + row.clientWidth) {
    row.scrollLeft = left - 16;
  }
}

export function startDesigner() {
  const refresh = () => {
    prepare();
    showEverywhere();
    showChosen();
  };
  refresh();
  document.addEventListener("htmx:afterSettle", refresh);
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form");
    if (form?.querySelector("[data-when]")) showWhatApplies(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove-row]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("select, input") ?? document.querySelector("[data-add-row]"))?.focus();
  });
}
