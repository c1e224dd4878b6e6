// What others change shows by itself: [data-live-url] asks every 1.5 s, while somebody looks.
//   GET data-live-url?token=data-live-token → 204 nothing new, or 200 with X-Live-Token and the element's html
import { morph } from "./morph.js";

const EVERY = 1500;
const asking = new WeakSet();
let ownChanges = 0;

/** Somebody changes things here: an answer that was under way is out of date. */
export const changing = () => (ownChanges += 1);
const again = new WeakSet();

/** Ask once for what is new in `element`, and morph it in. */
export async function refresh(element) {
  if (asking.has(element)) {
    again.add(element);
    return;
  }
  asking.add(element);
  const began = ownChanges;
  try {
    const url = new URL(element.dataset.liveUrl, location.href);
    for (const [name, value] of new URLSearchParams(location.search)) url.searchParams.append(name, value);
    url.searchParams.set("token", element.dataset.liveToken ?? "");
    const response = await fetch(url, { headers: { "HX-Request": "true", "X-Live": "true" } });
    if (response.status !== 200 || response.redirected) return;
    const html = await response.text();
    if (began !== ownChanges || busy(element)) return;
    const token = response.headers.get("X-Live-Token") ?? "";
    const before = places(element);
    const id = element.id;
    morph(element, html, "outerHTML", { hold: true });
    const now = (id && document.getElementById(id)) || element;
    now.dataset.liveToken = token;
    for (const [card, stage] of places(now)) {
      if (before.size && before.get(card) !== stage) mark(card);
    }
    now.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  } catch {
    // Offline or restarting: the next round asks again.
  } finally {
    asking.delete(element);
    // Something changed while the question was under way: its answer may be older.
    if (again.delete(element)) refresh((element.id && document.getElementById(element.id)) || element);
  }
}

const busy = (element) =>
  "dragging" in document.body.dataset || Boolean(element.querySelector(":popover-open")) ||
  Boolean(document.querySelector("#move-menu:popover-open"));

/** Where each card lies. */
const places = (element) =>
  new Map([...element.querySelectorAll("[data-card]")].map((card) => [card.id, card.closest("[data-stage]")?.dataset.stage]));

function mark(id) {
  const card = document.getElementById(id);
  card?.classList.add("lead-new");
  card?.addEventListener("animationend", () => card.classList.remove("lead-new"), { once: true });
}

function round() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-live-url]")) {
    // Of a part that hangs in two places (wide and small screens) only the one that shows asks.
    if (element.checkVisibility() && !busy(element) && !asking.has(element)) refresh(element);
  }
}

export function startLive() {
  round();
  setInterval(round, EVERY);
  document.addEventListener("visibilitychange", round);
  document.addEventListener("live-now", () => document.querySelectorAll("[data-live-url]").forEach(refresh));
}
