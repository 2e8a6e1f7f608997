// The board on the real service: what a centre, a hospital and two screens see of each other.
// Addresses from UCPALERT_HTTP and UCPALERT_MLLP, or else an instance of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, Service, theService } from "./service.mjs";

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

/** Signs in as a nurse would: chooses the A&E, clicks the demonstration account. */
async function watch(t, on = service, account = /^Screen at/, options = {}) {
  const page = await openPage(browser, on.url, options);
  t.after(() => page.context().close());
  await page.goto(on.url);
  await page.getByRole("link", { name: /Princess Alexandra/ }).click();
  await page.getByRole("button", { name: account }).click();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return page;
}

const card = (page, family) => page.locator("article.ucp-card", { hasText: family.toUpperCase() });
const state = (page, family, wanted) => card(page, family).and(page.locator(`[data-state=${wanted}]`)).waitFor({ timeout: patience });
const harmless = (page) => assert.deepEqual(page.faults, []);

test("a flagged patient arrives: the alert is on the department's screen, announced once and counted in the title", async (t) => {
  const page = await watch(t);
  const nhs = nhsNumber(10);
  const waitingBefore = await page.locator("article[data-state=raised]").count();
  assert.ok([200, 201].includes(await publishPlan(service, { id: "browser-1", nhs, born, family: "Arriving", headline: "Give hydrocortisone at once", description: "Inject first." })));
  assert.equal(await sendADT(service, { nhs, born, family: "Arriving", visit: "B1" }), "AA");
  await state(page, "Arriving", "raised");
  const text = await card(page, "Arriving").innerText();
  for (const wanted of ["ARRIVING", "Critical", "MAJORS", "13 February 1980", `${nhs.slice(0, 3)} ${nhs.slice(3, 6)} ${nhs.slice(6)}`, "Give hydrocortisone at once", "Great Ormond Street", "Plan version 1", "Match confirmed"]) {
    assert.ok(text.includes(wanted), `${wanted} is not on the card`);
  }
  assert.match(await page.title(), new RegExp(`^\\(${waitingBefore + 1}\\) RQW-AE`));
  assert.equal(await page.locator("[data-live=assertive] p", { hasText: "ARRIVING" }).count(), 1);
  harmless(page);
});

test("the plan opens in one click, reads as text, closes with Escape and gives the focus back", async (t) => {
  const page = await watch(t);
  const nhs = nhsNumber(20);
  const markup = '<img src="x" onerror="document.title=1"><script>document.title=2</script>';
  await publishPlan(service, { id: "browser-2", nhs, born, family: "Reading", headline: "Read this first", description: `Inject first. ${markup}`, doNot: "Do not wait for results" });
  assert.equal(await sendADT(service, { nhs, born, family: "Reading", visit: "B2" }), "AA");
  await state(page, "Reading", "raised");
  await card(page, "Reading").getByRole("button", { name: /^Open plan/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Inject first.").waitFor({ timeout: patience });
  const text = await dialog.innerText();
  for (const wanted of ["READING", "Read this first", "Do not wait for results", "Great Ormond Street", "Active", '<img src="x"']) assert.ok(text.includes(wanted), wanted);
  assert.equal(await dialog.locator("img, script").count(), 0);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /Open plan/);
  harmless(page);
});

test("acknowledging on one screen changes the other", async (t) => {
  const [screen, clinician] = [await watch(t), await watch(t, service, /^Clinician at/)];
  const nhs = nhsNumber(30);
  await publishPlan(service, { id: "browser-3", nhs, born, family: "Answered", headline: "Two screens, one answer", description: "See the plan." });
  assert.equal(await sendADT(service, { nhs, born, family: "Answered", visit: "B3" }), "AA");
  await Promise.all([state(screen, "Answered", "raised"), state(clinician, "Answered", "raised")]);
  await card(clinician, "Answered").getByRole("button", { name: /^Acknowledge/ }).press("Enter");
  await Promise.all([state(screen, "Answered", "acknowledged"), state(clinician, "Answered", "acknowledged")]);
  assert.match(await card(screen, "Answered").innerText(), /Acknowledged by .*clinician/);
  assert.equal(await card(screen, "Answered").getByRole("button", { name: /^Acknowledge/ }).count(), 0);
  harmless(screen);
  harmless(clinician);
});

test("another date of birth is only a possible match: the reason is shown, the headline and the plan are not", async (t) => {
  const page = await watch(t);
  const nhs = nhsNumber(40);
  await publishPlan(service, { id: "browser-4", nhs, born, family: "Doubtful", headline: "Secret until it is certain", description: "Not for strangers." });
  assert.equal(await sendADT(service, { nhs, born: "1991-06-01", family: "Doubtful", visit: "B4" }), "AA");
  await state(page, "Doubtful", "raised");
  const text = await card(page, "Doubtful").innerText();
  assert.match(text, /Possible match: check identity/);
  assert.match(text, /Why only possible: .*birth/i);
  assert.equal(await page.getByText("Secret until it is certain").count(), 0);
  assert.equal(await card(page, "Doubtful").getByRole("button", { name: /^Open plan/ }).count(), 0);
});

test("a plan revised and withdrawn while it is open says so in the open plan, and stands as a recall until somebody has seen that", async (t) => {
  const page = await watch(t);
  const plan = { id: "browser-5", nhs: nhsNumber(50), born, family: "Recalled", headline: "First version", description: "One." };
  await publishPlan(service, plan);
  assert.equal(await sendADT(service, { nhs: plan.nhs, born, family: "Recalled", visit: "B5" }), "AA");
  await state(page, "Recalled", "raised");
  await card(page, "Recalled").getByRole("button", { name: /^Open plan/ }).click();
  await page.getByRole("dialog").getByText("One.").waitFor({ timeout: patience });
  assert.equal(await publishPlan(service, { ...plan, headline: "Second version", description: "Two." }), 200);
  await page.getByRole("button", { name: "Show the new version" }).click({ timeout: patience });
  await page.getByRole("dialog").getByText("Two.", { exact: true }).waitFor({ timeout: patience });
  assert.equal(await publishPlan(service, { ...plan, headline: "Second version", description: "Two.", status: "revoked" }), 200);
  await page.getByRole("dialog").getByText("This alert has been withdrawn").waitFor({ timeout: patience });
  await page.keyboard.press("Escape");
  await state(page, "Recalled", "withdrawn");
  assert.match(await card(page, "Recalled").innerText(), /Do not act on this plan: the centre withdrew the plan/);
  await card(page, "Recalled").getByRole("button", { name: /^I know: plan not to be used/ }).click();
  await card(page, "Recalled").waitFor({ state: "detached" });
});

const cprFlag = (id, code, start) => ({
  resourceType: "Flag", id, status: "active", subject: { reference: "#patient" }, period: { start }, code: { coding: [{ system: "http://snomed.info/sct", code }] },
});
const attached = (id, contentType, data) => ({
  resourceType: "DocumentReference", id, status: "current", subject: { reference: "#patient" }, content: [{ attachment: { contentType, title: id, data } }],
});
const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("a plan on one screen: what to do, never, the telephone, CPR reversed, allergies, medicines, in that order; another centre disagrees, a review is overdue", async (t) => {
  const nhs = nhsNumber(80);
  const patient = { nhs, born, family: "Contested" };
  await publishPlan(service, {
    ...patient, id: "browser-8", headline: "Read me whole", description: "Step one", doNot: "Never this",
    contained: [
      cprFlag("old", "450476008", "2025-01-10"), cprFlag("new", "450475007", "2026-10-06"),
      { resourceType: "AllergyIntolerance", id: "allergy", patient: { reference: "#patient" }, code: { text: "Penicillin <b>" }, criticality: "high", reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }] },
      { resourceType: "MedicationStatement", id: "takes", status: "active", subject: { reference: "#patient" }, medicationCodeableConcept: { text: "Warfarin" }, dosage: [{ text: "3 mg at night" }] },
      { resourceType: "CareTeam", id: "team", name: "Haematology", telecom: [{ system: "phone", value: "020 7946 0998" }] },
      attached("card", "image/png", picture), attached("letter", "application/pdf", btoa("%PDF-1.4 invented")), attached("page", "text/html", btoa("<script>document.title=3</script>")),
    ],
    more: { careTeam: [{ reference: "#team" }], extension: [{ url: "https://ucpalert.example/extension/review-due", valueDate: "2020-02-01" }] },
  });
  await publishPlan(service, { ...patient, centre: "RJZ", id: "browser-9", headline: "The other plan", description: "x", contained: [cprFlag("f", "450476008", "2026-03-02")] });
  assert.equal(await sendADT(service, { nhs, born, family: "Contested", visit: "B8" }), "AA");
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const page = await watch(t, service, /^Screen at/, { viewport });
    const ours = card(page, "Contested").filter({ hasText: "Read me whole" });
    await ours.getByText("Plans disagree: CPR").waitFor({ timeout: patience });
    await card(page, "Contested").filter({ hasText: "The other plan" }).getByText("Plans disagree: CPR").waitFor({ timeout: patience });
    await ours.getByText("Review overdue: was due 1 February 2020").waitFor();
    await ours.getByRole("button", { name: /^Open plan/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "Never", exact: true }).waitFor({ timeout: patience });
    const text = await dialog.innerText();
    const order = ["Review overdue", "Read me whole", "The plans of this patient disagree", "King's College", "Not for CPR", "Step one", "Never this", "020 7946 0998", "For CPR", "This reverses an earlier statement: Not for CPR, 10 January 2025", "Penicillin <b>", "Severe", "Warfarin: 3 mg at night", "Attachments"];
    for (let at = 0, i = 0; i < order.length; i++) {
      const next = text.indexOf(order[i], at);
      assert.ok(next >= 0, `${order[i]} does not follow ${order[i - 1]} in:\n${text}`);
      at = next;
    }
    await dialog.getByRole("img", { name: /card/ }).waitFor({ timeout: patience });
    assert.equal(await dialog.getByText("Files of this type are kept, but not shown").count(), 1);
    assert.deepEqual(await violations(page), []);
    const wide = await page.evaluate(() => document.querySelector(".ucp-plan__scroll").scrollWidth - document.querySelector(".ucp-plan__scroll").clientWidth);
    assert.equal(wide, 0, "the plan is wider than the screen");
    if (viewport.width === 1440) {
      // A Chromium without windows has no viewer for PDF, and saves what it would show, maybe before anybody can ask the new window for it.
      const saved = new Promise((settle) => page.context().once("page", (opened) => opened.once("download", settle))).then((file) => assert.match(file.url(), /^blob:/));
      const [opened] = await Promise.all([page.waitForEvent("popup"), dialog.getByRole("button", { name: /Open in a new window letter/ }).click()]);
      await Promise.any([saved, opened.waitForURL(/^blob:/, { timeout: patience })]);
      await opened.close();
    }
    assert.deepEqual(page.faults.filter((fault) => !fault.startsWith("foreign request")), []);
  }
});

test("a plan that is open says so when another centre's plan arrives and disagrees", async (t) => {
  const page = await watch(t);
  const patient = { nhs: nhsNumber(90), born, family: "Later" };
  await publishPlan(service, { ...patient, id: "browser-10", headline: "The first plan", description: "x", contained: [cprFlag("f", "450476008", "2026-03-02")] });
  assert.equal(await sendADT(service, { ...patient, visit: "B10" }), "AA");
  await state(page, "Later", "raised");
  await card(page, "Later").getByRole("button", { name: /^Open plan/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Not for CPR").waitFor({ timeout: patience });
  assert.equal(await dialog.getByText("disagree").count(), 0);
  await publishPlan(service, { ...patient, centre: "RJZ", id: "browser-11", headline: "The second plan", description: "x", contained: [cprFlag("f", "450475007", "2026-11-02")] });
  await dialog.getByText("says otherwise about: CPR").waitFor({ timeout: patience });
  await dialog.getByRole("button", { name: "Show both" }).click();
  await dialog.getByRole("heading", { name: "The plans of this patient disagree" }).waitFor({ timeout: patience });
  assert.match(await dialog.innerText(), /King's College Hospital/);
  harmless(page);
});

test("the service is killed: not green; started again: green, with what came meanwhile, once", async (t) => {
  if (process.env.UCPALERT_HTTP && !process.env.UCPALERT_BIN) return t.skip("needs the program, not only an address");
  const own = await Service.prepare();
  t.after(() => own.stop());
  await own.start();
  const page = await watch(t, own);
  const nhs = nhsNumber(60);
  await publishPlan(own, { id: "browser-6", nhs, born, family: "Survivor", headline: "Still here", description: "x" });
  assert.equal(await sendADT(own, { nhs, born, family: "Survivor", visit: "B6" }), "AA");
  await state(page, "Survivor", "raised");
  await own.kill();
  await page.locator("main[data-health=waiting]").waitFor({ timeout: patience });
  assert.doesNotMatch(await page.locator(".ucp-strip__text").innerText(), /^Live/);
  await own.start();
  const second = nhsNumber(70);
  await publishPlan(own, { id: "browser-7", nhs: second, born, family: "Meanwhile", headline: "Came while away", description: "x" });
  assert.equal(await sendADT(own, { nhs: second, born, family: "Meanwhile", visit: "B7" }), "AA");
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  await state(page, "Meanwhile", "raised");
  assert.equal(await card(page, "Survivor").count(), 1);
  assert.equal(await card(page, "Meanwhile").count(), 1);
});

test("nobody is kept out: no violation of WCAG on any page, at the width of a desktop and of a phone", async (t) => {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const page = await openPage(browser, service.url, { viewport });
    t.after(() => page.context().close());
    await page.goto(service.url);
    await page.getByRole("heading", { name: "Choose your A&E" }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole("link", { name: /Princess Alexandra/ }).click();
    await page.getByRole("button", { name: /^Screen at/ }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole("button", { name: /^Screen at/ }).click();
    await page.locator("main[data-health=live]").waitFor({ timeout: patience });
    await page.waitForFunction(() => document.getAnimations().length === 0);
    assert.deepEqual(await violations(page), []);
    harmless(page);
  }
});
