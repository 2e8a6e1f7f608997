// The browser that the tests drive, and what they all ask of a page.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Debian's Chromium; its build without windows, where it is installed, takes two thirds of the processor time. */
const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync);

/** Chromium, headless, silent towards the outside. */
export function launch() {
  return chromium.launch({
    executablePath,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A page at an address below `base`, for whoever has the token, until the test ends. */
export async function signedIn(t, browser, base, token, path, options = {}) {
  const page = await openPage(browser, base, options);
  t.after(() => page.context().close());
  await page.addInitScript((held) => sessionStorage.setItem("ucpalert.token", held), token);
  await page.goto(base + path);
  return page;
}

/**
 * A page of its own browser context, which notes every error, every Content-Security-Policy report and every request to another machine.
 * Nothing moves on it unless the options say so: without a graphics card each frame costs processor time.
 */
export async function openPage(browser, base, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London", viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(60_000); // only a page that never gets there fails
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) page.faults.push(`policy: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) page.faults.push(`foreign request: ${new URL(request.url()).host}`);
  });
  return page;
}
