// What every page loads.
import htmx from "htmx.org";
import "./morph.js";
import { startBoard } from "./board.js";
import { startDesigner } from "./designer.js";
import { startDrawer } from "./drawer.js";
import { startFilters } from "./filters.js";
import { startInline } from "./inline.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startMergeFields } from "./merge_fields.js";
import { startMenus } from "./menu.js";
import { csrfToken, showMistake, words } from "./page.js";
import { startPalette } from "./palette.js";
import { startToasts, toast } from "./toasts.js";

window.htmx = htmx;

/** Requests carry the CSRF token; failures are told; a request that takes long shows a line. */
function startRequests() {
  let open = 0;
  const count = (step) => {
    open = Math.max(0, open + step);
    document.body.classList.toggle("is-busy", open > 0);
  };
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:beforeRequest", () => count(1));
  document.addEventListener("htmx:afterRequest", () => count(-1));
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A log-in page instead of an answer: the session has ended.
    const answered = new URL(event.detail.xhr.responseURL || location.href, location.href);
    if (!answered.pathname.startsWith("/account/login/")) return;
    event.detail.shouldSwap = false;
    answered.searchParams.set("next", location.pathname + location.search);
    location.href = answered.href;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (/"(toast|drawer-open)"/.test(xhr.getResponseHeader("HX-Trigger") ?? "")) return;
    const known = { 401: words.expired, 403: words.forbidden, 404: words.gone, 429: words.tooFast };
    toast(known[xhr.status] ?? words.broken, "error");
  });
  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => toast(words.offline, "error"));
  }
}

/** A form that is under way is not sent twice. */
function startForms() {
  showMistake();
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.xhr?.status === 422) showMistake(detail.elt);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-filters")) return;
    const button = event.submitter;
    if (!button?.classList.contains("btn")) return;
    setTimeout(() => button.setAttribute("aria-busy", "true"));
    setTimeout(() => button.removeAttribute("aria-busy"), 8000);
  });
  // What htmx sends is under way until it is answered, however long that takes.
  const pressed = ({ detail }) => {
    const button = detail.requestConfig?.triggeringEvent?.submitter;
    return button?.classList.contains("btn") ? button : null;
  };
  document.addEventListener("htmx:beforeSend", (event) => pressed(event)?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => pressed(event)?.removeAttribute("aria-busy"));
}

/** In a row of tabs that is wider than the page, the one that is open comes into view. */
function showTab() {
  const tab = document.querySelector(".tab-strip [aria-current]");
  const strip = tab?.parentElement;
  if (strip) strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
}

function start() {
  showTab();
  startRequests();
  startForms();
  startToasts();
  startMenus();
  startMergeFields();
  startDrawer();
  startDesigner();
  startPalette();
  startBoard();
  startLive();
  startFilters();
  startInline();
  startKeys();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
