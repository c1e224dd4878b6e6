// Charts: [data-chart="id-of-json-script"] → ECharts, in our colours and the reader's language.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import dutch from "echarts/i18n/langNL-obj.js";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { colours, expand } from "./chart_options.js";
import { words } from "./page.js";

echarts.use([BarChart, LineChart, ScatterChart, CustomChart, GridComponent, TooltipComponent, LegendComponent]);
echarts.use([MarkLineComponent, MarkAreaComponent, CanvasRenderer, SVGRenderer]);
echarts.registerLocale("NL", dutch);

const locale = words.locale === "nl" ? "NL" : "EN";
const still = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = new Map();

const optionsOf = (element) => JSON.parse(document.getElementById(element.dataset.chart).textContent);

/** Draw (or draw again) the chart of an element. */
function draw(element) {
  drawn.get(element)?.dispose();
  const chart = echarts.init(element, null, { locale, renderer: "canvas" });
  chart.setOption({ ...expand(optionsOf(element), element.clientWidth), animation: !still.matches });
  chart.on("click", ({ data }) => {
    if (data?.href) location.href = data.href;
  });
  chart.on("mouseover", ({ data }) => {
    if (data?.href) chart.getZr().setCursorStyle("pointer");
  });
  drawn.set(element, chart);
}

const seen = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = drawn.get(target);
    if (!chart || chart.getWidth() === target.clientWidth) continue;
    chart.resize();
    if (optionsOf(target).kind) chart.setOption(expand(optionsOf(target), target.clientWidth));
  }
});

function prepare() {
  for (const [element, chart] of drawn) {
    if (element.isConnected) continue;
    seen.unobserve(element);
    chart.dispose();
    drawn.delete(element);
  }
  for (const element of document.querySelectorAll("[data-chart]")) {
    if (drawn.has(element)) continue;
    draw(element);
    seen.observe(element);
  }
}

/** Save a chart as a file: PNG at double size, or SVG. */
function save(element, kind) {
  const { clientWidth: width, clientHeight: height } = element;
  let url;
  if (kind === "svg") {
    const copy = echarts.init(null, null, { renderer: "svg", ssr: true, width, height, locale });
    copy.setOption({ ...expand(optionsOf(element), width), animation: false });
    url = URL.createObjectURL(new Blob([copy.renderToSVGString()], { type: "image/svg+xml" }));
    copy.dispose();
  } else {
    url = drawn.get(element).getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colours().raised });
  }
  const link = document.createElement("a");
  link.href = url;
  link.download = `${element.id}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** ECharts measures a text once; so first the font, but not for longer than a second. */
function font() {
  const loaded = ["400 12px Inter", "600 13px Inter"].map((face) => document.fonts.load(face));
  return Promise.race([Promise.allSettled(loaded), new Promise((done) => setTimeout(done, 1000))]);
}

async function start() {
  await font();
  prepare();
  document.addEventListener("htmx:afterSettle", prepare);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-chart-save]");
    if (button) save(document.getElementById(button.dataset.chartOf), button.dataset.chartSave);
  });
  const again = () => [...drawn.keys()].forEach(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
