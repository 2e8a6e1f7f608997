// Operations in the browser: what needs doing, live figures, a message of the quarantine read and taken again, a feed muted. The real service,
// and invented answers for what a service in order does not show.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { sound } from "./axe.mjs";
import { launch, openPage, signedIn } from "./browser.mjs";
import { nhsNumber, sendADT, theService } from "./service.mjs";

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

const at = (t, token, path = "/operations", options = {}) => signedIn(t, browser, service.url, token, path, options);

const shot = (page, name) => (process.env.SHOTS ? page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true }) : undefined);

/** Sends bytes in an MLLP frame; the answer is MSA-1. */
function sendRaw(text) {
  const [host, port] = service.mllp.split(":");
  return new Promise((done, fail) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write(`\x0b${text}\x1c\r`));
    let answer = "";
    socket.on("error", fail);
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (!answer.includes("\x1c")) return;
      socket.end();
      done(/\rMSA\|(..)/.exec(answer)?.[1]);
    });
  });
}

test("an engineer signs in, sees what needs doing, reads a message that was not understood, has it taken again, and drops it", async (t) => {
  assert.equal(await sendADT(service, { nhs: nhsNumber(9100), born: "1980-02-13", visit: "OPS1" }), "AA");
  const id = `OPS${Date.now()}`;
  // A trust that no directory knows; and a name that would act if it were markup, or turn the line round.
  const text = `MSH|^~\\&|PAS|ZZ9|UCPALERT|UCPALERT|20261122140200||ADT^A04|${id}|P|2.4\rEVN|A04|20261122140200\rPID|1||${nhsNumber(9101)}^^^NHS^NH||<b>O\u202eps</b>^Ana||19800213|2\rPV1|1|E|AE^^^||||||||||||||||OPS2`;
  assert.equal(await sendRaw(text), "AE");
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  await page.goto(`${service.url}/operations`);
  await page.getByRole("button", { name: "Runs the service and connects hospitals" }).click();
  await page.getByRole("heading", { name: "What needs doing" }).waitFor({ timeout: patience });
  assert.equal(await page.title(), "Operations · Urgent Care Plan alerts");
  assert.equal(await page.getByRole("link", { name: "Nightly proof" }).count(), 1);
  const item = page.locator("[data-item=quarantine]");
  assert.match(await item.innerText(), /^Now\s+\d+ messages? w(as|ere) not understood\s+The patients in them raise no alert/i);

  const message = page.locator("[data-message]", { hasText: "PAS, ZZ9" }).first();
  await message.waitFor({ timeout: patience });
  assert.match(await message.innerText(), /Answered AE: table value not found at segment MSH, field 4[^]*once/);
  await message.getByRole("button", { name: /^Show the message/ }).click();
  const bytes = message.getByRole("region", { name: /^Message / });
  await bytes.waitFor({ timeout: patience });
  const shown = await bytes.innerText();
  assert.ok(shown.includes("<b>O‹U+202E›ps</b>"), shown);
  assert.equal(await bytes.locator("b, script").count(), 0);
  assert.match(await bytes.locator("mark").innerText(), /^MSH\|/);
  await shot(page, "operations-quarantine-1440");
  await sound(page);
  await message.getByRole("button", { name: /^Have it taken again/ }).press("Enter");
  await message.getByText(/^Refused again \(AE\): /).waitFor({ timeout: patience });
  await message.getByRole("button", { name: /^Drop it/ }).click();
  await message.getByRole("button", { name: /^Drop it for ever/ }).click();
  await message.getByText("Dropped.", { exact: true }).waitFor({ timeout: patience });
  await sound(page);
});

test("rates, checks and screens renew by themselves; figures that are old say so", async (t) => {
  const page = await at(t, "demo-operator");
  const feed = page.locator('[data-feed="RQW|PAS"]');
  assert.equal(await sendADT(service, { nhs: nhsNumber(9102), born: "1980-02-13", visit: `OPS${Date.now()}` }), "AA");
  await feed.waitFor({ timeout: patience }); // what was heard is kept every few seconds
  assert.match(await feed.getByRole("img").getAttribute("aria-label"), /^Messages a minute from .* in the last hour: \d+ in all, \d+ in the last full minute, what is usual is not known yet\.$/);
  assert.equal(await feed.getAttribute("data-state"), "learning");
  const department = page.locator("[data-department=RQW-AE]");
  const before = await page.locator("[data-age=fresh]").innerText();
  const board = await at(t, "demo-screen-RQW-AE", "/board/RQW-AE");
  await board.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.equal(await board.getByRole("link", { name: "Operations" }).count(), 0, "a screen is led to where it may not go");
  await department.getByText(/\d screens? connected to this node/).click({ timeout: patience });
  const row = department.locator("tr[data-screen]").last();
  assert.match(await row.innerText(), /screen RQW-AE[^]*up to date/);
  await page.waitForFunction((text) => document.querySelector("[data-age]").textContent !== text, before, { timeout: patience });
  await page.locator("[data-check=database]").getByText("Well").waitFor({ timeout: patience });
  await page.locator("[data-depth=writes]").getByText(/^\d+ now$/).waitFor({ timeout: patience });
  await feed.getByText("Show as a table").click();
  assert.equal(await feed.locator(".ucp-figures tbody tr").count(), 12);
  await sound(page);
  await page.route("**/api/operations/now", (route) => route.abort());
  await page.locator("[data-stale]").waitFor({ timeout: patience });
  assert.match(await page.locator("[data-stale]").innerText(), /^These figures are old: of \d\d:\d\d:\d\d\./);
  await sound(page);
  await page.unroute("**/api/operations/now");
  await page.locator("[data-stale]").waitFor({ state: "detached", timeout: patience });
});

test("a feed is muted with a reason, and the mute ended", async (t) => {
  const page = await at(t, "demo-operator", "/operations", phone);
  assert.equal(await sendADT(service, { nhs: nhsNumber(9103), born: "1980-02-13", visit: `OPS${Date.now()}`, trust: "RWG", location: "AE^MAJORS^4^RWG02" }), "AA");
  const feed = page.locator('[data-feed="RWG|PAS"]');
  await feed.waitFor({ timeout: patience });
  await feed.locator("summary", { hasText: /^Mute/ }).click();
  await feed.getByRole("button", { name: /^Mute/ }).click();
  await feed.getByText("Write why").waitFor();
  await feed.getByRole("textbox", { name: "Why" }).fill("upgrade of the PAS");
  await feed.getByLabel("For how long").selectOption({ label: "4 hours" });
  await feed.getByRole("button", { name: /^Mute/ }).click();
  await feed.getByText(/^Not told of until .*: upgrade of the PAS \(integration engineer\)/).waitFor({ timeout: patience });
  assert.equal(await feed.getAttribute("data-state"), "muted");
  await sound(page);
  await feed.getByRole("button", { name: /^End the mute/ }).click();
  await feed.getByText(/^Not told of until/).waitFor({ state: "detached", timeout: patience });
  await feed.locator("summary", { hasText: /^What is usual in each hour/ }).click();
  await feed.getByRole("region", { name: /^Messages an hour/ }).waitFor({ timeout: patience });
  await sound(page);
});

test("whoever may not see it is told so", async (t) => {
  const page = await at(t, "demo-clinician-RQW");
  await page.getByRole("alert").getByText(/Sign in as an operator/).waitFor({ timeout: patience });
  await sound(page);
});

// A service in order has nothing to tell, so the answers are invented.
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const minutes = Array.from({ length: 60 }, (_, i) => (i > 44 ? 0 : 3 + ((i * 7) % 5)));
const feed = (organisation, name, more = {}) => ({
  feed: `${organisation}|PAS`, organisation, organisation_name: name, application: "PAS", time_zone: "Europe/London", state: "heard", last: ago(9), from: ago(3570),
  words: "last message 9 seconds ago, fewer than one usual in this time; a silence that began now would be told after 4 minutes", minutes: minutes.map((_, i) => 2 + ((i * 5) % 6)),
  bands: [{ from: ago(3570), low: 0.6, usual: 4.4, high: 8.9 }, { from: ago(600), low: 1.2, usual: 5.4, high: 10.4 }],
  parts: [{ feed: `${organisation}|PAS|event=arrivals`, event: "arrivals", state: "heard", words: "last message 40 seconds ago" }], ...more,
});
const screen = (n, more = {}) => ({ account: "board in majors", screen: `majors-${n}`, version: "4f2a19c0d3be", visible: true, since: ago(80_000), receipt: ago(20), behind: 0, ...more });
const canary = (more = {}) => ({ state: "passed", every_seconds: 60, age_seconds: 21, displayed: ago(21), ...more });
const hour = (f) => Array.from({ length: 60 }, (_, i) => f(i));
const invented = () => ({
  time: new Date().toISOString(), version: "1.0",
  checks: [{ name: "database", ok: true, reason: "" }, { name: "journal", ok: true, reason: "" }, { name: "profiles", ok: false, reason: "the new profiles cannot be used; those before go on: watford.yaml: line 4", advisory: true }],
  feeds: [
    feed("RQW", "The Princess Alexandra Hospital NHS Trust", {
      state: "silent", since: ago(900), last: ago(900), minutes, words: "no message since 13:47; about 66 would have come as usual; by chance that would happen less than once in a thousand years",
    }),
    feed("RWG", "West Hertfordshire Teaching Hospitals NHS Trust", { parts: [{ feed: "RWG|PAS|event=departures", event: "departures", state: "silent", words: "no message since 09:10" }] }),
    feed("RWH", "East and North Hertfordshire NHS Trust", { state: "muted", muted_until: ago(-7200), muted_by: "integration engineer", muted_for: "upgrade of the PAS", words: "not told of until 16:00: upgrade of the PAS" }),
  ],
  waiting: { messages: 2, newest: ago(300) },
  departments: [
    { department: "RQW-AE", department_name: "Princess Alexandra A&E", organisation_name: "The Princess Alexandra Hospital NHS Trust", connected: 3, visible: 2, state: "seen", since: ago(80_000), screens: [screen(1), screen(2, { version: "000000000000", behind: 31 }), screen(3, { visible: false, screen: undefined, receipt: undefined })], canary: canary() },
    { department: "RWG-AE", department_name: "Watford A&E", organisation_name: "West Hertfordshire Teaching Hospitals NHS Trust", connected: 1, visible: 0, state: "unseen", since: ago(700), screens: [screen(1, { visible: false })], canary: canary({ state: "alarm", age_seconds: 190, where: "listener hospitals: the listener did not answer", words: "The check does not come through: this screen may miss alerts. Use the phone list." }) },
  ],
  depths: [{ name: "writes", now: 4, minutes: hour((i) => (i * i) % 17) }, { name: "journal", now: 0, minutes: hour((i) => i % 3) }, { name: "screens", now: 31, minutes: hour((i) => Math.max(0, i - 29)) }, { name: "connections", now: 3, minutes: hour(() => 3) }],
  proof: { ended: "2026-11-22T02:00:41Z", differences: 1, mended: true },
});
const quarantined = (id, more = {}) => ({
  id: id.repeat(32), sender: "PAS|RQW", listener: "hospitals", address: "192.0.2.1:4711", first: ago(4000), last: ago(300), times: 3, size: 412, answer: "AE", condition: 101, location: "PV1^1^19",
  reason: "nothing identifies the visit: PV1-19, PV1-50, PID-18 and PID-3 are empty", replays: 0, ...more,
});

for (const [width, options] of [["1440", {}], ["390", phone]])
  for (const theme of ["light", "night"]) {
    test(`everything that can need doing is told in its order, with what to do: ${theme}, ${width} px`, async (t) => {
      const page = await openPage(browser, service.url, { ...options, colorScheme: theme === "night" ? "dark" : "light" });
      t.after(() => page.context().close());
      await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-operator"));
      await page.route("**/api/operations/now", (route) => route.fulfill({ json: invented() }));
      await page.route("**/api/operations/quarantine", (route) => route.fulfill({ json: { messages: [quarantined("ab"), quarantined("cd", { condition: 103, location: "MSH^1^4", reason: "ZZ9 is no organisation or site of the directory", times: 1, replays: 2 })] } }));
      await page.route("**/api/operations/quarantine/*/bytes", (route) => route.fulfill({ body: "MSH|^~\\&|PAS|RQW\rEVN|A04\rPID|1||9990000018^^^NHS^NH\rPV1|1|E|AE", contentType: "application/octet-stream" }));
      await page.goto(`${service.url}/operations`);
      await page.locator("[data-item]").first().waitFor({ timeout: patience });
      const items = await page.locator("[data-item]").evaluateAll((all) => all.map((i) => `${i.querySelector(".nhsuk-tag").textContent} ${i.dataset.item}`));
      assert.deepEqual(items, [
        "Now canary RWG-AE", "Now unseen RWG-AE", "Now feed RQW|PAS", "Now quarantine",
        "Soon check profiles", "Soon slow RQW-AE", "Soon feed RWG|PAS|event=departures", "Soon proof",
      ]);
      const first = await page.locator("[data-item]").first().boundingBox();
      assert.ok(first.y < 700, "what needs doing is not on the first screen");
      await page.locator("[data-message]").first().getByRole("button", { name: /^Show the message/ }).click();
      await page.locator("[data-message] mark", { hasText: "PV1|1|E|AE" }).waitFor({ timeout: patience });
      await page.getByText("3 screens connected to this node").click();
      await page.locator('[data-feed="RQW|PAS"]').getByText("Show as a table").click();
      await sound(page);
      await shot(page, `operations-${theme}-${width}`);
    });
  }
