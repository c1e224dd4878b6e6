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

/** Forms that save as one goes: a field is marked from typing until its form is sent. */
function markUnsent() {
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("form[data-saves-itself]")) event.target.toggleAttribute("data-unsent", true);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches?.("form[data-saves-itself]")) return;
    for (const field of event.target.querySelectorAll("[data-unsent]")) field.removeAttribute("data-unsent");
  });
}

export function startDesigner() {
  markUnsent();
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
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    // A row that was added is where one goes on.
    if (!detail.target.matches?.("[data-rows]")) return;
    detail.target.lastElementChild?.querySelector("select, input:not([type=hidden])")?.focus();
  });
  // <button data-copy-row="band">: a blank row from #band-blank goes below those in #band-rows.
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-copy-row]")?.dataset.copyRow;
    if (!name) return;
    const rows = document.getElementById(`${name}-rows`);
    rows.append(document.getElementById(`${name}-blank`).content.cloneNode(true));
    rows.lastElementChild.querySelector("select, input:not([type=hidden])")?.focus();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-remove-row]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("select, input:not([type=hidden])") ?? document.querySelector("[data-add-row]"))?.focus();
  });
}
