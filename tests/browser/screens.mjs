// Takes the pictures of docs/screens: every page, at the widths of a desktop and of a phone, in light and at night. `node screens.mjs [folder]`
// Against the program in bin/, and against the double for what needs a hand on the clock. All patients are invented.
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launch, openPage } from "./browser.mjs";
import { alert, startDouble } from "./double.mjs";
import { nhsNumber, publishPlan, sendADT, Service } from "./service.mjs";
import { code } from "./totp.mjs";

const out = process.argv[2] ?? new URL("../../docs/screens", import.meta.url).pathname;
const most = 9_000_000; // bytes, all together
const patience = 60_000;
const looks = [["light", 1440, 900], ["night", 1440, 900], ["light", 390, 844], ["night", 390, 844]];
const taken = new Map();

async function shot(page, look, name, what) {
  const [theme, width] = look;
  await page.evaluate(() => document.fonts.ready);
  if (!(await page.locator("[aria-expanded=true]").count())) await page.evaluate(() => window.scrollTo(0, 0));
  await page.waitForTimeout(300);
  await picture(page, join(out, `${name}-${width}-${theme}.jpg`));
  taken.set(name, what);
}

const picture = (page, path) => page.screenshot({ path, type: "jpeg", quality: 70, animations: "disabled" });

async function visit(browser, base, look, token, path, { clock = false, cookies = [] } = {}) {
  const [theme, width, height] = look;
  const page = await openPage(browser, base, { viewport: { width, height }, colorScheme: theme === "night" ? "dark" : "light" });
  page.setDefaultTimeout(patience);
  await page.context().addCookies(cookies);
  if (clock) await page.clock.install();
  if (token) await page.addInitScript((held) => sessionStorage.setItem("ucpalert.token", held), token);
  await page.goto(base + path);
  return page;
}

const people = [
  { family: "Tester", given: "Ana", born: "1980-02-13", id: "screens-1", headline: "Adrenal crisis: give hydrocortisone 100 mg IM before anything else", location: "AE^RESUS^2^RQWG0", description: "Hydrocortisone 100 mg IM or IV at once, before bloods.", doNot: "Do not wait for results before the first dose" },
  { family: "Example", given: "Casey", born: "1991-06-02", centre: "RJZ", id: "screens-2", priority: "PM", headline: "Sickle cell disease: analgesia within 30 minutes", location: "AE^MAJORS^4^RQWG0", description: "Own protocol inside.", doNot: "Do not give pethidine" },
  { family: "Sample", given: "Dorothy", born: "1938-01-30", centre: "RAL", id: "screens-3", priority: "PL", headline: "Deaf, uses BSL: book an interpreter", location: "AE^MINORS^1^RQWG0", description: "Write things down.", doNot: "Do not shout" },
  { family: "Maybe", given: "Robin", born: "1975-05-05", told: "1975-05-06", id: "screens-4", headline: "Not told before the identity is confirmed", location: "AE^WAITING^^RQWG0", description: "x", doNot: "y" },
];

async function world() {
  const service = await Service.prepare();
  await service.start();
  for (const [i, { told, location, ...plan }] of people.entries()) {
    const nhs = nhsNumber(8100 + 3 * i);
    await publishPlan(service, { ...plan, nhs });
    await sendADT(service, { nhs, born: told ?? plan.born, family: plan.family, given: plan.given, visit: `S${i}`, location });
  }
  await sendADT(service, { nhs: nhsNumber(8200), born: "1966-06-06", family: "Nobody", given: "Bea", visit: "S9" });
  return service;
}

/** Invites two people: a link that nobody has used, and the cookies of somebody who has set the account up. */
async function accounts(browser, service) {
  const boss = await visit(browser, service.url, looks[0], "demo-administrator", "/people");
  const invite = async (name, full) => {
    await boss.getByLabel("Name to sign in with").fill(name);
    await boss.getByLabel("Full name").fill(full);
    await boss.locator("#new-organisation").fill("RQW");
    await boss.getByRole("button", { name: "Make the link" }).click();
    await boss.getByRole("heading", { name: `The link for ${name}` }).waitFor();
    return new URL(await boss.locator("#link").innerText());
  };
  const path = ({ pathname, hash }) => pathname + hash;
  const used = await invite("i.example", "Iris Example");
  const link = path(await invite("n.sample", "Noor Sample"));
  const page = await visit(browser, service.url, looks[0], undefined, path(used));
  await page.getByLabel("Choose a password").fill("tram violet bucket nine");
  await page.getByLabel("Code that the app shows now").fill(code(await page.locator("#secret").innerText()));
  await page.getByRole("button", { name: "Finish and sign in" }).click();
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor();
  const cookies = await page.context().cookies();
  await page.context().close();
  await boss.context().close();
  return { link, cookies };
}

const live = (page) => page.locator("main[data-health=live]").waitFor();
const card = (page, family) => page.locator("article.ucp-card", { hasText: family.toUpperCase() }).first();

async function ofPeople(browser, service, look, { link, cookies }) {
  const at = (token, path, options) => visit(browser, service.url, look, token, path, options);
  let page = await at(undefined, "/sign-in");
  await page.locator("#own-account").waitFor();
  await shot(page, look, "sign-in-account", "Sign in with an account");
  await page.context().close();

  page = await at(undefined, link);
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  await shot(page, look, "join", "Set up an account");
  await page.context().close();

  page = await at(undefined, "/sessions", { cookies });
  await page.locator("[data-session]").first().waitFor();
  await shot(page, look, "sessions", "Where somebody is signed in");
  await page.context().close();

  page = await at("demo-administrator", "/people");
  await page.locator("[data-person]").first().waitFor();
  await shot(page, look, "people", "People and screens");
  await page.getByRole("button", { name: "Disable: i.example" }).click();
  await page.getByRole("dialog").waitFor();
  await shot(page, look, "people-sure", "An account is to be disabled");
  await page.context().close();

  page = await at(undefined, "/screen");
  await page.locator(".ucp-code").waitFor();
  await page.locator(".ucp-code").evaluate((shown) => (shown.querySelectorAll("span").forEach((part) => (part.textContent = "K7PW")))); // the same in each picture
  await shot(page, look, "screen-code", "A screen that waits to be let in");
  await page.context().close();
}

async function pages(browser, service, look, first) {
  const at = (token, path) => visit(browser, service.url, look, token, path);
  const clinician = "demo-clinician-RQW";
  let page = await at(undefined, "/");
  await page.getByRole("heading", { name: "Choose your A&E" }).waitFor();
  await shot(page, look, "choose", "Choose an A&E");
  await page.getByRole("link", { name: /Princess Alexandra/ }).click();
  await page.getByRole("button", { name: /^Screen at/ }).waitFor();
  await shot(page, look, "sign-in", "Sign in");
  await page.context().close();

  page = await at(clinician, "/board/RQW-AE");
  await live(page);
  await card(page, "Tester").waitFor();
  if (first) {
    await card(page, "Example").getByRole("button", { name: /^Acknowledge/ }).click();
    await card(page, "Example").getByRole("button", { name: /^Hand over/ }).click();
    await page.getByLabel(/^Hand over to/).fill("Night registrar");
    await page.keyboard.press("Enter");
  }
  await card(page, "Example").getByText("Now with Night registrar").waitFor();
  await page.keyboard.press("Shift");
  await shot(page, look, "board", "The board");
  await page.getByRole("button", { name: /etails$/ }).click();
  await shot(page, look, "board-details", "What the board depends on");
  await page.getByRole("button", { name: /etails$/ }).click();
  await card(page, "Tester").getByRole("button", { name: /^Other answers/ }).click();
  await shot(page, look, "board-answers", "Other answers to an alert");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Choose sounds" }).click();
  await shot(page, look, "sounds", "Sounds of a screen");
  await page.keyboard.press("Escape");
  await card(page, "Maybe").getByRole("button", { name: /^Check identity/ }).click();
  await page.getByRole("dialog", { name: "Check identity" }).getByText("Differs").first().waitFor();
  await shot(page, look, "identity", "Is it the same patient?");
  await page.keyboard.press("Escape");
  await card(page, "Tester").getByRole("button", { name: /^Open plan/ }).click();
  await page.getByText("Do not wait for results").waitFor();
  await shot(page, look, "plan", "A plan");
  await page.context().close();

  page = await at("demo-screen-RQW-AE", "/board/RQW-AE/wall");
  await live(page);
  await page.locator("ucp-wall [data-alert]").first().waitFor();
  await shot(page, look, "wall", "A wall");
  await page.context().close();

  page = await at(clinician, "/board/RQW-AE/recent");
  await page.locator("[data-attendance]").first().waitFor();
  await shot(page, look, "recent", "Recent arrivals and alerts");
  await page.context().close();

  page = await at(clinician, "/board/RQW-AE/practice");
  await page.locator("main h1").first().waitFor();
  await shot(page, look, "practice", "An exercise for a new doctor");
  await page.context().close();

  for (const [name, path, what] of [["centre", "/centre", "A centre's plans"], ["centre-plan", "/centre/plans/screens-1", "What became of a plan"], ["centre-form", "/centre/plans/screens-1/edit", "A plan is written"]]) {
    page = await at("demo-centre-RP4", path);
    await page.locator("main h1").first().waitFor();
    await page.waitForTimeout(1_000);
    await shot(page, look, name, what);
    await page.context().close();
  }
  page = await at("demo-coordinator-QM7", "/overview");
  await page.locator("[data-department] [data-screens]").first().waitFor();
  await shot(page, look, "overview", "Several departments, for a coordinator");
  await page.context().close();

  for (const [name, path, what] of [["proofs", "/proofs", "The nightly proof"], ["operations", "/operations", "Operations"], ["docs", "/docs", "The documentation"]]) {
    page = await at("demo-operator", path);
    await page.locator("h1").first().waitFor();
    await page.waitForTimeout(1_000);
    await shot(page, look, name, what);
    await page.context().close();
  }
}

async function notLive(browser, look) {
  for (const [name, path, what] of [["board-not-live", "", "A board that is not live"], ["wall-not-live", "/wall", "A wall that is not live"]]) {
    const double = await startDouble({ alerts: [alert(5)] });
    const page = await visit(browser, double.url, look, "demo-screen-RQW-AE", `/board/RQW-AE${path}`, { clock: true });
    await live(page);
    await page.locator("[data-alert]").first().waitFor();
    double.silence();
    for (let i = 0; i < 60 && (await page.locator("main[data-health=lost]").count()) === 0; i++) await page.clock.runFor(1_000);
    await picture(page, join(out, `${name}-${look[1]}-${look[0]}.jpg`));
    taken.set(name, what);
    await page.context().close();
    await double.close();
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const browser = await launch();
const service = await world();
try {
  const known = await accounts(browser, service);
  for (const look of looks) {
    await pages(browser, service, look, look === looks[0]);
    await ofPeople(browser, service, look, known);
    await notLive(browser, look);
    console.log(look.join(" "));
  }
} finally {
  await service.stop();
  await browser.close();
}
const files = (await readdir(out)).filter((name) => name.endsWith(".jpg"));
const sizes = await Promise.all(files.map(async (name) => (await stat(join(out, name))).size));
const total = sizes.reduce((a, b) => a + b, 0);
const table = (theme) => [...taken].map(([name, what]) => `| ${what} | [![${what}, desktop](${name}-1440-${theme}.jpg)](${name}-1440-${theme}.jpg) | [![${what}, phone](${name}-390-${theme}.jpg)](${name}-390-${theme}.jpg) |`).join("\n");
const section = (title, theme) => `## ${title}\n\n| | 1440 px | 390 px |\n|---|---|---|\n${table(theme)}\n`;
await writeFile(join(out, "README.md"), `# The pages, as they look\n\nMade by \`make screens\` (\`tests/browser/screens.mjs\`) on a running service; every patient is invented.\n\n${section("Light", "light")}\n${section("At night", "night")}`);
console.log(`${files.length} pictures, ${total} bytes`);
if (total > most) throw new Error(`the pictures have ${total} bytes, more than ${most}`);
