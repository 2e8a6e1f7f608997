// A plan opened without an arrival: from the reason to the privacy officer, the centre, the patient who asks, and the auditor.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { sound, violationsInBothThemes } from "./axe.mjs";
import { launch, signedIn } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

let service, browser;
before(async () => ([service, browser] = await Promise.all([theService(), launch()])));
after(async () => {
  await browser?.close();
  await service?.stop();
});

const patience = 60_000; // only a page that never gets there fails
const phone = { viewport: { width: 390, height: 844 } };
const nhs = nhsNumber(61_000);
const born = "1984-05-06";

/** The page is usable by everybody, in both themes. */
async function usable(page) {
  await sound(page);
  assert.deepEqual(await violationsInBothThemes(page), []);
}

/** A picture for whoever looks at the pages, if a folder is named. */
async function picture(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}

const onPage = (t, token, path, options) => signedIn(t, browser, service.url, token, path, options);

async function open(page, { number = nhs, birthday = born, why = "The patient is here, and no arrival was told", words = "in bed 4, brought by a neighbour" } = {}) {
  await page.getByLabel("NHS number").fill(number, { timeout: patience });
  const [year, month, day] = birthday.split("-");
  const part = page.getByRole("group", { name: "Date of birth" });
  for (const [name, value] of [["Day", Number(day)], ["Month", Number(month)], ["Year", year]]) await part.getByLabel(name).fill(String(value));
  if (why) await page.getByLabel(why).check();
  await page.getByLabel("In your own words").fill(words);
  await page.getByRole("button", { name: "Open the plan" }).click();
}

test("a plan is opened without an arrival, for a reason; a second person looks at it; the centre, the patient and the auditor can read of it", async (t) => {
  const status = await publishPlan(service, { id: "privacy-1", nhs, born, family: "Glass", given: "Gwen", headline: "Adrenal insufficiency", description: "Hydrocortisone 100 mg at once" });
  assert.ok(status === 201 || status === 200, `published: ${status}`);

  const page = await onPage(t, "demo-clinician-RWG", "/open");
  await open(page, { birthday: "1984-05-07" });
  await page.getByText("Check both").waitFor({ timeout: patience });
  await usable(page);
  await picture(page, "open-form-1440");
  await open(page);
  await page.getByRole("heading", { name: /Glass/i }).waitFor({ timeout: patience });
  await page.getByText("Hydrocortisone 100 mg at once").waitFor();
  await usable(page);
  await picture(page, "opened-1440");

  const officer = await onPage(t, "demo-privacy-QM7", "/privacy", phone);
  const one = officer.locator("[data-opening]").first();
  await one.getByText("in bed 4, brought by a neighbour").waitFor({ timeout: patience });
  await one.getByText(/Glass, Gwen/i).waitFor();
  await usable(officer);
  await picture(officer, "queue-390");
  await one.getByRole("button", { name: /^It was not right/ }).click();
  await officer.getByText("Say in words what you found").waitFor({ timeout: patience });
  await one.getByLabel("What did you find?").fill("Nobody of that name was there.");
  await one.getByRole("button", { name: /^It was not right/ }).click();
  await officer.locator('[data-finding="not-upheld"]').waitFor({ timeout: patience });
  await usable(officer);
  await picture(officer, "queue-judged-390");

  const centre = await onPage(t, "demo-centre-RP4", "/centre/plans/privacy-1");
  await centre.locator('#openings [data-finding="not-upheld"]').waitFor({ timeout: patience });
  assert.doesNotMatch(await centre.locator("#openings").innerText(), /neighbour|clinician RWG/, "the centre is told a role, not what was written");
  await usable(centre);
  await centre.goto(`${service.url}/centre`);
  await centre.locator("#opened").getByRole("link").first().waitFor({ timeout: patience });
  await usable(centre);

  await officer.goto(`${service.url}/privacy/looks`);
  await officer.getByLabel("NHS number or id of a plan").fill(nhs);
  await officer.getByRole("button", { name: "Show who looked" }).click();
  const looks = officer.locator('[data-plan="privacy-1"]');
  await looks.getByText("Opened it without an arrival").waitFor({ timeout: patience });
  await looks.getByText("clinician RWG").first().waitFor();
  await usable(officer);
  await picture(officer, "looks-390");

  await officer.setViewportSize({ width: 1440, height: 900 });
  await officer.goto(`${service.url}/privacy/exposure`);
  await officer.locator("#exposure-account").fill("clinician RWG");
  const local = (minutes) => new Date(Date.now() + minutes * 60_000).toLocaleString("sv-SE", { timeZone: "Europe/London" }).replace(" ", "T");
  await officer.locator("#exposure-from").fill(local(-60));
  await officer.locator("#exposure-to").fill(local(60));
  await officer.getByRole("button", { name: "Find the patients" }).click();
  await officer.getByRole("cell", { name: /Glass, Gwen/i }).waitFor({ timeout: patience });
  await usable(officer);
  await picture(officer, "exposure-1440");
  const [download] = await Promise.all([officer.waitForEvent("download"), officer.getByRole("button", { name: "Download as CSV" }).click()]);
  assert.match(await readFile(await download.path(), "utf8"), new RegExp(`"Glass, Gwen",${nhs},${born},privacy-1,`));

  const auditor = await onPage(t, "demo-auditor", "/audit", phone);
  await auditor.locator("#audit-account").fill("clinician RWG", { timeout: patience });
  await auditor.getByRole("button", { name: "Search", exact: true }).click();
  await auditor.getByText("POST /api/openings from 127.0.0.1").first().waitFor({ timeout: patience });
  await usable(auditor);
  await picture(auditor, "audit-390");
});

test("a plan that is open over the board is put away once nobody there may see it any more", async (t) => {
  const number = nhsNumber(61_500);
  assert.ok((await publishPlan(service, { id: "privacy-2", nhs: number, born, family: "Away", given: "Ada", headline: "Sickle cell disease", description: "Analgesia within 30 minutes" })) < 300);
  assert.equal(await sendADT(service, { nhs: number, born, family: "Away", given: "Ada", visit: "PRIV2" }), "AA");
  const page = await onPage(t, "demo-clinician-RQW", "/board/RQW-AE");
  await page.getByRole("button", { name: /^Open plan.*Away/i }).click({ timeout: patience });
  await page.getByText("Analgesia within 30 minutes").waitFor({ timeout: patience });
  assert.equal(await sendADT(service, { event: "A11", nhs: number, born, family: "Away", given: "Ada", visit: "PRIV2" }), "AA");
  await page.getByText("The plan was put away").waitFor({ timeout: patience });
  assert.equal(await page.getByText("Analgesia within 30 minutes").count(), 0, "the text is gone from the page");
});
