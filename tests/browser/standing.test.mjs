// What a board depends on stands on the board: in a few words for those who look, in all of them for those who ask.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

const now = () => new Date().toISOString();
const well = () => ({
  feed: { state: "heard", last: now() }, canary: { state: "passed", last: now() }, screens: { connected: 2, visible: 2 },
  plans: [{ centre: "RP4", centre_name: "Great Ormond Street Hospital", last: now(), state: "heard" }, { centre: "RAL", centre_name: "Royal Free Hospital", state: "heard" }],
});

async function board(t, { canary, path = "", clock = false, ...options } = {}) {
  const double = await startDouble({ alerts: [alert(5)], canary });
  t.after(() => double.close());
  const page = await openPage(browser, double.url, options);
  t.after(() => page.context().close());
  if (clock) await page.clock.install();
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
  await page.goto(`${double.url}/board/RQW-AE${path}`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return { double, page };
}

const part = (page, key) => page.locator(`[data-part=${key}]`);
const seconds = async (page, n) => {
  for (let i = 0; i < n; i++) await page.clock.runFor(1_000);
};
async function until(what, holds) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) if (await holds()) return;
  assert.fail(`did not happen: ${what}`);
}

for (const [width, height] of [[1440, 900], [390, 844]])
  test(`the strip says how the hospital, the centres and the screens stand, one line of it, and all when asked (${width} px)`, async (t) => {
    const { double, page } = await board(t, { canary: 60, viewport: { width, height } });
    const shows = (key) => (width > 960 ? part(page, key).waitFor() : part(page, key).waitFor({ state: "hidden" }));
    const fits = async () => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    if (width > 960) assert.match(await part(page, "feed").innerText(), /not known/, "what nobody told is not known");
    double.stand(well());
    double.check();
    await page.locator("[data-check=passed]").waitFor();
    await page.waitForFunction(() => document.querySelector("[data-part=feed]")?.textContent.includes("Hospital heard"));
    await shows("feed");
    await shows("plans");
    await page.keyboard.press("Shift"); // lets sound through: that it is blocked is said at length
    await page.getByRole("button", { name: "Sound is on" }).waitFor();
    assert.ok((await page.locator(".ucp-strip").boundingBox()).height < (width > 960 ? 64 : 150), "what is well takes no room");
    const details = page.getByRole("button", { name: "Details" });
    assert.equal(await details.getAttribute("aria-expanded"), "false");
    await details.click();
    const all = page.getByRole("region", { name: "What this board depends on" });
    const text = await all.innerText();
    for (const wanted of ["The last message came", "Great Ormond Street Hospital last heard", "Royal Free Hospital no plan from it yet", "A screen of this department last showed it", "2 screens are connected; somebody can see all of them", "Version of this page: "])
      assert.ok(text.includes(wanted), `${wanted} is not in:\n${text}`);
    assert.deepEqual(await violations(page), []);
    await fits();
    double.stand({ ...well(), plans: [{ centre: "RP4", centre_name: "Great Ormond Street Hospital", last: now(), state: "failing" }], screens: { connected: 2, visible: 1, unwatched: ["RQW-UTC"] } });
    await page.locator("[data-part=plans][data-tone=warn]").waitFor({ state: "attached" });
    if (width > 960) {
      assert.match(await part(page, "plans").innerText(), /!\s*1 of 1 centre not reached/);
      assert.match(await part(page, "screens").innerText(), /Board unseen: RQW-UTC/);
    }
    assert.match(await all.innerText(), /Great Ormond Street Hospital cannot be reached since/);
    await page.getByRole("button", { name: "2 problems: details" }).click();
    await all.waitFor({ state: "detached" });
    assert.deepEqual(await violations(page), []);
    await fits();
    assert.deepEqual(page.faults, []);
  });

test("a screen that is not live believes nothing that it was told before", async (t) => {
  const { double, page } = await board(t, { clock: true });
  double.stand(well());
  await page.getByText("Hospital heard").waitFor();
  await page.locator("#system").press("Enter"); // a click would miss it if the strip grew at that moment
  await page.locator("#system-details").waitFor();
  double.silence();
  await seconds(page, 48);
  await page.locator("main[data-health=lost]").waitFor({ timeout: patience });
  assert.equal(await page.locator("[data-part]").count(), 0);
  const text = await page.locator("#system-details").innerText();
  assert.match(text, /NOT LIVE/);
  assert.doesNotMatch(text, /Well|last heard \d|The last message/);
});

test("this screen is given a name that stands with its receipts, and says its version", async (t) => {
  const { double, page } = await board(t);
  const hello = () => double.received.filter((m) => m.type === "hello").at(-1);
  assert.match(hello().screen, /^[0-9a-f-]{36}$/);
  assert.equal(hello().version, await page.locator("meta[name=ucp-build]").getAttribute("content"));
  await page.getByRole("button", { name: "Details" }).click();
  const name = page.getByLabel("Name of this screen");
  await name.fill("Majors 1");
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByText("Use letters, digits and . _ + - only").waitFor();
  assert.deepEqual(await violations(page), []);
  await name.fill("majors-1");
  await name.press("Enter");
  await page.getByText("This screen is called majors-1 now.").waitFor();
  await until("the service is told", () => hello().screen === "majors-1");
  await page.reload();
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  assert.equal(hello().screen, "majors-1");
});

for (const [what, path] of [["board", ""], ["wall", "/wall"]])
  test(`the ${what} paints each check, says so, and is red when two did not come`, async (t) => {
    const { double, page } = await board(t, { canary: 60, path, clock: true, viewport: { width: 1920, height: 1080 } });
    const receipts = () => double.received.filter((m) => m.type === "canary_displayed").map((m) => m.position);
    assert.equal(double.received[0].canary, true);
    assert.equal(double.received[0].visible, true, "it says whether somebody can see it");
    double.check(1);
    await page.getByText(/Checked \d\d:\d\d:\d\d/).waitFor();
    for (let i = 0; i < 20 && receipts().length === 0; i++) await page.clock.runFor(100); // two frames
    assert.deepEqual(receipts(), ["e1/1001"]);
    const comes = async (state, most) => {
      for (let i = 0; i < most && (await page.locator(`[data-check=${state}]`).count()) === 0; i++) {
        double.beat();
        await page.clock.runFor(1_000);
      }
      await page.locator(`[data-check=${state}]`).waitFor();
    };
    await comes("missed", 90);
    assert.match(await page.locator("[data-check=missed]").innerText(), /A check is missing · last \d\d:\d\d:\d\d/);
    await comes("alarm", 90);
    const band = page.locator("[data-check=alarm]");
    await band.waitFor();
    assert.match(await band.innerText(), /has not come through since \d\d:\d\d:\d\d: this screen may miss alerts\. Use the phone list/);
    await page.getByText("01632 960111").waitFor();
    const colour = await band.evaluate((e) => getComputedStyle(e).backgroundColor);
    assert.equal(colour, "rgb(181, 29, 18)");
    assert.equal(await page.locator("main").getAttribute("data-health"), "live", "the connection stands; the way of an arrival does not");
    assert.deepEqual(await violations(page), []);
    double.check(2);
    await page.locator("[data-check=passed]").waitFor();
    assert.equal(await band.count(), 0);
    assert.deepEqual(page.faults, []);
  });

test("a page that nobody sees paints no check, and says nothing of it", async (t) => {
  const { double, page } = await board(t, { canary: 60 });
  await page.evaluate(() => Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true }));
  double.check(1);
  await page.getByText(/Checked \d\d:\d\d:\d\d/).waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
  assert.equal(double.received.filter((m) => m.type === "canary_displayed").length, 0);
});

test("a wall says that the hospital is silent", async (t) => {
  const { double, page } = await board(t, { path: "/wall", viewport: { width: 1920, height: 1080 } });
  double.stand({ feed: { state: "silent", since: "2026-11-22T14:02:00Z", usual: 6.2 } });
  await page.getByText("No messages from the hospital's system since 14:02").waitFor();
  assert.deepEqual(await violations(page), []);
});

test("the board has a link to its wall", async (t) => {
  const { page } = await board(t);
  await page.getByRole("link", { name: "Show on a wall" }).click();
  await page.locator("ucp-wall main[data-health=live]").waitFor({ timeout: patience });
});
