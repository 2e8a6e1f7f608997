// How much does a screen load before it shows a board? The files of the pages as the real service sends them, without the lines above each
// (some 700 bytes a file) and without what the API answers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { theService } from "./service.mjs";

let browser, service;
before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

for (const path of ["", "/wall"])
  test(`the first load of /board/…${path} is under 98 KB compressed, without fonts, and asks no other machine`, async (t) => {
    const page = await openPage(browser, service.url);
    t.after(() => page.context().close());
    const sizes = new Map();
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (response.request().resourceType() === "font" || pathname.startsWith("/api/")) return;
      sizes.set(`${response.request().resourceType()} ${pathname}`, Number(response.headers()["content-length"] ?? Infinity));
    });
    await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-screen-RQW-AE"));
    await page.goto(`${service.url}/board/RQW-AE${path}`);
    await page.locator("main[data-health=live]").waitFor({ timeout: 60_000 });
    await page.waitForLoadState("networkidle");
    const total = [...sizes.values()].reduce((a, b) => a + b, 0);
    const list = [...sizes].map(([what, bytes]) => `${what} ${bytes}`).join("\n");
    assert.ok([...sizes.keys()].some((what) => /script \/assets\/app\.js/.test(what)), list);
    assert.ok(total > 20_000, `nothing was measured: ${list}`);
    assert.ok(total < 98_000, `${total} bytes:\n${list}`);
    t.diagnostic(`${total} bytes`);
    assert.deepEqual(page.faults, []);
  });
