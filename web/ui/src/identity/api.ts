// How does an arrival compare with whom a plan is about, and what did somebody say about it?

import { get, send } from "../api.ts";
import type { Alert } from "../stream/index.ts";

export type Answer = "same" | "other";

/** One identifier on both sides. */
export interface Field {
  name: string;
  arrival?: string;
  plan?: string;
  /** "agrees", "agrees in part", "differs" or "not known"; absent for what is shown and not compared. */
  agreement?: string;
  /** The same with how. */
  words?: string;
  /** Nobody may learn from here where the patient lives: only whether it agrees is told. */
  hidden?: boolean;
}

export interface Ruling {
  answer: Answer;
  by: string;
  role: string;
  /** RFC 3339. */
  at: string;
}

/** An arrival beside a plan; nothing of what the plan says. */
export interface Pair {
  alert: string;
  department: string;
  /** Names what is shown here: a ruling names it, too. */
  seen: string;
  state: string;
  match?: string;
  reason: string;
  centre: string;
  centre_name?: string;
  ruling?: Ruling;
  fields: Field[];
}

const at = (alert: string) => `/api/alerts/${encodeURIComponent(alert)}/identity`;

/** The two side by side. Reading them is recorded by the service. */
export const pairOf = (token: string, alert: string) => get<Pair>(at(alert), token);

/** Says whether the two are one patient. Problem 409: the details changed since they were shown, or somebody else said something. */
export const rule = (token: string, alert: string, answer: Answer, seen: string) => send<Alert>("POST", at(alert), token, { answer, seen });

/** An alert, and who said that the plan is not the patient's. */
export type RuledOutAlert = Alert & { ruling: Ruling };

/** The alerts that somebody ruled out, of those who are in a department now. Reading them is recorded by the service. */
export const ruledOut = async (token: string, department: string) => (await get<{ alerts: RuledOutAlert[] }>(`/api/departments/${encodeURIComponent(department)}/ruled-out`, token)).alerts;

/** Whether somebody else said something since a pair was shown, or the details changed. */
export function changed(shown: Pair, now: Pair): boolean {
  return shown.seen !== now.seen || shown.ruling?.answer !== now.ruling?.answer || shown.ruling?.at !== now.ruling?.at;
}
