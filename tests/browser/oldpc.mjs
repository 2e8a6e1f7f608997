// Measures the board of a full department as a 10-year-old PC would have it: Chromium's processor slowed down to a sixth (CDP), against the program
// in bin/. `node oldpc.mjs [times]` prints the medians. From what was measured on the page's own clock; nothing is judged here.
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, Service } from "./service.mjs";

const held = 40; // open alerts: no department that is known of has as many flagged patients at once
const times = Number(process.argv[2] ?? 5);
const patience = 120_000;

/** In the page: when a condition first holds and has been painted, on Date's clock. */
function instrument() {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now()))));
  globalThis.whenPainted = (selector, count = 1) =>
    new Promise((done) => {
      const look = () => (document.querySelectorAll(selector).length >= count ? done(painted()) : requestAnimationFrame(look));
      look();
    });
  globalThis.blocked = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((task) => (globalThis.blocked += Math.max(0, task.duration - 50)))).observe({ type: "longtask", buffered: true });
  if (location.pathname.startsWith("/board")) globalThis.whole = globalThis.whenPainted("main[data-health=live] article.ucp-card", 40).then(() => Math.round(performance.now()));
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function arrive(service, n, family) {
  const nhs = nhsNumber(9_000 + 3 * n);
  const born = `${1930 + (n % 70)}-${String(1 + (n % 12)).padStart(2, "0")}-${String(1 + (n % 28)).padStart(2, "0")}`;
  await publishPlan(service, { id: `old-pc-${n}`, nhs, born, family, given: "Invented", headline: `Adrenal crisis ${n}: hydrocortisone 100 mg IM or IV at once`, description: "Hydrocortisone at once, before bloods. ".repeat(10), doNot: "Do not wait for results", priority: ["PH", "PM", "PL"][n % 3] });
  const sent = Date.now();
  const said = await sendADT(service, { nhs, born, family, given: "Invented", visit: `OLD${n}` });
  if (said !== "AA") throw new Error(`an arrival was answered ${said}`);
  return sent;
}

async function once(browser, service, rate, n) {
  const page = await openPage(browser, service.url);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate });
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-clinician-RQW"));
  await page.addInitScript(instrument);
  await page.goto(`${service.url}/board/RQW-AE`);
  const whole = await page.evaluate(() => globalThis.whole);
  const first = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  const blocked = await page.evaluate(() => globalThis.blocked);
  await page.waitForTimeout(2_000);

  const family = `Newcomer${n}`;
  const shown = page.evaluate((cards) => globalThis.whenPainted("article.ucp-card[data-state=raised]", cards), (await page.locator("article.ucp-card[data-state=raised]").count()) + 1);
  const sent = await arrive(service, n, family);
  const alert = (await shown) - sent;

  const card = page.locator("article.ucp-card", { hasText: family.toUpperCase() }).first();
  const id = await card.getAttribute("data-alert");
  const act = (selector, becomes) =>
    page.evaluate(async ([selector, becomes]) => {
      const began = Date.now();
      document.querySelector(selector).click();
      return (await globalThis.whenPainted(becomes)) - began;
    }, [selector, becomes]);
  const open = await act(`[id="open-${id}"]`, "dialog.ucp-plan[open] h3");
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached", timeout: patience });
  const acknowledge = await act(`article[data-alert="${id}"] ucp-answering button`, `article[data-alert="${id}"][data-state=acknowledged]`);
  const { metrics } = await cdp.send("Performance.getMetrics");
  const heap = metrics.find((m) => m.name === "JSHeapUsedSize").value / 1e6;
  await page.context().close();
  return { first, whole, blocked, alert, open, acknowledge, heap };
}

const service = await Service.prepare();
const browser = await launch();
try {
  await service.start();
  for (let n = 0; n < held; n++) await arrive(service, n, `Patient${n}`);
  let n = held;
  for (const rate of [1, 6]) {
    const runs = [];
    for (let i = 0; i < times; i++) runs.push(await once(browser, service, rate, n++));
    console.log(`processor slowed down ${rate} times, ${times} runs, medians:`);
    for (const what of Object.keys(runs[0])) console.log(`  ${what.padEnd(12)} ${median(runs.map((r) => r[what])).toFixed(0)}${what === "heap" ? " MB" : " ms"}`);
  }
} finally {
  await browser.close();
  await service.stop();
}
