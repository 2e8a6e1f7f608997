// Runs the browser tests: against the double for what needs a hand on the clock, and against the program in bin/ for the rest, the two
// side by side. Starts the program itself on free ports, unless UCPALERT_HTTP and UCPALERT_MLLP (HOST:PORT) name one that runs already.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { theService } from "./service.mjs";

const folder = new URL(".", import.meta.url).pathname;
const service = await theService();

/** Runs files one after the other, and gives their exit status. What they print is held back until `after` has ended, so that it stands together. */
async function lane(files, after) {
  const run = spawn(process.execPath, ["--test", "--test-concurrency=1", ...process.argv.slice(2), ...files], {
    stdio: ["ignore", after ? "pipe" : "inherit", "inherit"],
    env: { ...process.env, UCPALERT_HTTP: service.http, UCPALERT_MLLP: service.mllp, UCPALERT_BIN: process.env.UCPALERT_BIN ?? `${folder}../../bin/ucpalert` },
  });
  const printed = after && buffer(run.stdout);
  const [status] = await once(run, "exit");
  if (after) {
    await after;
    process.stdout.write(await printed);
  }
  return status ?? 1;
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void service.stop().then(() => process.exit(1)));
try {
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
  const alone = (name) => /double\.mjs/.test(readFileSync(folder + name, "utf8")) && !/service\.mjs/.test(readFileSync(folder + name, "utf8"));
  const real = lane(files.filter((name) => !alone(name)).map((name) => folder + name));
  const pretended = lane(files.filter(alone).map((name) => folder + name), real);
  process.exitCode = Math.max(...(await Promise.all([real, pretended])));
} finally {
  await service.stop();
}
