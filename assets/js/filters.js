// Filter bars: a change sends the form; what is empty stays out of the address. On a phone the
// filters of a [data-fold] lie behind its [data-unfold], and [data-told] says what is chosen.

/** Say in one line what a folded bar has chosen. */
function tell(form) {
  const chosen = [...form.querySelectorAll("select")]
    .filter((field) => field.value)
    .map((field) => field.selectedOptions[0].textContent.trim());
  const days = [...form.querySelectorAll("input[type=date]")].map((field) => field.value).filter(Boolean);
  const ticked = [...form.querySelectorAll("input[type=checkbox]:checked")].map((field) =>
    field.closest("label")?.textContent.trim(),
  );
  form.querySelector("[data-told]").textContent = [...chosen, ...days, ...ticked].filter(Boolean).join(" · ");
}

function startFolding() {
  document.querySelectorAll("form[data-fold]").forEach(tell);
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-fold]");
    if (form) tell(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-unfold]");
    if (!button) return;
    const isOpen = button.closest("form").toggleAttribute("data-open");
    button.setAttribute("aria-expanded", String(isOpen));
  });
}

export function startFilters() {
  startFolding();
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-filters]:not([hx-get])");
    if (form && event.target.type !== "search") form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-filters]");
    if (!form || form.hasAttribute("hx-get")) return;
    const empty = [...form.elements].filter((field) => field.name && !field.value && !field.disabled);
    empty.forEach((field) => (field.disabled = true));
    setTimeout(() => empty.forEach((field) => (field.disabled = false)));
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest?.("form[data-filters]")) return;
    const { parameters } = event.detail;
    for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  });
}
