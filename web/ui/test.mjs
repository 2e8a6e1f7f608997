// Bundles every src/**/*.test.ts and runs them with Node's own test runner.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const tests = readdirSync("src", { recursive: true }).map((file) => join("src", file)).filter((file) => file.endsWith(".test.ts"));
const out = mkdtempSync(join("node_modules", ".tests-"));
try {
  await build({ entryPoints: tests, outdir: out, bundle: true, format: "esm", platform: "node", target: "node20", outExtension: { ".js": ".mjs" }, logLevel: "warning" });
  const files = readdirSync(out, { recursive: true }).map((f) => join(out, f)).filter((f) => f.endsWith(".mjs"));
  const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
