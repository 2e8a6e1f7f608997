// The board in the hands of a nurse in charge: order, filters and sounds, against the double.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

/** A browser that lets sound through at once and writes down each note: its pitch, and when it was asked for. */
function instrument() {
  globalThis.notes = [];
  globalThis.AudioContext = class extends EventTarget {
    state = "running";
    currentTime = 0;
    destination = {};
    resume() {}
    close() {}
    createOscillator() {
      const frequency = { value: 0 };
      return { frequency, connect: (to) => to, start: () => globalThis.notes.push(frequency.value), stop() {} };
    }
    createGain() {
      return { gain: { setValueAtTime() {}, linearRampToValueAtTime: (volume) => (globalThis.loudest = volume), exponentialRampToValueAtTime() {} }, connect: (to) => to };
    }
  };
}

async function board(t, alerts, { clock = false, sound = false, ...options } = {}) {
  const double = await startDouble({ alerts });
  t.after(() => double.close());
  const page = await openPage(browser, double.url, options);
  t.after(() => page.context().close());
  if (clock) await page.clock.install();
  if (sound) await page.addInitScript(instrument);
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
  await page.goto(`${double.url}/board/RQW-AE`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return { double, page };
}

const shown = (page) => page.locator("article[data-alert]").evaluateAll((cards) => cards.map((card) => card.dataset.alert));
const notes = (page) => page.evaluate(() => globalThis.notes.splice(0));
const seconds = async (page, n) => {
  for (let i = 0; i < n; i++) await page.clock.runFor(1_000);
};
const acknowledged = (a) => ({ ...a, state: "acknowledged", acknowledged: { by: "Nurse in charge", role: "clinician", at: new Date().toISOString(), version: a.version } });
const six = [
  alert(2, { id: "routine", urgency: "routine" }), alert(3, { id: "new-critical" }), alert(50, { id: "old-critical" }), alert(20, { id: "urgent", urgency: "urgent" }),
  acknowledged(alert(60, { id: "done-routine", urgency: "routine" })), acknowledged(alert(30, { id: "done-critical" })),
];

test("the board stands in order of what needs doing", async (t) => {
  const { double, page } = await board(t, six);
  assert.deepEqual(await shown(page), ["old-critical", "new-critical", "urgent", "routine", "done-critical", "done-routine"]);
  double.change("acknowledged", acknowledged(six[2]));
  await page.locator("[data-alert=old-critical][data-state=acknowledged]").waitFor();
  assert.deepEqual(await shown(page), ["new-critical", "urgent", "routine", "old-critical", "done-critical", "done-routine"]);
});

test("names and places without a space to break at do not widen the board of a phone", async (t) => {
  const endless = "averyveryverylongaccountname.with.dots@emergency-department.example.nhs.uk";
  const patient = { family: "Wolfeschlegelsteinhausenbergerdorff".repeat(2), given: "Bartholomew", nhs_number: "9990000026", birth_date: "1957-11-02", age: 69, sex: "male" };
  const done = acknowledged(alert(9, { id: "done", patient, location: endless, centre_name: endless }));
  done.acknowledged = { ...done.acknowledged, by: endless, holder: endless, handed_by: endless, handed_at: done.acknowledged.at };
  const { page } = await board(t, [alert(5, { id: "waits", patient, location: endless, headline: endless, reason: endless, warnings: [endless] }), done], { viewport: { width: 390, height: 844 } });
  await page.locator("[data-alert=done]").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
});

test("no filter hides an unacknowledged critical alert; what is hidden is counted, and comes back at one click", async (t) => {
  const { double, page } = await board(t, six);
  await page.getByRole("radio", { name: /^Acknowledged/ }).check();
  for (const urgency of [/^Critical/, /^Urgent/, /^Routine/]) await page.getByRole("checkbox", { name: urgency }).uncheck();
  assert.deepEqual(await shown(page), ["old-critical", "new-critical"]);
  await page.getByText("Hidden by these filters: 2 to acknowledge, 2 other.").waitFor();
  assert.deepEqual(await violations(page), []);
  double.change("raised", alert(0, { id: "comes", location: "Resus, bay 1" }));
  await page.locator("[data-alert=comes]").waitFor();
  double.change("raised", alert(0, { id: "hidden", urgency: "urgent" }));
  await page.getByText("Hidden by these filters: 3 to acknowledge, 2 other.").waitFor();
  assert.match(await page.title(), /^\(6\)/, "the title counts what is hidden too");
  double.change("acknowledged", acknowledged(six[1]));
  await page.locator("[data-alert=new-critical]").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Show all" }).click();
  assert.equal((await shown(page)).length, 8);
  assert.equal(await page.locator("[data-hidden]").count(), 0);
});

test("a filter can be worked by keyboard alone, and does not outlive the page", async (t) => {
  const { page } = await board(t, six);
  await page.getByRole("radio", { name: /^All/ }).focus();
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await shown(page), ["old-critical", "new-critical", "urgent", "routine"]);
  await page.reload();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.equal((await shown(page)).length, 6);
});

test("an alert sounds when it comes, and again until it is acknowledged, by its urgency", async (t) => {
  const { double, page } = await board(t, [], { clock: true, sound: true });
  const [critical, urgent] = [alert(0, { id: "c" }), alert(0, { id: "u", urgency: "urgent" })];
  double.change("raised", critical);
  await page.locator("[data-alert=c]").waitFor();
  assert.deepEqual(await notes(page), [880, 1109, 880, 1109]);
  await seconds(page, 12);
  assert.deepEqual(await notes(page), []);
  await seconds(page, 6);
  assert.deepEqual(await notes(page), [880, 1109, 880, 1109], "again after 15 seconds");
  double.change("raised", urgent);
  await page.locator("[data-alert=u]").waitFor();
  assert.deepEqual(await notes(page), [660, 880]);
  double.change("acknowledged", acknowledged(critical));
  await page.locator("[data-alert=c][data-state=acknowledged]").waitFor();
  await seconds(page, 33);
  assert.deepEqual(await notes(page), [660, 880], "the critical one is silent, the urgent one sounds after 30 seconds");
  double.change("acknowledged", acknowledged(urgent));
  await page.locator("[data-alert=u][data-state=acknowledged]").waitFor();
  await seconds(page, 60);
  assert.deepEqual(await notes(page), []);
});

test("each urgency has the sound that was chosen, tried by a button, kept in this browser", async (t) => {
  const { double, page } = await board(t, [], { sound: true });
  await page.getByRole("button", { name: "Choose sounds" }).click();
  const dialog = page.getByRole("dialog", { name: "Sounds on this screen" });
  await dialog.locator("#tone-critical").selectOption("low");
  await dialog.locator("#every-critical").selectOption("10");
  await dialog.getByRole("slider", { name: "Volume" }).fill("20");
  await dialog.getByRole("button", { name: "Play Critical" }).click();
  assert.deepEqual(await notes(page), [330, 330]);
  assert.equal(await page.evaluate(() => globalThis.loudest), 0.1);
  for (const select of ["#tone-critical", "#every-critical"]) assert.ok(!/never|none|silent|off/i.test(await dialog.locator(select).innerText()), "no alert can be made silent here");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.id), "choose-sounds");
  await page.reload();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  double.change("raised", alert(0, { id: "c" }));
  await page.locator("[data-alert=c]").waitFor();
  assert.deepEqual(await notes(page), [330, 330]);
});

test("a screen that is not live sounds until somebody says that they know, and is quiet once it is live", async (t) => {
  const { double, page } = await board(t, [], { clock: true, sound: true });
  double.silence();
  await seconds(page, 36); // the page's clock goes on by itself, too: a slow machine adds seconds
  assert.deepEqual(await notes(page), []);
  for (let i = 0; i < 20 && (await page.locator("main[data-health=lost]").count()) === 0; i++) await seconds(page, 1);
  await page.locator("main[data-health=lost]").waitFor({ timeout: patience });
  assert.equal((await notes(page)).length, 4);
  await seconds(page, 31);
  assert.equal((await notes(page)).length, 4, "again after 30 seconds");
  await page.getByRole("button", { name: "We know: stop this sound" }).click();
  await seconds(page, 65);
  assert.deepEqual(await notes(page), []);
});
