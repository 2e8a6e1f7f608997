// What does the service answer about who is on call?

import { fileAt, get, send } from "../api.ts";
import type { Shift } from "./calendar.ts";
import type { Step } from "./steps.ts";

/** Instants are RFC 3339, dates such as "2026-12-25", people the names of their accounts. */
export interface Person {
  person: string;
  /** What they are called. */
  name: string;
  /** Something reaches them. */
  reachable: boolean;
  /** When the first shift of somebody begins whom nothing reaches. */
  first?: string;
}

/** A time in which somebody is on, or nobody: person is empty then, and why says so. */
export interface Turn extends Shift {
  name: string;
  reachable: boolean;
}

export interface Gap {
  start: string;
  end: string;
}

export interface Window {
  weekdays?: readonly string[];
  dates?: readonly string[];
  holidays?: "" | "only" | "never";
  from?: string;
  to?: string;
}

export interface Layer {
  name: string;
  /** A cron expression of five fields, on the clock on the department's wall. */
  handover: string;
  people: readonly string[];
  first: string;
  last?: string;
  windows?: readonly Window[];
}

export interface Override {
  override: string;
  start: string;
  end: string;
  instead: string;
  instead_name: string;
  by: string;
  by_name: string;
  decided: string;
  decided_by: string;
  state: "ahead" | "on" | "over" | "cancelled";
}

export interface Swap {
  swap: string;
  rota: string;
  rota_name: string;
  asks: string;
  asks_name: string;
  takes: string;
  takes_name: string;
  start: string;
  end: string;
  back_start?: string;
  back_end?: string;
  asked: string;
  state: "asked" | "accepted" | "refused" | "too_late";
  settled?: string;
  /** What the reader may do about it. */
  mine: "" | "answer" | "take_back";
}

/** A change that waits for a second person. */
export interface Change {
  change: string;
  about: "rota" | "policy" | "centre" | "override";
  subject: string;
  name: string;
  summary: readonly string[];
  by: string;
  at: string;
  until: string;
  /** The reader proposed it, and so cannot agree. */
  mine: boolean;
}

/** What came of a change: it holds, or waits for a second person. */
export interface Outcome {
  outcome: "taken" | "waiting";
  revision: number;
  change?: string;
  summary: readonly string[];
}

export interface Brief {
  rota: string;
  name: string;
  organisation: string;
  organisation_name: string;
  zone: string;
  kept: "database" | "file";
  on: Turn;
  next?: Turn;
  /** The first twenty of eight weeks. */
  gaps: readonly Gap[];
  gap_count: number;
  unreachable: readonly Person[];
  may: { change: boolean; override: boolean; swap: boolean };
}

export interface CentreLine {
  centre: string;
  centre_name: string;
  rota: string;
  rota_name: string;
  revision: number;
  kept: "database" | "file";
}

export interface Overview {
  now: string;
  rotas: readonly Brief[];
  centres: readonly CentreLine[];
  changes: readonly Change[];
  swaps_to_answer: number;
}

export interface Rota extends Brief {
  revision: number;
  holidays: readonly string[];
  layers: readonly Layer[];
  /** How many shifts of a spreadsheet are not over. */
  shifts: number;
  overrides: readonly Override[];
  swaps: readonly Swap[];
  people: readonly Person[];
  policies: readonly { policy: string; name: string }[];
  changes: readonly Change[];
}

/** A rota as it is written. Revision 0: it is new. */
export interface Draft {
  revision: number;
  name: string;
  zone: string;
  holidays: readonly string[];
  layers: readonly Layer[];
}

/** Where something that was sent is wrong: "layers/0/handover". */
export interface Fault {
  at: string;
  words: string;
}

export interface Preview {
  faults: readonly Fault[];
  summary: readonly string[];
  /** The first fifty of eight weeks. */
  changed: readonly { start: string; end: string; before?: Person; after?: Person }[];
  changed_count: number;
  shifts: readonly Turn[];
  gaps: readonly Gap[];
  new_gaps: readonly Gap[];
  unreachable: readonly Person[];
  second_person: boolean;
}

export interface Entry {
  at: string;
  by: string;
  role: string;
  kind: string;
  words: string;
}

export interface Mine {
  person: string;
  name: string;
  reachable: boolean;
  shifts: readonly (Turn & { rota: string; rota_name: string; zone: string })[];
  swaps: readonly Swap[];
  /** The calendars that were given out; an empty rota: all shifts. */
  feeds: readonly { rota: string; rota_name: string; made: string }[];
}

export interface Policy {
  policy: string;
  name: string;
  organisation: string;
  organisation_name: string;
  /** None: all of the organisation. */
  departments: readonly string[];
  department_names: readonly string[];
  /** None: all. */
  urgencies: readonly string[];
  again: number;
  steps: readonly Step[];
  revision: number;
  kept: "database" | "file";
  words: readonly string[];
  may_change: boolean;
}

export interface Policies {
  policies: readonly Policy[];
  default: Policy;
  changes: readonly Change[];
  /** Which policy holds for whom. */
  departments: readonly { department: string; name: string; organisation: string; urgency: string; policy: string; policy_name: string }[];
}

export interface PolicyDraft {
  revision: number;
  name: string;
  departments: readonly string[];
  urgencies: readonly string[];
  again: number;
  steps: readonly Step[];
}

export interface PolicyPreview {
  faults: readonly Fault[];
  words: readonly string[];
  /** Absent where no person is told. */
  minutes_to_first_person?: number;
  minutes_to_alarm: number;
  summary: readonly string[];
  second_person: boolean;
}

const at = (...parts: readonly string[]) => `/api/on-call${parts.map((part) => `/${encodeURIComponent(part)}`).join("")}`;

export const overview = (token: string) => get<Overview>(at(), token);
export const whoAt = async (token: string, instant: string) => (await get<{ rotas: { rota: string; name: string; on: Turn }[] }>(`${at("at")}?at=${encodeURIComponent(instant)}`, token)).rotas;
export const people = async (token: string, organisation: string) => (await get<{ people: Person[] }>(`${at("people")}?organisation=${encodeURIComponent(organisation)}`, token)).people;
export const decide = (token: string, change: string, agrees: boolean, words: string) =>
  send<void>("POST", at("changes", change, "decision"), token, { agrees, ...(words ? { words } : {}) });

export const rota = (token: string, id: string) => get<Rota>(at("rotas", id), token);
export const shifts = async (token: string, id: string, from: Date, to: Date) => (await get<{ shifts: Turn[] }>(`${at("rotas", id, "shifts")}?${span(from, to)}`, token)).shifts;
export const history = async (token: string, id: string) => (await get<{ entries: Entry[] }>(at("rotas", id, "history"), token)).entries;
export const preview = (token: string, id: string, draft: Draft) => send<Preview>("POST", at("rotas", id, "preview"), token, draft);
export const keep = (token: string, id: string, draft: Draft) => send<Outcome>("PUT", at("rotas", id), token, draft);
export const remove = (token: string, id: string, revision: number) => send<Outcome>("DELETE", `${at("rotas", id)}?revision=${revision}`, token);
export const previewImport = (token: string, id: string, revision: number, csv: string) => send<Preview>("POST", at("rotas", id, "import"), token, { revision, csv, preview: true });
export const importShifts = (token: string, id: string, revision: number, csv: string) => send<Preview & Outcome>("POST", at("rotas", id, "import"), token, { revision, csv, preview: false });
export const putOn = (token: string, id: string, of: { start: string; end: string; by: string; instead?: string }) => send<Override>("POST", at("rotas", id, "overrides"), token, of);
export const cancelOverride = (token: string, id: string, override: string) => send<Outcome>("DELETE", at("rotas", id, "overrides", override), token);
export const askSwap = (token: string, id: string, of: { takes: string; start: string; end: string; back_start?: string; back_end?: string }) => send<Swap>("POST", at("rotas", id, "swaps"), token, of);
export const answerSwap = (token: string, swap: string, accepts: boolean) => send<Swap>("POST", at("swaps", swap, "answer"), token, { accepts });
export const takeBack = (token: string, swap: string) => send<Swap>("DELETE", at("swaps", swap), token);

export const mine = (token: string) => get<Mine>(at("mine"), token);
/** The address of a new calendar, whole: a service that does not know its own address gives the path only. */
export async function makeFeed(token: string, of: string): Promise<string> {
  const { address } = await send<{ address: string }>("POST", at("mine", "feeds"), token, { rota: of });
  return new URL(address, location.origin).href;
}
export const endFeed = (token: string, of: string) => send<void>("DELETE", `${at("mine", "feeds")}?rota=${encodeURIComponent(of)}`, token);

export const policies = (token: string) => get<Policies>(at("policies"), token);
export const previewPolicy = (token: string, id: string, draft: PolicyDraft) => send<PolicyPreview>("POST", at("policies", id, "preview"), token, draft);
export const keepPolicy = (token: string, id: string, draft: PolicyDraft) => send<Outcome>("PUT", at("policies", id), token, draft);
export const removePolicy = (token: string, id: string, revision: number) => send<Outcome>("DELETE", `${at("policies", id)}?revision=${revision}`, token);
export const keepCentre = (token: string, centre: string, revision: number, of: string) => send<Outcome>("PUT", at("centres", centre), token, { revision, rota: of });
export const removeCentre = (token: string, centre: string, revision: number) => send<Outcome>("DELETE", `${at("centres", centre)}?revision=${revision}`, token);

const span = (from: Date, to: Date) => `from=${encodeURIComponent(whole(from))}&to=${encodeURIComponent(whole(to))}`;
/** An instant as the service writes it, without parts of a second. */
export const whole = (instant: Date) => instant.toISOString().replace(/\.\d+Z$/, "Z");

/** The shifts as a file, for a spreadsheet or a calendar program. */
export const shiftsFile = (token: string, id: string, kind: "csv" | "ics", from: Date, to: Date) => fileAt(`${at("rotas", id, `shifts.${kind}`)}?${span(from, to)}`, token, new AbortController().signal);
