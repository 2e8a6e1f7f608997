// What travels on the wire of `ucpalert.v1`, and how a frame is read into it.
//
// Everything a server sends passes through parseFrame once; past it only frames of these shapes travel.

/** Why an alert frame was sent. */
export type Change = "raised" | "updated" | "acknowledged" | "handed_over" | "answered" | "withdrawn" | "closed";

/** Where an alert stands in its life. */
export type AlertState = "raised" | "acknowledged" | "withdrawn" | "closed";

export type Urgency = "routine" | "urgent" | "critical";

/** The patient, as this viewer may see them; what may not be seen is absent. */
export interface Patient {
  name?: string;
  family?: string;
  given?: string;
  /** Ten digits, without spaces. */
  nhs_number?: string;
  /** YYYY, YYYY-MM or YYYY-MM-DD. */
  birth_date?: string;
  /** Completed years. */
  age?: number;
  sex?: string;
}

export interface Acknowledgement {
  by?: string;
  role?: string;
  /** RFC 3339. */
  at?: string;
  /** Version of the plan that was on the screen when it was acknowledged. */
  version?: number;
  /** "taken_on" or "already_known". */
  done?: string;
  /** Who looks after it: whom it was handed over to last, by whom and when, else who answered. */
  holder?: string;
  handed_by?: string;
  handed_at?: string;
}

/**
 * One alert. An alert that has moved to another department is withdrawn with only id, department, state and
 * state_reason: all else is optional for that reason.
 */
export interface Alert {
  id: string;
  department: string;
  state: AlertState;
  state_reason?: string;
  attendance?: string;
  patient?: Patient;
  match?: "confirmed" | "possible";
  /** Why the match is what it is, in words: "NHS number and date of birth agree". */
  reason?: string;
  plan?: string;
  version?: number;
  /** ODS code of the centre whose plan it is. */
  centre?: string;
  centre_name?: string;
  /** Absent for a possible match. */
  headline?: string;
  urgency?: Urgency;
  /** RFC 3339. */
  raised?: string;
  /** RFC 3339. */
  arrived?: string;
  /** "Majors, bay 4" */
  location?: string;
  /** The centre's number, day and night. */
  centre_phone?: string;
  /** "summary": the plan cannot be opened here, the centre is rung. "restricted": its headline is not for boards; some roles may open it. */
  show?: "summary" | "restricted";
  /** The plan was withdrawn after it had been shown here, and nobody in the department has seen that yet. The state is "withdrawn". */
  recall?: boolean;
  acknowledged?: Acknowledgement;
  warnings?: string[];
  /** How the plan stands against its day of review, today in the department; absent while that is far off. */
  review?: "due" | "overdue";
  /** YYYY, YYYY-MM or YYYY-MM-DD. */
  review_due?: string;
  /** Where another plan for the same visit says something else. */
  conflicts?: Disagreement[];
  /** Questions asked of the centre, those of them that wait, answers that nobody here has read, and waiting notes that the plan is wrong. */
  questions?: number;
  unanswered?: number;
  answered_new?: number;
  disputed?: number;
  /** What the plan changed here, once somebody said so. */
  outcome?: string;
  /** In somebody's own stream, why the alert concerns them: "holds", "acknowledged", "handed_over", "asked". */
  mine?: string[];
}

/** What plans disagree about, and which plans those are. */
export interface Disagreement {
  about: string;
  medicine?: string;
  plans: string[];
}

export interface Welcome {
  type: "welcome";
  /** Of one department's stream; a stream of several lists them instead. There an alert is known by its department and its id. */
  department?: string;
  departments?: string[];
  position: string;
  resumed: boolean;
  heartbeat_seconds: number;
  /** How often the canary comes; absent if it does not. */
  canary_seconds?: number;
}

/** The check that goes the way of an arrival came through. It is no entry of the room and moves no position. */
export interface Canary {
  type: "canary";
  /** The receipt names it. */
  position: string;
  /** When the service took it: RFC 3339. */
  checked: string;
}

export interface Snapshot {
  type: "snapshot";
  position: string;
  alerts: Alert[];
}

export interface AlertChange {
  type: "alert";
  position: string;
  previous: string;
  change: Change;
  alert: Alert;
}

export interface Heartbeat {
  type: "heartbeat";
  position: string;
  /** RFC 3339. */
  time: string;
}

/** How what a department's board depends on stands. A part that nobody reports on is absent. Times are RFC 3339. */
export interface DepartmentStatus {
  type: "status";
  department: string;
  /** When that was so. */
  time: string;
  /** The hospital's messages: "heard", "silent" or "unknown"; when one came last, since when none comes, and what to say about it. */
  feed?: { state: string; last?: string; since?: string; words?: string; usual?: number; part?: string };
  /** When each centre was last heard: "heard" or "failing". */
  plans: { centre: string; centre_name?: string; last?: string; state: string; words?: string }[];
  /** The check that goes the way of a message: "passed", "missed", "alarm", "no_screen" or "off". */
  canary?: { state: string; last?: string; words?: string };
  /** Screens of the department on all servers, and departments of its hospital whose board nobody can see. */
  screens?: { connected: number; visible: number; unwatched: string[] };
}

/** What a client may say about an alert. */
export type Command = "delivered" | "displayed" | "seen" | "acknowledge" | "hand_over" | "recall_seen";

export interface Done {
  type: "done";
  command: Command;
  alert: string;
}

export interface Refusal {
  type: "refused";
  command: Command;
  alert: string;
  reason: string;
}

/** A type this client does not know: a newer server may send more, and it is passed over. */
export interface Unknown {
  type: "unknown";
}

export type Frame = Welcome | Snapshot | AlertChange | Heartbeat | DepartmentStatus | Canary | Done | Refusal | Unknown;

/** A frame that cannot be read. The text says which field, never what was in it: it may be about a patient. */
export class FrameFault extends Error {
  override readonly name = "FrameFault";
}

const changes: readonly string[] = ["raised", "updated", "acknowledged", "handed_over", "answered", "withdrawn", "closed"];
const states: readonly string[] = ["raised", "acknowledged", "withdrawn", "closed"];
const urgencies: readonly string[] = ["routine", "urgent", "critical"];
const commands: readonly string[] = ["delivered", "displayed", "seen", "acknowledge", "hand_over", "recall_seen"];

type Fields = Record<string, unknown>;

/** Reads one text frame. Throws FrameFault for anything that is not a frame of the protocol. */
export function parseFrame(text: unknown): Frame {
  if (typeof text !== "string") throw new FrameFault("a frame is not text");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameFault("a frame is not JSON");
  }
  const f = fields(value, "frame");
  switch (f["type"]) {
    case "welcome":
      return {
        type: "welcome",
        ...(Array.isArray(f["departments"]) ? { departments: f["departments"].filter((d): d is string => typeof d === "string") } : { department: word(f, "department") }),
        position: word(f, "position"),
        resumed: f["resumed"] === true,
        heartbeat_seconds: seconds(f, "heartbeat_seconds"),
        ...(f["canary_seconds"] === undefined ? {} : { canary_seconds: seconds(f, "canary_seconds") }),
      };
    case "snapshot":
      return { type: "snapshot", position: word(f, "position"), alerts: list(f, "alerts").map(parseAlert) };
    case "alert":
      return {
        type: "alert",
        position: word(f, "position"),
        previous: word(f, "previous"),
        // A change that is newer than this page is shown all the same: the alert says what holds.
        change: changes.includes(word(f, "change")) ? (f["change"] as Change) : "updated",
        alert: parseAlert(f["alert"]),
      };
    case "heartbeat":
      return { type: "heartbeat", position: word(f, "position"), time: instant(f, "time") };
    case "status":
      return parseStatus(f);
    case "canary":
      return { type: "canary", position: word(f, "position"), checked: instant(f, "checked") };
    case "done":
      // The receipt of a canary is not waited for: the next one comes.
      if (f["command"] === "canary_displayed") return { type: "unknown" };
      return { type: "done", command: oneOf(f, "command", commands) as Command, alert: word(f, "alert") };
    case "refused":
      if (f["command"] === "canary_displayed") return { type: "unknown" };
      return {
        type: "refused",
        command: oneOf(f, "command", commands) as Command,
        alert: word(f, "alert"),
        reason: typeof f["reason"] === "string" ? f["reason"] : "",
      };
    default:
      word(f, "type");
      return { type: "unknown" };
  }
}

/**
 * Reads one alert, also as the HTTP interface gives it. Throws FrameFault without id, department or state. Any other field that
 * is not what it should be is left out: one odd field must not take the whole board off the screen.
 */
export function parseAlert(value: unknown): Alert {
  const f = fields(value, "alert");
  const alert: Alert = {
    id: word(f, "id"),
    department: word(f, "department"),
    state: oneOf(f, "state", states) as AlertState,
  };
  for (const key of ["state_reason", "attendance", "reason", "plan", "centre", "centre_name", "centre_phone", "headline", "raised", "arrived", "location", "review_due"] as const) {
    const text = optionalText(f, key);
    if (text !== undefined) alert[key] = text;
  }
  const version = optionalNumber(f, "version");
  if (version !== undefined) alert.version = version;
  // A match that is not said to be confirmed is never shown as if it were.
  if (f["match"] !== undefined) alert.match = f["match"] === "confirmed" ? "confirmed" : "possible";
  for (const key of ["questions", "unanswered", "answered_new", "disputed"] as const) {
    const n = optionalNumber(f, key);
    if (n !== undefined) alert[key] = n;
  }
  const outcome = optionalText(f, "outcome");
  if (outcome !== undefined) alert.outcome = outcome;
  if (urgencies.includes(f["urgency"] as string)) alert.urgency = f["urgency"] as Urgency;
  if (f["show"] === "summary" || f["show"] === "restricted") alert.show = f["show"];
  if (f["recall"] === true) alert.recall = true;
  if (isObject(f["patient"])) alert.patient = parsePatient(f["patient"]);
  if (isObject(f["acknowledged"])) alert.acknowledged = parseAcknowledgement(f["acknowledged"]);
  if (f["review"] === "due" || f["review"] === "overdue") alert.review = f["review"];
  if (Array.isArray(f["conflicts"])) alert.conflicts = f["conflicts"].filter(isObject).map(parseDisagreement);
  if (Array.isArray(f["mine"])) alert.mine = f["mine"].filter((w): w is string => typeof w === "string");
  if (Array.isArray(f["warnings"])) alert.warnings = f["warnings"].filter((w): w is string => typeof w === "string");
  return alert;
}

function parseStatus(f: Fields): DepartmentStatus {
  const part = (value: unknown, ...keys: string[]): Record<string, string> | undefined => {
    if (!isObject(value)) return undefined;
    const read: Record<string, string> = { state: optionalText(value, "state") ?? "unknown" };
    for (const key of keys) {
      const text = optionalText(value, key);
      if (text !== undefined) read[key] = text;
    }
    return read;
  };
  const status: DepartmentStatus = { type: "status", department: word(f, "department"), time: instant(f, "time"), plans: [] };
  const feed = part(f["feed"], "last", "since", "words", "part");
  if (feed) {
    status.feed = feed as unknown as NonNullable<DepartmentStatus["feed"]>;
    const usual = isObject(f["feed"]) ? optionalNumber(f["feed"], "usual") : undefined;
    if (usual !== undefined) status.feed.usual = usual;
  }
  const canary = part(f["canary"], "last", "words");
  if (canary) status.canary = canary as unknown as NonNullable<DepartmentStatus["canary"]>;
  for (const value of Array.isArray(f["plans"]) ? f["plans"] : []) {
    const plan = part(value, "centre", "centre_name", "last", "words");
    if (plan?.["centre"]) status.plans.push(plan as unknown as DepartmentStatus["plans"][number]);
  }
  if (isObject(f["screens"])) {
    const s = f["screens"];
    status.screens = {
      connected: optionalNumber(s, "connected") ?? 0,
      visible: optionalNumber(s, "visible") ?? 0,
      unwatched: Array.isArray(s["unwatched"]) ? s["unwatched"].filter((d): d is string => typeof d === "string") : [],
    };
  }
  return status;
}

function parsePatient(f: Fields): Patient {
  const patient: Patient = {};
  for (const key of ["name", "family", "given", "nhs_number", "birth_date", "sex"] as const) {
    const text = optionalText(f, key);
    if (text !== undefined) patient[key] = text;
  }
  const age = optionalNumber(f, "age");
  if (age !== undefined) patient.age = age;
  return patient;
}

function parseDisagreement(f: Fields): Disagreement {
  const sides = Array.isArray(f["sides"]) ? f["sides"].filter(isObject) : [];
  const d: Disagreement = { about: optionalText(f, "about") ?? "", plans: sides.map((side) => optionalText(side, "plan")).filter((plan) => plan !== undefined) };
  const medicine = optionalText(f, "medicine");
  if (medicine !== undefined) d.medicine = medicine;
  return d;
}

function parseAcknowledgement(f: Fields): Acknowledgement {
  const acknowledgement: Acknowledgement = {};
  for (const key of ["by", "role", "at", "done", "holder", "handed_by", "handed_at"] as const) {
    const text = optionalText(f, key);
    if (text !== undefined) acknowledgement[key] = text;
  }
  const version = optionalNumber(f, "version");
  if (version !== undefined) acknowledgement.version = version;
  return acknowledgement;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fields(value: unknown, what: string): Fields {
  if (!isObject(value)) throw new FrameFault(`${what} is not an object`);
  return value;
}

function word(f: Fields, key: string): string {
  const value = f[key];
  if (typeof value !== "string" || value === "") throw new FrameFault(`${key} is missing`);
  return value;
}

function oneOf(f: Fields, key: string, allowed: readonly string[]): string {
  const value = word(f, key);
  if (!allowed.includes(value)) throw new FrameFault(`${key} is not one of ${allowed.join(", ")}`);
  return value;
}

function list(f: Fields, key: string): unknown[] {
  const value = f[key];
  if (!Array.isArray(value)) throw new FrameFault(`${key} is not a list`);
  return value;
}

function seconds(f: Fields, key: string): number {
  const value = f[key];
  if (typeof value !== "number" || !(value > 0)) throw new FrameFault(`${key} is not a number of seconds`);
  return value;
}

function instant(f: Fields, key: string): string {
  const value = word(f, key);
  if (Number.isNaN(Date.parse(value))) throw new FrameFault(`${key} is not a time`);
  return value;
}

function optionalText(f: Fields, key: string): string | undefined {
  const value = f[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function optionalNumber(f: Fields, key: string): number | undefined {
  const value = f[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
