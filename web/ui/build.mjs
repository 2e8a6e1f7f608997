// Builds the pages into dist/: index.html, assets/app.js, assets/app.css and the icon. `--watch` builds again at each change.
import { cp, mkdir, readdir, rm, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import nunjucks from "nunjucks";
import * as sass from "sass";

const nhsuk = "node_modules/nhsuk-frontend/dist";
const dist = "dist";
const assets = join(dist, "assets");
const target = ["chrome109", "firefox115", "safari16.4"];
const limit = 100_000;

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
  });
  return outputFiles[0].text;
}

async function styles() {
  const { css } = sass.compile("src/styles/app.scss", { loadPaths: ["node_modules"], quietDeps: true });
  return (await esbuild.transform(css, { loader: "css", minify: true, target })).code;
}

async function shell() {
  const { outputFiles } = await esbuild.build({ entryPoints: ["src/texts.ts"], bundle: true, format: "esm", write: false, logLevel: "warning" });
  const { texts } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
  const page = new nunjucks.Environment(new nunjucks.FileSystemLoader([nhsuk, "."]), { autoescape: true, throwOnUndefined: false });
  return page.render("shell.html", { texts }).replace(/\n\s*\n+/g, "\n");
}

/** The pages ask no other machine for anything: an address that slipped in with a library would be one. */
function refuseForeignAddresses(name, text) {
  const foreign = [...text.matchAll(/(?:url\(|src=|href=|import\()\s*["']?((?:https?:)?\/\/[^"')\s]+)/g)].map((m) => m[1]);
  if (foreign.length > 0) throw new Error(`${name} would load ${foreign.join(", ")}`);
}

async function build() {
  const files = { "index.html": await shell(), "assets/app.js": await script(), "assets/app.css": await styles() };
  await clean();
  let total = 0;
  for (const [name, text] of Object.entries(files)) {
    refuseForeignAddresses(name, text);
    await writeFile(join(dist, name), text);
    const size = gzipSync(text).length;
    total += size;
    console.log(`${name.padEnd(16)} ${(text.length / 1000).toFixed(1).padStart(7)} kB  ${(size / 1000).toFixed(1).padStart(6)} kB compressed`);
  }
  await cp(join(nhsuk, "nhsuk/assets/images/favicon.svg"), join(assets, "favicon.svg"));
  if (total > limit) throw new Error(`the first load is ${total} bytes compressed, more than ${limit}`);
}

await build();
if (process.argv.includes("--watch")) {
  for await (const _ of watch("src", { recursive: true })) await build().catch((error) => console.error(error.message));
}
