// An A&E asks the centre behind an alert, says that a plan is wrong, and what it changed; the centre answers. The real service and the pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage, signedIn } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const born = "1980-02-13";
const hostile = `<img src=x onerror="alert(1)"> \u202egm 05 sI & 'quoted'`;

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

async function atCentre(t, path = "/centre", options = {}) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  await page.goto(service.url + path);
  await page.getByRole("button", { name: /Great Ormond Street/ }).click();
  return page;
}

async function watch(t, options = {}) {
  const page = await signedIn(t, browser, service.url, "demo-clinician-RQW", "/board/RQW-AE", options);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return page;
}

const card = (page, family) => page.locator("article.ucp-card", { hasText: family.toUpperCase() });
const harmless = (page) => assert.deepEqual(page.faults, []);

/** A patient with a plan of Great Ormond Street's stands on the board of Harlow. */
async function present(page, n, family, visit) {
  const patient = { nhs: nhsNumber(n), born, family };
  assert.equal(await publishPlan(service, { id: `talk-${visit}`, ...patient, headline: "Hydrocortisone first", description: "Inject." }), 201);
  assert.equal(await sendADT(service, { ...patient, visit }), "AA");
  await card(page, family).waitFor({ timeout: patience });
  return { ...patient, id: `talk-${visit}` };
}

test("a question is asked on the alert, reaches the centre's page by itself, and its answer the board", async (t) => {
  const board = await watch(t);
  const centre = await atCentre(t);
  await present(board, 5010, "Questioned", "T1");
  await card(board, "Questioned").getByRole("button", { name: /^Open plan/ }).click();
  const dialog = board.getByRole("dialog");
  await dialog.getByRole("button", { name: "Ask the centre" }).click();
  const talk = dialog.getByRole("region", { name: "Ask the centre" });
  await talk.getByText(/no substitute for the telephone/).waitFor({ timeout: patience });
  assert.match(await talk.getByRole("link").first().getAttribute("href"), /^tel:/);
  await talk.getByRole("button", { name: "Send the question" }).press("Enter");
  await talk.getByText("Write what you want to ask or tell").waitFor();
  assert.deepEqual(await violations(board), []);
  await talk.getByLabel("Your question").fill(hostile);
  await talk.getByRole("button", { name: "Send the question" }).click();
  await talk.getByText("Waits. Nobody at the centre has read it yet.").waitFor({ timeout: patience });
  assert.equal(await talk.locator(".ucp-thread__text").innerText(), hostile);

  const waiting = centre.getByRole("region", { name: "From A&E departments" });
  await waiting.getByText("1 question waits").waitFor({ timeout: patience }); // nobody loads that page again
  const asked = waiting.locator("li", { hasText: "QUESTIONED" }).first();
  assert.equal(await asked.locator(".ucp-thread__text").innerText(), hostile);
  assert.match(await asked.innerText(), /Princess Alexandra/);
  await talk.getByText(/Read at the centre/).waitFor({ timeout: patience });
  assert.deepEqual(await violations(centre), []);
  await board.keyboard.press("Escape");
  await card(board, "Questioned").getByText("Question waits for the centre").waitFor();
  await asked.getByLabel("Your answer").fill("Yes, 50 mg.\nThen ring us.");
  await asked.getByRole("button", { name: "Send the answer" }).click();
  await card(board, "Questioned").getByText("New answer from the centre").waitFor({ timeout: patience });
  await waiting.getByText("Nothing waits for an answer").waitFor({ timeout: patience });

  await card(board, "Questioned").getByRole("button", { name: /^Open plan/ }).click();
  await dialog.getByRole("button", { name: /^(New answer from the centre|Ask the centre)$/ }).click(); // it is read as soon as it is in sight
  await talk.locator(".ucp-thread__answer", { hasText: "Yes, 50 mg." }).waitFor({ timeout: patience });
  await dialog.getByRole("button", { name: "Ask the centre" }).waitFor({ timeout: patience });
  await board.keyboard.press("Escape");
  await card(board, "Questioned").getByText("New answer from the centre").waitFor({ state: "detached", timeout: patience });
  harmless(board);
  harmless(centre);
});

test("that a plan is wrong stays on the centre's list until the plan is revised", async (t) => {
  const board = await watch(t);
  const plan = await present(board, 5020, "Disputed", "T2");
  await card(board, "Disputed").getByRole("button", { name: /^Open plan/ }).click();
  const talk = board.getByRole("dialog").getByRole("region", { name: "Ask the centre" });
  await talk.getByLabel("Something is wrong with this plan").check();
  await talk.getByLabel("What is wrong or out of date?").fill("The weight is that of a child.");
  await talk.getByRole("button", { name: "Tell the centre" }).click();
  await talk.getByText("Said to be wrong or out of date").waitFor({ timeout: patience });
  const centre = await atCentre(t);
  const row = centre.locator(`[data-plan=${plan.id}]`);
  await row.getByText("said to be wrong").waitFor({ timeout: patience });
  await row.getByRole("link").click();
  const used = centre.getByRole("region", { name: "Where it was used" });
  await used.getByText("The weight is that of a child.").waitFor({ timeout: patience });
  await used.getByLabel("Your answer").waitFor();
  assert.deepEqual(await violations(centre), []);
  assert.equal(await publishPlan(service, { ...plan, headline: "Hydrocortisone first, by weight", description: "Inject." }), 200);
  await used.getByText("The plan was revised since.").waitFor({ timeout: patience });
  await centre.goto(`${service.url}/centre`);
  await row.waitFor({ timeout: patience });
  assert.equal(await row.getByText("said to be wrong").count(), 0);
  harmless(centre);
  harmless(board);
});

test("whoever leaves is asked about once: one click says what the plan changed, and the centre reads it", async (t) => {
  const board = await watch(t);
  const plan = await present(board, 5030, "Departing", "T3");
  assert.equal(await sendADT(service, { ...plan, event: "A03", visit: "T3" }), "AA");
  const gone = card(board, "Departing").and(board.locator("[data-state=closed]"));
  await gone.getByText("What did the plan change?").waitFor({ timeout: patience });
  assert.deepEqual(await violations(board), []);
  await gone.getByRole("button", { name: "Avoided an admission" }).press("Enter");
  await card(board, "Departing").waitFor({ state: "detached", timeout: patience });
  const centre = await atCentre(t, `/centre/plans/${plan.id}`);
  const used = centre.getByRole("region", { name: "Where it was used" });
  await used.getByText("What it changed: Avoided an admission").waitFor({ timeout: patience });
  harmless(board);
  harmless(centre);
});

test("nobody is kept out, also at the width of a phone", async (t) => {
  const options = { viewport: { width: 390, height: 844 } };
  const board = await watch(t, options);
  await present(board, 5040, "Narrow", "T4");
  await card(board, "Narrow").getByRole("button", { name: /^Open plan/ }).click();
  const talk = board.getByRole("dialog").getByRole("region", { name: "Ask the centre" });
  await talk.getByLabel("Your question").fill("x".repeat(400));
  await talk.getByRole("button", { name: "Send the question" }).click();
  await talk.locator("[data-line]").waitFor({ timeout: patience });
  assert.deepEqual(await violations(board), []);
  assert.equal(await board.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, "the board is wider than the window");
  const centre = await atCentre(t, "/centre", options);
  await centre.locator("[data-line]").first().waitFor({ timeout: patience });
  assert.deepEqual(await violations(centre), []);
  assert.equal(await centre.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, "the centre's page is wider than the window");
  harmless(board);
});
