// A nurse of a centre without a system writes a plan in the browser; an A&E sees it. The real service, and nothing but the pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violationsInBothThemes } from "./axe.mjs";
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

/** Signs in at Great Ormond Street, with one click on the demonstration account. */
async function atCentre(t, path = "/centre", options = {}) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  await page.goto(service.url + path);
  await page.getByRole("button", { name: /Great Ormond Street/ }).click();
  return page;
}

async function watch(t) {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  await page.goto(service.url);
  await page.getByRole("link", { name: /Princess Alexandra/ }).click();
  await page.getByRole("button", { name: /^Screen at/ }).click();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return page;
}

const card = (page, family) => page.locator("article.ucp-card", { hasText: family.toUpperCase() });
const saved = (page) => page.locator("[data-safety=saved]").waitFor({ timeout: patience });
const harmless = (page) => assert.deepEqual(page.faults, []);

async function date(page, name, [day, month, year]) {
  const group = page.getByRole("group", { name });
  await group.getByLabel("Day").fill(day);
  await group.getByLabel("Month").fill(month);
  await group.getByLabel("Year").fill(year);
}

/** Fills what a plan must have. */
async function write(page, { nhs, family, headline }) {
  await page.getByLabel("NHS number").fill(nhs);
  await page.getByLabel("Family name").fill(family);
  await page.getByLabel("Given names").fill("Ana");
  await date(page, "Date of birth", ["13", "2", "1980"]);
  await page.getByLabel("Headline").fill(headline);
  await page.getByLabel(/^Critical/).check();
  await page.getByLabel("What to do first").fill("Inject hydrocortisone\nRing us");
  await page.getByLabel(/^Telephone/).fill("020 7946 0000");
  await page.getByLabel("Written by").fill("Nurse N. Invented");
  await date(page, "Last reviewed", ["1", "11", "2026"]);
}

const publish = (page) => page.getByRole("button", { name: "Publish", exact: true }).click();
const idOf = (page) => /\/centre\/plans\/([^/]+)/.exec(page.url())[1];

test("a plan is written, published, revised and withdrawn: the alert appears on the board, changes and disappears", async (t) => {
  const board = await watch(t);
  const page = await atCentre(t);
  const nhs = nhsNumber(3010);
  assert.equal(await sendADT(service, { nhs, born, family: "Handwritten", visit: "C1" }), "AA");
  await page.getByRole("link", { name: "Write a plan" }).click();
  await page.getByRole("heading", { name: "Write a plan" }).waitFor({ timeout: patience });
  await write(page, { nhs, family: "Handwritten", headline: "Adrenal crisis: inject first" });
  const preview = page.getByRole("region", { name: "As A&E sees it" });
  await preview.getByText("Inject hydrocortisone").waitFor({ timeout: patience });
  await preview.getByText("HANDWRITTEN, Ana", { exact: true }).waitFor({ timeout: patience });
  await publish(page);
  await page.getByText("The plan is published").waitFor({ timeout: patience });
  await card(board, "Handwritten").getByText("Adrenal crisis: inject first").waitFor({ timeout: patience });
  await card(board, "Handwritten").scrollIntoViewIfNeeded(); // others may stand above it, and what is out of sight was not displayed

  await page.getByRole("link", { name: "Revise" }).click();
  await page.getByLabel("Headline").fill("Adrenal crisis: inject 100 mg first");
  await page.getByLabel("NOT for attempted CPR").check();
  await saved(page);
  await publish(page);
  await page.getByText("Version 2 is published").waitFor({ timeout: patience });
  await card(board, "Handwritten").getByText("inject 100 mg first").waitFor({ timeout: patience });
  const newest = page.locator("[data-version='2']");
  await newest.locator("ins", { hasText: "100 mg" }).waitFor();
  assert.match(await newest.innerText(), /Not for attempted CPR/);

  await card(board, "Handwritten").getByRole("button", { name: /^Acknowledge/ }).click();
  await card(board, "Handwritten").and(board.locator("[data-state=acknowledged]")).waitFor({ timeout: patience });
  await page.reload();
  const used = page.getByRole("region", { name: "Where it was used" });
  await used.getByText("Acknowledged").waitFor({ timeout: patience });
  const facts = await used.innerText();
  for (const wanted of ["Princess Alexandra", "Arrived", "Shown on a screen", "by a screen"]) assert.ok(facts.includes(wanted), `${wanted} is not in: ${facts}`);

  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Withdraw the plan" }).click();
  await dialog.getByText("Choose a reason").waitFor();
  assert.deepEqual(await violationsInBothThemes(page), []);
  await dialog.getByLabel("Another plan replaces it").check();
  await dialog.getByRole("button", { name: "Withdraw the plan" }).click();
  await page.getByText("Reason: Another plan replaces it").waitFor({ timeout: patience });
  await card(board, "Handwritten").and(board.locator("[data-state=withdrawn]")).waitFor({ timeout: patience });

  // Who has seen the recall stands in the plan's receipts: which role, where, and when.
  await page.getByText("0 of 1 department has seen the recall").waitFor({ timeout: patience });
  await card(board, "Handwritten").getByRole("button", { name: /^I know: plan not to be used/ }).click();
  await card(board, "Handwritten").waitFor({ state: "detached", timeout: patience });
  await page.reload();
  await page.getByText("1 of 1 department has seen the recall").waitFor({ timeout: patience });
  const seen = await used.locator("li", { hasText: "Recall seen" }).last().innerText();
  assert.match(seen, /by a (screen|clinician) at .*Princess Alexandra/);
  assert.match(seen, /\d{4}, (\d+(:\d\d)?[ap]m|midday|midnight)/);
  await used.getByText("Withdrawn while it was shown there").waitFor();
  assert.deepEqual(await violationsInBothThemes(page), []);
  harmless(page);
  harmless(board);
});

test("a plan is put on hold, taken up again, completed and marked as entered in error: each time the board says what holds", async (t) => {
  const plan = { id: "centre-states", nhs: nhsNumber(3060), born, family: "Stately", headline: "Ventilate gently", description: "Low pressure." };
  assert.equal(await publishPlan(service, { ...plan, status: "draft" }), 201);
  assert.equal(await sendADT(service, { nhs: plan.nhs, born, family: "Stately", visit: "C6" }), "AA");
  const board = await watch(t);
  const page = await atCentre(t, "/centre/plans/centre-states");
  await page.getByText("This plan is draft").waitFor({ timeout: patience });
  assert.equal(await card(board, "Stately").count(), 0);
  assert.equal(await publishPlan(service, plan), 200);
  await card(board, "Stately").getByText("Ventilate gently").waitFor({ timeout: patience });
  await card(board, "Stately").scrollIntoViewIfNeeded();
  await page.reload();

  const change = async (button, deed, reason) => {
    await page.getByRole("button", { name: button, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(reason).check();
    await dialog.getByRole("button", { name: deed }).click();
    await page.getByText(`Reason: ${reason}`).first().waitFor({ timeout: patience });
  };
  const onBoard = card(board, "Stately").and(board.locator("[data-state=raised]"));
  // What ended is said for a while; it cannot be opened any more, and nobody has to say that they know.
  const ended = async (why) => {
    const gone = card(board, "Stately").and(board.locator("[data-state=withdrawn]"));
    await gone.getByText(why).waitFor({ timeout: patience });
    assert.equal(await gone.getByRole("button", { name: /^(I know|Open plan|Acknowledge)/ }).count(), 0, "it can be opened, or is called a recall");
  };
  await change("Put on hold", "Put the plan on hold", "It is being reviewed");
  await page.getByText("This plan is on hold").waitFor();
  await ended("put the plan on hold");
  await change("Take up again", "Take the plan up again", "The review is finished");
  await onBoard.getByText("Ventilate gently").waitFor({ timeout: patience });
  await change("Mark as completed", "Mark the plan as completed", "The treatment is finished");
  await page.getByText("This plan is completed").waitFor();
  await ended("marked the plan as completed");
  assert.deepEqual(await page.locator(".ucp-own__tags .nhsuk-tag").allInnerTexts(), ["Completed"]);
  assert.equal(await page.getByText("has seen the recall").count(), 0, "what was completed is no recall");

  // Entered in error is: the board had shown it.
  await change("Entered in error", "Mark the plan as entered in error", "It is about the wrong patient");
  const recall = card(board, "Stately").and(board.locator("[data-state=withdrawn]"));
  await recall.getByText("entered in error").waitFor({ timeout: patience });
  assert.equal(await recall.getByText("Ventilate gently").count(), 0, "the recall still shows the plan");
  await page.getByText("0 of 1 department has seen the recall").waitFor({ timeout: patience });
  assert.equal(await page.getByRole("button", { name: "Take up again" }).count(), 0);
  assert.deepEqual(await violationsInBothThemes(page), []);
  await recall.getByRole("button", { name: /^I know: plan not to be used/ }).click();
  await card(board, "Stately").waitFor({ state: "detached", timeout: patience });
  harmless(page);
  harmless(board);
});

test("what is missing or wrong is listed when somebody wants to publish, and each line leads to its field", async (t) => {
  const page = await atCentre(t, "/centre/plans/new");
  await page.getByLabel("NHS number").fill("999 100 0004");
  await date(page, "Date of birth", ["31", "2", "1980"]);
  await saved(page);
  assert.equal(await page.locator(".nhsuk-error-message").count(), 0, "faults are said before somebody wants to publish");
  await publish(page);
  const summary = page.getByRole("alert").filter({ hasText: "There is a problem" });
  await summary.getByRole("link", { name: /Check the NHS number/ }).waitFor({ timeout: patience });
  assert.equal(await page.evaluate(() => document.activeElement?.id), "summary");
  assert.deepEqual(await violationsInBothThemes(page), []);
  await summary.getByRole("link", { name: /date of birth must be a real date/ }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "f-birth_date-day");
  await page.getByLabel("NHS number").fill(nhsNumber(3020));
  await summary.getByRole("link", { name: /NHS number/ }).waitFor({ state: "detached", timeout: patience });
  harmless(page);
});

test("a draft survives a reload, and a lost connection is said and loses nothing", async (t) => {
  const page = await atCentre(t, "/centre/plans/new");
  await page.getByLabel("Headline").fill("Kept at the service");
  await saved(page);
  await page.reload();
  await page.getByLabel("Headline").waitFor({ timeout: patience });
  assert.equal(await page.getByLabel("Headline").inputValue(), "Kept at the service");
  await page.route("**/api/centre/drafts/*", (route) => route.abort());
  await page.getByLabel("Headline").fill("Typed without a connection");
  await page.locator("[data-safety=offline]").waitFor({ timeout: patience });
  assert.match(await page.locator("[data-safety]").innerText(), /NOT SAVED/);
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await page.getByLabel("Headline").waitFor({ timeout: patience });
  assert.equal(await page.getByLabel("Headline").inputValue(), "Typed without a connection");
  await page.unroute("**/api/centre/drafts/*");
  await saved(page);
  await page.goto(`${service.url}/centre`);
  await page.getByRole("region", { name: "Your drafts" }).getByText("Typed without a connection").waitFor({ timeout: patience });
  harmless(page);
});

test("a stale write is refused with what is held, and nothing typed is lost", async (t) => {
  const plan = { id: "centre-stale", nhs: nhsNumber(3030), born, family: "Contested", headline: "First version", description: "One." };
  assert.equal(await publishPlan(service, plan), 201);
  const page = await atCentre(t, "/centre/plans/centre-stale/edit");
  await page.getByText("Part of this plan came from another system").waitFor({ timeout: patience });
  await write(page, { nhs: plan.nhs, family: "Contested", headline: "Mine" });
  await saved(page);
  assert.equal(await publishPlan(service, { ...plan, headline: "Theirs" }), 200);
  await publish(page);
  const stale = page.getByRole("region", { name: /Version 2 of this plan was published/ });
  await stale.locator("ins", { hasText: "Theirs" }).waitFor({ timeout: patience });
  assert.equal(await page.getByLabel("Headline").inputValue(), "Mine");
  assert.deepEqual(await violationsInBothThemes(page), []);
  await stale.getByRole("button", { name: /I have read version 2/ }).click();
  await page.getByText("Version 3 is published").waitFor({ timeout: patience });
  assert.equal(idOf(page), "centre-stale");
  harmless(page);
});

test("two windows on one draft: the second is told, and chooses", async (t) => {
  const page = await atCentre(t, "/centre/plans/new");
  await page.getByLabel("Headline").fill("From the first window");
  await saved(page);
  const second = await page.context().newPage();
  await second.goto(`${service.url}/centre`);
  await second.getByRole("button", { name: /Great Ormond Street/ }).click();
  await second.getByRole("link", { name: "Write a plan" }).waitFor({ timeout: patience }); // signed in, before another page is asked for
  await second.goto(page.url());
  await second.getByLabel("Headline").fill("From the second window");
  await saved(second);
  await page.getByLabel("Headline").fill("From the first window again");
  await page.getByRole("button", { name: "Load what was saved there" }).waitFor({ timeout: patience });
  await page.getByRole("button", { name: "Keep what stands here" }).click();
  await saved(page);
  await second.reload();
  await second.getByLabel("Headline").waitFor({ timeout: patience });
  assert.equal(await second.getByLabel("Headline").inputValue(), "From the first window again");
});

test("a plan is found by name or number, which never stand in an address, and by its state", async (t) => {
  const nhs = nhsNumber(3040);
  assert.equal(await publishPlan(service, { id: "centre-found", nhs, born, family: "Findable", headline: "Here I am", description: "x" }), 201);
  const page = await atCentre(t);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const text of [nhs, `${nhs.slice(0, 3)} ${nhs.slice(3, 6)} ${nhs.slice(6)}`, "findab"]) {
    await page.getByLabel(/NHS number, or/).fill(text);
    await page.getByRole("button", { name: "Search" }).press("Enter");
    await page.getByText("1 plan", { exact: true }).waitFor({ timeout: patience });
    await page.locator("[data-plan=centre-found]").waitFor();
  }
  await page.getByLabel("Show").selectOption("ended");
  await page.getByText("No plan found").waitFor({ timeout: patience });
  assert.ok(asked.every((url) => !url.includes(nhs) && !/findab/i.test(url)), "what was searched for stands in an address");
  harmless(page);
});

test("the plans whose review is overdue, or soon due, are a list of their own", async (t) => {
  const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
  for (const [id, n, due] of [["centre-overdue", 3041, day(-40)], ["centre-due", 3042, day(10)], ["centre-later", 3043, day(400)]]) {
    const more = { extension: [{ url: "https://ucpalert.example/extension/review-due", valueDate: due }] };
    assert.equal(await publishPlan(service, { id, nhs: nhsNumber(n), born, family: "Reviewable", headline: "Read me again", description: "x", more }), 201);
  }
  const page = await atCentre(t);
  // What is to be reviewed stands at the top, whatever is searched for, and leads to the list.
  const notice = page.getByRole("region", { name: "Reviews" });
  await notice.getByText(/\d+ plans? (is|are) overdue for review · \d+ plans? (is|are) to be reviewed within 30 days/).waitFor({ timeout: patience });
  await page.getByLabel(/NHS number, or/).fill("nobody of this name");
  await notice.getByRole("button", { name: "Show the overdue" }).click();
  await page.locator("[data-plan=centre-overdue]").waitFor({ timeout: patience });
  assert.equal(await page.getByLabel("Show").inputValue(), "overdue");
  await page.locator("[data-plan=centre-due]").waitFor({ state: "detached", timeout: patience });
  await page.locator("[data-plan=centre-overdue]").waitFor({ timeout: patience });
  assert.deepEqual(await violationsInBothThemes(page), []);
  await page.getByLabel(/NHS number, or/).fill("reviewable");
  for (const [state, listed, tag] of [["overdue", ["centre-overdue"], "Review overdue"], ["due", ["centre-overdue", "centre-due"], "Review due"]]) {
    await page.getByLabel("Show").selectOption(state);
    await page.getByText(listed.length === 1 ? "1 plan" : `${listed.length} plans`, { exact: true }).waitFor({ timeout: patience });
    for (const id of listed) await page.locator(`[data-plan=${id}]`).waitFor();
    await page.locator(`[data-plan=${listed.at(-1)}]`).locator(".nhsuk-tag", { hasText: tag }).waitFor();
  }
  assert.equal(await page.locator("[data-plan=centre-later]").count(), 0);
  harmless(page);
});

test("the keyboard alone writes and publishes a plan", async (t) => {
  const page = await atCentre(t);
  await page.getByRole("link", { name: "Write a plan" }).press("Enter");
  await page.getByLabel("NHS number").focus();
  const type = async (...keys) => {
    for (const key of keys) {
      if (key.startsWith("<")) await page.keyboard.press(key.slice(1, -1));
      else await page.keyboard.type(key);
    }
  };
  const next = "<Tab>";
  await type(nhsNumber(3050), next, "Keyboard", next, "Ana", next, "13", next, "2", next, "1980", next, next, next, "Ring us at once", next, "<ArrowDown>", "<ArrowUp>", next, "Ring us");
  await page.getByLabel(/^Telephone/).focus();
  await type("020 7946 0000", next, "A nurse", next, "nurse", next, "1", next, "11", next, "2026", "<Enter>");
  await page.getByText("The plan is published").waitFor({ timeout: patience });
  assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /KEYBOARD, Ana/);
  harmless(page);
});

test("nobody is kept out: no violation of WCAG on a centre's pages, at the width of a desktop and of a phone", async (t) => {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    const page = await atCentre(t, "/centre", { viewport });
    await page.locator("[data-plan]").first().waitFor({ timeout: patience });
    assert.deepEqual(await violationsInBothThemes(page), []);
    await page.locator("[data-plan] a").first().click();
    await page.getByRole("heading", { name: "Versions" }).waitFor({ timeout: patience });
    assert.deepEqual(await violationsInBothThemes(page), []);
    await page.getByRole("link", { name: "Revise" }).click();
    await saved(page);
    assert.deepEqual(await violationsInBothThemes(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, "the page is wider than the window");
    harmless(page);
  }
});

test("an account of an A&E sees no centre's plans", async (t) => {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
  await page.goto(`${service.url}/centre`);
  await page.getByText("belongs to no specialist centre").waitFor({ timeout: patience });
});
