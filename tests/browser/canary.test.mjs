// The check that goes the way of an arrival, on the real service: it is painted, and the service knows that it was.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { launch, openPage } from "./browser.mjs";
import { freePort } from "./port.mjs";

const here = new URL(".", import.meta.url).pathname;
const program = process.env.UCPALERT_BIN ?? join(here, "../../bin/ucpalert");
const folder = mkdtempSync(join(tmpdir(), "ucpalert-canary-"));
const departments = ["RQW-AE", "RWG-AE"];
let browser, service, address;

before(async () => {
  address = `127.0.0.1:${await freePort()}`;
  copyFileSync(join(here, "../../demo/directory.yaml"), join(folder, "directory.yaml"));
  const tokens = departments.map((id) => `  - {name: screen ${id}, sha256: ${createHash("sha256").update(`screen-${id}`).digest("hex")}, role: screen, organisation: ${id.slice(0, 3)}, department: ${id}}`);
  writeFileSync(join(folder, "ucpalert.yaml"), [`http: {address: "${address}"}`, `mllp: {address: "127.0.0.1:${await freePort()}"}`, "storage: {data_folder: data}", "directory: directory.yaml", "canary: {every: 1s}", "tokens:", ...tokens, ""].join("\n"));
  service = spawn(program, ["serve", "--config", join(folder, "ucpalert.yaml")], { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: service.stderr });
  await new Promise((ready, fail) => {
    const said = [];
    lines.on("line", (line) => (said.push(line), /\bready\b/.test(line) && ready()));
    service.once("exit", () => fail(new Error(said.join("\n"))));
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  if (service && service.exitCode === null) {
    service.kill();
    await once(service, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Asks how a department stands until its canary is as wanted; the answer is its canary. */
function standing(department, wanted) {
  const socket = new WebSocket(`ws://${address}/stream/departments/${department}`, "ucpalert.v1");
  return new Promise((found, fail) => {
    const patience = setTimeout(() => fail(new Error(`the canary of ${department} did not come to be ${wanted}`)), 60_000);
    socket.on("open", () => socket.send(JSON.stringify({ type: "hello", token: `screen-${department}`, status: true })));
    socket.on("message", (text) => {
      const frame = JSON.parse(text);
      if (frame.type === "status" && wanted(frame.canary)) found(frame.canary);
    });
    socket.on("error", fail);
    socket.on("close", () => clearTimeout(patience));
  }).finally(() => socket.close());
}

for (const [what, department, path] of [["board", "RQW-AE", ""], ["wall", "RWG-AE", "/wall"]])
  test(`a ${what} paints each check, and the service knows that it did`, async (t) => {
    await standing(department, (canary) => canary?.state === "no_screen" && !canary.last);
    const page = await openPage(browser, `http://${address}`);
    t.after(() => page.context().close());
    await page.addInitScript((token) => sessionStorage.setItem("ucpalert.token", token), `screen-${department}`);
    await page.goto(`http://${address}/board/${department}${path}`);
    const line = page.locator("[data-check=passed]").filter({ hasText: "Checked" });
    await line.waitFor({ timeout: 60_000 });
    const first = await line.innerText();
    assert.match(first, /^Checked \d\d:\d\d:\d\d$/);
    await page.waitForFunction((text) => ![null, undefined, text].includes(document.querySelector("[data-check=passed]")?.textContent.trim()), first, { timeout: 60_000 });
    const canary = await standing(department, (canary) => canary?.state === "passed" && canary.last);
    assert.ok(Math.abs(Date.now() - Date.parse(canary.last)) < 30_000);
    if (what === "board") {
      await page.getByRole("button", { name: /etails$/ }).click();
      await page.getByText(/A screen of this department last showed it/).waitFor({ timeout: 60_000 });
    }
    assert.equal(await page.locator("article.ucp-card, .ucp-wall__row").count(), 0, "it is nobody");
    assert.deepEqual(page.faults, []);
  });
