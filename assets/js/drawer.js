// The side panel: <a href="…" data-drawer> loads its page into it (header HX-Target: drawer-body).
import htmx from "htmx.org";

const drawer = () => document.getElementById("drawer");
let opener = null;

/** Open the panel on an address; its title gets the focus. */
export async function openDrawer(url) {
  const panel = drawer();
  if (!panel) {
    location.href = url;
    return;
  }
  if (!panel.hasAttribute("data-open")) opener = document.activeElement;
  panel.querySelector("[data-drawer-page]").href = url;
  await htmx.ajax("GET", url, { target: "#drawer-body", swap: "innerHTML" });
}

export function closeDrawer() {
  const panel = drawer();
  if (!panel?.hasAttribute("data-open")) return false;
  panel.removeAttribute("data-open");
  panel.querySelector("#drawer-body").replaceChildren();
  if (opener?.isConnected) opener.focus();
  return true;
}

export function startDrawer() {
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-drawer-close]")) closeDrawer();
    const link = event.target.closest?.("a[data-drawer]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openDrawer(link.href);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "drawer-body") return;
    const panel = drawer();
    panel.setAttribute("data-open", "");
    const first = panel.querySelector("[autofocus]") ?? panel.querySelector("[data-drawer-title]") ?? panel;
    if (!panel.contains(document.activeElement) || panel === document.activeElement) first.focus();
  });
  document.addEventListener("drawer-close", closeDrawer);
  document.addEventListener("drawer-open", ({ detail }) => openDrawer(detail.url));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open")) return;
    if (closeDrawer()) event.preventDefault();
  });
}
