// What every script may ask of the page: its words, its CSRF token, a request as htmx makes it.

/** The texts and the language that the server gave with the page. */
export const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export const csrfToken = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

/** Send a form to `url` as htmx would; answers the Response. */
export function send(url, fields = {}) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
  });
}

/** Let the events that a response names in HX-Trigger happen, as htmx does for its own; whether
 * one of them tells the person something (a message, or a question in the side panel). */
export function happen(response, element = document.body) {
  const header = response.headers.get("HX-Trigger");
  if (!header) return false;
  const events = header.startsWith("{")
    ? Object.entries(JSON.parse(header))
    : header.split(",").map((name) => [name.trim(), {}]);
  for (const [name, detail] of events) {
    element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
  return events.some(([name]) => name === "toast" || name === "drawer-open");
}

/** A form that was refused: begin where the first mistake is, not where the form begins. */
export function showMistake(within = document) {
  const field = within.querySelector?.("[aria-invalid=true]");
  if (field) field.focus();
}

/** Is this where somebody types? Then single keys are letters. */
export const typing = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
  !/^(checkbox|radio|button|submit|range)$/.test(element.type ?? "");
