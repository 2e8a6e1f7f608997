// A hundred texts that are markup or script, in every field of text that a hospital or a centre can send, through the real doors: each is shown
// as text, none runs, and the Content-Security-Policy has nothing to report.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { launch, openPage } from "./browser.mjs";
import { nhsNumber, theService } from "./service.mjs";

const run = "window.ran=1";
const elements = [
  `<script>${run}</script>`, `<img src=x onerror=${run}>`, `<svg onload=${run}>`, `<body onload=${run}>`, `<iframe src="javascript:parent.ran=1">`,
  `<iframe srcdoc="<script>parent.ran=1</script>">`, `<video><source onerror=${run}></video>`, `<audio src=x onerror=${run}>`, `<details open ontoggle=${run}>`,
  `<input autofocus onfocus=${run}>`, `<textarea autofocus onfocus=${run}>`, `<object data="javascript:${run}">`, `<embed src="javascript:${run}">`,
  `<script src=//elsewhere.invalid/x.js></script>`, `<link rel=stylesheet href=//elsewhere.invalid/x>`, `<style>@import "//elsewhere.invalid/x"</style>`,
  `<base href=//elsewhere.invalid/>`, `<meta http-equiv=refresh content="0;url=//elsewhere.invalid">`, `<form action="javascript:${run}"><button>`,
  `<a href="javascript:${run}" autofocus>x</a>`, `<div onpointerover=${run} style="position:fixed;inset:0">`, `<img src=x onerror=alert(1)>`,
];
const breaks = ["", `">`, `'>`, "</textarea></title></script>-->"];
const others = [
  "${window.ran=1}", "{{constructor.constructor('window.ran=1')()}}", "`;window.ran=1;`", "';window.ran=1;//", '";window.ran=1;//', "javascript:window.ran=1", "data:text/html,<script>opener.ran=1</script>",
  "&lt;img src=x onerror=window.ran=1&gt;", "&#60;script&#62;window.ran=1&#60;/script&#62;", "<!--<img title='--><svg/onload=window.ran=1>'>", '"onfocus=window.ran=1 autofocus x="', "\\u003cscript\\u003ewindow.ran=1\\u003c/script\\u003e",
];
const texts = [...elements.flatMap((element) => breaks.map((before) => before + element)), ...others];
const at = (k) => texts[((k % texts.length) + texts.length) % texts.length];
/** Five in one, for fields that hold as much: twenty plans have them all. */
const five = (k) => [0, 20, 40, 60, 80].map((more) => at(k + more)).join("\n");
/** Nobody is like anybody else: a possible match would show no text of a plan. */
const born = (k) => `${1930 + (k % 70)}-${String(1 + (k % 12)).padStart(2, "0")}-${String(1 + (k % 28)).padStart(2, "0")}`;
/** A word before the text of a given name: where that begins with a single letter, as <a href> does, it would be an initial, which confirms nobody. */
const own = (k) => `Qu${String.fromCharCode(97 + (k % 26), 97 + Math.floor(k / 26))}`;
const name = Date.now().toString(36);
const patience = 60_000; // only a page that never gets there fails
let browser, service;

before(async () => {
  service = await theService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** HL7 2.4 §2.10: what would be read as a delimiter is escaped. */
const hl7 = (text) => text.replace(/[\\|^~&\n]/g, (c) => ({ "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\n": " " })[c]);

/** An arrival with a text in each field that is text; those that say who and where somebody is are valid. */
function arrival(k) {
  const f = (n) => hl7(at(k + 7 * n));
  const now = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  return [
    `MSH|^~\\&|${f(0)}|RQW|${f(1)}|${f(2)}|${now}+0000||ADT^A04|X${k}${name}|P|2.4`,
    `EVN|A04|${now}+0000||${f(3)}|${f(4)}^${f(5)}^${f(6)}`,
    `PID|1||${nhsNumber(7000 + 3 * k)}^^^NHS^NH~${f(7)}^^^${f(8)}^MR||${f(0)}^${own(k)} ${f(1)}^${f(2)}^${f(3)}^${f(4)}|${f(5)}|${born(k).replaceAll("-", "")}|2|${f(6)}^${f(7)}||${f(8)}^${f(9)}^${f(10)}^${f(11)}||${f(12)}|${f(13)}|${f(9)}^${f(1)}|${f(2)}|${f(3)}||||||${f(4)}|${f(5)}`,
    `NK1|1|${f(6)}^${f(7)}|${f(8)}|${f(9)}|${f(10)}`,
    `PV1|1|E|${k % 2 ? "AE" : f(11)}^${f(0)}^${f(1)}^RQWG0^^^${f(2)}^${f(3)}^${f(4)}||||${f(5)}^${f(6)}^${f(7)}|${f(8)}^${f(9)}||${f(10)}||||||||${f(11)}|V${k}${name}`,
    `PV2|||${f(12)}^${f(13)}|||||||||${f(0)}`,
    `AL1|1||${f(1)}^${f(2)}|${f(3)}|${f(4)}`, `DG1|1||${f(5)}^${f(6)}|${f(7)}`, `OBX|1|TX|${f(8)}^${f(9)}||${f(10)}`,
  ].join("\r");
}

/** Sends all messages over one connection and answers with what MSA-1 said of each. */
async function send(messages) {
  const [host, port] = service.mllp.split(":");
  const socket = connect(Number(port), host);
  const codes = [];
  for (const message of messages) {
    socket.write(`\x0b${message}\x1c\r`);
    let answer = "";
    while (!answer.includes("\x1c\r")) answer += await new Promise((read, fail) => socket.once("data", (bytes) => read(bytes.toString())).once("error", fail).once("close", () => fail(new Error("closed"))));
    socket.removeAllListeners();
    const code = /\rMSA\|(\w\w)/.exec(answer)?.[1];
    codes.push(code === "AA" ? code : answer);
  }
  socket.end();
  return codes;
}

const xml = (text) => text.replace(/[<>&"\n]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "\n": "<br/>" })[c]);

/** A plan with a text in each field that is text. */
function plan(k) {
  const f = (n) => at(k + 11 * n);
  const about = { subject: { reference: "#patient" } };
  const activity = (detail) => ({ detail: { status: "not-started", ...detail } });
  return {
    resourceType: "CarePlan", id: `xss-${k}-${name}`, status: "active", intent: "plan", title: at(k), description: five(k), ...about,
    author: { display: f(1) }, careTeam: [{ reference: "#team" }], category: [{ text: f(2) }], note: [{ text: five(k + 1), authorString: f(3) }],
    activity: [
      activity({ description: five(k + 2) }), activity({ doNotPerform: true, description: five(k + 3) }), activity({ kind: "MedicationRequest", productCodeableConcept: { text: f(4) }, description: f(5) }),
      activity({ kind: "MedicationRequest", doNotPerform: true, productCodeableConcept: { text: f(6) }, description: f(7) }), activity({ kind: "DeviceRequest", description: f(8), code: { text: f(9) } }),
      activity({ kind: "CommunicationRequest", description: f(10) }),
    ],
    contained: [
      {
        resourceType: "Patient", id: "patient", birthDate: born(k), gender: "female", identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: nhsNumber(7000 + 3 * k) }],
        name: [{ family: at(k), given: [`${own(k)} ${at(k + 7)}`, at(k + 14)], prefix: [f(3)], suffix: [f(4)] }], address: [{ line: [f(5), f(6)], city: f(7) }], telecom: [{ system: "phone", value: f(8) }],
        contact: [{ name: { text: f(9) }, relationship: [{ text: f(10) }], telecom: [{ system: "phone", value: f(11) }] }], communication: [{ language: { text: f(12) } }],
      },
      {
        resourceType: "Flag", id: "flag", status: "active", code: { text: f(1) }, ...about,
        extension: [{ url: "http://hl7.org/fhir/StructureDefinition/flag-priority", valueCodeableConcept: { coding: [{ system: "http://hl7.org/fhir/flag-priority-code", code: "PH" }] } }],
      },
      { resourceType: "AllergyIntolerance", id: "allergy", patient: { reference: "#patient" }, code: { text: f(2) }, criticality: "high", reaction: [{ manifestation: [{ text: f(3) }], description: f(4) }], note: [{ text: f(5) }] },
      { resourceType: "MedicationStatement", id: "takes", status: "active", ...about, medicationCodeableConcept: { text: f(6) }, dosage: [{ text: f(7) }], reasonCode: [{ text: f(8) }], note: [{ text: f(9) }] },
      { resourceType: "RelatedPerson", id: "carer", patient: { reference: "#patient" }, name: [{ text: f(10) }], relationship: [{ text: f(11) }], telecom: [{ system: "phone", value: f(12) }] },
      { resourceType: "CareTeam", id: "team", name: f(13), telecom: [{ system: "phone", value: f(14) }] },
      { resourceType: "DocumentReference", id: "letter", status: "current", ...about, description: f(15), content: [{ attachment: { contentType: "text/html", title: f(16), data: btoa(at(k)) } }] },
      {
        resourceType: "Composition", id: "doc", status: "final", type: { text: f(17) }, ...about, date: "2026-01-01", author: [{ display: f(18) }], title: f(19),
        section: [{ title: at(k), text: { status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml">${xml(five(k + 4))}</div>` } }],
      },
    ],
  };
}

const as = (token, method, path, body, type = "application/json") =>
  fetch(service.url + path, { method, headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": type } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });

/** A signed-in page that notes whatever runs, asks or reports. */
async function pageFor(t, token, path) {
  const page = await openPage(browser, service.url);
  t.after(() => page.context().close());
  page.on("dialog", (dialog) => (page.faults.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("popup", () => page.faults.push("a window was opened"));
  page.on("framenavigated", (frame) => frame !== page.mainFrame() && page.faults.push("a frame was made"));
  await page.addInitScript((held) => {
    sessionStorage.setItem("ucpalert.token", held);
    globalThis.reports = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.reports.push(`${event.violatedDirective} ${event.blockedURI}`));
  }, token);
  await page.goto(service.url + path);
  return page;
}

/** Nothing ran, nothing was reported, and nothing of the texts has become an element or an attribute. */
async function harmless(page, what, within = "ucp-app") {
  const found = await page.evaluate((within) => {
    const app = document.querySelector(within);
    const made = [...app.querySelectorAll("script, img, svg, iframe, video, audio, object, embed, link, style, base, meta, form[action], details[ontoggle]")].filter((e) => !e.matches(".ucp-plot__drawing"));
    const handlers = [...app.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name) || (/^(href|src|action|data|style)$/i.test(a.name) && /javascript:|elsewhere\.invalid|<|ran=1/i.test(a.value))));
    return { ran: globalThis.ran, reports: globalThis.reports, made: made.map((e) => e.outerHTML), handlers: handlers.map((e) => e.outerHTML.slice(0, 200)) };
  }, within);
  assert.deepEqual(found, { ran: undefined, reports: [], made: [], handlers: [] }, what);
  assert.deepEqual(page.faults, [], what);
}

test("a hundred texts, in every field of text from HL7 and FHIR, are text on every page", async (t) => {
  assert.equal(new Set(texts).size, 100);
  const published = await Promise.all(texts.map((_, k) => as("demo-centre-RP4", "PUT", `/fhir/CarePlan/xss-${k}-${name}`, plan(k), "application/fhir+json")));
  for (const [k, answer] of published.entries()) assert.equal(answer.status, 201, `${texts[k]}: ${await answer.text()}`);
  const arrivals = texts.map((_, k) => arrival(k));
  assert.deepEqual(await send(arrivals), Array(100).fill("AA"));
  // From a trust that no directory knows: kept, and shown to operations.
  const refused = await send(arrivals.slice(0, 3).map((message) => message.replace("|RQW|", "|ZZ9|").replace("ADT^A04|X", "ADT^A04|Z")));
  assert.ok(refused.every((answer) => /\rMSA\|AE/.test(answer)), refused.join("\n"));

  const board = await pageFor(t, "demo-clinician-RQW", "/board/RQW-AE");
  const own = (page) => page.locator("article.ucp-card");
  await board.waitForFunction(() => document.querySelectorAll("article.ucp-card").length >= 100, undefined, { timeout: patience });
  const shown = await own(board).evaluateAll((cards) => cards.map((card) => ({ id: card.dataset.alert, headline: card.querySelector(".ucp-card__headline")?.textContent, who: card.querySelector(".ucp-patient__name").textContent, where: card.querySelector(".ucp-card__where").textContent })));
  const cards = texts.map((text) => shown.find((card) => card.headline === text));
  for (const [k, card] of cards.entries()) {
    assert.ok(card, `no card has the headline ${texts[k]}`);
    assert.ok(card.who.includes(at(k).toUpperCase()), `${card.who} does not hold the family name ${at(k)}`);
    assert.ok(card.where.includes(at(k)), `${card.where} does not hold the room ${at(k)}`);
  }
  await harmless(board, "board");

  for (let k = 0; k < 20; k++) {
    await board.locator(`[id="open-${cards[k].id}"]`).click();
    const dialog = board.getByRole("dialog");
    await dialog.getByRole("heading", { name: "Never", exact: true }).waitFor({ timeout: patience });
    const text = await dialog.innerText();
    for (const more of [0, 20, 40, 60, 80]) assert.ok(text.includes(at(k + more)), `${at(k + more)} is not in the plan`);
    await harmless(board, `plan ${k}`, "dialog[open]");
    await board.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }

  const asked = await Promise.all(cards.slice(0, 20).map(({ id }, k) => as("demo-clinician-RQW", "POST", `/api/alerts/${id}/questions`, { text: five(k) })));
  for (const answer of asked) assert.ok(answer.ok, await answer.text());
  const wall = await pageFor(t, "demo-screen-RQW-AE", "/board/RQW-AE/wall");
  await wall.locator("ucp-wall [data-alert]").first().waitFor({ timeout: patience });
  await harmless(wall, "wall");

  const recent = await pageFor(t, "demo-clinician-RQW", "/board/RQW-AE/recent");
  const more = recent.getByRole("button", { name: "Show earlier arrivals" });
  await recent.locator("[data-attendance]").first().waitFor({ timeout: patience });
  for (let n = 0; n < 10 && (await more.count()) > 0; n++) {
    const rows = await recent.locator("[data-attendance]").count();
    await more.click();
    await recent.waitForFunction((before) => document.querySelectorAll("[data-attendance]").length > before, rows, { timeout: patience });
  }
  assert.ok((await recent.locator("main").innerText()).includes(at(7)));
  await harmless(recent, "recent");

  const overview = await pageFor(t, "demo-clinician-RQW", "/overview");
  await overview.getByText(at(0).toUpperCase()).first().waitFor({ timeout: patience });
  await harmless(overview, "overview");

  const centre = await pageFor(t, "demo-centre-RP4", "/centre");
  await centre.getByText(/20 questions wait/).or(centre.getByText(/questions wait/)).first().waitFor({ timeout: patience });
  assert.ok((await centre.locator("main").innerText()).includes(at(3)));
  await harmless(centre, "the centre's list and what waits");
  for (const path of [`/centre/plans/xss-0-${name}`, `/centre/plans/xss-0-${name}/edit`]) {
    await centre.goto(service.url + path);
    await centre.waitForFunction((text) => document.querySelector("main").textContent.includes(text) || [...document.querySelectorAll("input, textarea")].some((e) => e.value.includes(text)), at(0), { timeout: patience });
    await harmless(centre, path);
  }

  const operator = await pageFor(t, "demo-operator", "/operations");
  const message = operator.locator("[data-message]").first();
  await message.getByRole("button", { name: /^Show the message/ }).click({ timeout: patience });
  const bytes = message.getByRole("region", { name: /^Message / });
  await bytes.waitFor({ timeout: patience });
  assert.ok(/<(script|img|svg|body|iframe)/.test(await bytes.innerText()), "the message shows none of the texts");
  await harmless(operator, "operations");
  await operator.goto(`${service.url}/proofs`);
  await operator.locator("main h1").first().waitFor({ timeout: patience });
  await harmless(operator, "proofs");
});
