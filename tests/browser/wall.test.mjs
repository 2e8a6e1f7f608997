// A wall: what everybody in the room can see, and what nobody may.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

async function wall(t, alerts, { clock = false, ...options } = {}) {
  const double = await startDouble({ alerts });
  t.after(() => double.close());
  const page = await openPage(browser, double.url, options);
  t.after(() => page.context().close());
  if (clock) await page.clock.install();
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
  await page.goto(`${double.url}/board/RQW-AE/wall`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return { double, page };
}

test("a wall shows initials and place, no name, no number, nothing of a plan, and nothing to touch", async (t) => {
  const done = { state: "acknowledged", acknowledged: { by: "Nurse in charge", role: "clinician", version: 1 } };
  for (const colorScheme of ["light", "dark"]) {
    for (const viewport of [{ width: 1920, height: 1080 }, { width: 390, height: 844 }]) {
      const { double, page } = await wall(t, [alert(9, { ...done, id: "done" }), alert(5, { warnings: ["Written by hand"] }), alert(3, { id: "hidden", patient: undefined, sensitive: true, urgency: "urgent" })], { viewport, colorScheme });
      await page.locator("[data-alert=a5]").waitFor();
      const rows = await page.locator("[data-alert]").allInnerTexts();
      assert.match(rows[0], /A\. T\.[^]*Resus, bay 2[^]*Critical/i);
      assert.match(rows[1], /Patient/);
      assert.match(rows[2], /Acknowledged/);
      const all = await page.evaluate(() => document.querySelector("ucp-app").outerHTML.replace(/<!--.*?-->/g, ""));
      for (const secret of ["Tester", "TESTER", "Ana", "999", "1980", "hydrocortisone", "Great Ormond", "Written by hand", "Nurse in charge", "NHS number"]) assert.ok(!all.includes(secret), `${secret} stands on the wall`);
      assert.equal(await page.locator("ucp-wall").locator("button, a, input, select").count(), 0);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
      assert.deepEqual(await violations(page), []);
      assert.ok(!double.received.some((m) => ["displayed", "seen"].includes(m.type)), "a wall is no proof that anybody was shown the alert");
      assert.deepEqual(page.faults, []);
      await page.context().close();
    }
  }
});

test("as many as a wall shows fit on its screen, and the rest are counted where everybody sees it", async (t) => {
  const long = "AE-EMERGENCY-DEPARTMENT-RESUSCITATION-AREA, ROOM 12345678901234567890, BED WITHAVERYLONGNAME";
  for (const [location, width, height] of [[undefined, 1920, 1080], [long, 1920, 1080], [long, 1440, 900]]) {
    const { page } = await wall(t, Array.from({ length: 11 }, (_, i) => alert(i + 1, { location })), { viewport: { width, height } });
    await page.getByText("3 more than fit here: see a board").waitFor();
    assert.equal(await page.locator("[data-alert]").count(), 8);
    const last = await page.locator("[data-alert]").last().boundingBox();
    assert.ok(last.y + last.height <= height, `the last row ends at ${last.y + last.height} of ${height}`);
    await page.context().close();
  }
});

test("a wall that is not live says so in red, with the phone list", async (t) => {
  const { double, page } = await wall(t, [alert(5)], { clock: true, viewport: { width: 1920, height: 1080 } });
  double.silence();
  for (let i = 0; i < 48; i++) await page.clock.runFor(1_000);
  await page.locator("main[data-health=lost]").waitFor({ timeout: patience });
  await page.getByText(/NOT LIVE since/).waitFor();
  await page.getByText("01632 960111").waitFor();
  assert.deepEqual(await violations(page), []);
});
