// A new doctor practises: receive, open, acknowledge. Nobody is told, nobody can take it for real, and a real alert ends it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const band = "PRACTICE – not a real patient";
const shots = process.env.SHOTS;

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

async function open(t, address, options = {}) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  page.asked = [];
  page.sent = [];
  page.on("request", (r) => page.asked.push(new URL(r.url()).pathname));
  page.on("websocket", (ws) => ws.on("framesent", ({ payload }) => page.sent.push(JSON.parse(payload).type)));
  await page.goto(service.url + address);
  return page;
}

const guide = (page, text) => page.locator(".ucp-guide").getByText(text).waitFor({ timeout: patience });

for (const [theme, viewport] of [["light", { width: 1440, height: 900 }], ["dark", { width: 390, height: 844 }]]) {
  test(`from the door through the exercise with the keyboard alone, ${theme}, ${viewport.width} px: marked on each screen, and nobody is told`, async (t) => {
    const page = await open(t, "/", { colorScheme: theme, viewport });
    const shot = (name) => shots && page.screenshot({ path: `${shots}/practice-${name}-${viewport.width}.png` });
    const marked = async (what) => {
      await page.waitForFunction(() => document.getAnimations().length === 0);
      assert.deepEqual(await violations(page), [], what);
      const top = page.locator("dialog[open], body").last().getByText(band).first();
      assert.ok(await top.isVisible(), `${what} is not marked`);
      assert.match(await page.title(), /^PRACTICE · /, what);
    };
    await page.getByRole("link", { name: /^Practice/ }).press("Enter");
    await page.getByRole("heading", { name: "Practise with an invented patient" }).waitFor({ timeout: patience });
    assert.equal(new URL(page.url()).pathname, "/practice");
    await marked("the beginning");
    await shot("1-begin");
    await page.getByRole("button", { name: "Start" }).press("Enter");
    await guide(page, "Wait: the alert comes");
    const card = page.locator("article.ucp-card[data-state=raised]");
    await card.waitFor({ timeout: patience });
    await guide(page, "An alert has come");
    await marked("the board");
    await shot("2-alert");
    await card.getByRole("button", { name: /^Open plan/ }).press("Enter");
    const dialog = page.locator("dialog.ucp-plan");
    await dialog.getByText("Do not wait for results").waitFor({ timeout: patience });
    await marked("the plan");
    assert.ok(await dialog.getByText(band).isVisible(), "the plan is not marked");
    await shot("3-plan");
    assert.equal(new URL(page.url()).pathname, "/practice");
    await page.keyboard.press("Escape");
    await guide(page, "Now acknowledge");
    await card.getByRole("button", { name: /^Acknowledge/ }).press("Enter");
    await page.locator("article.ucp-card[data-state=acknowledged]").waitFor({ timeout: patience });
    await guide(page, "Acknowledged.");
    await shot("4-done");
    await page.getByRole("button", { name: "Finish" }).press("Enter");
    await page.getByRole("heading", { name: "That is all there is to it" }).waitFor({ timeout: patience });
    assert.match(await page.locator("main").innerText(), /From the alert to your acknowledgement it took you \d+ seconds?|minute/);
    await marked("the end");
    await shot("5-end");
    assert.ok(!page.asked.some((path) => path.startsWith("/api/alerts") || /\/(checked|arrivals|recent|alerts|plan)$/.test(path)), `the service was asked: ${page.asked}`);
    assert.deepEqual(page.sent, [], "something went over a socket");
    await page.getByRole("main").getByRole("button", { name: "Leave practice" }).press("Enter");
    await page.getByRole("heading", { name: "Choose your A&E" }).waitFor({ timeout: patience });
    assert.doesNotMatch(await page.title(), /PRACTICE/);
    assert.equal(await page.getByText(band).count(), 0);
    assert.deepEqual(page.faults, []);
  });
}

test("whoever acknowledges before reading is sent to the plan", async (t) => {
  const page = await open(t, "/practice");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: /^Acknowledge/ }).click({ timeout: patience });
  await guide(page, "Open it now");
  await page.getByRole("button", { name: /^Open plan/ }).click();
  await page.locator("dialog.ucp-plan").getByRole("button", { name: "Close plan" }).click();
  await guide(page, "Acknowledged.");
});

test("what a real service is asked about, the exercise says itself: who the patient is, and who takes over", async (t) => {
  const page = await open(t, "/practice");
  await page.getByRole("button", { name: "Start" }).click();
  const card = page.locator("article.ucp-card");
  await card.getByRole("button", { name: /^Other answers/ }).click({ timeout: patience });
  await card.getByRole("button", { name: /^Not this patient/ }).click();
  await card.getByText("Identity not checked: this is an exercise.").waitFor({ timeout: patience });
  await card.getByRole("button", { name: /^Acknowledge/ }).click();
  await card.getByRole("button", { name: /^Hand over/ }).click({ timeout: patience });
  await card.getByLabel(/^Hand over to/).fill("Night registrar");
  await page.keyboard.press("Enter");
  await card.getByText("Now with Night registrar").waitFor({ timeout: patience });
  assert.ok(!page.asked.some((path) => path.startsWith("/api/alerts")), `the service was asked: ${page.asked}`);
  assert.deepEqual(page.faults, []);
});

test("it is left in one click, also from the open plan", async (t) => {
  const page = await open(t, "/practice");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: /^Open plan/ }).click({ timeout: patience });
  await page.locator("dialog.ucp-plan").getByRole("button", { name: "Leave practice" }).click();
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor({ timeout: patience });
  assert.equal(await page.locator("dialog").count(), 0);
});

test("a real alert of the department ends the exercise, also over the open plan; on the real board nothing is known of the exercise", async (t) => {
  const page = await open(t, "/board/RQW-AE");
  await page.getByRole("button", { name: /^Screen at/ }).click();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  await page.getByRole("link", { name: "Practice" }).click();
  await page.getByText("If a real alert comes to").waitFor({ timeout: patience });
  assert.equal(new URL(page.url()).pathname, "/board/RQW-AE/practice");
  page.sent.length = 0;
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: /^Acknowledge/ }).click({ timeout: patience });
  await page.getByRole("button", { name: /^Open plan/ }).click({ timeout: patience });
  await page.locator("dialog.ucp-plan").getByText("Do not wait for results").waitFor({ timeout: patience });
  assert.deepEqual(page.sent.filter((type) => type !== "alive" && type !== "hello"), [], "the department was told something");
  const patient = { nhs: nhsNumber(4310), born: "1980-02-13", family: "Really" };
  await publishPlan(service, { ...patient, id: "practice-real", headline: "This one is real", description: "Do it." });
  assert.equal(await sendADT(service, { ...patient, visit: "PR1" }), "AA");
  await page.getByRole("alert").getByText("A real alert has come – leave practice").waitFor({ timeout: patience });
  assert.equal(await page.locator("dialog").count(), 0);
  assert.match(await page.title(), /^REAL ALERT/);
  assert.equal(await page.getByText(band).count(), 0, "what is real is marked as practice");
  assert.deepEqual(await violations(page), []);
  if (shots) await page.screenshot({ path: `${shots}/practice-real.png` });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent.trim()), "Leave practice: go to the board");
  await page.keyboard.press("Enter");
  await page.locator("article.ucp-card", { hasText: "REALLY" }).waitFor({ timeout: patience });
  assert.equal(await page.locator("article.ucp-card", { hasText: "PRACTICE, Pat" }).count(), 0);
  assert.deepEqual(page.faults, []);
});
