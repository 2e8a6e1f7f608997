// How somebody is reached who is not before a screen: from adding ways and confirming them to the notification and the answer by its link.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { sound, violationsInBothThemes } from "./axe.mjs";
import { launch, openPage } from "./browser.mjs";
import { startPushService } from "./pushservice.mjs";
import { nhsNumber, publishPlan, sendADT, Service } from "./service.mjs";

const patience = 60_000; // only a page that never gets there fails
const phone = { viewport: { width: 390, height: 844 } };
let service, browser, push, gateway;
const messages = [];

const digest = (token) => createHash("sha256").update(token).digest("hex");

/** An SMS gateway, which takes what it is posted. */
async function startGateway() {
  const server = createServer(async (request, response) => {
    messages.push(JSON.parse(await text(request)));
    response.writeHead(200).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

before(async () => {
  [service, browser, push, gateway] = await Promise.all([Service.prepare(), launch(), startPushService(), startGateway()]);
  const file = (name) => join(service.folder, name);
  await copyFile(new URL("../../demo/directory.yaml", import.meta.url), file("directory.yaml"));
  const layer = { name: "always", handover: "0 8 * * *", people: ["nurse-a"], first: "2026-01-01" };
  await writeFile(file("oncall.yaml"), JSON.stringify({
    people: [{ id: "nurse-a", name: "Sister Able" }], rotas: [{ id: "nurses", layers: [layer] }],
    policies: [{ steps: [{ name: "board", to: "board", wait: "2m" }, { name: "nurse in charge", to: "on_call", rota: "nurses", wait: "10m" }] }],
  }));
  const token = (name, role, more = {}) => ({ name, sha256: digest(`token-${name}`), role, organisation: "RQW", ...more });
  const config = {
    http: { address: service.http }, mllp: { address: service.mllp }, directory: "directory.yaml", storage: { data_folder: "data" }, allow_test_patients: true, canary: { every: "0s" },
    oauth: { base_url: service.url },
    tokens: [token("nurse-a", "nurse in charge"), token("nurse-b", "clinician"), { name: "centre", sha256: digest("demo-centre-RP4"), role: "centre", organisation: "RP4" }],
    on_call: {
      file: "oncall.yaml", address: service.url, private_networks: true, push: { subject: "mailto:alerts@example.nhs.uk" },
      sms: { gateway: { url: `http://127.0.0.1:${gateway.address().port}/send`, to: "to", text: "text" } },
    },
  };
  await writeFile(file("ucpalert.yaml"), JSON.stringify(config)); // JSON is YAML
  await service.start(["serve", "--config", file("ucpalert.yaml")]);
});
after(async () => {
  await browser?.close();
  await service?.stop();
  await push?.stop();
  gateway?.close();
});

/** A page for whoever has a token; in a browser whose maker's push service is ours, and which may show notifications. */
async function onPage(t, name, path, options) {
  const page = await openPage(browser, service.url, options);
  t.after(() => page.context().close());
  await page.context().grantPermissions(["notifications"], { origin: service.url });
  await page.addInitScript((made) => {
    let held;
    const made_ = { ...made, toJSON: () => made, unsubscribe: async () => ((held = undefined), true) };
    PushManager.prototype.getSubscription = async () => held ?? null;
    PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
      if (!userVisibleOnly || !applicationServerKey) throw new DOMException("no key", "NotAllowedError");
      return (held = made_);
    };
  }, push.subscription);
  if (name) await page.addInitScript((held) => sessionStorage.setItem("ucpalert.token", held), `token-${name}`);
  await page.goto(service.url + path);
  return page;
}

/** Hands a message to the page's service worker, as the browser does when it comes; the answer is what it shows. (A browser without windows shows nothing.) */
async function handed(page, message) {
  const [worker = await page.context().waitForEvent("serviceworker")] = page.context().serviceWorkers();
  await worker.evaluate(() => {
    self.shown = new Promise((done) => (self.registration.showNotification = async (title, { body, tag, data }) => done({ title, body, tag, data })));
  });
  const debug = await page.context().newCDPSession(page);
  const found = new Promise((done) => debug.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations.forEach((r) => r.scopeURL.endsWith("/push/") && !r.isDeleted && done(r.registrationId))));
  await debug.send("ServiceWorker.enable");
  await debug.send("ServiceWorker.deliverPushMessage", { origin: service.url, registrationId: await found, data: JSON.stringify(message) });
  await debug.detach();
  const shown = await worker.evaluate(() => self.shown);
  assert.equal(shown.tag, message.key);
  return shown;
}

/** The page is usable by everybody, in both themes. */
async function usable(page) {
  await sound(page);
  assert.deepEqual(await violationsInBothThemes(page), []);
}

/** A picture for whoever looks at the pages, if a folder is named. */
async function picture(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}

/** The code in the last message to a phone. */
async function texted(before) {
  for (let i = 0; i < 600 && messages.length === before; i++) await new Promise((done) => setTimeout(done, 100));
  return /\b\d{6}\b/.exec(JSON.stringify(messages.at(-1)))[0];
}

/** Adds this browser as a way, and confirms it. */
async function addBrowser(page) {
  const before = push.got.length;
  await page.getByLabel("In this browser").check();
  await page.getByRole("button", { name: "Add this browser" }).click();
  const row = page.locator('[data-kind="push"]');
  const message = await push.message(({ what }) => what === "code", before);
  const shown = await handed(page, message);
  assert.equal(shown.title, `${message.code} is your code`);
  await row.getByLabel("Code", { exact: true }).fill(message.code);
  await row.getByRole("button", { name: "Confirm" }).click();
  await page.locator('[data-kind="push"][data-state="verified"]').waitFor({ timeout: patience });
}

test("ways to be told are added, confirmed by a code that only their owner gets, put in order, tested, kept quiet and removed", async (t) => {
  const page = await onPage(t, "nurse-a", "/on-call/me");
  await page.getByText("You cannot be reached").waitFor({ timeout: patience });
  assert.equal(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length)), 0, "nothing is registered before somebody asks for it");
  await page.getByLabel("By text message").check();
  await usable(page);
  await page.getByLabel("Mobile number").fill("07700 900123");
  await page.getByLabel("Name (optional)").fill("my phone");
  const before = messages.length;
  await page.getByRole("button", { name: "Add it" }).click();
  const sms = page.locator('[data-kind="sms"]');
  const field = sms.getByLabel("Code", { exact: true });
  await field.waitFor({ timeout: patience });
  const code = await texted(before);
  assert.doesNotMatch(JSON.stringify(messages), /answer\//);
  await usable(page);
  await picture(page, "me-code-1440");
  await field.fill(code === "111111" ? "222222" : "111111");
  await sms.getByRole("button", { name: "Confirm" }).click();
  await page.locator("#fault").waitFor({ timeout: patience });
  await field.fill(code);
  await sms.getByRole("button", { name: "Confirm" }).click();
  await page.locator('[data-kind="sms"][data-state="verified"]').waitFor({ timeout: patience });

  await addBrowser(page);
  await page.getByText("You can be reached in 2 ways.").waitFor({ timeout: patience });
  assert.deepEqual(await page.locator(".ucp-reach > li").evaluateAll((all) => all.map((li) => li.dataset.kind)), ["sms", "push"]);
  await page.locator('[data-kind="push"]').getByRole("button", { name: "Move up" }).press("Enter");
  await page.getByText("is now number 1").waitFor({ timeout: patience });
  assert.deepEqual(await page.locator(".ucp-reach > li").evaluateAll((all) => all.map((li) => li.dataset.kind)), ["push", "sms"]);
  assert.match(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""), /^Move up: Browser/, "the keyboard stays where it was");
  await page.locator('[data-kind="push"]').getByRole("button", { name: "Send a test" }).click();
  const shown = await handed(page, await push.message(({ what }) => what === "test"));
  assert.match(shown.body, /Nothing has to be done/);

  await sms.getByRole("button", { name: "Name and quiet hours" }).click();
  await sms.getByLabel("This one has quiet hours").check();
  await usable(page);
  await picture(page, "me-1440");
  await sms.getByRole("button", { name: "Save" }).click();
  await sms.getByText("Quiet from 22:00 to 07:00").waitFor({ timeout: patience });
  await page.setViewportSize(phone.viewport);
  await usable(page);
  await picture(page, "me-390");
  await sms.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("was removed").waitFor({ timeout: patience });
  await page.getByText("You can be reached in 1 way.").waitFor();
  await page.getByLabel("In this browser").check();
  await page.getByText("This browser is on your list.").waitFor();
  await page.locator('[data-kind="push"]').getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByText("nobody can reach you").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("You cannot be reached").waitFor({ timeout: patience });
  assert.equal(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length)), 0);
});

test("a browser that was told not to show notifications says so, and nothing is kept", async (t) => {
  const page = await onPage(t, "nurse-b", "/on-call/me");
  await page.evaluate(() => (Notification.requestPermission = async () => "denied"));
  await page.getByLabel("In this browser").check();
  await page.getByRole("button", { name: "Add this browser" }).click();
  await page.getByText("was told not to allow notifications").waitFor({ timeout: patience });
  await usable(page);
  assert.equal(await page.locator("[data-contact]").count(), 0);
});

test("an alert that nobody sees finds the nurse's browser; the link of its message acknowledges after sign-in, once", async (t) => {
  const page = await onPage(t, "nurse-a", "/on-call/me", phone);
  await page.getByText("You cannot be reached").waitFor({ timeout: patience });
  await addBrowser(page);
  const nhs = nhsNumber(71_000);
  assert.ok([200, 201].includes(await publishPlan(service, { id: "reached-1", nhs, born: "1980-02-13", family: "Unseen", given: "Una", headline: "Hydrocortisone at once" })));
  assert.equal(await sendADT(service, { nhs, born: "1980-02-13", family: "Unseen", given: "Una", visit: "reached-1" }), "AA");
  const message = await push.message(({ what }) => what === "step");
  assert.doesNotMatch(JSON.stringify(push.got), new RegExp(`Unseen|Una\\b|${nhs}|Hydrocortisone|1980`), "nothing about the patient leaves");
  const shown = await handed(page, message);
  assert.equal(shown.title, `UCP alert, ref ${message.ref}`);
  const { pathname } = new URL(message.link);
  assert.deepEqual(shown.data, { path: `${pathname}/ask`, answer: pathname });

  const asking = await onPage(t, "nurse-a", shown.data.path, phone);
  await asking.getByRole("button", { name: "I am dealing with it" }).waitFor({ timeout: patience });
  await usable(asking);
  await picture(asking, "answer-ask-390");

  const visitor = await onPage(t, undefined, pathname, phone);
  await visitor.getByText("Use an access token instead").click({ timeout: patience });
  await visitor.locator("#token").fill("token-nurse-a");
  await visitor.getByRole("button", { name: "Sign in with the token" }).click();
  await visitor.getByRole("heading", { name: `You have acknowledged alert ${message.ref}` }).waitFor({ timeout: patience });
  await usable(visitor);
  await picture(visitor, "answer-done-390");

  await asking.getByRole("button", { name: "I am dealing with it" }).click();
  await asking.getByRole("heading", { name: `You have acknowledged alert ${message.ref}` }).waitFor({ timeout: patience });
  const late = await onPage(t, "nurse-b", pathname);
  await late.getByRole("heading", { name: `Alert ${message.ref} was answered` }).waitFor({ timeout: patience });
  await late.getByText("By nurse-a").waitFor();
  await usable(late);
  const none = await onPage(t, "nurse-b", "/answer/AAAAAAAAAAAAAAAAAAAAAA");
  await none.getByText("There is no such link").waitFor({ timeout: patience });
  await usable(none);

  await late.goto(`${service.url}/board/RQW-AE/recent`);
  await late.getByText("Show who was told").first().click({ timeout: patience });
  const told = late.locator('[data-to="on_call"]').first();
  await told.getByText("nurse-a", { exact: true }).waitFor({ timeout: patience });
  await told.locator('[data-kind="push"][data-outcome="sent"]').waitFor();
  await usable(late);
  await picture(late, "trail-1440");
});
