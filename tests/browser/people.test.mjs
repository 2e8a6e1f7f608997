// People with accounts of their own: from the link of an invitation to the board, and out again; and a screen on a wall.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sound, violationsInBothThemes } from "./axe.mjs";
import { launch, openPage, signedIn } from "./browser.mjs";
import { startDouble } from "./double.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";
import { code } from "./totp.mjs";

let service, browser;
before(async () => ([service, browser] = await Promise.all([theService(), launch()])));
after(async () => {
  await browser?.close();
  await service?.stop();
});

const password = "tram violet bucket nine";
const patience = 60_000; // only a page that never gets there fails

/** A page of somebody else's browser. */
async function visitor(t, options) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  return page;
}

/** The administrator invites somebody, and is shown the link. */
async function invite(t, name, role) {
  const boss = await signedIn(t, browser, service.url, "demo-administrator", "/people");
  await boss.getByLabel("Name to sign in with").fill(name);
  await boss.getByLabel("Full name").fill("Ann Other");
  await boss.locator("#new-role").selectOption(role);
  await boss.locator("#new-organisation").fill("rqw");
  await boss.getByRole("button", { name: "Make the link" }).click();
  await boss.getByRole("heading", { name: `The link for ${name}` }).waitFor({ timeout: patience });
  await boss.locator(`[data-person="${name}"]`, { hasText: "Invited" }).waitFor();
  return { boss, link: await boss.locator("#link").innerText() };
}

/** Sets the account up and returns the secret of the second factor. */
async function join(page, link) {
  await page.goto(link);
  const secret = await page.locator("#secret").innerText({ timeout: patience });
  await page.getByLabel("Choose a password").fill(password);
  await page.getByLabel("Code that the app shows now").fill(code(secret));
  await page.getByRole("button", { name: "Finish and sign in" }).click();
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor({ timeout: patience });
  return secret;
}

test("from an invitation by a password and a second factor to the board; signing out everywhere closes the board in another browser", async (t) => {
  const { boss, link } = await invite(t, "ann.other", "clinician");
  assert.match(link, /\/join#[\w-]{43}$/, "the secret stands where no browser sends it");
  await sound(boss);
  assert.deepEqual(await violationsInBothThemes(boss), []);
  const page = await visitor(t);
  await page.goto(link);
  await page.getByRole("img", { name: /QR code/ }).waitFor({ timeout: patience });
  await sound(page);
  assert.deepEqual(await violationsInBothThemes(page), []);
  await page.getByLabel("Choose a password").fill("password1234");
  await page.getByLabel("Code that the app shows now").fill(code(await page.locator("#secret").innerText()));
  await page.getByRole("button", { name: "Finish and sign in" }).click();
  await page.getByText("one of the first that are tried").waitFor({ timeout: patience });
  const secret = await join(page, link);
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).hash, "/", "the link is out of the address");
  const [cookie] = (await page.context().cookies()).filter((c) => c.name.startsWith("ucpalert"));
  assert.deepEqual({ httpOnly: cookie.httpOnly, sameSite: cookie.sameSite }, { httpOnly: true, sameSite: "Strict" });
  assert.equal(await page.evaluate(() => document.cookie + JSON.stringify({ ...sessionStorage, ...localStorage })).then((held) => held.includes(cookie.value)), false, "a script can read the session");

  const nhs = nhsNumber(52_000);
  await publishPlan(service, { id: "people-1", nhs, born: "1980-02-13", headline: "Hydrocortisone at once" });
  assert.equal(await sendADT(service, { nhs, born: "1980-02-13", visit: "people-1" }), "AA");
  await page.goto(`${service.url}/board/RQW-AE`);
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  const card = page.locator("article", { hasText: "Hydrocortisone at once" });
  await card.waitFor({ timeout: patience });
  await page.getByText("Signed in: ann.other").waitFor();
  assert.equal(await page.getByText("You came in with an access token").count(), 0);

  const other = await visitor(t, { viewport: { width: 390, height: 844 } });
  await other.goto(`${service.url}/sign-in`);
  await other.getByLabel("Name", { exact: true }).fill("ann.other");
  await other.getByLabel("Password", { exact: true }).fill(password);
  await other.locator("#code").fill("000000");
  await other.locator("#own-account").getByRole("button", { name: "Sign in" }).click();
  await other.getByText("is not right").waitFor({ timeout: patience });
  await sound(other);
  await other.locator("#code").fill(code(secret, Date.now() + 30_000)); // the next: the present one was used
  await other.locator("#own-account").getByRole("button", { name: "Sign in" }).click();
  await other.getByRole("heading", { name: "Choose your A&E" }).waitFor({ timeout: patience });
  await other.getByRole("button", { name: "Menu" }).click(); // where the header is narrow
  await other.getByRole("link", { name: "My sessions" }).click();
  await other.locator("[data-session=other]").waitFor({ timeout: patience });
  assert.equal(await other.locator("[data-session]").count(), 2);
  await sound(other);
  const before = Date.now();
  await other.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("Your sign-in is no longer valid").waitFor({ timeout: patience });
  t.diagnostic(`the board of the other browser closed after ${Date.now() - before} ms`);
  await page.reload();
  await page.locator("#own-account").waitFor({ timeout: patience });
  assert.equal(await card.count(), 0);
  assert.deepEqual(page.faults, []);
});

test("a screen shows a code, a nurse in charge lets it in, it shows its wall, and is turned away", async (t) => {
  const nhs = nhsNumber(53_000);
  await publishPlan(service, { id: "people-2", nhs, born: "1981-02-13", family: "Wallmarker", given: "Zoe", headline: "Secret of the plan" });
  assert.equal(await sendADT(service, { nhs, born: "1981-02-13", family: "Wallmarker", given: "Zoe", visit: "people-2" }), "AA");
  const wall = await visitor(t);
  const heard = [];
  wall.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => heard.push(String(payload))));
  await wall.goto(`${service.url}/screen`);
  const shown = (await wall.locator(".ucp-code").innerText({ timeout: patience })).replace(/\s/g, "");
  assert.match(shown, /^[A-Z0-9]{8}$/);
  await sound(wall);
  const lead = await signedIn(t, browser, service.url, "demo-lead-RQW", "/people", { viewport: { width: 390, height: 844 } });
  await lead.getByLabel("Code that the screen shows").fill(shown.toLowerCase());
  await lead.locator("#screen-department").selectOption("RQW-AE");
  await lead.getByLabel("Where it hangs").fill("above the desk");
  await lead.getByRole("button", { name: "Let it in" }).click();
  await lead.getByText("The screen shows its wall now.").waitFor({ timeout: patience });
  await sound(lead);
  await wall.locator(".ucp-wall[data-health=live]").waitFor({ timeout: patience });
  await wall.locator(".ucp-wall__who", { hasText: "Z. W." }).waitFor({ timeout: patience });
  assert.ok(heard.length > 0);
  assert.doesNotMatch(heard.join("\n"), /Wallmarker|Zoe|Secret of the plan|1981-02-13/);
  await wall.goto(`${service.url}/board/RQW-AE`);
  await wall.locator("article").first().waitFor({ timeout: patience });
  assert.doesNotMatch(await wall.locator("main").innerText(), /Wallmarker|Secret of the plan/, "no address shows it more");
  await wall.goto(`${service.url}/board/RQW-AE/wall`);
  await wall.locator(".ucp-wall[data-health=live]").waitFor({ timeout: patience });
  await lead.getByRole("button", { name: "Turn away: above the desk" }).click();
  await lead.getByRole("dialog", { name: "Turn away the screen above the desk?" }).getByRole("button", { name: "Turn away" }).click();
  await lead.getByText("It goes dark").waitFor({ timeout: patience });
  await wall.getByText("Your sign-in is no longer valid").waitFor({ timeout: patience });
});

test("what ends somebody's sessions is asked first: a no changes nothing, a yes disables the account, and the keyboard comes back to where it was", async (t) => {
  const { boss } = await invite(t, "bea.other", "clinician");
  const row = boss.locator('[data-person="bea.other"]');
  const disable = row.getByRole("button", { name: "Disable: bea.other" });
  await disable.click();
  const asked = boss.getByRole("dialog", { name: "Disable bea.other?" });
  await asked.getByText("every session ends", { exact: false }).waitFor({ timeout: patience });
  assert.equal(await asked.getByRole("button", { name: "Cancel" }).evaluate((b) => b === document.activeElement), true, "a key pressed in haste takes nothing away");
  await sound(boss);
  assert.deepEqual(await violationsInBothThemes(boss), []);
  await boss.keyboard.press("Escape");
  await asked.waitFor({ state: "detached", timeout: patience });
  await row.getByText("Invited").waitFor();
  assert.equal(await disable.evaluate((b) => b === document.activeElement), true);
  await boss.keyboard.press("Enter");
  await asked.getByRole("button", { name: "Disable" }).click();
  await row.getByText("Disabled").waitFor({ timeout: patience });
  await row.getByRole("button", { name: "New link: bea.other" }).click();
  await boss.getByRole("dialog", { name: "A new link for bea.other?" }).getByRole("button", { name: "New link" }).click();
  await boss.getByRole("heading", { name: "The link for bea.other" }).waitFor({ timeout: patience });
  assert.deepEqual(boss.faults, []);
});

test("whoever came in with an access token reads on every page that people use accounts; on a demonstration that is said instead", async (t) => {
  for (const demo of [false, true]) {
    const double = await startDouble({ demo });
    t.after(() => double.close());
    const page = await signedIn(t, browser, double.url, "demo-screen-RQW-AE", "/board/RQW-AE", { viewport: { width: 390, height: 844 } });
    await page.locator("main[data-health=live]").waitFor({ timeout: patience });
    const strip = page.getByRole("complementary", { name: demo ? "Demonstration" : "Access token" });
    await strip.waitFor({ timeout: patience });
    assert.match(await strip.innerText(), demo ? /invented/i : /people sign in with their own account/);
    assert.equal(await page.getByRole("complementary", { name: demo ? "Access token" : "Demonstration" }).count(), 0);
    await sound(page);
    if (!demo) assert.deepEqual(await violationsInBothThemes(page), []);
  }
});
