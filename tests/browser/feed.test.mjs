// A hospital whose system stopped sending: the board says so until it sends again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [width, height] of [[1440, 900], [390, 844]])
  test(`a silent feed stands on the board until it is heard again, and is announced once (${width} px)`, async (t) => {
    const double = await startDouble({ alerts: [alert(3)] });
    t.after(() => double.close());
    const page = await openPage(browser, double.url, { viewport: { width, height } });
    t.after(() => page.context().close());
    await page.addInitScript(() => {
      sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE");
      globalThis.said = [];
      const before = new Map(); // what each region said last
      new MutationObserver(() => {
        for (const region of document.querySelectorAll("[aria-live]")) {
          const text = region.textContent.trim();
          if (text && text !== before.get(region)) globalThis.said.push(text);
          before.set(region, text);
        }
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await page.goto(`${double.url}/board/RQW-AE`);
    await page.locator("main[data-health=live]").waitFor();
    assert.equal(double.received[0].status, true, "the board asks how its hospital's feed stands");
    const band = page.locator("[data-feed=silent]");
    double.stand({ feed: { state: "heard", last: "2026-11-22T14:02:00Z" } });
    double.stand({ feed: { state: "silent", since: "2026-11-22T14:02:00Z", usual: 6.2 } });
    await band.waitFor();
    const words = "No messages from the hospital's system since 14:02 (usually 6 in the time until this was noticed). New arrivals may be missing here.";
    assert.equal(await band.innerText(), words);
    const box = await band.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= width, "it fits the page");
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/feed-${width}.png` });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(page.faults, []);
    double.stand({ feed: { state: "silent", since: "2026-11-22T14:02:00Z", usual: 6.2, words: "said again" } });
    await page.waitForFunction((text) => globalThis.said.includes(text), words);
    await page.waitForTimeout(500);
    assert.equal((await page.evaluate(() => globalThis.said)).filter((text) => text === words).length, 1);
    double.stand({ feed: { state: "heard", last: "2026-11-22T14:20:00Z" } });
    await band.waitFor({ state: "detached" });
    await page.waitForFunction(() => globalThis.said.includes("The hospital's system sends messages again."));
  });
