// The board in Firefox ESR: what everything else here is tried with in Chromium, once through.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { Firefox, firefox } from "./firefox.mjs";
import { nhsNumber, publishPlan, sendADT, theService } from "./service.mjs";

const shot = async (page, name) => process.env.SHOTS && writeFile(`${process.env.SHOTS}/${name}.png`, await page.picture());
const skip = firefox ? false : "there is no Firefox here: scripts/install.sh installs Debian's firefox-esr, or FIREFOX names another";

test("Firefox ESR: the board is live, an alert appears and is announced, its plan opens, it is acknowledged", { skip }, async (t) => {
  const service = await theService();
  t.after(() => service.stop());
  const page = await Firefox.launch();
  t.after(() => page.close());
  t.diagnostic(`Firefox ${page.version}`);
  await page.signedIn("demo-screen-RQW-AE");
  await page.open(`${service.url}/board/RQW-AE`);
  await page.until(`document.querySelector("main[data-health=live]")`);
  const [nhs, born] = [nhsNumber(13_000), "1980-02-13"];
  assert.ok([200, 201].includes(await publishPlan(service, { id: "firefox-1", nhs, born, family: "Foxglove", headline: "Hydrocortisone at once", description: "Inject first." })));
  assert.equal(await sendADT(service, { nhs, born, family: "Foxglove", visit: "FX1" }), "AA");
  const card = `[...document.querySelectorAll("article.ucp-card")].find((c) => c.textContent.includes("FOXGLOVE"))`;
  await page.until(card);
  const own = `article[data-alert="${await page.read(`${card}.dataset.alert`)}"]`;
  assert.match(await page.read(`document.querySelector("[data-live=assertive]").textContent`), /FOXGLOVE/);
  await shot(page, "firefox-board");

  await page.click(`${own} button[id^=open-]`);
  await page.until(`document.querySelector("ucp-plan dialog[open]")?.innerText.includes("Inject first.")`);
  await shot(page, "firefox-plan");
  await page.press("\uE00C"); // Escape
  await page.until(`!document.querySelector("ucp-plan")`);
  await page.click(`${own} ucp-answering button`);
  await page.until(`document.querySelector(${JSON.stringify(`${own}[data-state=acknowledged]`)})`);
  assert.equal(await page.read("JSON.stringify(window.faults)"), "[]");
});
