// Menus: popovers beside their button ([popovertarget] → .menu-panel[popover]).

/** Put a panel below (or above) an element, inside the window. */
export function place(panel, anchor) {
  const at = anchor.getBoundingClientRect();
  const box = panel.getBoundingClientRect();
  const edge = 8;
  const below = at.bottom + 4;
  const above = at.top - box.height - 4;
  const top = below + box.height > innerHeight - edge && above > edge ? above : below;
  const wanted = at.left + box.width > innerWidth - edge ? at.right - box.width : at.left;
  panel.style.top = `${Math.max(edge, Math.min(top, innerHeight - box.height - edge))}px`;
  panel.style.left = `${Math.max(edge, Math.min(wanted, innerWidth - box.width - edge))}px`;
  panel.style.minWidth = `${Math.min(at.width, 320)}px`;
}

const items = (panel) => [...panel.querySelectorAll("[role^=menuitem]:not(:disabled)")];

function opened(event) {
  const panel = event.target;
  if (!(panel instanceof HTMLElement) || !panel.classList.contains("menu-panel")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(panel.id)}"]`);
  button?.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState !== "open") return;
  if (button) place(panel, button);
  const all = items(panel);
  (all.find((item) => item.getAttribute("aria-checked") === "true") ?? all[0])?.focus();
}

function walk(event) {
  const button = event.target.closest?.("[popovertarget][aria-haspopup=menu]");
  if (button && event.key === "ArrowDown") {
    event.preventDefault();
    document.getElementById(button.getAttribute("popovertarget")).showPopover();
    return;
  }
  const panel = event.target.closest?.(".menu-panel");
  if (!panel) return;
  const all = items(panel);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    all[(to + all.length) % all.length]?.focus();
  } else if (event.key === "Tab") {
    panel.hidePopover();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
    event.stopPropagation();
    const letter = event.key.toLowerCase();
    const starts = (item) => item.textContent.trim().toLowerCase().startsWith(letter);
    (all.slice(at + 1).find(starts) ?? all.find(starts))?.focus();
  }
}

export function startMenus() {
  document.addEventListener("toggle", opened, true);
  document.addEventListener("keydown", walk);
  document.addEventListener("click", (event) => {
    const item = event.target.closest?.(".menu-panel [role^=menuitem]");
    if (item && !item.closest("form")) item.closest(".menu-panel").hidePopover();
  });
}
