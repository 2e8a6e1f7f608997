// What does the service tell whoever runs it?

import { fileAt, get, send } from "../api.ts";

export interface Check {
  name: string;
  ok: boolean;
  reason: string;
  /** The service does its work all the same. */
  advisory?: boolean;
}

export type FeedState = "heard" | "silent" | "learning" | "rare" | "muted";

/** What is usual from an instant on: messages a minute. */
export interface Band {
  from: string;
  low: number;
  usual: number;
  high: number;
}

export interface Part {
  feed: string;
  event?: string;
  site?: string;
  state: FeedState;
  words: string;
  last?: string;
}

export interface Feed {
  feed: string;
  organisation: string;
  organisation_name: string;
  application: string;
  time_zone: string;
  state: FeedState;
  words: string;
  /** RFC 3339, as all times here. */
  last?: string;
  since?: string;
  muted_until?: string;
  muted_by?: string;
  muted_for?: string;
  from: string;
  /** Messages in each minute of the last hour; the last minute is under way. */
  minutes: number[];
  bands: Band[];
  parts: Part[];
}

export interface Screen {
  account: string;
  screen?: string;
  version?: string;
  visible: boolean;
  since: string;
  receipt?: string;
  behind: number;
}

export interface Canary {
  state: "passed" | "missed" | "alarm" | "no_screen";
  words?: string;
  where?: string;
  every_seconds: number;
  age_seconds: number;
  displayed?: string;
}

export interface Department {
  department: string;
  department_name: string;
  organisation_name: string;
  connected: number;
  visible: number;
  state: "seen" | "unseen" | "never";
  since?: string;
  screens: Screen[];
  canary?: Canary;
}

export interface Depth {
  name: "writes" | "journal" | "screens" | "connections" | "requests";
  now: number;
  /** The most in each minute of the last hour, as far as the node ran. */
  minutes: number[];
}

export interface Now {
  time: string;
  version: string;
  checks: Check[];
  feeds: Feed[];
  waiting: { messages: number; newest?: string };
  departments: Department[];
  depths: Depth[];
  proof?: { ended: string; differences: number; mended: boolean };
}

export interface Quarantined {
  id: string;
  sender: string;
  listener: string;
  address: string;
  subject?: string;
  first: string;
  last: string;
  times: number;
  size: number;
  answer: string;
  condition: number;
  /** Segment^occurrence^field, as in ERR-2. */
  location: string;
  reason: string;
  replays: number;
  replayed?: string;
}

export interface Replayed {
  taken: boolean;
  answer: string;
  reason?: string;
}

const below = "/api/operations/";
const message = (id: string, what = "") => `${below}quarantine/${encodeURIComponent(id)}${what}`;

export const stand = (token: string) => get<Now>(`${below}now`, token);

/** The rates of each hour of the week, by feed. */
export const weekOf = async (token: string, feed: string): Promise<number[]> =>
  (await get<{ feeds: { feed: string; rates: number[] }[] }>(`${below}feeds`, token)).feeds.find((f) => f.feed === feed)?.rates ?? [];

export const mute = (token: string, feed: string, until: Date, reason: string) => send<void>("POST", `${below}feeds/mute`, token, { feed, until: until.toISOString(), reason });

/** The messages that wait, the newest first. The listing is recorded by the service. */
export const quarantine = (token: string, after = "") => get<{ messages: Quarantined[]; next?: string }>(`${below}quarantine${after ? `?after=${encodeURIComponent(after)}` : ""}`, token);

/** A message byte for byte. The reading is recorded by the service. */
export const bytesOf = async (token: string, id: string, signal: AbortSignal): Promise<Uint8Array> =>
  new Uint8Array(await (await fileAt(message(id, "/bytes"), token, signal)).arrayBuffer());

export const replay = (token: string, id: string) => send<Replayed>("POST", message(id, "/replay"), token);
export const discard = (token: string, id: string) => send<void>("DELETE", message(id), token);
