// Merge fields in the text of a mail: a menu inserts them ([data-insert-field]); typing two braces in a
// [data-merge] field offers them in a list below it, walked by arrows, taken by Enter or Tab.

const SHOWN = 8;
const OPEN = /\{\{\s*([\w.]*)$/;
let last = null; // the field that was written in last
let list = null;
let at = 0;

const known = () => JSON.parse(document.getElementById("merge-fields")?.textContent ?? "[]");
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Put text in place of what stands before the caret, as if it were typed. */
function write(field, text, before = 0) {
  field.focus();
  field.setRangeText(text, field.selectionStart - before, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  list?.remove();
  list = null;
  last?.removeAttribute("aria-activedescendant");
}

function typed(field) {
  return OPEN.exec(field.value.slice(0, field.selectionStart));
}

function take(path) {
  const field = last;
  const found = typed(field);
  const closed = /^\s*\}\}/.exec(field.value.slice(field.selectionEnd));
  close();
  if (found) write(field, `{{ ${path}${closed ? "" : " }}"}`, found[0].length);
  close();
}

function mark(to) {
  const options = [...list.children];
  at = (to + options.length) % options.length;
  options.forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
  options[at].scrollIntoView({ block: "nearest" });
  last.setAttribute("aria-activedescendant", options[at].id);
}

function offer(field) {
  const found = typed(field);
  const wanted = fold(found?.[1] ?? "");
  const fields = found ? known().filter(({ path, label }) => fold(`${path} ${label}`).includes(wanted)) : [];
  close();
  if (!fields.length) return;
  list = document.createElement("ul");
  list.id = "merge-offer";
  list.className = "merge-offer";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() ?? "");
  for (const [n, { path, label }] of fields.slice(0, SHOWN).entries()) {
    const option = document.createElement("li");
    option.id = `merge-offer-${n}`;
    option.setAttribute("role", "option");
    option.dataset.path = path;
    const code = document.createElement("code");
    code.textContent = path;
    option.append(label, code);
    list.append(option);
  }
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  mark(0);
}

export function startMergeFields() {
  if (!document.querySelector("[data-merge]")) return;
  for (const field of document.querySelectorAll("[data-merge]")) {
    field.setAttribute("aria-autocomplete", "list");
    last ??= field.matches("textarea") ? field : null;
  }
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches?.("[data-merge]")) last = target;
    else if (!list?.contains(target)) close();
  });
  document.addEventListener("input", ({ target }) => {
    if (target.matches?.("[data-merge]")) offer(target);
  });
  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== last) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[at].dataset.path);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.("#merge-offer [role=option]");
    if (!option) return;
    event.preventDefault();
    take(option.dataset.path);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-insert-field]");
    if (!button || !last) return;
    const part = last.closest("details");
    if (part) part.open = true;
    setTimeout(() => write(last, `{{ ${button.dataset.insertField} }}`));
  });
}
