// Builds what the browser gets: cadans/web/static/built/{app.css,app.js,charts.js,icons.svg,fonts}.
//   node assets/build.mjs           once, minified
//   node assets/build.mjs --watch   again at every change
import { spawn } from "node:child_process";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const web = join(root, "cadans/web");
const out = join(web, "static/built");
const watching = process.argv.includes("--watch");

const scripts = {
  entryPoints: { app: join(root, "assets/js/app.js"), charts: join(root, "assets/js/charts.js") },
  outdir: out,
  bundle: true,
  minify: !watching,
  format: "iife",
  target: ["es2022"],
  legalComments: "none",
  logLevel: "warning",
};

/** Run the Tailwind CLI; resolves when it ends (never, while watching). */
function styles() {
  const cli = join(root, "node_modules/@tailwindcss/cli/dist/index.mjs");
  const args = [cli, "-i", "assets/css/app.css", "-o", join(out, "app.css")];
  args.push(watching ? "--watch=always" : "--minify");
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
      if (watching) process.stderr.write(chunk);
    });
    child.on("exit", (code) => (code ? failed(new Error(said)) : done()));
  });
}

/** The font file that app.css names beside itself. */
async function fonts() {
  const from = join(root, "node_modules/@fontsource-variable/inter/files");
  await copyFile(join(from, "inter-latin-wght-normal.woff2"), join(out, "inter.woff2"));
}

// Where an icon's name can stand: <c-icon name="x">, {% icon "x" %}, icon="x", "icon": "x", data-icon="x".
const uses = [
  /<c-icon\b[^>]*?\bname="([a-z0-9-]+)"/g,
  /\{%\s*icon\s+"([a-z0-9-]+)"/g,
  /\bicon(?:_end)?="([a-z0-9-]+)"/g,
  /["']icon["']:\s*["']([a-z0-9-]+)["']/g,
];

/** One SVG sprite of the icons that templates, Python and assets/icons.json name. */
async function icons() {
  const listed = JSON.parse(await readFile(join(root, "assets/icons.json"), "utf8"));
  const names = new Set(listed);
  for (const name of await readdir(web, { recursive: true })) {
    if (!/\.(html|py)$/.test(name) || name.startsWith("static")) continue;
    const text = await readFile(join(web, name), "utf8");
    for (const pattern of uses) for (const [, icon] of text.matchAll(pattern)) names.add(icon);
  }
  const symbols = [];
  const unknown = [];
  for (const name of [...names].sort()) {
    try {
      const svg = await readFile(join(root, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
      const body = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");
      symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`);
    } catch {
      unknown.push(name);
    }
  }
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(join(out, "icons.svg"), sprite);
  if (unknown.length) {
    console.error(`icons: Lucide has no ${unknown.map((name) => `"${name}"`).join(", ")}`);
    if (!watching) process.exitCode = 1;
  }
}

/** The mark in the browser's tab. */
const favicon = () => copyFile(join(root, "assets/mark.svg"), join(out, "mark.svg"));

await mkdir(out, { recursive: true });
if (watching) {
  const context = await esbuild.context(scripts);
  await Promise.all([context.watch(), fonts(), favicon(), icons()]);
  let soon;
  watch(web, { recursive: true }, (_, name) => {
    if (!/\.(html|py)$/.test(name ?? "")) return;
    clearTimeout(soon);
    soon = setTimeout(icons, 200);
  });
  console.log("watching assets/ and cadans/web/ …");
  await styles();
} else {
  const began = performance.now();
  await Promise.all([esbuild.build(scripts), styles(), fonts(), favicon(), icons()]);
  console.log(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
