// Builds the pages into dist/: index.html, assets/app.js, assets/app.css and the icon. `--watch` builds again at each change.
import { cp, mkdir, readdir, readFile, rm, watch, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import nunjucks from "nunjucks";
import * as sass from "sass";

const nhsuk = "node_modules/nhsuk-frontend/dist";
const dist = "dist";
const assets = join(dist, "assets");
const target = ["chrome109", "firefox115", "safari16.4"];
const limit = 95_000;

async function clean() {
  await mkdir(dist, { recursive: true });
  for (const name of await readdir(dist)) if (name !== "README") await rm(join(dist, name), { recursive: true });
  await mkdir(assets, { recursive: true });
}

async function script() {
  const { outputFiles } = await esbuild.build({
    entryPoints: ["src/main.ts"],
    bundle: true,
    minify: true,
    format: "esm",
    target,
    legalComments: "none",
    write: false,
    logLevel: "warning",
    // What is imported when it is asked for (the library that draws PDFs) is a file of its own.
    splitting: true,
    outdir: assets,
    entryNames: "app",
    chunkNames: "part-[hash]",
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [join("assets", basename(path)), text]));
}

/** Draws PDFs, in a thread of its own, once somebody asks for one. */
const pdfWorker = "node_modules/pdfjs-dist/legacy/build/pdf.worker.min.mjs";

/** What a browser runs while no page is open: a file by itself, at the root, for browsers that load no modules there. */
async function worker() {
  const { outputFiles } = await esbuild.build({ entryPoints: ["src/push/sw.ts"], bundle: true, minify: true, format: "iife", target, legalComments: "none", write: false, logLevel: "warning" });
  return outputFiles[0].text;
}

/** What the first page of anybody needs: the script and all that it imports at once. */
function atOnce(scripts) {
  const wanted = new Set();
  const want = (name) => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const [, other] of scripts[name].matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) want(join("assets", other));
  };
  want("assets/app.js");
  return wanted;
}

async function styles(name) {
  const { css } = sass.compile(`src/styles/${name}.scss`, { loadPaths: ["node_modules"], quietDeps: true });
  return (await esbuild.transform(css, { loader: "css", minify: true, target })).code;
}

async function shell(build) {
  const { outputFiles } = await esbuild.build({ entryPoints: ["src/texts.ts"], bundle: true, format: "esm", write: false, logLevel: "warning" });
  const { texts } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
  const page = new nunjucks.Environment(new nunjucks.FileSystemLoader([nhsuk, "."]), { autoescape: true, throwOnUndefined: false });
  return page.render("shell.html", { texts, build }).replace(/\n\s*\n+/g, "\n");
}

/** The pages ask no other machine for anything: an address that slipped in with a library would be one. */
function refuseForeignAddresses(name, text) {
  const foreign = [...text.matchAll(/(?:url\(|src=|href=|import\()\s*["']?((?:https?:)?\/\/[^"')\s]+)/g)].map((m) => m[1]);
  if (foreign.length > 0) throw new Error(`${name} would load ${foreign.join(", ")}`);
}

async function build() {
  const scripts = await script();
  const first = new Set(["index.html", "assets/app.css", ...atOnce(scripts)]);
  const [css, onCall, background] = await Promise.all([styles("app"), styles("on-call"), worker()]);
  // The name of a build says what is in it: the same pages have the same name on every machine.
  const build = createHash("sha256").update(JSON.stringify([await shell(""), scripts, css, onCall, background])).digest("hex").slice(0, 12);
  const files = {
    "index.html": await shell(build), ...scripts, "sw.js": background, "assets/app.css": css, "assets/on-call.css": onCall, "assets/pdf.worker.js": await readFile(pdfWorker, "utf8"),
    "assets/version.json": JSON.stringify({ build }),
  };
  await clean();
  let total = 0;
  for (const [name, text] of Object.entries(files)) {
    if (first.has(name) || name.endsWith(".css")) refuseForeignAddresses(name, text);
    await writeFile(join(dist, name), text);
    const size = gzipSync(text).length;
    if (first.has(name)) total += size;
    console.log(`${name.padEnd(24)} ${(text.length / 1000).toFixed(1).padStart(7)} kB  ${(size / 1000).toFixed(1).padStart(6)} kB compressed`);
  }
  await cp(join(nhsuk, "nhsuk/assets/images/favicon.svg"), join(assets, "favicon.svg"));
  if (total > limit) throw new Error(`the first load is ${total} bytes compressed, more than ${limit}`);
}

await build();
if (process.argv.includes("--watch")) {
  for await (const _ of watch("src", { recursive: true })) await build().catch((error) => console.error(error.message));
}
