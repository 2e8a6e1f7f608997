// Who arrived, what was found, and what became of an alert: on the real service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const born = "1980-02-13";

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Signs in as a nurse would. */
async function enter(t, account, options = {}) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  await page.goto(service.url);
  await page.getByRole("link", { name: /Princess Alexandra/ }).click();
  await page.getByRole("button", { name: account }).click();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return page;
}

const recently = async (page) => {
  await page.getByRole("link", { name: "Recent arrivals and alerts" }).click();
  await page.getByRole("heading", { name: /^Arrivals on/ }).waitFor({ timeout: patience });
};

/** Asks the centre, has the centre answer, and says what the plan changed, as the board and the centre's list do. */
async function talk(card) {
  const id = await card.getAttribute("data-alert");
  const ask = async (token, method, path, body) => {
    const answer = await fetch(service.url + path, { method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path} is answered ${answer.status}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const { id: line } = await ask("demo-clinician-RQW", "POST", `/api/alerts/${id}/questions`, { text: "How much is given?" });
  await ask("demo-centre-RP4", "POST", `/api/centre/talk/${line}/answer`, { text: "Fifty milligrams." });
  await ask("demo-clinician-RQW", "PUT", `/api/alerts/${id}/outcome`, { changed: "changed-medicine" });
}

/** This run's own visits, of now: the page lists a day. */
const run = Date.now().toString(36);

test("every arrival of the day says what was found, and an alert tells its whole story", async (t) => {
  const nhs = nhsNumber(700);
  assert.ok([200, 201].includes(await publishPlan(service, { id: `recent-${run}`, nhs, born, family: "Recently", headline: "Not to be told again", description: "Inject first." })));
  assert.equal(await sendADT(service, { nhs, born, family: "Recently", visit: `R1${run}` }), "AA");
  assert.equal(await sendADT(service, { nhs: nhsNumber(701), born, family: "Planless", visit: `R2${run}` }), "AA");

  const page = await enter(t, /^Clinician at/);
  const line = page.locator(".ucp-checked");
  await line.getByText(/\d+ arrivals? checked today, .* with a plan · last checked/).waitFor({ timeout: patience });
  const before = Number(await page.locator("[data-checked]").getAttribute("data-checked"));
  assert.ok(before >= 2, `${before} arrivals are counted`);
  const card = page.locator("article.ucp-card", { hasText: "RECENTLY" });
  await card.getByRole("button", { name: /^Acknowledge/ }).click();
  await card.and(page.locator("[data-state=acknowledged]")).waitFor({ timeout: patience });
  await talk(card);

  await recently(page);
  assert.match(await page.title(), /Recent/);
  const planless = page.locator("tr", { hasText: "PLANLESS" });
  assert.match(await planless.innerText(), /No plan held for this department[\s\S]*Checked \d\d:\d\d:\d\d against plans up to .*\d\d:\d\d:\d\d/);
  assert.match(await page.locator("tr", { hasText: "RECENTLY" }).innerText(), /Plan: alert raised/);
  const alert = page.locator("[data-alert]", { hasText: "RECENTLY" }).first();
  for (const what of ["arrived", "raised", "displayed", "seen", "acknowledged"]) assert.ok((await alert.locator(`[data-what=${what}]`).count()) > 0, `nothing says that it was ${what}`);
  assert.match(await alert.locator("[data-what=acknowledged]").innerText(), /^\d\d:\d\d:\d\d\s+Acknowledged by clinician RQW: taken on/);
  assert.match(await alert.locator("[data-what=displayed]").first().innerText(), /Displayed by clinician RQW on [\w.+-]+$/, "nothing says on which screen it was displayed");
  assert.match(await alert.locator("[data-what=asked]").innerText(), /Question asked by clinician RQW/);
  assert.match(await alert.locator("[data-what=answered]").innerText(), /Question answered by /);
  assert.equal(await alert.locator("[data-changed]").innerText(), "What the plan changed: Changed a medicine");
  assert.ok(!(await page.locator("main").innerText()).includes("How much is given?"), "what was asked is told before anybody asks");
  await alert.locator("summary", { hasText: "Show what was asked and answered" }).click();
  await alert.getByText("How much is given?").waitFor({ timeout: patience });
  await alert.getByText("Fifty milligrams.").waitFor({ timeout: patience });
  assert.ok(!(await page.locator("main").innerText()).includes("Not to be told again"), "the plan's text is told");
  assert.deepEqual(await violations(page), []);
  await page.fill("#recent-day", "2020-02-02");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByText("Nobody who arrived on this day was checked.").waitFor({ timeout: patience });
  await page.getByRole("link", { name: "Back to the board" }).click();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.deepEqual(page.faults, []);
});

test("a screen counts arrivals, and is not told who they are", async (t) => {
  const page = await enter(t, /^Screen at/);
  await page.locator(".ucp-checked", { hasText: "checked today" }).waitFor({ timeout: patience });
  await page.getByRole("link", { name: "Recent arrivals and alerts" }).click();
  await page.getByText("Who arrived is shown to clinicians of this hospital only.").waitFor({ timeout: patience });
  assert.equal(await page.locator("[data-attendance]").count(), 0);
});

test("the page fits a phone", async (t) => {
  const page = await enter(t, /^Clinician at/, { viewport: { width: 390, height: 844 } });
  await recently(page);
  const [inner, whole] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
  assert.ok(whole <= inner, `the page is ${whole} wide in a window of ${inner}`);
  assert.deepEqual(await violations(page), []);
});
