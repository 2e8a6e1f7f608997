// What the service says of itself: its descriptions are valid, as validators say that nobody here wrote; the client that the documentation shows
// works; the pages are readable by everybody.
import asyncapi from "@asyncapi/parser";
import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { violations } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, publishPlan, sendADT, Service, theService } from "./service.mjs";

let browser;
let service;
before(async () => ([browser, service] = await Promise.all([launch(), theService()])));
after(() => Promise.all([browser?.close(), service?.stop()]));

test("the description of the stream is AsyncAPI 3", async () => {
  const text = await (await fetch(`${service.url}/docs/asyncapi.yaml`)).text();
  const { document, diagnostics } = await new asyncapi.Parser().parse(text);
  assert.deepEqual(diagnostics.filter((d) => d.severity === 0).map((d) => `${d.path.join(".")}: ${d.message}`), []);
  assert.equal(document.version(), "3.0.0");
  assert.equal(document.channels().all().length, 4);
  const broken = await new asyncapi.Parser().parse(text.replace("address: /stream/me", "adress: /stream/me"));
  assert.notDeepEqual(broken.diagnostics.filter((d) => d.severity === 0), [], "a mistake is found");
});

test("the description of the API is OpenAPI 3.1", async () => {
  const description = await (await fetch(`${service.url}/docs/openapi.json`)).json();
  const found = await new Validator().validate(structuredClone(description));
  assert.deepEqual(found.errors ?? [], []);
  assert.ok(found.valid);
  delete description.info;
  assert.equal((await new Validator().validate(description)).valid, false, "a mistake is found");
});

for (const width of [1440, 390])
  test(`the documentation is readable by everybody (${width} px)`, async (t) => {
    const page = await openPage(browser, service.url, { viewport: { width, height: 900 } });
    t.after(() => page.context().close());
    await page.goto(service.url);
    await page.getByRole("contentinfo").getByRole("link", { name: "Documentation" }).click();
    for (const [name, heading] of [["", "Documentation"], ["/stream", "The stream"], ["/api", "The JSON API"]]) {
      await page.goto(`${service.url}/docs${name}`);
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), []);
      }
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the page");
    }
  });

test("the client that the documentation shows follows a hospital through a restart", async (t) => {
  const own = await Service.prepare();
  const folder = await mkdtemp(join(tmpdir(), "ucpalert-client-"));
  t.after(async () => Promise.all([own.stop(), rm(folder, { recursive: true, force: true })]));
  await own.start();
  const page = await readFile(new URL("../../docs/stream.md", import.meta.url), "utf8");
  const program = /```js\n([\s\S]*?)```/.exec(page)[1];
  assert.ok(program.split("\n").filter((line) => line.trim()).length < 35, "it is about thirty lines");
  await writeFile(join(folder, "screen.mjs"), program);
  const flags = typeof WebSocket === "undefined" ? ["--experimental-websocket"] : [];
  const client = spawn(process.execPath, [...flags, join(folder, "screen.mjs"), `ws://${own.http}/stream/organisations/RQW`, "demo-clinician-RQW"]);
  t.after(() => client.kill("SIGKILL"));
  const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
  const until = async (what) => {
    for (let n = 0; n < 200; n++) {
      const { value, done } = await lines.next();
      assert.ok(!done, `the client ended before ${what}`);
      if (what.test(value)) return value;
    }
    assert.fail(`${what} did not come`);
  };
  await until(/^snapshot .* 0 open$/);
  const nhs = nhsNumber(801);
  assert.equal(await publishPlan(own, { id: "docs-1", nhs, born: "1980-02-13", headline: "Ring first" }), 201);
  assert.equal(await sendADT(own, { nhs, born: "1980-02-13", visit: "D1" }), "AA");
  await until(/^alert .* 1 open$/);
  await until(/^live .* 1 open$/);
  await own.kill();
  await until(/^NOT LIVE/);
  await own.start();
  await until(/^welcome .* 1 open$/); // resumed: no snapshot is needed
  assert.equal(await sendADT(own, { event: "A03", nhs, born: "1980-02-13", visit: "D1" }), "AA");
  await until(/^alert .* 0 open$/);
});
