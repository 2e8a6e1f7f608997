// A centre attaches files to a plan that it writes in the browser; an A&E sees them in their place. The real service, and nothing but the pages.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, sendADT, theService } from "./service.mjs";

let browser, service;
const patience = 60_000; // only a page that never gets there fails
const born = "1980-02-13";
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** A PDF of one page with a line of text, and a script that a reader which runs scripts would run. */
function pdf(text) {
  const stream = `BT /F1 24 Tf 40 700 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let out = "%PDF-1.4\n";
  const at = objects.map((body, i) => {
    const offset = out.length;
    out += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${at.map((n) => `${String(n).padStart(10, "0")} 00000 n \n`).join("")}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}

async function date(page, name, [day, month, year]) {
  const group = page.getByRole("group", { name });
  await group.getByLabel("Day").fill(day);
  await group.getByLabel("Month").fill(month);
  await group.getByLabel("Year").fill(year);
}

test("files are attached, seen in the preview and by A&E in their place, and stay with the older version", async (t) => {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  const sent = [];
  page.on("request", (r) => r.method() === "POST" && r.url().endsWith("/attachments") && sent.push(r.url()));
  await page.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-centre-RP4"));
  await page.goto(`${service.url}/centre/plans/new`);
  const nhs = nhsNumber(6010);
  await page.getByLabel("NHS number").fill(nhs);
  await page.getByLabel("Family name").fill("Attached");
  await page.getByLabel("Given names").fill("Ana");
  await date(page, "Date of birth", ["13", "2", "1980"]);
  await page.getByLabel("Headline").fill("See the letter");
  await page.getByLabel(/^Critical/).check();
  await page.getByLabel("What to do first").fill("Read the letter");
  await page.getByLabel(/^Telephone/).fill("020 7946 0000");
  await page.getByLabel("Written by").fill("Nurse N. Invented");
  await date(page, "Last reviewed", ["1", "11", "2026"]);
  const choose = page.getByLabel("Attach files");
  await choose.setInputFiles([
    { name: "letter <b>.pdf", mimeType: "application/pdf", buffer: pdf("Give hydrocortisone") },
    { name: "airway.png", mimeType: "image/png", buffer: png },
    { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<script>alert(1)</script>") },
    { name: "huge.pdf", mimeType: "application/pdf", buffer: Buffer.concat([pdf("x"), Buffer.alloc(1_100_000)]) },
    { name: "fake.pdf", mimeType: "application/pdf", buffer: Buffer.from("<html>") },
  ]);
  await page.getByText("fake.pdf is not attached: Only PDF, PNG and JPEG files can be attached.").waitFor({ timeout: patience });
  await page.getByText("page.html is not attached: only PDF").waitFor();
  await page.getByText(/huge.pdf is not attached: it has 1.0 MB|huge.pdf is not attached: it has 1.1 MB/).waitFor();
  await page.getByLabel("What file 2 is").fill("Airway, seen from the front");
  await page.locator("[data-safety=saved]").waitFor({ timeout: patience });
  const preview = page.getByRole("region", { name: "As A&E sees it" });
  await preview.getByRole("img", { name: /Airway, seen from the front/ }).waitFor({ timeout: patience });
  assert.deepEqual(await violations(page), []);
  assert.equal(sent.length, 3, "a file is sent once, not at each key");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("The plan is published").waitFor({ timeout: patience });

  const board = await openPage(browser, service.url);
  t.after(() => board.context().close());
  const loaded = [];
  board.on("request", (r) => loaded.push(new URL(r.url()).pathname));
  await board.addInitScript(() => sessionStorage.setItem("ucpalert.token", "demo-clinician-RQW"));
  await board.goto(`${service.url}/board/RQW-AE`);
  assert.equal(await sendADT(service, { nhs, born, family: "Attached", visit: "A1" }), "AA");
  await board.locator("article.ucp-card", { hasText: "ATTACHED" }).getByRole("button", { name: /^Open plan/ }).click();
  const dialog = board.getByRole("dialog");
  await dialog.getByRole("img", { name: /Airway, seen from the front/ }).waitFor({ timeout: patience });
  assert.ok(!loaded.some((path) => path.includes("pdf.worker")), "what draws PDFs is loaded before anybody asks for one");
  await dialog.getByRole("button", { name: "Show here letter" }).press("Enter");
  const drawn = dialog.getByRole("img", { name: /Page 1 of 1. Give hydrocortisone/ });
  await drawn.waitFor({ timeout: patience });
  await board.waitForFunction((canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((v, i) => i % 4 !== 3 && v < 100), await drawn.elementHandle(), { timeout: patience });
  assert.deepEqual(await violations(board), []);
  if (process.env.SHOTS) await board.screenshot({ path: `${process.env.SHOTS}/attached.png` });

  await page.getByRole("link", { name: "Revise" }).click();
  await page.getByRole("button", { name: "Remove file 1" }).click();
  await page.locator("[data-safety=saved]").waitFor({ timeout: patience });
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/attach-form.png`, fullPage: true });
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("Version 2 is published").waitFor({ timeout: patience });
  const first = page.locator("[data-version='1']");
  await first.getByRole("button", { name: "2 attachments of this version" }).click();
  await first.getByRole("button", { name: "Show here letter" }).click();
  await first.getByRole("img", { name: /Give hydrocortisone/ }).waitFor({ timeout: patience });
  assert.equal(await page.locator("[data-version='2']").getByText("letter").count() > 0, true, "the differences do not say that the letter is gone");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.faults, []);
  assert.deepEqual(board.faults, []);
});
