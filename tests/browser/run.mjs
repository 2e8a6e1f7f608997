// Runs the browser tests: against the double for what needs a hand on the clock, and against the program in bin/ for the rest.
// Starts the program itself on free ports, unless UCPALERT_HTTP and UCPALERT_MLLP (HOST:PORT) name one that runs already.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { theService } from "./service.mjs";

const folder = new URL(".", import.meta.url).pathname;
const service = await theService();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void service.stop().then(() => process.exit(1)));
try {
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => folder + name);
  const run = spawn(process.execPath, ["--test", "--test-concurrency=1", ...process.argv.slice(2), ...files], {
    stdio: "inherit",
    env: { ...process.env, UCPALERT_HTTP: service.http, UCPALERT_MLLP: service.mllp, UCPALERT_BIN: process.env.UCPALERT_BIN ?? `${folder}../../bin/ucpalert` },
  });
  const [status] = await once(run, "exit");
  process.exitCode = status ?? 1;
} finally {
  await service.stop();
}
