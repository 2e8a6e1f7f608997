// A plan at an address of its own: come to it by the address, go back and forward, see what changed since it was shown, print it on one page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { getDocument } from "../../web/ui/node_modules/pdfjs-dist/legacy/build/pdf.mjs";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const born = "1980-02-13";
const shots = process.env.SHOTS;

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

async function open(t, address, token, options = {}, on = service) {
  const page = await openPage(browser, on.url, options);
  t.after(() => page.context().close());
  page.asked = [];
  page.on("request", (r) => page.asked.push(new URL(r.url()).pathname));
  if (token) await page.addInitScript((token) => sessionStorage.setItem("ucpalert.token", token), token);
  await page.goto(on.url + address);
  return page;
}

const card = (page, family) => page.locator("article.ucp-card", { hasText: family.toUpperCase() });
const plan = (page) => page.locator("dialog.ucp-plan");

/** A plan as long as most are. */
const usual = {
  headline: "Adrenal insufficiency: hydrocortisone 100 mg IM or IV at once, before any test",
  description: "Hydrocortisone 100 mg IM or IV at once, before bloods and before a bed is found.",
  contained: [
    { resourceType: "AllergyIntolerance", id: "allergy", patient: { reference: "#patient" }, code: { text: "Penicillin" }, criticality: "high", reaction: [{ manifestation: [{ text: "Anaphylaxis" }] }] },
    { resourceType: "MedicationStatement", id: "takes", status: "active", subject: { reference: "#patient" }, medicationCodeableConcept: { text: "Fludrocortisone" }, dosage: [{ text: "100 micrograms once a day" }] },
    { resourceType: "CareTeam", id: "team", name: "Endocrine registrar", telecom: [{ system: "phone", value: "020 7946 0998" }] },
    { resourceType: "Flag", id: "cpr", status: "active", subject: { reference: "#patient" }, period: { start: "2026-03-02" }, code: { coding: [{ system: "http://snomed.info/sct", code: "450475007" }] } },
  ],
  more: { careTeam: [{ reference: "#team" }] },
};

test("a plan has an address: opened from the card it stands there, back closes it, forward and reloading open it again", async (t) => {
  const patient = { nhs: nhsNumber(4010), born, family: "Addressed" };
  await publishPlan(service, { ...patient, ...usual, id: "plan-page-1", doNot: "Do not wait for results" });
  assert.equal(await sendADT(service, { ...patient, visit: "PP1" }), "AA");
  const page = await open(t, "/board/RQW-AE", "demo-screen-RQW-AE");
  await card(page, "Addressed").getByRole("button", { name: /^Open plan/ }).press("Enter");
  await plan(page).getByText("Do not wait for results").waitFor({ timeout: patience });
  const address = new URL(page.url()).pathname;
  assert.match(address, /^\/board\/RQW-AE\/plan\/[a-z0-9]+$/);
  assert.match(await page.title(), /^Plan · /);
  assert.doesNotMatch(await page.title(), /Addressed/i, "the title stands in the browser's history");
  await page.goBack();
  await plan(page).waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).pathname, "/board/RQW-AE");
  await page.waitForFunction(() => /^open-/.test(document.activeElement?.id ?? ""));
  await page.goForward();
  await plan(page).getByText("Do not wait for results").waitFor({ timeout: patience });
  await page.reload();
  await plan(page).getByText("Do not wait for results").waitFor({ timeout: patience });
  await page.keyboard.press("Escape");
  await plan(page).waitFor({ state: "detached" });
  await page.waitForURL(/\/board\/RQW-AE$/);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.deepEqual(page.faults, []);
});

test("who comes by a plan's address signs in and has the plan open; that is recorded as seen, and a plan that is not there says so", async (t) => {
  const patient = { nhs: nhsNumber(4020), born, family: "Linked" };
  await publishPlan(service, { ...patient, ...usual, id: "plan-page-2", doNot: "Do not wait for results" });
  assert.equal(await sendADT(service, { ...patient, visit: "PP2" }), "AA");
  const first = await open(t, "/board/RQW-AE", "demo-clinician-RQW");
  const id = await card(first, "Linked").getAttribute("data-alert", { timeout: patience });
  const page = await open(t, `/board/RQW-AE/plan/${id}`);
  const sent = [];
  page.on("websocket", (ws) => ws.on("framesent", ({ payload }) => sent.push(JSON.parse(payload))));
  await page.getByRole("button", { name: /^Clinician at/ }).click();
  await plan(page).getByText("Do not wait for results").waitFor({ timeout: patience });
  await page.locator("main[data-health=live]").waitFor({ state: "attached", timeout: patience });
  await page.waitForFunction(() => document.title.startsWith("Plan"));
  for (let i = 0; i < 100 && !sent.some((m) => m.type === "seen" && m.alert === id); i++) await page.waitForTimeout(100);
  assert.ok(sent.some((m) => m.type === "seen" && m.alert === id), "opening by the address was not said to be seen");
  await page.goto(`${service.url}/board/RQW-AE/plan/nosuchalert`);
  await page.getByRole("alert").getByText("The plan at this address is not open: There is no such alert.").waitFor({ timeout: patience });
  assert.deepEqual(page.faults, []);
});

test("a possible match shows who both are first; nothing of the plan is sent before a clinician has said that they are one", async (t) => {
  const nhs = nhsNumber(4030);
  await publishPlan(service, { nhs, born, family: "Perhaps", ...usual, id: "plan-page-3", headline: "Secret until certain", doNot: "Do not tell strangers" });
  assert.equal(await sendADT(service, { nhs, born: "1991-06-01", family: "Perhaps", visit: "PP3" }), "AA");
  const board = await open(t, "/board/RQW-AE", "demo-clinician-RQW");
  const id = await card(board, "Perhaps").getAttribute("data-alert", { timeout: patience });
  const page = await open(t, `/board/RQW-AE/plan/${id}`, "demo-clinician-RQW");
  const bodies = [];
  page.on("response", async (answer) => bodies.push(await answer.text().catch(() => "")));
  page.on("websocket", (ws) => ws.on("framereceived", ({ payload }) => bodies.push(String(payload))));
  await page.reload();
  const check = page.getByRole("dialog", { name: "Check identity" });
  await check.getByRole("row", { name: /Date of birth/ }).waitFor({ timeout: patience });
  assert.match(await check.innerText(), /1 June 1991[\s\S]*13 February 1980/);
  assert.deepEqual(await violations(page), []);
  assert.ok(!page.asked.some((path) => path.endsWith("/plan") && path.startsWith("/api/")), "the plan was asked for");
  assert.ok(!bodies.some((text) => /Secret until certain|Do not tell strangers/.test(text)), "something of the plan was sent");
  await check.getByRole("button", { name: "This is the same patient" }).click();
  await check.getByRole("button", { name: "Yes, the same patient" }).click();
  await check.getByRole("button", { name: "Open the plan" }).click();
  await plan(page).getByText("Do not tell strangers").waitFor({ timeout: patience });
  assert.deepEqual(page.faults, []);
});

test("what changed since it was first shown here is said in words: from that version to this, not from the one between", async (t) => {
  const patient = { nhs: nhsNumber(4040), born, family: "Revised" };
  const version = (dose, never) => publishPlan(service, { ...patient, ...usual, id: "plan-page-4", description: `Hydrocortisone ${dose} mg at once`, doNot: never });
  await version(25, "Do not wait for results");
  await version(50, "Do not wait for results");
  assert.equal(await sendADT(service, { ...patient, visit: "PP4" }), "AA");
  const page = await open(t, "/board/RQW-AE", "demo-screen-RQW-AE");
  await card(page, "Revised").getByRole("button", { name: /^Open plan/ }).click();
  await plan(page).getByText("Hydrocortisone 50 mg at once").waitFor({ timeout: patience });
  assert.equal(await plan(page).getByText("first shown here").count(), 0);
  await version(75, "Do not wait for results");
  await version(100, "Do not wait at all");
  await plan(page).getByText("Version 4 of this plan has arrived").waitFor({ timeout: patience });
  await plan(page).getByRole("button", { name: "Show the new version" }).click();
  await plan(page).getByText("Changed since it was first shown here as version 2, now version 4: What to do first, What never to do.").waitFor({ timeout: patience });
  await plan(page).getByRole("button", { name: "See what changed" }).press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "since-title");
  const since = plan(page).locator(".ucp-since");
  const told = await since.locator("ins, del").allInnerTexts();
  assert.deepEqual(told.map((text) => text.replace(/\s+/g, " ").trim()), ["Removed: 50", "Added: 100", "Removed: for results", "Added: at all"]);
  assert.deepEqual(await since.locator("[data-version]").evaluateAll((all) => all.map((li) => li.dataset.version)), ["4", "3", "2"]);
  assert.match(await since.locator("[data-version='2']").innerText(), /Shown here first/);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], colorScheme);
  }
  if (shots) await page.screenshot({ path: `${shots}/plan-changed.png` });
});

/** The pages of a PDF as text. */
async function pagesOf(pdf) {
  const file = await getDocument({ data: new Uint8Array(pdf), useSystemFonts: true }).promise;
  const pages = [];
  for (let n = 1; n <= file.numPages; n++) pages.push((await (await file.getPage(n)).getTextContent()).items.map((item) => item.str).join(" ").replace(/\s+/g, " "));
  return pages;
}

for (const [what, colorScheme] of [["by day", "light"], ["at night", "dark"]]) {
  test(`${what}, a plan of the usual length prints on one page, with who it is, what never to do, and that a copy may be old`, async (t) => {
    const double = await startDouble({ alerts: [alert(3, { version: 1 })] });
    t.after(() => double.close());
    const page = await open(t, "/board/RQW-AE/plan/a3", "demo-clinician-RQW", { colorScheme }, double);
    await plan(page).getByText("Do not wait for results").waitFor({ timeout: patience });
    const pdf = await page.pdf({ preferCSSPageSize: true });
    if (shots) await (await import("node:fs/promises")).writeFile(`${shots}/plan-${colorScheme}.pdf`, pdf);
    const pages = await pagesOf(pdf);
    assert.equal(pages.length, 1, `it takes ${pages.length} pages`);
    for (const wanted of [
      "TESTER, Ana", "13 February 1980", "999 000 0018", "Resus, bay 2", "Adrenal crisis: give hydrocortisone", "What to do", "Never", "Do not wait for results", "Do not send home after one dose", "Ibuprofen",
      "020 7946 0000", "For CPR", "Penicillin", "Printed copy: check for a newer version.", "Version 1 of the plan from Great Ormond Street Hospital", "by demo-clinician-RQW in RQW-AE", "Not for CPR", "Clinic letter",
    ]) {
      assert.ok(pages[0].includes(wanted), `${wanted} is not on the paper: ${pages[0]}`);
    }
    assert.ok(!pages[0].includes("Sign out"), "the page around the plan is printed");
    assert.equal(await page.locator(".ucp-sheet").isVisible(), false, "the sheet stands on the screen");
    await page.keyboard.press("Escape");
    await plan(page).waitFor({ state: "detached" });
    const board = (await pagesOf(await page.pdf())).join(" ");
    assert.ok(!board.includes("Printed copy"), "the board is printed as the plan that was open before");
    assert.deepEqual(page.faults, []);
  });
}

test("a long plan is set closer and still fits on the page", async (t) => {
  const double = await startDouble({ alerts: [alert(3, { version: 1 })] });
  t.after(() => double.close());
  const page = await openPage(browser, double.url);
  t.after(() => page.context().close());
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-clinician-RQW"));
  let length;
  await page.route("**/api/alerts/a3/plan", async (route) => {
    const plan = await (await route.fetch()).json();
    const more = "Give fluids as the chart in the emergency kit says, and write down what was given and when, for the team that takes over.";
    for (let i = 0; i < 6; i++) plan.content.actions.push({ text: `${i + 5}: ${more}` });
    for (let i = 0; i < 8; i++) plan.content.sections.push({ title: `Background ${i}`, text: `${more} ${more}` });
    length = JSON.stringify(plan.content).length;
    await route.fulfill({ json: plan });
  });
  await page.goto(`${double.url}/board/RQW-AE/plan/a3`);
  await plan(page).getByText("Background 7").waitFor({ timeout: patience });
  const pages = await pagesOf(await page.pdf({ preferCSSPageSize: true }));
  assert.equal(pages.length, 1, `a plan of ${length} characters takes ${pages.length} pages`);
  for (const wanted of ["Do not wait for results", "Background 7", "Printed copy"]) assert.ok(pages[0].includes(wanted), wanted);
  t.diagnostic(`${length} characters`);
});

test("the first screen of a desk, and the first two of a phone, hold what to do, what never to do and the telephone", async (t) => {
  const patient = { nhs: nhsNumber(4050), born, family: "Firstscreen" };
  await publishPlan(service, { ...patient, ...usual, id: "plan-page-5", doNot: "Do not wait for results" });
  assert.equal(await sendADT(service, { ...patient, visit: "PP5" }), "AA");
  for (const [viewport, screens] of [[{ width: 1440, height: 900 }, 1], [{ width: 390, height: 844 }, 2]]) {
    const page = await open(t, "/board/RQW-AE", "demo-clinician-RQW", { viewport });
    await card(page, "Firstscreen").getByRole("button", { name: /^Open plan/ }).click();
    await plan(page).getByText("Do not wait for results").waitFor({ timeout: patience });
    for (const text of ["Hydrocortisone 100 mg IM or IV at once, before bloods", "Do not wait for results", "020 7946 0998"]) {
      const box = await plan(page).getByText(text).first().boundingBox();
      assert.ok(box.y > 0 && box.y + box.height <= screens * viewport.height, `${text} is at ${box.y} at ${viewport.width} px`);
    }
    const call = plan(page).locator(".ucp-plan__number a");
    assert.equal(await call.getAttribute("href"), "tel:02079460998");
    assert.ok((await call.boundingBox()).height >= 30, "the number is small");
    if (shots) await page.screenshot({ path: `${shots}/plan-usual-${viewport.width}.png` });
  }
});
