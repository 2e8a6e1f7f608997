// A stand-in for the service in the hands of a test: answers the pages from memory, and can fall silent, skip a frame or hang up at will.
// look.mjs takes pictures with it. What the real service says is tried in board.test.mjs.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import { freePort } from "./port.mjs";

const dist = new URL("../../web/ui/dist/", import.meta.url).pathname;
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const place = (id, name, organisation, organisation_name, region, region_name) => ({
  id, name, organisation, organisation_name, site_name: name.replace(" A&E", " Hospital"), region, region_name, time_zone: "Europe/London",
  phones: [{ name: "Nurse in charge", number: "01632 960111" }, { name: "Switchboard", number: "01632 960100" }],
});

export const departments = [
  place("RQW-AE", "Princess Alexandra A&E", "RQW", "The Princess Alexandra Hospital NHS Trust", "QM7", "Hertfordshire and West Essex"),
  place("RWG-AE", "Watford A&E", "RWG", "West Hertfordshire Teaching Hospitals NHS Trust", "QM7", "Hertfordshire and West Essex"),
  place("RWH-AE", "Lister A&E", "RWH", "East and North Hertfordshire NHS Trust", "QM7", "Hertfordshire and West Essex"),
  place("RAJ-AE", "Broomfield A&E", "RAJ", "Mid and South Essex NHS Foundation Trust", "QH8", "Mid and South Essex"),
];

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

export function alert(n, more = {}) {
  return {
    id: `a${n}`, department: "RQW-AE", attendance: `t${n}`, plan: `p${n}`, version: 1,
    patient: { family: "Tester", given: "Ana", nhs_number: "9990000018", birth_date: "1980-02-13", age: 46, sex: "female" },
    match: "confirmed", reason: "NHS number and date of birth agree", centre: "RP4", centre_name: "Great Ormond Street Hospital",
    headline: "Adrenal crisis: give hydrocortisone 50 mg IM before anything else", urgency: "critical", raised: ago(n), arrived: ago(n + 1), location: "Resus, bay 2",
    state: "raised", ...more,
  };
}

const plan = {
  plan: "p1", version: 1, status: "active", centre: "RP4", centre_name: "Great Ormond Street Hospital",
  headline: "Adrenal crisis: give hydrocortisone 50 mg IM before anything else", urgency: "critical", published: ago(60 * 24 * 40), author: "Dr I. Invented, consultant endocrinologist",
  sections: [
    { title: "What to do in an emergency", text: "Invented adrenal insufficiency. Vomiting, fever or drowsiness can become circulatory collapse within hours." },
    { title: "", text: "Hydrocortisone 50 mg IM or IV at once, before bloods and before a bed is found." },
    { title: "", text: "Glucose, sodium, potassium and blood gas at the bedside." },
    { title: "", text: "Shocked: 0.9% sodium chloride, reassess, repeat as needed." },
    { title: "Do not", text: "Do not wait for results, a senior review or an early warning score before the first dose." },
    { title: "Do not", text: "Do not send home after one dose, even if she looks well." },
    { title: "Note", text: "At any hour: 020 7946 0000, endocrine registrar on call." },
    { title: "Note", text: "Her mother carries an emergency kit and a steroid card." },
  ],
  review: "overdue",
  conflicts: [
    {
      about: "cpr",
      sides: [
        { plan: "p3", version: 2, centre: "RP4", centre_name: "Great Ormond Street Hospital", says: "for-cpr", since: "2026-10-06" },
        { plan: "other", version: 1, centre: "RJZ", centre_name: "King's College Hospital", says: "not-for-cpr", since: "2026-03-02", words: "Agreed with the family" },
      ],
    },
  ],
  content: {
    kinds: ["Emergency health care plan"],
    cpr: { says: "for-cpr", since: "2026-10-06", earlier: { says: "not-for-cpr", since: "2026-03-02", version: 1 } },
    ceiling: { says: "reversible-in-hospital", since: "2026-10-06" },
    allergies: [{ to: "Penicillin", reaction: "Anaphylaxis (severe)", severe: true }, { to: "Latex", reaction: "Weals", status: "unconfirmed" }],
    actions: [
      { text: "Invented adrenal insufficiency. Vomiting, fever or drowsiness can become circulatory collapse within hours." },
      { text: "Hydrocortisone 50 mg IM or IV at once, before bloods and before a bed is found." },
      { text: "Glucose, sodium, potassium and blood gas at the bedside." },
      { text: "Shocked: 0.9% sodium chloride, reassess, repeat as needed." },
    ],
    never: [{ text: "Do not wait for results, a senior review or an early warning score before the first dose." }, { text: "Do not send home after one dose, even if she looks well." }],
    medicines: [
      { use: "give", name: "Hydrocortisone", dose: "50 mg IM or IV at once" },
      { use: "takes", name: "Fludrocortisone", dose: "100 micrograms once a day" },
      { use: "takes", name: "Warfarin", state: "stopped" },
      { use: "avoid", name: "Ibuprofen", note: "Bled in 2024." },
    ],
    equipment: [{ title: "Emergency kit", text: "with her mother" }],
    communication: [{ title: "Language", text: "Bengali" }, { text: "An interpreter is needed." }],
    carers: [{ name: "Amina Invented", relation: "Mother", phone: "07700 900001" }],
    telephone: { number: "020 7946 0000", who: "Endocrine registrar on call" },
    role: "Consultant",
    reviewed: "2026-03-02",
    review_due: "2026-10-01",
    sections: [{ title: "About me", text: "Loves trains." }, { title: "Note", text: "Her mother carries an emergency kit and a steroid card." }],
    attachments: [
      { title: "Steroid card", type: "image/png", bytes: 68, sha256: "1", dated: "2026-03-02" },
      { title: "Clinic letter", type: "application/pdf", bytes: 612, sha256: "2" },
      { title: "Care summary", type: "text/html", bytes: 900, sha256: "3" },
    ],
  },
};

const today = () => new Date().toLocaleDateString("en-CA", { timeZone: "Europe/London" });
const who = (family, given, more = {}) => ({ family, given, name: `${family}, ${given}`, nhs_number: "9990000026", birth_date: "1957-11-02", age: 69, sex: "male", ...more });
const arrived = [
  { attendance: "t1", patient: who("Tester", "Ana", { nhs_number: "9990000018", sex: "female" }), arrived: ago(4), location: "Resus, bay 2", state: "in department", found: "plan", checked: ago(3), plans_to: ago(5) },
  { attendance: "t2", patient: who("Nobody", "Bartholomew Featherstonehaugh"), arrived: ago(12), location: "Waiting room", state: "in department", found: "none", checked: ago(3), plans_to: ago(5) },
  { attendance: "t3", patient: { family: "Unknown", name: "Unknown" }, arrived: ago(25), state: "in department", found: "too little known", missing: ["NHS number", "date of birth"], checked: ago(25), plans_to: ago(40) },
  { attendance: "t4", patient: who("Sample", "Dorothy"), arrived: ago(44), left: ago(9), state: "departed", found: "possible", checked: ago(20), plans_to: ago(40) },
  { attendance: "t5", patient: who("Private", "Perry"), arrived: ago(61), state: "admitted", found: "not shared", checked: ago(3), plans_to: ago(5) },
];
const recent = [
  {
    id: "r1", attendance: "t1", patient: arrived[0].patient, match: "confirmed", reason: "NHS number and date of birth agree", urgency: "critical", centre: "RP4",
    centre_name: "Great Ormond Street Hospital", state: "closed", raised: ago(4), changed: "avoided-admission",
    timeline: [
      { at: ago(4), what: "arrived" }, { at: ago(4), what: "raised", why: "NHS number and date of birth agree" }, { at: ago(4), what: "delivered", by: "demo-screen-RQW-AE", role: "screen", screen: "majors-1" },
      { at: ago(4), what: "displayed", by: "demo-screen-RQW-AE", role: "screen", screen: "majors-1" }, { at: ago(3), what: "seen", by: "demo-screen-RQW-AE", role: "screen", screen: "b5a1f0c2-77de-4b0e-9d0c-3f6f2a1c9e55" },
      { at: ago(2), what: "acknowledged", by: "Nurse in charge", role: "clinician", why: "taken on, on screen majors-1" }, { at: ago(2), what: "handed_over", by: "Nurse in charge", role: "clinician", why: "to Dr I. Invented" },
      { at: ago(2), what: "asked", by: "Nurse in charge", role: "clinician" }, { at: ago(1), what: "answered", by: "Great Ormond Street plans", role: "centre" }, { at: ago(1), what: "outcome", by: "Nurse in charge", role: "clinician" }, { at: ago(1), what: "closed", why: "the patient has left the department" }, { at: ago(1), what: "departed" },
    ],
  },
  {
    id: "r2", attendance: "t4", patient: arrived[3].patient, match: "possible", reason: "NHS number agrees, but the date of birth differs", urgency: "routine", centre: "RAL", centre_name: "Royal Free Hospital",
    state: "withdrawn", raised: ago(3000), timeline: [{ at: ago(3001), what: "arrived" }, { at: ago(3000), what: "raised", why: "NHS number agrees, but the date of birth differs" }],
  },
];

/** What was asked and answered about the first of them. */
const said = {
  alert: "r1", answerable: true, centre_name: "Great Ormond Street Hospital", centre_phone: "020 7946 0104",
  lines: [
    { id: "l1", kind: "question", text: "Is 50 mg right for her weight?", by: "Nurse in charge", role: "clinician", organisation: "The Princess Alexandra Hospital NHS Trust", version: 1, at: ago(2), state: "answered" },
    { id: "l2", kind: "answer", answers: "l1", text: "Yes. Ring us after the first dose.", by: "Great Ormond Street plans", role: "centre", organisation: "Great Ormond Street Hospital", version: 1, at: ago(1) },
  ],
};

const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

/** Starts the double. The answer controls it. With canary, it says that a check comes so often, in seconds; check() sends one. */
export async function startDouble({ alerts = [], demo = true, port = 0, epoch = "e1", canary } = {}) {
  let held = new Map(alerts.map((a) => [a.id, a]));
  let number = 10;
  let silent = false;
  let refusal;
  let build, stuck;
  let standing;
  const sockets = new Set();
  const position = () => `${epoch}/${number}`;

  const http = createServer(async (request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const json = (status, body) => {
      response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
      response.end(JSON.stringify(body));
    };
    response.setHeader("Content-Security-Policy", policy);
    if (path === "/api/departments") return json(200, { departments });
    if (path === "/api/demo/accounts") {
      if (!demo) return json(404, { title: "Not found", status: 404, detail: "there is no such address" });
      return json(200, {
        accounts: [
          { token: "demo-screen-RQW-AE", role: "screen", organisation: "RQW", department: "RQW-AE", description: "Screen at Princess Alexandra A&E" },
          { token: "demo-clinician-RQW", role: "clinician", organisation: "RQW", description: "Clinician at The Princess Alexandra Hospital" },
          { token: "demo-screen-RWG-AE", role: "screen", organisation: "RWG", department: "RWG-AE", description: "Screen at Watford A&E" },
        ],
      });
    }
    if (/^\/api\/departments\/[^/]+\/checked$/.test(path)) {
      return json(200, { department: "RQW-AE", day: today(), arrivals: 37, with_plan: 2, too_little: 1, checked: ago(1), plans_to: ago(2) });
    }
    if (/^\/api\/departments\/[^/]+\/arrivals$/.test(path)) return json(200, { department: "RQW-AE", day: today(), time_zone: "Europe/London", arrivals: arrived });
    if (/^\/api\/departments\/[^/]+\/recent$/.test(path)) return json(200, { department: "RQW-AE", since: ago(6 * 24 * 60), time_zone: "Europe/London", alerts: recent, more: false });
    if (path === "/api/sign-in-ways") return json(200, { password: "everybody", providers: [] });
    if (path === "/api/session") {
      const token = (request.headers.authorization ?? "").replace("Bearer ", "");
      if (!token.startsWith("demo-")) return json(401, { title: "Not signed in", status: 401, detail: "the access token is not known" });
      const screen = token.includes("screen");
      const may = ["watch a board", "open a plan", "give a receipt", "acknowledge an alert", "read the arrivals", ...(screen ? [] : ["watch the boards of an area", "read the proofs"])];
      return json(200, { name: token, role: screen ? "screen" : "clinician", organisation: "RQW", demo, by: "token", may });
    }
    if (/^\/api\/alerts\/[^/]+\/plan$/.test(path)) {
      const found = held.get(path.split("/")[3]);
      if (!found) return json(404, { title: "Not found", status: 404, detail: "there is no such alert" });
      return json(200, { ...plan, ...found, sections: plan.sections, status: "active", published: plan.published });
    }
    if (/^\/api\/alerts\/[^/]+$/.test(path)) {
      const found = held.get(path.split("/")[3]);
      return found ? json(200, found) : json(404, { title: "Not found", status: 404, detail: "There is no such alert." });
    }
    if (path === "/api/alerts/r1/thread") return json(200, said);
    if (/^\/api\/alerts\/[^/]+\/attachments\/1$/.test(path)) {
      response.writeHead(200, { "Content-Type": "image/png" });
      return response.end(pixel);
    }
    if (/\/attachments\//.test(path)) return json(503, { title: "Service unavailable", status: 503, detail: "Nothing is shown, because the reading could not be recorded. Try again." });
    const file = path.startsWith("/assets/") ? normalize(path).slice(1) : path === "/" || path === "/practice" || path.startsWith("/board/") ? "index.html" : undefined;
    if (!file) return json(404, { title: "Not found", status: 404 });
    try {
      let body = await readFile(join(dist, file));
      if (build && file === "assets/version.json") body = JSON.stringify({ build });
      if (build && file === "index.html" && !stuck) body = body.toString().replace(/(name="ucp-build" content=")[^"]*/, `$1${build}`);
      response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
      response.end(body);
    } catch {
      json(404, { title: "Not found", status: 404 });
    }
  });

  const server = new WebSocketServer({ noServer: true, handleProtocols: () => "ucpalert.v1" });
  http.on("upgrade", (request, socket, head) => server.handleUpgrade(request, socket, head, (ws) => serve(ws)));

  const received = [];
  function serve(ws) {
    const say = (frame) => silent || ws.send(JSON.stringify(frame));
    ws.on("message", (bytes) => {
      const message = JSON.parse(bytes);
      received.push(message);
      if (message.type === "hello") {
        const resumed = message.after === position();
        say({ type: "welcome", department: "RQW-AE", position: position(), resumed, heartbeat_seconds: 5, ...(canary ? { canary_seconds: canary } : {}) });
        if (standing) say(standing);
        if (!resumed) say({ type: "snapshot", position: position(), alerts: [...held.values()] });
        sockets.add(ws);
        ws.beat = setInterval(() => say({ type: "heartbeat", position: position(), time: new Date().toISOString() }), 1000);
        return;
      }
      if (message.type === "acknowledge" && refusal) return say({ type: "refused", command: "acknowledge", alert: message.alert, reason: refusal });
      if (message.type === "acknowledge") {
        const a = held.get(message.alert);
        if (!a || a.state !== "raised") return say({ type: "refused", command: "acknowledge", alert: message.alert, reason: "it has already been acknowledged" });
        control.change("acknowledged", { ...a, state: "acknowledged", acknowledged: { by: "demo-clinician-RQW", role: "clinician", at: new Date().toISOString(), version: a.version, done: message.done ?? "taken_on", holder: "demo-clinician-RQW" } });
      }
      if (message.type === "hand_over") {
        const a = held.get(message.alert);
        const holder = a?.acknowledged?.holder ?? a?.acknowledged?.by;
        if (holder !== message.from) return say({ type: "refused", command: "hand_over", alert: message.alert, reason: `it is now with ${holder}` });
        control.change("handed_over", { ...a, acknowledged: { ...a.acknowledged, holder: message.to, handed_by: "demo-clinician-RQW", handed_at: new Date().toISOString() } });
      }
      if (message.type === "alive") return;
      say({ type: "done", command: message.type, alert: message.alert });
    });
    ws.on("close", () => {
      clearInterval(ws.beat);
      sockets.delete(ws);
    });
  }

  const control = {
    received,
    get listeners() {
      return sockets.size;
    },
    change(change, a) {
      const previous = position();
      number++;
      if (a.state === "withdrawn" || a.state === "closed") held.delete(a.id);
      else held.set(a.id, a);
      if (!silent) for (const ws of sockets) ws.send(JSON.stringify({ type: "alert", position: position(), previous, change, alert: a }));
    },
    /** How what the board depends on stands. */
    stand(status) {
      standing = { type: "status", department: "RQW-AE", time: new Date().toISOString(), plans: [], ...status };
      if (!silent) for (const ws of sockets) ws.send(JSON.stringify(standing));
    },
    /** A heartbeat beside those of each second: for a page whose clock runs faster. */
    beat() {
      if (!silent) for (const ws of sockets) ws.send(JSON.stringify({ type: "heartbeat", position: position(), time: new Date().toISOString() }));
    },
    /** The check came through. */
    check(n = 1) {
      if (!silent) for (const ws of sockets) ws.send(JSON.stringify({ type: "canary", position: `${epoch}/${1000 + n}`, checked: new Date().toISOString() }));
    },
    /** The service knows somebody else to look after an alert, and has told nobody yet. */
    hold(id, more) {
      const a = held.get(id);
      held.set(id, { ...a, acknowledged: { ...a.acknowledged, ...more } });
    },
    /** Says nothing more on any socket, and keeps them open. */
    silence() {
      silent = true;
    },
    /** The journal moves on and nobody is told: the next frame shows a gap. */
    skip() {
      number++;
    },
    /** The service is replaced by one with newer pages; if they are stuck, something on the way goes on giving out the old one. */
    replacePages(name, stuckOnTheWay = false) {
      build = name;
      stuck = stuckOnTheWay;
    },
    hangUp(code) {
      for (const ws of sockets) ws.close(code);
    },
    /** What is answered to acknowledging from now on: a reason to refuse, or nothing. */
    refuse(reason) {
      refusal = reason;
    },
    close: () => {
      for (const ws of server.clients) ws.terminate();
      http.closeAllConnections();
      return new Promise((done) => http.close(done));
    },
  };
  const at = port || (await freePort());
  await new Promise((ready) => http.listen(at, "127.0.0.1", ready));
  return Object.assign(control, { url: `http://127.0.0.1:${http.address().port}` });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const double = await startDouble({ alerts: [alert(1), alert(2, { urgency: "urgent" })], port: 8099 });
  console.log(double.url);
}
