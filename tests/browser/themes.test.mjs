// Every page in light and at night: nothing that somebody could not read, and a choice that is kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

let browser;
const patience = 60_000; // only a page that never gets there fails
before(async () => (browser = await launch()));
after(() => browser?.close());

const done = { state: "acknowledged", acknowledged: { by: "Nurse in charge", role: "clinician", at: new Date().toISOString(), version: 1 } };
const alerts = [
  alert(3, { review: "overdue", review_due: "2026-10-01", unanswered: 1, answered_new: 1, disputed: 1, conflicts: [{ about: "cpr", sides: [{ plan: "p3" }, { plan: "p4" }] }] }),
  alert(4, { attendance: "t3", urgency: "urgent", review: "due" }), alert(5, { urgency: "routine", warnings: ["The message named a place that is not known here"] }),
  alert(6, { match: "possible", reason: "the date of birth differs", headline: undefined }), alert(7, { ...done, version: 2 }), alert(8, { state: "withdrawn", recall: true, state_reason: "entered in error" }),
];

for (const theme of ["light", "night"]) {
  test(`no violation of WCAG on any page: ${theme}, at the width of a desktop and of a phone`, async (t) => {
    const double = await startDouble({ alerts });
    t.after(() => double.close());
    for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
      const page = await openPage(browser, double.url, { viewport, colorScheme: theme === "night" ? "dark" : "light" });
      t.after(() => page.context().close());
      const fine = async (what) => {
        await page.waitForFunction(() => document.getAnimations().length === 0);
        assert.deepEqual(await violations(page), [], `${what}, ${viewport.width} px`);
      };
      await page.goto(double.url);
      await page.getByRole("heading", { name: "Choose your A&E" }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme, "as the system has it");
      await fine("choose");
      await page.getByRole("link", { name: /Princess Alexandra/ }).click();
      await page.getByText("Use an access token instead").click();
      await page.fill("#token", "wrong");
      await page.getByRole("button", { name: "Sign in with the token" }).click();
      await page.locator("#token-error").waitFor();
      await fine("sign in");
      await page.getByRole("button", { name: /^Screen at/ }).click();
      await page.locator("main[data-health=live]").waitFor({ timeout: patience });
      await fine("board");
      await page.getByRole("radio", { name: /^Acknowledged/ }).check();
      await page.getByRole("checkbox", { name: /^Urgent/ }).uncheck();
      await page.locator("[data-hidden]").waitFor();
      await fine("filtered");
      await page.getByRole("button", { name: "Choose sounds" }).click();
      await page.getByRole("dialog").waitFor();
      await fine("sounds");
      await page.keyboard.press("Escape");
      await page.locator("[data-alert=a3]").getByRole("button", { name: /^Open plan/ }).click();
      await page.getByRole("dialog").getByText("Do not wait for results").waitFor();
      await fine("plan");
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "Recent arrivals and alerts" }).click();
      await page.locator("[data-attendance=t5]").waitFor();
      await fine("recent");
    }
  });
}

test("the theme follows the system until somebody chooses one for this browser", async (t) => {
  const double = await startDouble();
  t.after(() => double.close());
  const page = await openPage(browser, double.url, { colorScheme: "light" });
  t.after(() => page.context().close());
  const drawn = () => page.evaluate(() => `${document.documentElement.dataset.theme} ${getComputedStyle(document.body).backgroundColor}`);
  const [light, night] = ["light rgb(240, 244, 245)", "night rgb(16, 23, 28)"];
  await page.goto(double.url);
  await page.getByRole("button", { name: "Colours: system" }).waitFor();
  assert.equal(await drawn(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => document.documentElement.dataset.theme === "night");
  assert.equal(await drawn(), night);
  await page.getByRole("button", { name: "Colours: system" }).click();
  await page.getByRole("button", { name: "Colours: light" }).waitFor();
  assert.equal(await drawn(), light);
  await page.getByRole("button", { name: "Colours: light" }).click();
  await page.emulateMedia({ colorScheme: "light" });
  await page.reload();
  await page.getByRole("button", { name: "Colours: night" }).waitFor();
  assert.equal(await drawn(), night);
});
