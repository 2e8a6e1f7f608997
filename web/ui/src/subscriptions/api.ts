// What does the service answer about what people subscribe to?

import { get, send } from "../api.ts";
import type { Urgency } from "../stream/index.ts";

export type Happening = "arrived" | "moved" | "admitted" | "departed" | "revised" | "overdue" | "question" | "recall" | "acknowledged" | "outcome";

/** A part of the week. No days: every day. "to" not after "from": it ends on the next day. Both empty: the whole day. */
export interface Span {
  days: string[];
  from: string;
  to: string;
}

/** What somebody wants to be told of. An empty list of what narrows it: any. */
export interface Wanted {
  name: string;
  plans: string[];
  lists: string[];
  centres: string[];
  categories: string[];
  departments: string[];
  organisations: string[];
  regions: string[];
  urgencies: Urgency[];
  events: Happening[];
  /** Told only then; none: always. */
  hours: Span[];
  /** What comes then is told when they are over, if it still stands. */
  quiet: Span[];
  /** Some urgencies are told in quiet hours, too. */
  cross_quiet: boolean;
  zone: string;
  /** RFC 3339. */
  until?: string;
  paused: boolean;
  /** Names of accounts; none: one's own. */
  people: string[];
}

export interface Kept extends Wanted {
  id: string;
  revision: number;
  team: boolean;
  /** Whether whoever asks is told of it. */
  mine: boolean;
  editable: boolean;
  by: string;
  changed: string;
  over?: boolean;
}

export interface Place {
  id: string;
  name: string;
}

export interface Choices {
  lead: boolean;
  events: Happening[];
  urgencies: Urgency[];
  /** The urgencies that may be told in quiet hours. */
  crossing: Urgency[];
  centres: Place[];
  departments: (Place & { organisation: string })[];
  organisations: Place[];
  regions: Place[];
  /** SNOMED CT codes. */
  categories: string[];
  people?: { name: string; full_name: string; role: string }[];
  zone: string;
}

export interface Example {
  at: string;
  event: Happening;
  ref: string;
  department: string;
  department_name: string;
  centre: string;
  centre_name: string;
  urgency: Urgency;
  due: string;
  held: boolean;
}

/** What a subscription would have told in the last 30 days. */
export interface Preview {
  from: string;
  /** What happened before is not known. */
  kept_from?: string;
  total: number;
  at_once: number;
  held: number;
  people: number;
  days: { date: string; told: number }[];
  events: { event: Happening; told: number }[];
  examples: Example[];
}

/** What was told, or will be. */
export interface WasTold extends Omit<Example, "held"> {
  alert?: string;
  state: "waits" | "sent" | "failed" | "nobody" | "dropped";
  words?: string;
  by?: string[];
}

export interface Listed {
  plan: string;
  label: string;
}

/** Patients by their plans, as somebody calls them. */
export interface PatientList {
  id: string;
  name: string;
  revision: number;
  plans: Listed[];
  changed: string;
}

const root = "/api/subscriptions";
const kept = (id: string) => `${root}/kept/${encodeURIComponent(id)}`;
const list = (id: string) => `${root}/lists/kept/${encodeURIComponent(id)}`;

/** A subscription that narrows nothing yet. */
export const nothingYet: Wanted = {
  name: "", plans: [], lists: [], centres: [], categories: [], departments: [], organisations: [], regions: [], urgencies: [], events: [], hours: [], quiet: [],
  cross_quiet: false, zone: "Europe/London", paused: false, people: [],
};

/** What a kept one wants, without what the service says about it. */
export function wantedOf({ name, plans, lists, centres, categories, departments, organisations, regions, urgencies, events, hours, quiet, cross_quiet, zone, until, paused, people }: Kept): Wanted {
  return { name, plans, lists, centres, categories, departments, organisations, regions, urgencies, events, hours, quiet, cross_quiet, zone, paused, people, ...(until ? { until } : {}) };
}

/** What is empty may be left out of an answer. */
const filledSpan = (span: Partial<Span>): Span => ({ days: [], from: "", to: "", ...span });
const filled = (s: Kept): Kept => ({ ...nothingYet, ...s, hours: (s.hours ?? []).map(filledSpan), quiet: (s.quiet ?? []).map(filledSpan) });

export const subscriptions = async (token: string) => (await get<{ subscriptions: Kept[] }>(root, token)).subscriptions.map(filled);
export const choicesOf = (token: string) => get<Choices>(`${root}/choices`, token);
export const subscribe = (token: string, wanted: Wanted) => send<Kept>("POST", root, token, wanted);
export const change = (token: string, id: string, revision: number, wanted: Wanted) => send<Kept>("PUT", kept(id), token, { ...wanted, revision });
export const end = (token: string, id: string) => send<void>("DELETE", kept(id), token);
export const preview = (token: string, wanted: Wanted) => send<Preview>("POST", `${root}/preview`, token, wanted);
export const toldOf = async (token: string) => (await get<{ told: WasTold[] }>(`${root}/told`, token)).told;

export const lists = async (token: string) => (await get<{ lists: PatientList[] }>(`${root}/lists`, token)).lists;
export const keepList = (token: string, name: string, plans: readonly Listed[]) => send<PatientList>("POST", `${root}/lists`, token, { name, plans });
export const changeList = (token: string, of: PatientList, name: string, plans: readonly Listed[]) => send<PatientList>("PUT", list(of.id), token, { name, plans, revision: of.revision });
export const dropList = (token: string, id: string) => send<void>("DELETE", list(id), token);
