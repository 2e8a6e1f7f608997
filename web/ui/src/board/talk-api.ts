// What was asked and answered about an alert?

import { Problem, send } from "../api.ts";

export interface Line {
  id: string;
  kind: "question" | "dispute" | "answer";
  /** The line that an answer answers. */
  answers?: string;
  text: string;
  by: string;
  role: string;
  organisation: string;
  version: number;
  /** RFC 3339. */
  at: string;
  /** Of a question or a dispute. */
  state?: "waiting" | "answered" | "revised";
  /** When the other side first had it before it. RFC 3339. */
  read?: string;
}

export interface Outcome {
  changed: string;
  role: string;
  organisation: string;
  department: string;
  department_name: string;
  at: string;
}

export interface Thread {
  alert: string;
  lines: Line[];
  answerable: boolean;
  centre_name: string;
  centre_phone: string;
  outcome?: Outcome;
}

const at = (alert: string) => `/api/alerts/${encodeURIComponent(alert)}`;

export const threadOf = (token: string, alert: string) => send<Thread>("GET", `${at(alert)}/thread`, token);
export const say = (token: string, alert: string, kind: "question" | "dispute", text: string) => send<Line>("POST", `${at(alert)}/${kind}s`, token, { text });
export const answersSeen = (token: string, alert: string) => send<void>("POST", `${at(alert)}/thread/seen`, token);
export const giveOutcome = (token: string, alert: string, changed: string) => send<void>("PUT", `${at(alert)}/outcome`, token, { changed });

/** Why something was not done, in words for the person who did it. */
export const wordsOf = (error: unknown, otherwise: string) => (error instanceof Problem ? error.message : otherwise);
