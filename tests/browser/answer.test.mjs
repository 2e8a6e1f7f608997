// How an alert is answered: taken on in one click, or otherwise; and handed over at the change of a shift.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violationsInBothThemes as violations } from "./axe.mjs";
import { launch, signedIn } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

async function board(t, double, options = {}) {
  const page = await signedIn(t, browser, double.url, "demo-clinician-RQW", "/board/RQW-AE", options);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return page;
}

async function start(t, alerts) {
  const double = await startDouble({ alerts });
  t.after(() => double.close());
  return double;
}

const card = (page, id) => page.locator(`article[data-alert=${id}]`);
const said = (double, type) => double.received.filter((m) => m.type === type);
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
const done = (n, more = {}) => alert(n, { state: "acknowledged", acknowledged: { by: "Day registrar", role: "clinician", at: new Date().toISOString(), version: 1, done: "taken_on", holder: "Day registrar" }, ...more });

for (const [width, height] of [[1440, 900], [390, 844]])
  test(`one click takes an alert on; a list beside it has the other answers (${width} px)`, async (t) => {
    const double = await start(t, [alert(5), alert(6)]);
    const page = await board(t, double, { viewport: { width, height } });
    await card(page, "a5").getByRole("button", { name: /^Acknowledge/ }).click();
    await card(page, "a5").getByText(/^Acknowledged by demo-clinician-RQW .*: taken on$/).waitFor();
    const more = card(page, "a6").getByRole("button", { name: /^Other answers for/ });
    await more.click();
    assert.equal(await more.getAttribute("aria-expanded"), "true");
    const known = card(page, "a6").getByRole("button", { name: /^Already known/ });
    await known.waitFor();
    const box = await known.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= width && box.height >= 44, "it is on the page, and a finger meets it");
    assert.deepEqual(await violations(page), []);
    await known.click();
    await card(page, "a6").getByText(/^Acknowledged by demo-clinician-RQW .*: already known$/).waitFor();
    assert.deepEqual(said(double, "acknowledge").map((m) => [m.alert, m.done]), [["a5", "taken_on"], ["a6", "already_known"]]);
    assert.deepEqual(page.faults, []);
  });

test("the list is worked by keyboard, and closes without an answer", async (t) => {
  const double = await start(t, [alert(5)]);
  const page = await board(t, double);
  const more = card(page, "a5").getByRole("button", { name: /^Other answers for/ });
  await more.focus();
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(page), /^Already known/);
  await page.keyboard.press("Escape");
  assert.equal(await more.getAttribute("aria-expanded"), "false");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "more-a5");
  await page.keyboard.press("Enter");
  assert.match(await focused(page), /^Already known/);
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /^Not this patient/);
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => document.querySelector("#more-a5").getAttribute("aria-expanded") === "false");
  await more.press("Enter");
  await page.keyboard.press("Enter");
  await card(page, "a5").getByText(/already known$/).waitFor();
});

test("that an alert is about somebody else leads to looking at both side by side", async (t) => {
  const double = await start(t, [alert(5)]);
  const page = await board(t, double);
  await card(page, "a5").getByRole("button", { name: /^Other answers for/ }).click();
  await card(page, "a5").getByRole("button", { name: /^Not this patient/ }).click();
  await page.getByRole("dialog", { name: "Check identity" }).waitFor({ timeout: patience });
  assert.deepEqual(said(double, "acknowledge"), []);
});

for (const [width, height] of [[1440, 900], [390, 844]])
  test(`an answered alert is handed over; the other screens say from whom to whom, once (${width} px)`, async (t) => {
    const double = await start(t, [done(5)]);
    const [page, other] = [await board(t, double, { viewport: { width, height } }), await board(t, double)];
    await card(page, "a5").getByRole("button", { name: /^Hand over/ }).click();
    const to = page.getByLabel(/^Hand over to/);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "to-a5");
    assert.match(await card(page, "a5").innerText(), /It is with Day registrar now\./);
    await to.press("Enter");
    await page.getByText("Name who takes over").waitFor();
    await to.fill("patient 9990000018");
    await to.press("Enter");
    assert.deepEqual(said(double, "hand_over"), [], "no number goes into the journal");
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await to.fill("  Night   registrar ");
    await to.press("Enter");
    for (const screen of [page, other]) await card(screen, "a5").getByText(/^Now with Night registrar: handed over by demo-clinician-RQW/).waitFor();
    assert.deepEqual(said(double, "hand_over").map((m) => [m.from, m.to]), [["Day registrar", "Night registrar"]]);
    assert.equal(await other.locator("[data-live] p", { hasText: "Handed over: TESTER, Ana, from Day registrar to Night registrar." }).count(), 1);
    await page.waitForFunction(() => document.activeElement?.id === "hand-a5");
    assert.deepEqual(await violations(page), []);
    assert.deepEqual([...page.faults, ...other.faults], []);
  });

test("who handed over first wins: the second is told with whom the alert is now", async (t) => {
  const double = await start(t, [done(5)]);
  const page = await board(t, double);
  await card(page, "a5").getByRole("button", { name: /^Hand over/ }).click();
  // Somebody else was quicker, and this screen has not been told.
  double.hold("a5", { holder: "Dr Invented" });
  await page.getByLabel(/^Hand over to/).fill("Night registrar");
  await page.keyboard.press("Enter");
  await card(page, "a5").getByText("Not handed over: it is now with Dr Invented").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.id === "hand-a5");
});
