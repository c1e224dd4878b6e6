// From the JSON that a page gives to what ECharts takes: colours, formatters, whiskers, our looks.
import { words } from "./page.js";

const language = words.locale === "nl" ? "nl-NL" : "en-GB";

/** A CSS colour as rgb(): ECharts cannot read oklch(). */
function rgb(colour) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  return alpha === 255 ? `rgb(${red},${green},${blue})` : `rgba(${red},${green},${blue},${(alpha / 255).toFixed(3)})`;
}

const variables = {
  primary: "--color-primary", good: "--color-success", warn: "--color-warning", bad: "--color-error",
  info: "--color-info", muted: "--muted", line: "--line", text: "--color-base-content",
  raised: "--raised", ground: "--color-base-200",
};

/** The theme's colours by our names. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => rgb(style.getPropertyValue(name).trim());
  const named = Object.fromEntries(Object.entries(variables).map(([name, css]) => [name, read(css)]));
  for (let at = 1; at <= 8; at++) named[`chart-${at}`] = read(`--chart-${at}`);
  return named;
}

/** A formatter by its name: "money:EUR", "percent", "percent:0", "number:1", "days". */
function formatter(name) {
  const [kind, detail] = name.split(":");
  const make = (options) => {
    const format = new Intl.NumberFormat(language, options);
    return (value) => {
      const figure = typeof value === "object" && value !== null ? value.value : value;
      const last = Array.isArray(figure) ? figure.at(-1) : figure;
      return last === null || last === undefined || Number.isNaN(Number(last)) ? "–" : format.format(last);
    };
  };
  if (kind === "money") {
    return make({ style: "currency", currency: detail || "EUR", notation: "compact", maximumFractionDigits: 1 });
  }
  if (kind === "percent") return make({ style: "percent", maximumFractionDigits: Number(detail ?? 1) });
  if (kind === "number") return make({ maximumFractionDigits: Number(detail ?? 0) });
  if (kind === "days") {
    const number = make({ maximumFractionDigits: Number(detail ?? 0) });
    return (value) => `${number(value)} ${words.days}`;
  }
  return null;
}

const takesColour = /colou?r$/i;
const takesFormatter = /formatter$/i;

/** Go through options and put colours and functions where their names stand. */
function resolve(value, key, palette) {
  if (Array.isArray(value)) return value.map((item) => resolve(item, key, palette));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item, name, palette)]));
  }
  if (typeof value === "string") {
    if (takesColour.test(key)) return palette[value] ?? value;
    if (takesFormatter.test(key)) return formatter(value) ?? value;
  }
  return value;
}

/** Whiskers: how sure a figure is, drawn over its bar. */
function whiskers(series, palette) {
  const { horizontal, data, ...rest } = series;
  const [from, to, at] = horizontal ? [0, 1, 2] : [1, 2, 0];
  return {
    z: 10,
    silent: true,
    tooltip: { show: false },
    ...rest,
    type: "custom",
    data,
    encode: horizontal ? { x: [0, 1], y: 2 } : { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const point = (value) => (horizontal ? api.coord([value, api.value(at)]) : api.coord([api.value(at), value]));
      const [x1, y1] = point(api.value(from));
      const [x2, y2] = point(api.value(to));
      const end = 4;
      const line = (xa, ya, xb, yb) => ({
        type: "line",
        shape: { x1: xa, y1: ya, x2: xb, y2: yb },
        style: { stroke: palette.text, lineWidth: 1.5 },
      });
      const ends = horizontal
        ? [line(x1, y1 - end, x1, y1 + end), line(x2, y2 - end, x2, y2 + end)]
        : [line(x1 - end, y1, x1 + end, y1), line(x2 - end, y2, x2 + end, y2)];
      return { type: "group", children: [line(x1, y1, x2, y2), ...ends] };
    },
  };
}

/** Our funnel: stages under each other, bars to the left, the figure and a note at the right. */
function funnel({ stages, name, valueFormatter = "number" }, palette, width) {
  const format = formatter(valueFormatter);
  // The longest bar leaves room for its figure and note.
  const labels = Math.min(170, width / 3);
  const room = (stage) => (format(stage.value).length + (stage.note?.length ?? 0)) * 7 + 24;
  const plot = Math.max(120, width - labels - 16);
  const largest = Math.max(1, ...stages.map((stage) => stage.value));
  const ends = stages.map((stage) => (stage.value * plot) / Math.max(60, plot - room(stage)));
  return {
    grid: { left: 0, right: 0, top: 4, bottom: 4 },
    xAxis: { type: "value", show: false, max: Math.max(largest, ...ends) },
    yAxis: {
      type: "category",
      inverse: true,
      data: stages.map((stage) => stage.name),
      axisLine: { show: false },
      axisLabel: { width: labels, overflow: "truncate", color: palette.text, fontWeight: 500 },
    },
    tooltip: { trigger: "item" },
    series: [
      {
        type: "bar",
        name,
        barCategoryGap: "28%",
        itemStyle: { color: palette["chart-1"], borderRadius: 4 },
        label: {
          show: true,
          position: "right",
          distance: 8,
          formatter: ({ data }) => (data.note ? `{figure|${format(data.value)}}{note|${data.note}}` : `{figure|${format(data.value)}}`),
          rich: {
            figure: { fontWeight: 600, fontSize: 13, color: palette.text },
            note: { fontSize: 12, color: palette.muted, padding: [0, 0, 0, 8] },
          },
        },
        data: stages.map(({ value, href, note }) => ({ value, href, note })),
      },
    ],
  };
}

const listed = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The looks of an axis, below what the page asks for. */
function axis(given, palette) {
  return listed(given).map((own) => ({
    ...own,
    axisLine: { show: own.type !== "value", lineStyle: { color: palette.line }, ...own.axisLine },
    axisTick: { show: false, ...own.axisTick },
    axisLabel: { color: palette.muted, fontSize: 12, hideOverlap: true, ...own.axisLabel },
    splitLine: { show: own.type === "value", lineStyle: { color: palette.line }, ...own.splitLine },
    nameTextStyle: { color: palette.muted, ...own.nameTextStyle },
  }));
}

const strokes = ["solid", "dashed", "dotted"];
const symbols = ["circle", "rect", "triangle", "diamond"];

/** The looks of a series; lines differ by stroke and symbol too, not by colour alone. */
function series(own, at, palette) {
  if (own.type === "interval") return whiskers(own, palette);
  if (own.type === "bar") {
    return { barMaxWidth: 36, barGap: "12%", ...own, itemStyle: { borderRadius: own.stack ? 0 : 3, ...own.itemStyle } };
  }
  if (own.type === "line") {
    return {
      symbol: symbols[at % symbols.length],
      symbolSize: 6,
      showSymbol: (own.data?.length ?? 0) < 40,
      ...own,
      lineStyle: { width: 2, type: strokes[at % strokes.length], ...own.lineStyle },
    };
  }
  return own;
}

/** What ECharts gets for a page's options, in an element that is `width` pixels wide. */
export function expand(given, width) {
  const palette = colours();
  const { kind, ...plain } = given;
  const options = kind === "funnel" ? funnel(plain, palette, width) : resolve(plain, "", palette);
  const all = listed(options.series);
  const many = all.filter((one) => one.type !== "interval").length > 1;
  const font = getComputedStyle(document.body).fontFamily;
  return {
    color: Array.from({ length: 8 }, (_, at) => palette[`chart-${at + 1}`]),
    ...options,
    textStyle: { fontFamily: font, color: palette.text, ...options.textStyle },
    grid: { left: 4, right: 12, top: many ? 36 : 12, bottom: 4, containLabel: true, ...options.grid },
    xAxis: axis(options.xAxis, palette),
    yAxis: axis(options.yAxis, palette),
    legend: {
      show: many,
      top: 0,
      left: 0,
      icon: all.some((one) => one.type === "line") ? undefined : "roundRect",
      itemWidth: 18,
      itemHeight: 10,
      itemGap: 16,
      textStyle: { color: palette.text, fontSize: 12 },
      data: all.filter((one) => one.type !== "interval" && one.name).map((one) => one.name),
      ...options.legend,
    },
    tooltip: {
      trigger: "axis",
      // Text drawn in the canvas: HTML with style attributes would break the security policy.
      renderMode: "richText",
      confine: true,
      backgroundColor: palette.raised,
      borderColor: palette.line,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: palette.text, fontSize: 12, fontFamily: font },
      axisPointer: { type: "shadow", shadowStyle: { color: palette.line, opacity: 0.35 } },
      ...options.tooltip,
    },
    series: all.map((own, at) => series(own, at, palette)),
  };
}
