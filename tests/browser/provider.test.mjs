// People who come from an identity provider: to the board, and out again when they sign out there.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sound, violationsInBothThemes } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { identityProvider } from "./provider.mjs";
import { nhsNumber, publishPlan, sendADT, Service } from "./service.mjs";

const patience = 60_000; // only a page that never gets there fails
let service, provider, browser;

before(async () => {
  service = await Service.prepare();
  [provider, browser] = await Promise.all([identityProvider(service.url), launch()]);
  await copyFile(new URL("../../demo/directory.yaml", import.meta.url), join(service.folder, "directory.yaml"));
  await writeFile(join(service.folder, "secret"), "a secret that both know, and long enough\n");
  const config = {
    http: { address: service.http }, mllp: { address: service.mllp }, directory: "directory.yaml", storage: { data_folder: "data" }, allow_test_patients: true, canary: { every: "0s" },
    oauth: { base_url: service.url },
    tokens: [{ name: "centre", sha256: createHash("sha256").update("demo-centre-RP4").digest("hex"), role: "centre", organisation: "RP4" }],
    people: {
      passwords: "administrators",
      providers: [
        {
          name: "trust", title: "your trust account", issuer: provider.issuer, client_id: "ucpalert", client_secret_file: "secret", private_networks: true,
          roles: [{ value: "UCP.Clinician", role: "clinician", organisation: "RQW" }, { value: "UCP.Lead", role: "nurse in charge", organisation: "RQW" }],
        },
      ],
    },
  };
  await writeFile(join(service.folder, "ucpalert.yaml"), JSON.stringify(config)); // JSON is YAML
  await service.start(["serve", "--config", join(service.folder, "ucpalert.yaml")]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
  await provider?.stop();
});

/** A page of somebody else's browser. What comes from the provider is not ours to judge. */
async function visitor(t, options) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  return page;
}

/** Signs somebody in at the provider, who agrees to whatever is asked. */
async function atProvider(page, who) {
  await page.locator("input[name=login]").fill(who);
  await page.locator("input[name=password]").fill("anything");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

const ours = (page) => page.faults.filter((fault) => !/foreign request: 127\.0\.0\.1/.test(fault) && !page.elsewhere);

test("from the provider to the board that was asked for, and whoever signs out at the provider loses the board", async (t) => {
  const nhs = nhsNumber(61_000);
  assert.ok([200, 201].includes(await publishPlan(service, { id: "provider-1", nhs, born: "1980-02-13", headline: "Hydrocortisone at once" })));
  assert.equal(await sendADT(service, { nhs, born: "1980-02-13", visit: "provider-1" }), "AA");
  const page = await visitor(t);
  await page.goto(`${service.url}/board/RQW-AE`);
  const button = page.getByRole("button", { name: "Sign in with your trust account" });
  await button.waitFor({ timeout: patience });
  assert.equal(await page.locator("#own-account").isVisible(), false, "a password is not what is asked for first");
  await sound(page);
  assert.deepEqual(await violationsInBothThemes(page), []);
  await button.click();
  await atProvider(page, "nurse");
  await page.waitForURL(`${service.url}/board/RQW-AE`, { timeout: patience });
  await page.locator("main[data-health=live]").waitFor({ timeout: patience });
  await page.locator("article", { hasText: "Hydrocortisone at once" }).waitFor({ timeout: patience });
  await page.getByText("Signed in: ann.other@trust.example").waitFor();

  const second = await page.context().newPage();
  await second.goto(`${provider.issuer}/session/end`);
  const before = Date.now();
  await second.getByRole("button", { name: /Yes, sign me out/ }).click();
  await page.getByText("Your sign-in is no longer valid").waitFor({ timeout: patience }).catch((error) => {
    throw new Error([error.message, second.url(), ...provider.failures, service.log].join("\n"));
  });
  t.diagnostic(`the board closed ${Date.now() - before} ms after signing out at the provider`);
  assert.deepEqual(provider.failures, []);
  await page.reload();
  await button.waitFor({ timeout: patience });
  assert.deepEqual(page.faults.filter((fault) => !fault.startsWith("foreign request")), []);
});
