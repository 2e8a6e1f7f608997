// Runs the browser tests, a file at a time in each of three lanes: most of a test is waiting. Every file starts what it needs itself, on free
// ports: the program in bin/, or the double for what needs a hand on the clock. UCPALERT_HTTP and UCPALERT_MLLP (HOST:PORT) name a service
// that runs already instead. What a file prints stands together.
//
// A file that fails is run once more when the others have ended. If it passes then, the machine was too busy for a browser: that is said at
// the end, with what failed, and is no failure of the suite.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { text } from "node:stream/consumers";

const folder = new URL(".", import.meta.url).pathname;
const lanes = 3;

/** Runs one file, prints what it printed, and gives the names of its tests that failed; the file's own name if it ended badly without one. */
async function run(file) {
  const child = spawn(process.execPath, ["--test", "--test-reporter=tap", ...process.argv.slice(2), folder + file], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  process.stdout.write(`\n# ${file}\n${printed}`);
  if (status === 0) return [];
  const failed = [...printed.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, name]) => name);
  return failed.length > 0 ? failed : [file];
}

const size = (file) => statSync(folder + file).size;
const waiting = readdirSync(folder)
  .filter((name) => name.endsWith(".test.mjs"))
  .sort((a, b) => size(b) - size(a)); // the long ones first, so that none is left for the end
const count = waiting.length;
const failures = new Map();

async function lane() {
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    const failed = await run(file);
    if (failed.length > 0) failures.set(file, failed);
  }
}
await Promise.all(Array.from({ length: lanes }, lane));

let bad = 0;
for (const [file, failed] of failures) {
  console.log(`\n# ${file} again, alone: ${failed.join("; ")}`);
  const still = await run(file);
  if (still.length > 0) bad++;
  else console.log(`# PASSED AT THE SECOND TRY ONLY: ${file}: ${failed.join("; ")}`);
}
console.log(`\n# browser tests: ${count} files, ${failures.size} failed at first, ${bad} failed`);
process.exitCode = bad > 0 ? 1 : 0;
