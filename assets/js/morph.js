// Morphing: what is the same stays, with its focus, scroll and what a person opened.
import htmx from "htmx.org";
import { typing } from "./page.js";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const callbacks = {
  // What somebody typed since it was last sent (designer.js) is not undone by an older answer.
  beforeNodeMorphed: (node) => !(node instanceof Element && node.hasAttribute("data-unsent")),
  beforeAttributeUpdated(name, node) {
    if (name === "open" && node.tagName === "DETAILS") return false;
    if (name === "data-walked" || (name === "data-open" && node.id === "drawer")) return false;
    return true;
  },
};

/** Is somebody filling something in within this element? */
export function beingFilled(element) {
  if (element.contains(document.activeElement) && typing(document.activeElement)) return true;
  return [...element.querySelectorAll("input, textarea, select")].some((field) => {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    return [...field.options].some((option) => option.selected !== option.defaultSelected && option.index);
  });
}

// News leaves [data-hold] alone while somebody is filling it in.
const holding = {
  ...callbacks,
  beforeNodeMorphed: (node) =>
    callbacks.beforeNodeMorphed(node) &&
    !(node instanceof HTMLElement && node.hasAttribute("data-hold") && beingFilled(node)),
  beforeNodeRemoved: (node) => !(node instanceof HTMLElement && node.hasAttribute("data-hold") && beingFilled(node)),
};

/** Make `element` (or its inside) like `html`; htmx then knows what is new. */
export function morph(element, html, style = "outerHTML", { hold = false } = {}) {
  const parent = element.parentElement;
  const nodes = Idiomorph.morph(element, html, {
    morphStyle: style,
    ignoreActiveValue: typing(document.activeElement),
    callbacks: hold ? holding : callbacks,
  });
  htmx.process(parent ?? element);
  return nodes;
}

// hx-swap="morph" (= morph:outerHTML) and hx-swap="morph:innerHTML"; <body hx-ext="morph">.
const style = (swap) => ({ morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" })[swap];

htmx.defineExtension("morph", {
  isInlineSwap: (swap) => style(swap) === "outerHTML",
  handleSwap(swap, target, fragment) {
    const morphStyle = style(swap);
    if (!morphStyle) return false;
    const ignoreActiveValue = typing(document.activeElement);
    return Idiomorph.morph(target, fragment.children, { morphStyle, ignoreActiveValue, callbacks });
  },
});
