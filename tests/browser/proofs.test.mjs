// The reports of the proof of no miss in the browser: read, made when somebody asks, and what a difference looks like. The real service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sound } from "./axe.mjs";
import { launch, openPage, signedIn } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const phone = { viewport: { width: 390, height: 844 } };

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const at = (t, token, path = "/proofs", options = {}) => signedIn(t, browser, service.url, token, path, options);

test("whoever is not signed in is asked, and comes to the reports; a proof is made and its report appears", async (t) => {
  const person = { nhs: nhsNumber(7950), born: "1980-02-13", family: "Proven" };
  assert.equal(await publishPlan(service, { id: "proven-1", ...person, headline: "Hydrocortisone first", description: "Inject." }), 201);
  assert.equal(await sendADT(service, { ...person, visit: "P1" }), "AA");
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(service.url);
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor({ timeout: patience });
  const before = asked.filter((path) => path.startsWith("/assets/")).length;
  await page.goto(`${service.url}/proofs`);
  await page.getByRole("button", { name: /^Clinician/ }).first().waitFor({ timeout: patience });
  assert.equal(await page.getByRole("button", { name: /^Screen/ }).count(), 0, "a screen is let in where it may not read");
  await sound(page);
  await page.getByRole("button", { name: /^Clinician.*Princess Alexandra/ }).click();
  await page.getByRole("heading", { name: "Proof that no alert is missing" }).waitFor({ timeout: patience });
  assert.ok(asked.filter((path) => path.startsWith("/assets/")).length > 2 * before, "the page of the proofs was loaded with every other");
  const kept = page.locator("[data-proof]");
  await page.getByRole("button", { name: "Run now" }).waitFor({ timeout: patience });
  const count = await kept.count();
  await page.getByRole("button", { name: "Run now" }).press("Enter");
  await page.getByText("The proof has ended: no alert is missing and none is false.").waitFor({ timeout: patience });
  await page.waitForFunction((n) => document.querySelectorAll("[data-proof]").length === n, count + 1, { timeout: patience });
  const newest = await kept.first().innerText();
  assert.match(newest, /\d+ patients? × \d+ plans/);
  assert.match(newest, /[1-9]\d* should stand, [1-9]\d* did/);
  assert.match(newest, /No difference/i);
  await sound(page);
});

test("the board of a clinician and a centre's list lead there; a screen's board does not, and a screen is told why", async (t) => {
  const board = await at(t, "demo-clinician-RQW", "/board/RQW-AE");
  await board.getByRole("link", { name: "Nightly proof" }).click();
  await board.getByRole("heading", { name: "Proof that no alert is missing" }).waitFor({ timeout: patience });
  assert.equal(await board.title(), "Proof that no alert is missing · Urgent Care Plan alerts");
  await board.goBack();
  await board.locator("main[data-health=live]").waitFor({ timeout: patience });
  const centre = await at(t, "demo-centre-RP4", "/centre", phone);
  await centre.getByRole("button", { name: "Menu" }).click(); // where the header is narrow
  await centre.getByRole("link", { name: "Nightly proof" }).click();
  await centre.getByRole("button", { name: "Run now" }).waitFor({ timeout: patience });
  await sound(centre);
  const wall = await at(t, "demo-screen-RQW-AE", "/board/RQW-AE");
  await wall.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.equal(await wall.getByRole("link", { name: "Nightly proof" }).count(), 0);
  await wall.goto(`${service.url}/proofs`);
  await wall.getByRole("alert").getByText(/may not read the proofs/).waitFor({ timeout: patience });
  await sound(wall);
});

// A service in order has no difference to show, so the answers are invented.
const report = (id, more) => ({
  id, state: "ended", began: "2026-11-22T02:00:00Z", ended: "2026-11-22T02:00:41Z", visits: 5000, plans: 1_000_000, expected: 120, found: 119, differences: 0, mended: true, findings: [], ...more,
});
const finding = { fault: "missing", attendance: "visit-1", plan: "gosh-1", centre: "RP4", centre_name: "Great Ormond Street Hospital for Children", department: "RQW-AE", department_name: "Princess Alexandra A&E", mended: true };

for (const [width, options] of [["a desktop", {}], ["a phone", phone]]) {
  test(`a difference says what was wrong, where, and whether it is put right, at the width of ${width}`, async (t) => {
    const page = await openPage(browser, service.url, options);
    t.after(() => page.context().close());
    await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-centre-RP4"));
    let running = { id: "now", state: "running", visits: 0, plans: 250_000, expected: 0, found: 0, differences: 0, mended: false, findings: [] };
    let proofs = [
      report("open", { differences: 3, mended: false, findings: [finding, { ...finding, fault: "false", mended: false, plan: "gosh-<b>2</b>" }] }),
      report("mended", { differences: 1, findings: [finding] }),
      report("elsewhere", { differences: 2 }),
      report("clean", {}),
    ];
    await page.route("**/api/proofs", (route) => route.fulfill({ json: { ...(running ? { running } : {}), proofs } }));
    await page.goto(`${service.url}/proofs`);
    const of = (id) => page.locator(`[data-proof=${id}]`);
    await page.getByRole("heading", { name: "A proof is under way: 250,000 of about 1,000,000 plans compared." }).waitFor({ timeout: patience });
    assert.equal(await page.getByRole("progressbar", { name: "Plans compared" }).getAttribute("value"), "250000");
    assert.equal(await page.getByRole("button", { name: "Run now" }).getAttribute("aria-disabled"), "true");
    assert.match(await of("clean").innerText(), /22 November 2026, 2am\s+in 41 seconds[^]*5,000 patients × 1,000,000 plans[^]*120 should stand, 119 did[^]*No difference/i);
    assert.match(await of("mended").innerText(), /1 difference, put right/i);
    assert.match(await of("elsewhere").innerText(), /2 differences concern other departments or centres/);
    assert.match(await of("open").innerText(), /3 differences, not all put right/i);
    await of("open").getByText("2 differences that concern you").click();
    const said = await of("open").innerText();
    for (const words of ["An alert was missing.", "Put right.", "An alert stood that should not.", "Not put right", "Princess Alexandra A&E", "Great Ormond Street", "visit-1", "gosh-<b>2</b>", "1 difference concerns other"]) {
      assert.ok(said.includes(words), `${words} is not in ${said}`);
    }
    assert.equal(await of("open").getByRole("link").first().getAttribute("href"), "/centre/plans/gosh-1");
    await sound(page);
    proofs = [report("now", { differences: 1, findings: [finding] }), ...proofs];
    running = undefined;
    await page.getByText("The proof has ended and found differences.").waitFor({ timeout: patience });
    assert.equal(await page.getByRole("progressbar").count(), 0);
    await page.route("**/api/proofs", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", json: { title: "The database does not answer" } }));
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByText("The proof was not begun: The database does not answer").waitFor({ timeout: patience });
    await sound(page);
  });
}
