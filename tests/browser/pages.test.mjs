// The pages against the double: what happens when the service falls silent, skips, refuses or hangs up, and what the page says back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

/** A signed-in board, and the double behind it. */
async function board(t, alerts, { clock = false, ...options } = {}) {
  const double = await startDouble({ alerts });
  t.after(() => double.close());
  const page = await openPage(browser, double.url, options);
  t.after(() => page.context().close());
  if (clock) await page.clock.install();
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
  await page.goto(`${double.url}/board/RQW-AE`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  return { double, page };
}

const card = (page, id) => page.locator(`article[data-alert=${id}]`);
const health = (page, wanted) => page.locator(`main[data-health=${wanted}]`).waitFor({ timeout: patience });
const stripText = (page) => page.locator(".ucp-strip__text").innerText();
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

async function until(what, holds) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 50))) if (await holds()) return;
  assert.fail(`did not happen: ${what}`);
}

test("a silent service: amber while it may only be slow, then a red band that says since when and what to do", async (t) => {
  const { double, page } = await board(t, [alert(5)], { clock: true });
  double.silence();
  for (let i = 0; i < 25; i++) await page.clock.runFor(1000);
  await health(page, "waiting");
  for (let i = 0; i < 25; i++) await page.clock.runFor(1000);
  await health(page, "lost");
  assert.match(await stripText(page), /^NOT LIVE since \d\d:\d\d:\d\d\. Use the phone list$/);
  assert.match(await page.title(), /^NOT LIVE · \(1\) RQW-AE/);
  assert.equal(await page.locator("[data-live=assertive] p", { hasText: "NOT LIVE" }).count(), 1);
  const band = await page.locator(".ucp-strip").boundingBox();
  assert.equal(band.width, 1440);
  assert.equal(await page.locator(".ucp-strip").getByRole("link", { name: "01632 960111" }).getAttribute("href"), "tel:01632960111", "the phone list needs nothing that is gone");
  assert.equal(await card(page, "a5").count(), 1, "the alerts stay");
  assert.deepEqual(await violations(page), []);
});

test("a page that was hidden is not green until the next frame", async (t) => {
  const { page } = await board(t, []);
  const seen = await page.evaluate(async () => {
    const main = document.querySelector("main");
    document.dispatchEvent(new Event("visibilitychange"));
    await document.querySelector("ucp-board").updateComplete;
    return main.dataset.health;
  });
  assert.equal(seen, "waiting");
  await health(page, "live");
});

test("a frozen page that thaws comes back on a new connection before it is green", async (t) => {
  const { double, page } = await board(t, []);
  const hellos = () => double.received.filter((m) => m.type === "hello").length;
  assert.equal(hellos(), 1);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await until("a new connection", () => hellos() === 2);
  assert.ok(double.received.filter((m) => m.type === "hello")[1].after, "it resumes");
  await health(page, "live");
});

test("a skipped frame is noticed, said, and made good by the whole list", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  double.skip();
  double.change("raised", alert(1));
  await page.getByText("the whole list was loaded again").waitFor({ timeout: patience });
  await card(page, "a1").waitFor();
  assert.equal(double.received.filter((m) => m.type === "hello").at(-1).after, undefined);
  assert.equal(await page.locator("article.ucp-card").count(), 2);
});

test("an alert is reported as displayed once it is painted, once for each version; as seen when a person touches it", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  const of = (type) => double.received.filter((m) => m.type === type).map((m) => m.alert);
  await until("displayed", () => of("displayed").includes("a5"));
  assert.deepEqual(of("seen"), []);
  double.change("updated", alert(5, { version: 2 }));
  await until("displayed again", () => of("displayed").length === 2);
  await page.locator("main").press("Tab");
  await card(page, "a5").getByRole("button", { name: /^Open plan/ }).focus();
  await until("seen", () => of("seen").includes("a5"));
  assert.deepEqual(of("displayed"), ["a5", "a5"]);
  assert.deepEqual(of("seen"), ["a5"]);
});

test("an alert further down than the window reaches is not displayed until somebody scrolls", async (t) => {
  const { double, page } = await board(t, Array.from({ length: 12 }, (_, i) => alert(i + 1)));
  const displayed = () => new Set(double.received.filter((m) => m.type === "displayed").map((m) => m.alert));
  await until("the first is displayed", () => displayed().has("a12"));
  assert.ok(!displayed().has("a1"));
  await card(page, "a1").scrollIntoViewIfNeeded();
  await until("the last is displayed", () => displayed().has("a1"));
});

test("an alert that comes while a plan is open is said in the plan, and is displayed only when the plan is closed", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  await card(page, "a5").getByRole("button", { name: /^Open plan/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Do not wait for results").waitFor();
  double.change("raised", alert(1, { patient: { family: "Meanwhile", given: "Ida" } }));
  await dialog.getByText(/New critical alert.*MEANWHILE/).waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
  const displayed = () => double.received.some((m) => m.type === "displayed" && m.alert === "a1");
  assert.ok(!displayed());
  await page.keyboard.press("Escape");
  await until("displayed", displayed);
});

test("refusing to acknowledge is said on the card, with the reason", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  double.refuse("the account may not acknowledge here");
  await card(page, "a5").getByRole("button", { name: /^Acknowledge/ }).click();
  await card(page, "a5").getByText("Not acknowledged: the account may not acknowledge here").waitFor();
  double.refuse(undefined);
  await card(page, "a5").getByRole("button", { name: /^Acknowledge/ }).click();
  await page.locator("article[data-alert=a5][data-state=acknowledged]").waitFor();
});

test("acknowledging by keyboard puts the focus where it means something", async (t) => {
  const { page } = await board(t, [alert(5), alert(6)]);
  await card(page, "a5").getByRole("button", { name: /^Acknowledge/ }).press("Enter");
  await page.locator("article[data-alert=a5][data-state=acknowledged]").waitFor();
  await until("focus on the heading", async () => (await focused(page)) === "To acknowledge");
});

test("everything is reached and worked by keyboard: skip link, sound, plan, close, dismiss", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /Skip to/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "maincontent");
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /^Show on a wall/);
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /^Recent arrivals/);
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press("Tab");
    assert.match(await page.evaluate(() => document.activeElement?.name), i === 0 ? /^state$/ : /^urgency$/);
  }
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /^Open plan/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Do not wait for results").waitFor();
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.querySelector("dialog").contains(document.activeElement)), "the focus stays in the plan");
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.waitForFunction(() => location.pathname === "/board/RQW-AE"); // going back may end later than the plan is closed
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
  assert.match(await focused(page), /^Open plan/);
  double.change("withdrawn", { id: "a5", department: "RQW-AE", state: "withdrawn", state_reason: "moved" });
  await card(page, "a5").getByRole("button", { name: /^Dismiss/ }).press("Enter");
  await card(page, "a5").waitFor({ state: "detached" });
});

test("a withdrawn alert is struck through with its reason for a minute", async (t) => {
  const { double, page } = await board(t, [alert(5)], { clock: true });
  double.change("withdrawn", { id: "a5", department: "RQW-AE", state: "withdrawn", state_reason: "the patient has moved to another department" });
  await card(page, "a5").getByText("the patient has moved to another department").waitFor();
  assert.match(await page.title(), /^RQW-AE/);
  await page.clock.runFor(55_000);
  assert.equal(await card(page, "a5").count(), 1);
  await page.clock.runFor(7_000);
  await card(page, "a5").waitFor({ state: "detached" });
});

test("text from outside is text, in every field", async (t) => {
  const bad = [`<img src=x onerror="window.hacked=1">`, `"><script>window.hacked=1</script>`, "${window.hacked=1}", "javascript:window.hacked=1", "\u202Eesrever\u2066", "a\u0000b\r\n<b>"];
  const alerts = bad.map((text, i) =>
    alert(i + 1, {
      patient: { family: text, given: text, nhs_number: text, birth_date: text, sex: text }, reason: text, centre_name: text, headline: text, location: text,
      warnings: [text], match: i % 2 ? "possible" : "confirmed", acknowledged: { by: text, role: text, at: text }, state: i > 3 ? "acknowledged" : "raised",
    }),
  );
  const { double, page } = await board(t, alerts);
  assert.equal(await page.locator("article.ucp-card").count(), bad.length);
  await card(page, "a1").getByRole("button", { name: /^Open plan/ }).click();
  await page.getByRole("dialog").getByText("Do not wait for results").waitFor();
  await page.keyboard.press("Escape");
  double.change("withdrawn", { id: "a1", department: "RQW-AE", state: "withdrawn", state_reason: bad[0] });
  await card(page, "a1").getByText(bad[0]).first().waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator("main img, main script, main b").count(), 0);
  assert.deepEqual(page.faults, []);
});

test("a token that is no longer known leads back to signing in, and says so", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  double.hangUp(4401);
  await page.getByText("Your sign-in is no longer valid").waitFor({ timeout: patience });
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(await violations(page), []);
});

test("an account of another department is told that it may not see this board", async (t) => {
  const { double, page } = await board(t, []);
  double.hangUp(4403);
  await page.getByText("This account may not see the board of this department").waitFor({ timeout: patience });
});

test("signing out forgets the token and closes the stream", async (t) => {
  const { double, page } = await board(t, [alert(5)]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await until("the socket is closed", () => double.listeners === 0);
});

test("outside a demonstration there is no banner, no account to click, and a wrong token is refused in words", async (t) => {
  const double = await startDouble({ demo: false });
  t.after(() => double.close());
  const page = await openPage(browser, double.url);
  t.after(() => page.context().close());
  await page.goto(`${double.url}/board/RQW-AE`);
  await page.getByText("Use an access token instead").click();
  await page.locator("#token").fill("wrong");
  assert.equal(await page.locator(".ucp-demo, .ucp-demo-accounts").count(), 0);
  await page.getByRole("button", { name: "Sign in with the token" }).click();
  await page.getByText("This access token was not accepted").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "token");
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })), "{}{}", "nothing of it is kept");
});

test("sound that the browser blocks is said to be blocked, and one touch lets it through", async (t) => {
  const { page } = await board(t, []);
  const chip = page.getByRole("button", { name: "Sound is blocked: click to enable" });
  await chip.waitFor();
  await chip.click();
  await page.getByRole("button", { name: "Sound is on" }).waitFor();
  await page.getByRole("button", { name: "Sound is on" }).click();
  await page.getByRole("button", { name: "Sound is off" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sound is off" }).waitFor({ timeout: patience });
});

test("at 390 px, and at 200 % on a small laptop, nothing is cut off sideways", async (t) => {
  for (const viewport of [{ width: 390, height: 844 }, { width: 683, height: 384 }, { width: 320, height: 640 }]) {
    const { page } = await board(t, [alert(5), alert(6, { match: "possible", reason: "the date of birth differs" }), alert(7, { patient: { family: "Averyveryverylongfamilynamewithoutanyspace", given: "Bartholomew" } })], { viewport });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${viewport.width} px`);
    await page.waitForFunction(() => document.getAnimations().length === 0);
    assert.deepEqual(await violations(page), [], `${viewport.width} px`);
    await card(page, "a5").getByRole("button", { name: /^Open plan/ }).click();
    await page.getByRole("dialog").getByText("Do not wait for results").waitFor();
    assert.deepEqual(await violations(page), [], `plan at ${viewport.width} px`);
    await page.context().close();
  }
});
