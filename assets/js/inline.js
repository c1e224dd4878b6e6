// A lead's page and its like: fields edited in place ([data-inline]: Escape cancels), [data-press]
// presses something elsewhere in the page, [data-suggest] offers names that the server knows.
import { typing } from "./page.js";

let lists = 0;

/** Offer what the server knows under a text field, by a <datalist>. */
async function suggest(field) {
  const words = field.value.trim();
  if (words.length < 2) return;
  const url = new URL(field.dataset.suggest, location.href);
  url.searchParams.set("q", words);
  const response = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!response.ok || response.redirected || field.value.trim() !== words) return;
  let list = field.list;
  if (!list) {
    list = document.createElement("datalist");
    list.id = `suggestions-${++lists}`;
    field.after(list);
    field.setAttribute("list", list.id);
  }
  const names = await response.json();
  list.replaceChildren(
    ...names.map((name) => Object.assign(document.createElement("option"), { value: name })),
  );
}

/** A path or navigation that is wider than the window shows where one is. */
function showPresent() {
  for (const place of document.querySelectorAll(".settings-nav [aria-current]")) {
    place.parentElement.scrollLeft = place.offsetLeft - place.parentElement.offsetLeft - 16;
  }
  for (const step of document.querySelectorAll("[data-path] [aria-current]")) {
    const path = step.closest("[data-path]");
    path.scrollLeft = step.offsetLeft - path.offsetLeft - (path.clientWidth - step.clientWidth) / 2;
  }
}

export function startInline() {
  showPresent();
  let waiting;
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-suggest]");
    if (!field) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(field), 150);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-inline]");
    if (!form || event.key !== "Escape" || !typing(event.target)) return;
    event.preventDefault();
    form.querySelector("[data-cancel]")?.click();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-press]");
    if (button) document.querySelector(button.dataset.press)?.click();
  });
}
