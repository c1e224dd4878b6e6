// Filter bars: a change sends the form; what is empty stays out of the address.
export function startFilters() {
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
