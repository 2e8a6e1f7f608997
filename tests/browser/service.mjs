// The service, and the centres and hospitals around it, as a test meets them: over public protocols only.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client, Message } from "node-hl7-client";
import { freePort } from "./port.mjs";

/** The program that is tried. */
export const program = process.env.UCPALERT_BIN ?? new URL("../../bin/ucpalert", import.meta.url).pathname;

/** One instance of the demo without simulated hospitals, in a data folder of its own. */
export class Service {
  #process;
  #lines = [];

  static async prepare() {
    const service = new Service();
    service.http = `127.0.0.1:${await freePort()}`;
    service.mllp = `127.0.0.1:${await freePort()}`;
    service.url = `http://${service.http}`;
    service.folder = await mkdtemp(join(tmpdir(), "ucpalert-browser-"));
    return service;
  }

  /** Runs the program, as the demo or with other arguments, until it says that it is ready. */
  async start(args = ["demo", "--arrivals=false", "--http", this.http, "--mllp", this.mllp, "--data", this.folder]) {
    this.#process = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise((_, fail) => {
      this.#process.once("error", fail);
      this.#process.once("exit", (code, signal) => fail(new Error(`the service ended (${signal ?? code}) before it was ready:\n${this.log}`)));
    });
    ended.catch(() => undefined);
    const ready = new Promise((done) => {
      createInterface({ input: this.#process.stderr }).on("line", (line) => {
        this.#lines = [...this.#lines.slice(-50), line];
        if (/\bready\b/.test(line)) done();
      });
    });
    await Promise.race([ready, ended]);
  }

  /** Ends it the hard way: nothing is flushed, nobody is told. */
  async kill() {
    await this.#end("SIGKILL");
  }

  async stop() {
    await this.#end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }

  get log() {
    return this.#lines.join("\n");
  }

  async #end(signal) {
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((done) => running.once("exit", done));
    running.kill(signal);
    await gone;
  }
}

/** The service to try: the one that the environment names (UCPALERT_HTTP and UCPALERT_MLLP, HOST:PORT), else one of its own. */
export async function theService() {
  const { UCPALERT_HTTP: http, UCPALERT_MLLP: mllp } = process.env;
  if (http && mllp) return { http, mllp, url: `http://${http}`, log: "", stop: async () => undefined };
  const service = await Service.prepare();
  await service.start();
  return service;
}

/** A valid NHS number of the range that is free for tests: 999 100 0000 and above. Some n have none; the next that has one is taken. */
export function nhsNumber(n) {
  for (let digits = String(999_100_000 + n); ; digits = String(Number(digits) + 1)) {
    const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
    const check = 11 - (sum % 11);
    if (check !== 10) return digits + String(check % 11);
  }
}

const stamp = (at = new Date()) => at.toISOString().replace(/\D/g, "").slice(0, 14) + "+0000";
let control = Date.now();

/** Sends one ADT message as a hospital's own system would, with a client that nobody here wrote. The answer is MSA-1. */
export async function sendADT(service, { event = "A04", nhs = "", born = "", family = "Tester", given = "Ana", sex = "2", visit, trust = "RQW", location = "AE^MAJORS^4^RQWG0" }) {
  const [host, port] = service.mllp.split(":");
  const id = String(control++);
  const text = [
    `MSH|^~\\&|PAS|${trust}|UCPALERT|UCPALERT|${stamp()}||ADT^${event}|${id}|P|2.4`,
    `EVN|${event}|${stamp()}`,
    `PID|1||${nhs}^^^NHS^NH||${family}^${given}||${born.replaceAll("-", "")}|${sex}`,
    `PV1|1|E|${location}||||||||||||||||${visit}`,
  ].join("\r");
  return new Promise((done, fail) => {
    const connection = new Client({ host }).createConnection({ port: Number(port), waitAck: true }, (answer) => {
      const message = answer.getMessage();
      const said = message.get("MSA.2").toString() === id ? message.get("MSA.1").toString() : "an answer to another message";
      void connection.close().then(() => done(said), fail);
    });
    connection.on("error", fail);
    // Sending before it has connected makes this client open a second connection, which it then never closes.
    connection.once("connect", () => connection.sendMessage(new Message({ text })).catch(fail));
  });
}

/** Publishes a plan, or another version of it, as a centre would. The answer is the HTTP status. */
export async function publishPlan(service, { centre = "RP4", id, nhs, born, family = "Tester", given = "Ana", headline, description, doNot, status = "active", priority = "PH", contained = [], more = {} }) {
  const plan = {
    resourceType: "CarePlan", id, status, intent: "plan", title: headline, description, subject: { reference: "#patient" },
    contained: [
      {
        resourceType: "Patient", id: "patient", birthDate: born, gender: "female", name: [{ family, given: [given] }],
        identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: nhs }],
      },
      {
        resourceType: "Flag", id: "flag", status: "active", code: { text: headline }, subject: { reference: "#patient" },
        extension: [{ url: "http://hl7.org/fhir/StructureDefinition/flag-priority", valueCodeableConcept: { coding: [{ system: "http://hl7.org/fhir/flag-priority-code", code: priority }] } }],
      },
      ...contained,
    ],
    ...more,
    ...(doNot ? { activity: [{ detail: { status: "not-started", doNotPerform: true, description: doNot } }] } : {}),
  };
  const answer = await fetch(`${service.url}/fhir/CarePlan/${id}`, {
    method: "PUT",
    headers: { Authorization: `Bearer demo-centre-${centre}`, "Content-Type": "application/fhir+json" },
    body: JSON.stringify(plan),
  });
  await answer.arrayBuffer();
  return answer.status;
}
