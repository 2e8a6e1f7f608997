// Hospitals' systems that nobody here wrote: two HL7 clients of other makers, plain and over TLS with client certificates.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Hl7Message } from "@medplum/core";
import { Hl7Client } from "@medplum/hl7";
import { Client, Message } from "node-hl7-client";
import { freePort } from "./port.mjs";

const here = new URL(".", import.meta.url).pathname;
const program = process.env.UCPALERT_BIN ?? join(here, "../../bin/ucpalert");
const folder = mkdtempSync(join(tmpdir(), "ucpalert-hl7-"));
const file = (name) => join(folder, name);
const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
let service, plain, secure;

/** Makes NAME.pem and NAME.key as docs/operating.md tells. */
function certificate(name, subject, extensions) {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
  openssl("req", "-new", "-key", `${name}.key`, "-subj", subject, "-out", `${name}.csr`);
  writeFileSync(file(`${name}.ext`), extensions);
  openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "hospitals.pem", "-CAkey", "ca.key", "-days", "397", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
}

before(async () => {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key");
  openssl("req", "-x509", "-new", "-key", "ca.key", "-days", "3650", "-subj", "/O=Example ICB/CN=Hospital feeds", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", "hospitals.pem");
  certificate("service", "/O=Example ICB/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1");
  certificate("adt", "/C=GB/O=Test Trust/CN=adt.example", "extendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE");
  certificate("other", "/C=GB/O=Other Trust/CN=adt.other", "extendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE");
  copyFileSync(join(here, "../../demo/directory.yaml"), file("directory.yaml"));
  [plain, secure] = [await freePort(), await freePort()];
  writeFileSync(file("ucpalert.yaml"), `
http: {address: "127.0.0.1:${await freePort()}"}
mllp:
  listeners:
    - {name: plain, address: "127.0.0.1:${plain}"}
    - {name: secure, address: "127.0.0.1:${secure}", tls: {certificate: service.pem, key: service.key, client_ca: [hospitals.pem]}}
  senders:
    - {name: princess-alexandra, subject: "CN=adt.example,O=Test Trust,C=GB", organisation: RQW}
    - {name: watford, subject: "CN=adt.other,O=Other Trust,C=GB", organisation: RWG}
storage: {data_folder: data}
directory: directory.yaml
allow_test_patients: true
`);
  service = spawn(program, ["serve", "--config", file("ucpalert.yaml")], { stdio: ["ignore", "ignore", "pipe"] });
  const lines = [];
  await new Promise((ready, fail) => {
    service.once("exit", () => fail(new Error(`the service ended before it was ready:\n${lines.join("\n")}`)));
    createInterface({ input: service.stderr }).on("line", (line) => {
      lines.push(line);
      if (line.includes('"msg":"ready"')) ready();
    });
  });
});

after(async () => {
  if (service && service.exitCode === null) {
    service.kill("SIGTERM");
    await once(service, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

let control = 1;
function arrival(trust = "RQW") {
  const id = `C${control++}`;
  const text = [
    `MSH|^~\\&|PAS|${trust}|UCPALERT|UCPALERT|20261122120000||ADT^A04|${id}|P|2.4`,
    "EVN|A04|20261122120000",
    "PID|1||9991000003^^^NHS^NH||Tester^Ana||19800213|2",
    `PV1|1|E|AE||||||||||||||||V${id}`,
  ].join("\r");
  return { id, text };
}

/** Sends with node-hl7-client and returns MSA-1, or the error that ended the connection. */
function sendWithNodeHL7(port, { text }, tls) {
  return new Promise((done, fail) => {
    const connection = new Client({ host: "127.0.0.1", ...(tls ? { tls } : {}) }).createConnection({ port, waitAck: true, maxConnectionAttempts: 1 }, (answer) => {
      const code = answer.getMessage().get("MSA.1").toString();
      void connection.close().then(() => done(code), fail);
    });
    connection.on("error", fail);
    connection.on("client.error", fail);
    connection.once("connect", () => connection.sendMessage(new Message({ text })).catch(fail));
  });
}

const shows = (name) => ({ ca: readFileSync(file("hospitals.pem")), cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) });

test("@medplum/hl7 sends several messages over one connection and gets each answer", async () => {
  const client = new Hl7Client({ host: "127.0.0.1", port: plain, keepAlive: true });
  for (let i = 0; i < 5; i++) {
    const { id, text } = arrival();
    const answer = await client.sendAndWait(Hl7Message.parse(text));
    assert.equal(answer.getSegment("MSA").getField(1).toString(), "AA");
    assert.equal(answer.getSegment("MSA").getField(2).toString(), id);
  }
  const { text } = arrival("XXX");
  const refused = await client.sendAndWait(Hl7Message.parse(text));
  assert.equal(refused.getSegment("MSA").getField(1).toString(), "AE");
  await client.close();
});

test("node-hl7-client sends plain", async () => {
  assert.equal(await sendWithNodeHL7(plain, arrival()), "AA");
});

test("node-hl7-client sends over TLS with its certificate", async () => {
  assert.equal(await sendWithNodeHL7(secure, arrival(), shows("adt")), "AA");
});

test("node-hl7-client over TLS may not send for another trust", async () => {
  assert.equal(await sendWithNodeHL7(secure, arrival("RQW"), shows("other")), "AR");
});
