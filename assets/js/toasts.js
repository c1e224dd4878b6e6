// Passing messages: event "toast" {text, kind, undo_url?} anywhere, or [data-toast] in the page.
import { happen, send, words } from "./page.js";

const icons = { success: 0, info: 1, warning: 2, error: 3 };
const stays = { success: 5000, info: 6000, warning: 9000, error: 10000 };

/** Show `text` for some seconds; with an undo address, a button that posts to it. */
export function toast(text, kind = "info", undo = null) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template) return;
  const item = template.content.firstElementChild.cloneNode(true);
  item.dataset.kind = kind;
  item.setAttribute("role", kind === "error" ? "alert" : "status");
  item.querySelectorAll(":scope > .icon").forEach((icon, at) => at === (icons[kind] ?? 1) || icon.remove());
  item.querySelector("p").textContent = text;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-action";
    button.textContent = words.undo;
    button.addEventListener("click", async () => {
      item.remove();
      const response = await send(undo);
      if (!happen(response) && response.ok) location.reload();
    });
    item.querySelector("p").after(button);
  }
  region.append(item);
  while (region.children.length > 3) region.firstElementChild.remove();
  leaveLater(item);
}

/** Take a message away after its time, but not while it is read with mouse or keyboard. */
function leaveLater(item) {
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => item.remove(), stays[item.dataset.kind] ?? 6000);
  };
  const stop = () => clearTimeout(timer);
  item.addEventListener("mouseenter", stop);
  item.addEventListener("focusin", stop);
  item.addEventListener("mouseleave", start);
  item.addEventListener("focusout", start);
  start();
}

export function startToasts() {
  document.querySelectorAll("#toasts [data-toast]").forEach(leaveLater);
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-toast-close]")?.closest("[data-toast]").remove();
  });
  document.addEventListener("toast", ({ detail }) => {
    toast(detail.text ?? detail.value, detail.kind, detail.undo_url);
  });
}
