// The command palette: #palette, a list of commands and places, then the hits of /search/?q=.
const palette = () => document.getElementById("palette");
const query = () => document.getElementById("palette-query");

const shown = () =>
  [...palette().querySelectorAll("[role=option]")].filter((option) => !option.hidden && option.offsetParent);

function choose(option) {
  palette().querySelectorAll("[aria-selected=true]").forEach((other) => other.setAttribute("aria-selected", "false"));
  if (!option) return query().removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.id ||= `option-${Math.random().toString(36).slice(2)}`;
  query().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

/** Commands and places that hold what is typed; each word somewhere. */
function sift() {
  const typed = query().value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  for (const option of palette().querySelectorAll("#palette-commands [role=option]")) {
    const text = option.textContent.toLowerCase();
    option.hidden = !typed.every((word) => text.includes(word));
  }
  if (!typed.length) document.getElementById("palette-hits").replaceChildren();
  choose(shown()[0]);
}

export function openPalette() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  document.querySelectorAll(":popover-open").forEach((panel) => panel.hidePopover());
  dialog.showModal();
  query().value = "";
  sift();
  query().focus();
}

export function startPalette() {
  const dialog = palette();
  if (!dialog) return;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-palette]")) openPalette();
    if (event.target === dialog) dialog.close();
  });
  query().addEventListener("input", sift);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "palette-hits") return;
    if (!query().value.trim()) event.detail.target.replaceChildren();
    if (!dialog.querySelector("[aria-selected=true]")?.offsetParent) choose(shown()[0]);
  });
  query().addEventListener("keydown", (event) => {
    const options = shown();
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      choose(options[(to + options.length) % options.length]);
    } else if (event.key === "Enter" && options[at]) {
      event.preventDefault();
      const chosen = options[at];
      dialog.close();
      if (event.ctrlKey || event.metaKey) window.open(chosen.href);
      else chosen.click();
    }
  });
  dialog.addEventListener("mousemove", (event) => {
    const option = event.target.closest?.("[role=option]");
    if (option && option.getAttribute("aria-selected") !== "true") choose(option);
  });
}
