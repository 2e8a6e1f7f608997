// Proof of life in the page: it is green only while it holds fresh evidence, whatever happens to the service, the network, the tab or the clock.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

async function watch(t, address, { clock = false } = {}) {
  const page = await openPage(browser, address);
  t.after(() => page.context().close());
  if (clock) await page.clock.install();
  await page.addInitScript(() => {
    sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE");
    // A clock that somebody sets: what the page takes for the time of day, and only that.
    const time = Date.now;
    globalThis.set = 0;
    Date.now = () => time() + globalThis.set;
    // Every state that was ever shown, in order.
    globalThis.states = [];
    let shown;
    new MutationObserver(() => {
      const state = document.querySelector("main[data-health]")?.dataset.health;
      if (state && state !== shown) globalThis.states.push((shown = state));
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-health"] });
  });
  await page.goto(`${address}/board/RQW-AE`);
  await health(page, "live");
  return page;
}

const health = (page, wanted) => page.locator(`main[data-health=${wanted}]`).waitFor({ timeout: patience });
const state = (page) => page.locator("main").getAttribute("data-health");
const seconds = async (page, n) => {
  for (let i = 0; i < n; i++) await page.clock.runFor(1_000);
};
async function until(what, holds) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) if (await holds()) return;
  assert.fail(`did not happen: ${what}`);
}

test("the service stops: amber at once, red at 45 seconds with the phone list, which needs nothing that is gone; it is back: the list is as it now is", async (t) => {
  const first = await startDouble({ alerts: [alert(5)] });
  const page = await watch(t, first.url, { clock: true });
  const port = Number(new URL(first.url).port);
  await first.close();
  await health(page, "waiting");
  await seconds(page, 40);
  assert.equal(await state(page), "waiting");
  await seconds(page, 7);
  await health(page, "lost");
  const band = page.locator(".ucp-strip");
  assert.match(await band.innerText(), /NOT LIVE since \d\d:\d\d:\d\d\. Use the phone list/);
  assert.deepEqual(await band.locator("a[href^=tel]").allInnerTexts(), ["01632 960111", "01632 960100"]);
  assert.equal(Math.round((await band.boundingBox()).width), 1440);
  const second = await startDouble({ alerts: [alert(7, { id: "meanwhile" })], port, epoch: "e2" });
  t.after(() => second.close());
  for (let i = 0; i < 60 && (await state(page)) !== "live"; i++) await seconds(page, 1);
  await health(page, "live");
  await page.locator("[data-alert=meanwhile][data-state=raised]").waitFor();
  await page.locator("[data-alert=a5][data-state=withdrawn]").waitFor();
  assert.equal(await band.locator("a[href^=tel]").count(), 0);
});

test("a tab that was frozen without a word believes nothing that waited for it, and shows what came meanwhile", async (t) => {
  const double = await startDouble({ alerts: [alert(5)] });
  t.after(() => double.close());
  const page = await watch(t, double.url);
  const cdp = await page.context().newCDPSession(page);
  const hellos = () => double.received.filter((m) => m.type === "hello").length;
  await page.evaluate(() => globalThis.states.splice(0));
  await cdp.send("Debugger.enable");
  await cdp.send("Debugger.pause"); // nothing of the page runs; frames wait in the browser's buffer
  double.change("raised", alert(1, { id: "meanwhile" }));
  await new Promise((r) => setTimeout(r, 13_500));
  assert.equal(hellos(), 1);
  await cdp.send("Debugger.resume");
  await cdp.send("Debugger.disable");
  await page.locator("[data-alert=meanwhile]").waitFor({ timeout: patience });
  await health(page, "live");
  assert.deepEqual(await page.evaluate(() => globalThis.states), ["waiting", "live"]);
  assert.equal(hellos(), 2);
});

test("a tab that is told that it freezes lets its socket go, and is not green when it thaws", async (t) => {
  const double = await startDouble();
  t.after(() => double.close());
  const page = await watch(t, double.url);
  // Chromium freezes hidden tabs only, and a headless one is never hidden: the events are made here. The test before this one stops a tab for real.
  await page.evaluate(() => globalThis.states.splice(0) && document.dispatchEvent(new Event("freeze")));
  await until("the socket is let go", () => double.listeners === 0);
  await page.evaluate(() => document.dispatchEvent(new Event("resume")));
  await until("live again", async () => (await page.evaluate(() => globalThis.states.join())) === "waiting,live");
});

test("a page that is put away and restored is not green first", async (t) => {
  const double = await startDouble();
  t.after(() => double.close());
  const page = await watch(t, double.url);
  await page.evaluate(() => globalThis.states.splice(0) && window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await until("the socket is let go", () => double.listeners === 0);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await until("live again", async () => (await page.evaluate(() => globalThis.states.join())) === "waiting,live");
});

test("setting the computer's clock makes nothing green that is not: silence is counted by a clock that nobody can set", async (t) => {
  const double = await startDouble({ alerts: [alert(5)] });
  t.after(() => double.close());
  const page = await watch(t, double.url, { clock: true });
  const hellos = () => double.received.filter((m) => m.type === "hello").length;
  await page.evaluate(() => (globalThis.set = 3_600_000));
  await page.clock.runFor(2_000);
  await until("a jump of the clock is taken for sleep: a new connection", () => hellos() === 2);
  await health(page, "live");
  double.silence();
  for (let i = 0; i < 50; i++) {
    await page.evaluate(() => (globalThis.set -= 1_000)); // the clock stands still
    await page.clock.runFor(1_000);
  }
  await health(page, "lost");
});

test("a connection that stands while nothing comes through it is given up, and is red in its time", async (t) => {
  const double = await startDouble({ alerts: [alert(5)] });
  t.after(() => double.close());
  let swallows = false;
  const ends = new Set();
  const proxy = createServer((near) => {
    const far = connect(Number(new URL(double.url).port), "127.0.0.1");
    for (const end of [near, far]) {
      ends.add(end);
      end.on("error", () => {});
      end.on("close", () => (near.destroy(), far.destroy()));
    }
    near.on("data", (bytes) => swallows || far.write(bytes));
    far.on("data", (bytes) => swallows || near.write(bytes));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => {
    for (const end of ends) end.destroy();
    proxy.close();
  });
  const page = await watch(t, `http://127.0.0.1:${proxy.address().port}`, { clock: true });
  swallows = true;
  await seconds(page, 22);
  assert.equal(await state(page), "waiting");
  await seconds(page, 26);
  assert.equal(await state(page), "lost");
  swallows = false;
  for (let i = 0; i < 60 && (await state(page)) !== "live"; i++) await seconds(page, 1);
  await health(page, "live");
});

test("an old page sees that the service has a newer one, and loads it when nothing is open", async (t) => {
  const double = await startDouble({ alerts: [alert(5)] });
  t.after(() => double.close());
  const page = await watch(t, double.url, { clock: true });
  const build = () => page.locator("meta[name=ucp-build]").getAttribute("content");
  const old = await build();
  assert.match(old, /^[0-9a-f]{12}$/);
  await page.getByRole("button", { name: /^Open plan/ }).click();
  await page.getByRole("dialog").waitFor();
  double.replacePages("newer");
  await page.clock.runFor(5 * 60_000);
  await page.getByText("A newer version of this page is ready").waitFor({ timeout: patience });
  await seconds(page, 30);
  assert.equal(await build(), old, "nothing is taken away from somebody who reads a plan");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await seconds(page, 25);
  await page.waitForFunction(() => document.querySelector("meta[name=ucp-build]")?.content === "newer", undefined, { timeout: patience });
  await health(page, "live");
});

test("a page that stays old however often it is loaded is loaded once, and says so", async (t) => {
  const double = await startDouble();
  t.after(() => double.close());
  double.replacePages("newer", true);
  const page = await watch(t, double.url, { clock: true });
  let loads = 0;
  page.on("load", () => loads++);
  for (let i = 0; i < 3; i++) {
    await page.clock.runFor(5 * 60_000 + 20_000);
    await page.waitForTimeout(500);
  }
  await page.getByText("A newer version of this page is ready").waitFor({ timeout: patience });
  assert.equal(loads, 1);
});
