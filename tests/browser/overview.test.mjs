// Several departments together: what a hospital's and a region's coordinator see of them, live, and that it cannot be taken for live when it is not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sound } from "./axe.mjs";
import { launch, openPage, signedIn } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, Service } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const phone = { viewport: { width: 390, height: 844 } };
const nhs = nhsNumber(12_000);
const born = "1980-02-13";
const headline = "Adrenal crisis: hydrocortisone 100 mg before anything else";

before(async () => {
  service = await Service.prepare();
  await service.start();
  assert.equal(await publishPlan(service, { id: "overview-1", nhs, born, family: "Overseen", headline, description: "Hydrocortisone at once." }), 201);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const at = (t, token, options = {}) => signedIn(t, browser, service.url, token, "/overview", options);
const area = (page, id) => page.locator(`[data-department=${id}]`);
const first = (page) => page.locator("[data-department]").first().getAttribute("data-department");
const shot = (page, name) => (process.env.SHOTS ? page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true }) : undefined);

test("a coordinator signs in and sees each department: whose board nobody can see, what waits there first, and who took it on", async (t) => {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  await page.goto(service.url);
  await page.getByRole("link", { name: /^Several departments/ }).click();
  await page.getByRole("button", { name: "Coordinator at Princess Alexandra" }).click();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.equal(await page.title(), "Several departments · Urgent Care Plan alerts");
  await area(page, "RQW-AE").locator("[data-screens=none]").getByText("No visible screen").waitFor({ timeout: patience });
  const board = await signedIn(t, browser, service.url, "demo-screen-RQW-AE", "/board/RQW-AE");
  await board.locator("main[data-health=live]").waitFor({ timeout: patience });
  await area(page, "RQW-AE").locator("[data-screens=seen]").getByText("1 of 1 screen visible").waitFor({ timeout: patience });

  assert.equal(await sendADT(service, { nhs, born, family: "Overseen", visit: "OV1" }), "AA");
  const row = area(page, "RQW-AE").locator("tbody tr");
  await row.getByText("OVERSEEN").waitFor({ timeout: patience });
  assert.equal(await row.getAttribute("data-state"), "raised");
  assert.match(await row.innerText(), new RegExp(headline));
  assert.equal(await first(page), "RQW-AE", "what waits stands on top");
  await page.getByText("1 alert to be acknowledged").waitFor();
  assert.equal(await page.getByRole("button", { name: /cknowledge/ }).count(), 0, "a coordinator answers nothing");
  await board.getByRole("button", { name: /^Acknowledge/ }).first().click();
  await area(page, "RQW-AE").locator("tr[data-state=acknowledged]").waitFor({ timeout: patience });
  await page.getByText("0 alerts to be acknowledged").waitFor();
  assert.deepEqual(page.faults, []);
});

test("a region's coordinator sees every department, and not who the patients are", async (t) => {
  const page = await at(t, "demo-coordinator-QM7");
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  const row = area(page, "RQW-AE").locator("tbody tr");
  await row.getByText(headline).waitFor({ timeout: patience });
  await row.getByText("Not named to a region").waitFor();
  const organisations = await page.locator("[data-department]").evaluateAll((list) => new Set(list.map((e) => e.dataset.department.slice(0, 3))).size);
  assert.ok(organisations > 1, `${organisations} organisations`);
  assert.doesNotMatch(await page.content(), /OVERSEEN|Overseen/);
  assert.equal(await page.getByRole("link", { name: /^Open the board/ }).count(), 0);
});

test("a clinician goes from here to a board, and finds which alerts are theirs", async (t) => {
  const page = await at(t, "demo-clinician-RQW");
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  await page.getByRole("link", { name: /^Open the board/ }).first().click();
  await page.locator("ucp-board main[data-health=live]").waitFor({ timeout: patience });
  const other = nhsNumber(12_001);
  assert.equal(await publishPlan(service, { id: "overview-2", nhs: other, born, family: "Theirs", headline: "Own protocol", description: "Own protocol." }), 201);
  assert.equal(await sendADT(service, { nhs: other, born, family: "Theirs", visit: "OV2" }), "AA");
  await page.locator("article.ucp-card", { hasText: "THEIRS" }).getByRole("button", { name: /^Acknowledge/ }).click();
  await page.getByRole("link", { name: "Several departments" }).click();
  await page.locator("tr", { hasText: "THEIRS" }).getByText("Yours").waitFor({ timeout: patience });
});

/** Writes down each note that the browser would play. */
function instrument() {
  globalThis.notes = [];
  const node = { frequency: {}, connect: (to) => to, stop() {} };
  globalThis.AudioContext = class extends EventTarget {
    state = "running";
    currentTime = 0;
    destination = {};
    close() {}
    createOscillator = () => ({ ...node, start: () => globalThis.notes.push("note") });
    createGain = () => ({ ...node, gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} } });
  };
}

test("a region's coordinator hears of a new alert once, and chooses between the region and one hospital, where a critical one is never hidden", async (t) => {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  await page.addInitScript(instrument);
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-coordinator-QM7"));
  await page.goto(`${service.url}/overview`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  await area(page, "RQW-AE").locator("tbody tr").first().waitFor({ timeout: patience });
  assert.equal(await page.evaluate(() => globalThis.notes.length), 0, "what stood there before makes no sound");
  const arrives = async (n, headline, priority) => {
    const other = nhsNumber(12_010 + 10 * n);
    assert.equal(await publishPlan(service, { id: `overview-sound-${n}`, nhs: other, born, family: `Heard${n}`, headline, description: headline, priority }), 201);
    assert.equal(await sendADT(service, { nhs: other, born, family: `Heard${n}`, visit: `OVS${n}` }), "AA");
    await area(page, "RQW-AE").getByText(headline).waitFor({ timeout: patience });
  };
  await arrives(1, "Sounds once", "PM");
  assert.equal(await page.locator("[data-live=assertive] p", { hasText: /New urgent alert at .*\. Sounds once$/ }).count(), 1);
  assert.ok((await page.evaluate(() => globalThis.notes.splice(0).length)) > 0, "no sound");
  assert.match(await page.title(), /^\(\d+\) Several departments/);

  const hospitals = page.getByLabel("Show", { exact: true });
  await hospitals.selectOption({ label: "West Hertfordshire Teaching Hospitals" });
  await page.getByText(/waits? in other hospitals/).waitFor();
  await shot(page, "overview-one-hospital");
  assert.equal(await area(page, "RQW-AE").count(), 0, "the hospital that was not chosen is shown");
  await arrives(2, "Never hidden", "PH");
  assert.ok((await page.evaluate(() => globalThis.notes.splice(0).length)) > 0, "no sound");
  await hospitals.selectOption("");
  assert.equal(await page.locator("[data-hidden]").count(), 0);

  await page.getByRole("button", { name: "Choose sounds" }).click();
  await page.getByText("An alert sounds once here").waitFor();
  await shot(page, "overview-sounds");
  assert.equal(await page.getByLabel("Again every").count(), 0);
  await page.getByRole("button", { name: "Play Critical" }).click();
  assert.ok((await page.evaluate(() => globalThis.notes.length)) > 0, "nothing is played");
  await sound(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Sound is on" }).click();
  await page.getByRole("button", { name: "Sound is off" }).waitFor();
  assert.deepEqual(page.faults, []);
});

test("an account of one screen is told that it may not see this, and signs in anew", async (t) => {
  const page = await at(t, "demo-screen-RQW-AE");
  await page.getByRole("alert").getByText("may not see").waitFor({ timeout: patience });
});

test("nobody is kept out, in either theme, at the width of a desktop and of a phone", async (t) => {
  for (const [name, options] of [["1440-light", {}], ["1440-night", { colorScheme: "dark" }], ["390-light", phone], ["390-night", { ...phone, colorScheme: "dark" }]]) {
    const page = await at(t, "demo-coordinator-RQW", options);
    await page.locator("main[data-health=live]").waitFor({ timeout: patience });
    await area(page, "RQW-AE").locator("tbody tr").first().waitFor({ timeout: patience });
    await area(page, "RQW-AE").locator("[data-screens=none], [data-screens=seen]").waitFor({ timeout: patience });
    await shot(page, `overview-${name}`);
    await sound(page);
  }
});

test("the service stops: red after its time, with the telephones of each department and nothing that was told of its screens", async (t) => {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  await page.clock.install();
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-coordinator-RQW"));
  await page.goto(`${service.url}/overview`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  await service.kill();
  await page.locator("main[data-health=waiting]").waitFor({ timeout: patience });
  for (let i = 0; i < 60 && (await page.locator("main[data-health=lost]").count()) === 0; i++) await page.clock.runFor(1_000);
  await page.locator(".ucp-strip__text", { hasText: /^NOT LIVE since/ }).waitFor();
  assert.equal(await page.locator("[data-screens]").count(), 0);
  assert.ok((await area(page, "RQW-AE").locator("a[href^='tel:'], .ucp-phones__number").count()) > 0);
  await shot(page, "overview-lost");
  await service.start();
  for (let i = 0; i < 60 && (await page.locator("main[data-health=live]").count()) === 0; i++) await page.clock.runFor(1_000);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
});
