// A clinician checks who a patient is, from the board: the real service and the pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violationsInBothThemes } from "./axe.mjs";
import { launch, signedIn } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const phone = { viewport: { width: 390, height: 844 } };
const run = Date.now().toString(36);
const shots = process.env.IDENTITY_SHOTS;

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** The board of Harlow, or what was lately there, as whoever has the token. */
async function at(t, token = "demo-clinician-RQW", options = {}) {
  const page = await signedIn(t, browser, service.url, token, "/board/RQW-AE", options);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return page;
}

const card = (page, family) => page.locator("article.ucp-card", { hasText: family.toUpperCase() });
const gone = (page, family) => page.locator(`article.ucp-card[data-state=withdrawn]`, { hasText: family.toUpperCase() }).waitFor({ timeout: patience });
const check = (page, family) => card(page, family).getByRole("button", { name: /^Check identity/ });
const row = (dialog, field) => dialog.locator(`[data-field="${field}"]`);
const picture = (page, name) => (shots ? page.screenshot({ path: `${shots}/${name}-${page.viewportSize().width}.png` }) : undefined);
const harmless = (page) => assert.deepEqual(page.faults, []);
async function usable(page) {
  assert.deepEqual(await violationsInBothThemes(page), []);
  const [inner, whole] = await page.evaluate(() => [window.innerWidth, document.documentElement.scrollWidth]);
  assert.ok(whole <= inner, `the page is ${whole} wide in a window of ${inner}`);
}

/** Somebody with a plan arrives; what the hospital says of them is otherwise. */
async function arrive(n, family, otherwise) {
  const patient = { nhs: nhsNumber(n), born: "1984-03-17", family, given: "Rosalind" };
  const visit = `ID${n}${run}`;
  assert.equal(await publishPlan(service, { id: `identity-${n}-${run}`, ...patient, headline: "Never to be read before", description: "Inject first." }), 201);
  const arrival = { ...patient, visit, ...otherwise };
  assert.equal(await sendADT(service, arrival), "AA");
  return arrival;
}

test("an NHS number that agrees and another birth date: compared, confirmed, and the plan opens on every screen", async (t) => {
  const [page, second] = [await at(t), await at(t, "demo-screen-RQW-AE")];
  await arrive(5101, "Confirmable", { born: "1984-03-18" });
  await check(page, "Confirmable").waitFor({ timeout: patience });
  assert.match(await card(page, "Confirmable").innerText(), /Why only possible: .*date of birth/);
  assert.ok(!(await page.locator("body").innerText()).includes("Never to be read before"), "the plan is told before anybody confirmed");
  await usable(page);
  await check(page, "Confirmable").click();
  const dialog = page.getByRole("dialog", { name: "Check identity" });
  await row(dialog, "NHS number").getByText("Agrees").waitFor({ timeout: patience });
  assert.match(await row(dialog, "date of birth").innerText(), /18 March 1984[\s\S]*17 March 1984[\s\S]*(Differs|Agrees in part)/);
  assert.match(await row(dialog, "postcode").innerText(), /Not known/);
  assert.ok(!(await dialog.innerText()).includes("Never to be read before"));
  await usable(page);
  await picture(page, "compare");
  await dialog.getByRole("button", { name: "This is the same patient" }).click();
  await dialog.getByText(/opens on every screen of this department/).waitFor();
  await usable(page);
  await picture(page, "sure");
  await dialog.getByRole("button", { name: "Yes, the same patient" }).click();
  await dialog.getByRole("heading", { name: "Identity confirmed" }).waitFor({ timeout: patience });
  await usable(page);
  await picture(page, "confirmed");
  await dialog.getByRole("button", { name: "Open the plan" }).click();
  await page.getByRole("dialog", { name: "CONFIRMABLE, Rosalind" }).getByText("Inject first.").waitFor({ timeout: patience });

  await card(second, "Confirmable").getByText("Never to be read before").waitFor({ timeout: patience });
  assert.match(await card(second, "Confirmable").innerText(), /identity confirmed by a clinician at \d\d:\d\d on/);
  await card(second, "Confirmable").getByRole("button", { name: /^Open plan/ }).click();
  await second.getByRole("dialog").getByText("Inject first.").waitFor({ timeout: patience });
  harmless(page);
  harmless(second);
});

test("nobody's number, found by name and birth date: not this patient is remembered, and taken back from the list", async (t) => {
  const [page, second] = [await at(t), await at(t, "demo-screen-RQW-AE")];
  const arrival = await arrive(5111, "Deniable", { nhs: "" });
  await check(page, "Deniable").click();
  const dialog = page.getByRole("dialog", { name: "Check identity" });
  assert.match(await row(dialog, "NHS number").innerText(), /Not stated[\s\S]*999 [\s\S]*Not known/);
  await dialog.getByRole("button", { name: "Not this patient" }).click();
  await dialog.getByText(/leaves the board here\. It is not raised again for this visit/).waitFor();
  await dialog.getByRole("button", { name: "Yes, not this patient" }).click();
  await dialog.getByRole("heading", { name: "Not this patient" }).waitFor({ timeout: patience });
  await Promise.all([gone(page, "Deniable"), gone(second, "Deniable")]);
  await dialog.getByRole("button", { name: "Close" }).last().click();

  assert.equal(await sendADT(service, { ...arrival, event: "A08", location: "AE^MAJORS^9^RQWG0" }), "AA");
  // What comes behind it proves that the update raised nothing.
  await arrive(5121, "Behindit", { born: "1984-03-18" });
  await check(second, "Behindit").waitFor({ timeout: patience });
  const standing = (board) => board.locator("article.ucp-card:not([data-state=withdrawn])", { hasText: "DENIABLE" }).count();
  assert.deepEqual([await standing(page), await standing(second)], [0, 0]);

  await page.getByRole("link", { name: "Recent arrivals and alerts" }).click();
  const entry = page.locator("[data-ruled]", { hasText: "DENIABLE" });
  await entry.waitFor({ timeout: patience });
  assert.match(await entry.innerText(), /\(clinician\) said, .*, that this is not the patient\./);
  await usable(page);
  await picture(page, "ruled-out");
  await entry.getByRole("button", { name: /^Look again/ }).click();
  await dialog.getByText(/\(clinician\) said, .*, that this is not the patient/).waitFor({ timeout: patience });
  await dialog.getByRole("button", { name: "This is the same patient" }).click();
  await dialog.getByRole("button", { name: "Yes, the same patient" }).click();
  await dialog.getByRole("heading", { name: "Identity confirmed" }).waitFor({ timeout: patience });
  await card(second, "Deniable").getByText("Never to be read before").waitFor({ timeout: patience });
  await dialog.getByRole("link", { name: "Go to the board" }).click();
  await card(page, "Deniable").getByRole("button", { name: /^Open plan/ }).waitFor({ timeout: patience });
  harmless(page);
});

test("a screen on a wall decides nothing, and is told who does", async (t) => {
  const page = await at(t, "demo-screen-RQW-AE");
  await arrive(5131, "Onthewall", { born: "1984-03-18" });
  await check(page, "Onthewall").click();
  const dialog = page.getByRole("dialog", { name: "Check identity" });
  await dialog.getByText(/A clinician of this hospital decides who a patient is/).waitFor({ timeout: patience });
  assert.equal(await dialog.locator("[data-field]").count(), 0);
  assert.equal(await dialog.getByRole("button", { name: /patient/ }).count(), 0);
  await usable(page);
  await picture(page, "screen");
});

test("whatever changes while somebody looks is looked at again: other details, and another's word", async (t) => {
  const [page, other] = [await at(t), await at(t)];
  const arrival = await arrive(5141, "Changeable", { born: "1984-03-18" });
  const [mine, theirs] = [page, other].map((p) => p.getByRole("dialog", { name: "Check identity" }));
  await check(page, "Changeable").click();
  await row(mine, "NHS number").waitFor({ timeout: patience });
  await mine.getByRole("button", { name: "This is the same patient" }).click();
  assert.equal(await sendADT(service, { ...arrival, event: "A08", given: "Rosalynd" }), "AA");
  // The board hears of it: the question that was asked about the old details is gone.
  await mine.getByText(/Something changed while you looked/).waitFor({ timeout: patience });
  await mine.getByRole("button", { name: "Yes, the same patient" }).waitFor({ state: "detached" });
  await row(mine, "given name").getByText("Rosalynd").waitFor({ timeout: patience });
  await card(other, "Changeable").getByText("Possible match").waitFor();

  await check(other, "Changeable").click();
  await row(theirs, "NHS number").waitFor({ timeout: patience });
  await theirs.getByRole("button", { name: "Not this patient" }).click();
  await theirs.getByRole("button", { name: "Yes, not this patient" }).click();
  await theirs.getByRole("heading", { name: "Not this patient" }).waitFor({ timeout: patience });
  await mine.getByText(/Something changed while you looked/).waitFor({ timeout: patience });
  await mine.getByText(/said, .*, that this is not the patient\. If you say otherwise, yours holds/).waitFor({ timeout: patience });
  harmless(page);
});

test("with a keyboard only: opened, asked, cancelled twice by Escape, and the keyboard stands where it was", async (t) => {
  const page = await at(t, undefined, phone);
  await arrive(5151, "Keyboard", { born: "1984-03-18" });
  await check(page, "Keyboard").waitFor({ timeout: patience });
  await usable(page);
  await check(page, "Keyboard").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Check identity" });
  await row(dialog, "NHS number").waitFor({ timeout: patience });
  await usable(page);
  await picture(page, "compare");
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  const tabTo = async (name) => {
    for (let i = 0; i < 12 && (await focused()) !== name; i++) await page.keyboard.press("Tab");
    assert.equal(await focused(), name);
  };
  await tabTo("Not this patient");
  await page.keyboard.press("Enter");
  await dialog.getByRole("group", { name: "Are you sure that this is not the patient?" }).waitFor();
  assert.equal(await focused(), "Are you sure that this is not the patient?");
  await usable(page);
  await picture(page, "sure");
  await page.keyboard.press("Escape");
  await dialog.getByRole("group").waitFor({ state: "detached" });
  assert.equal(await focused(), "Not this patient");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.match(await focused(), /^Check identity/);
  await card(page, "Keyboard").getByText("Possible match").waitFor();

  await page.keyboard.press("Enter");
  await row(dialog, "NHS number").waitFor({ timeout: patience });
  await tabTo("Not this patient");
  await page.keyboard.press("Enter");
  await tabTo("Yes, not this patient");
  await page.keyboard.press("Enter");
  await dialog.getByRole("heading", { name: "Not this patient" }).waitFor({ timeout: patience });
  await usable(page);
  await picture(page, "denied");
  await tabTo("See what was ruled out");
  await page.keyboard.press("Enter");
  await page.locator("[data-ruled]", { hasText: "KEYBOARD" }).waitFor({ timeout: patience });
  await usable(page);
  await picture(page, "ruled-out");
  harmless(page);
});
