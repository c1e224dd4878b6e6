// Morphing: what is the same stays, with its focus, scroll and what a person opened.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const callbacks = {
  beforeAttributeUpdated(name, node) {
    if (name === "open" && node.tagName === "DETAILS") return false;
    if (name === "data-walked" || (name === "data-open" && node.id === "drawer")) return false;
    return true;
  },
};

/** Make `element` (or its inside) like `html`; htmx then knows what is new. */
export function morph(element, html, style = "outerHTML") {
  const parent = element.parentElement;
  const nodes = Idiomorph.morph(element, html, { morphStyle: style, ignoreActiveValue: true, callbacks });
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
    return Idiomorph.morph(target, fragment.children, { morphStyle, ignoreActiveValue: true, callbacks });
  },
});
