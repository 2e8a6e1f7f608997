// Takes pictures of every page and state at the widths of a desktop and a phone, against the double. `node look.mjs [folder]`
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";

const out = process.argv[2] ?? new URL("shots", import.meta.url).pathname;
await mkdir(out, { recursive: true });

const alerts = [
  alert(3),
  alert(12, { patient: { family: "Siân-Invented", given: "Bartholomew", nhs_number: "9990000026", birth_date: "1957-11-02", age: 69, sex: "male" }, urgency: "urgent", centre: "RJZ", centre_name: "King's College Hospital", headline: "Sickle cell disease: analgesia within 30 minutes, own protocol inside", location: "Majors, bay 4", version: 3 }),
  alert(31, { match: "possible", reason: "the NHS number agrees, the date of birth differs", headline: undefined, urgency: "urgent", patient: { family: "Example", given: "Casey", nhs_number: "9990000034", birth_date: "1991-06", age: 35, sex: "other" }, location: "Waiting room", centre: "RAL", centre_name: "Royal Free Hospital" }),
  alert(44, { urgency: "routine", patient: { family: "Sample", given: "Dorothy", nhs_number: "9990000042", birth_date: "1938-01-30", age: 88, sex: "female" }, headline: "Communication passport: deaf, uses BSL; book an interpreter", location: undefined, warnings: ["The message named a place that is not known here; the alert went to the main A&E"], centre: "RRV", centre_name: "University College London Hospitals", arrived: undefined }),
  alert(95, { state: "acknowledged", urgency: "critical", patient: { family: "Proband", given: "Eve", nhs_number: "9990000050", birth_date: "2019-05-04", age: 7, sex: "female" }, location: "Paediatrics, cubicle 1", headline: "Metabolic disorder: 10 % glucose now, ammonia before lumbar puncture", acknowledged: { by: "demo-clinician-RQW", role: "clinician", at: new Date(Date.now() - 80 * 60_000).toISOString(), version: 1 }, version: 2 }),
  alert(180, { state: "acknowledged", urgency: "routine", patient: { family: "Fictional", given: "Frank", nhs_number: "9990000069", birth_date: "1949", age: 77, sex: "male" }, location: "Minors", headline: "Home ventilation: bring own mask and settings card", acknowledged: { by: "demo-screen-RQW-AE", role: "screen", at: new Date(Date.now() - 170 * 60_000).toISOString(), version: 1 } }),
];

const browser = await launch();
for (const [name, width, height] of [["1440", 1440, 900], ["390", 390, 844]]) {
  const double = await startDouble({ alerts });
  const page = await openPage(browser, double.url, { viewport: { width, height } });
  const shot = (what, fullPage = true) => page.screenshot({ path: join(out, `${what}-${name}.png`), fullPage });
  await page.goto(double.url);
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor();
  await shot("1-choose");
  await page.getByRole("link", { name: /Princess Alexandra/ }).click();
  await page.getByRole("button", { name: /^Screen at/ }).waitFor();
  await shot("2-sign-in");
  await page.getByText("Use an access token instead").click();
  await page.fill("#token", "wrong");
  await page.getByRole("button", { name: "Sign in with the token" }).click();
  await page.locator("#token-error").waitFor();
  await shot("3-sign-in-wrong");
  await page.getByRole("button", { name: /^Screen at/ }).click();
  await page.locator("[data-health=live] h1").waitFor();
  await shot("4-board", false);
  await shot("5-board-whole");
  double.change("raised", alert(0, { id: "new", urgency: "urgent", patient: { family: "Newcomer", given: "Grace", nhs_number: "9990000077", birth_date: "2001-03-08", age: 25, sex: "female" } }));
  double.change("withdrawn", { id: "a12", department: "RQW-AE", state: "withdrawn", state_reason: "the centre withdrew the plan" });
  await page.locator("[data-alert=new]").waitFor();
  await shot("6-new-and-withdrawn");
  await page.locator("[data-alert=a3]").getByRole("button", { name: /^Open plan/ }).click();
  await page.getByRole("heading", { name: "What to do" }).waitFor();
  await shot("7-plan", false);
  double.change("updated", alert(3, { version: 2 }));
  await page.getByText("Version 2 of this plan").waitFor();
  await shot("8-plan-superseded", false);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Recent arrivals and alerts" }).click();
  await page.locator("[data-attendance=t5]").waitFor();
  await page.getByText("Show what was asked and answered").click();
  await page.getByText("Ring us after the first dose.").waitFor();
  await shot("12-recent");
  await page.getByRole("link", { name: "Back to the board" }).click();
  await page.locator("[data-health=live] h1").waitFor();
  await double.close();
  await page.locator("[data-health=waiting] h1").waitFor();
  await shot("9-reconnecting", false);
  await page.context().close();
  const empty = await startDouble({ alerts: [], demo: false });
  const second = await openPage(browser, empty.url, { viewport: { width, height } });
  await second.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
  await second.clock.install();
  await second.goto(`${empty.url}/board/RQW-AE`);
  await second.locator("[data-health=live] h1").waitFor();
  await second.screenshot({ path: join(out, `10-empty-${name}.png`) });
  empty.change("raised", alert(4));
  await second.locator("[data-alert=a4]").waitFor();
  await empty.close();
  for (let i = 0; i < 50; i++) await second.clock.runFor(1000);
  await second.locator("[data-health=lost] h1").waitFor();
  await second.screenshot({ path: join(out, `11-not-live-${name}.png`) });
  console.log(name, [...page.faults, ...second.faults].filter((f) => !f.includes("ERR_")));
  await second.context().close();
}
await browser.close();
