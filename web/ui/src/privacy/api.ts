// What does the service answer about who opened what, and why?

import { get, type Plan, Problem, send } from "../api.ts";
import { authorisation } from "../session.ts";
import type { Patient } from "../stream/index.ts";
import { texts } from "../texts.ts";

/** Leave to read a plan for a while. */
export interface Opening {
  opening: string;
  /** RFC 3339. */
  until: string;
}

export interface Opened {
  shown: Plan;
  patient: Patient;
  centre_phone?: string;
}

export interface Broken {
  opening: string;
  plan: string;
  centre: string;
  by: string;
  role: string;
  organisation: string;
  special: boolean;
  why: string;
  words?: string;
  at: string;
  until: string;
  patient: string;
  nhs_number: string;
  finding?: string;
  found?: string;
  found_by?: string;
  found_at?: string;
  own?: boolean;
}

/** One entry of the journal. */
export interface Entry {
  number: number;
  at: string;
  kind: string;
  by: string;
  role: string;
  organisation?: string;
  organisation_name?: string;
  subject?: string;
  version?: number;
  department?: string;
  reason?: string;
  place?: string;
}

export interface Looks {
  plan: string;
  centre: string;
  patient: string;
  nhs_number: string;
  birth_date: string;
  whole: boolean;
  more: boolean;
  looks: Entry[];
}

export interface Exposed {
  name: string;
  nhs_number?: string;
  birth_date?: string;
  plans: string[];
  what: string[];
  first: string;
  last: string;
  times: number;
}

export interface Exposure {
  account: string;
  patients: Exposed[];
  unknown: Entry[];
  entries: number;
  more: boolean;
}

export interface Search {
  account?: string;
  subject?: string;
  kind?: string;
  organisation?: string;
  from?: string;
  to?: string;
  below?: number;
}

/** A change that could silence an alert. */
export interface Change {
  change: string;
  subject: string;
  summary: string[];
  by: string;
  at: string;
  until: string;
  state: string;
  decided_by?: string;
  decided_at?: string;
  words?: string;
}

export const changes = async (token: string) => (await get<{ changes: Change[] }>("/api/changes", token)).changes;
export const decide = (token: string, change: string, agrees: boolean, said: string) =>
  send<void>("POST", `/api/changes/${encodeURIComponent(change)}/decision`, token, { agrees, ...(said ? { words: said } : {}) });

const one = (opening: string, what: string) => `/api/openings/${encodeURIComponent(opening)}/${what}`;
export const breakGlass = (token: string, asked: { nhs_number: string; birth_date: string; why: string; words: string }) => send<Opening>("POST", "/api/openings", token, asked);
export const openedPlan = (token: string, opening: string) => get<Opened>(one(opening, "plan"), token);
export const openingHolds = (token: string, opening: string) => holds(token, one(opening, "holds"));
export const fileOf = (opening: string) => (_: unknown, n: number) => `/api/openings/${encodeURIComponent(opening)}/attachments/${n}`;

export const sayWhy = (token: string, alert: string, why: string, words: string) => send<Opening>("POST", `/api/alerts/${encodeURIComponent(alert)}/reason`, token, { why, ...(words ? { words } : {}) });
export const planHolds = (token: string, alert: string) => holds(token, `/api/alerts/${encodeURIComponent(alert)}/plan/holds`);

export const queue = (token: string) => get<{ openings: Broken[]; waiting: number }>("/api/privacy/openings", token);
export const judge = (token: string, opening: string, upheld: boolean, found: string) =>
  send<void>("POST", `/api/privacy/openings/${encodeURIComponent(opening)}/finding`, token, { upheld, words: found });
export const looks = async (token: string, of: { plan: string } | { nhs_number: string }) => (await send<{ plans: Looks[] }>("POST", "/api/privacy/looks", token, of)).plans;
export const search = (token: string, of: Search) => send<{ entries: Entry[]; next?: number }>("POST", "/api/audit/search", token, of);
export const exposure = (token: string, of: { account: string; from: string; to: string }) => send<Exposure>("POST", "/api/privacy/exposure", token, of);

/** The same as a file. */
export async function exposureFile(token: string, of: { account: string; from: string; to: string }): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch("/api/privacy/exposure.csv", {
      method: "POST", headers: { ...authorisation(token), "Content-Type": "application/json" }, body: JSON.stringify(of), cache: "no-store", credentials: "same-origin",
    });
  } catch {
    throw new Problem(0, texts.errors.unreachable);
  }
  if (!answer.ok) throw new Problem(answer.status, texts.errors.unreadable);
  return answer.blob();
}

/** Whether what is open may still be open. That the service cannot be reached is no answer: then the old one holds. */
async function holds(token: string, address: string): Promise<boolean> {
  try {
    await send<void>("GET", address, token);
    return true;
  } catch (error) {
    return !(error instanceof Problem && [401, 403, 410, 428].includes(error.status));
  }
}
