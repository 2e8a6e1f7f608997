// Who arrived in a department, what was found, and which alerts it had?

import { get } from "../api.ts";
import type { Patient } from "../stream/index.ts";

/** How a day stands, without a word about anybody. */
export interface Checked {
  day: string;
  arrivals: number;
  with_plan: number;
  too_little: number;
  /** RFC 3339; absent while nobody has arrived. */
  checked?: string;
  plans_to?: string;
}

export type Found = "plan" | "possible" | "none" | "not shared" | "too little known";

export interface Arrival {
  attendance: string;
  patient: Patient;
  arrived: string;
  left?: string;
  location?: string;
  state: string;
  found: Found;
  /** What is not known of the patient, where too little is. */
  missing?: string[];
  checked: string;
  plans_to?: string;
}

export interface ArrivalPage {
  day: string;
  time_zone: string;
  arrivals: Arrival[];
  next?: string;
}

export interface Moment {
  at: string;
  what: string;
  by?: string;
  role?: string;
  /** The name that the screen gave itself. */
  screen?: string;
  why?: string;
}

export interface RecentAlert {
  id: string;
  attendance: string;
  patient: Patient;
  match: string;
  reason: string;
  urgency: string;
  centre: string;
  centre_name?: string;
  state: string;
  state_reason?: string;
  raised: string;
  /** What the plan changed, as somebody in the department said last. */
  changed?: string;
  timeline: Moment[];
}

export interface RecentAlerts {
  since: string;
  alerts: RecentAlert[];
  more: boolean;
}

const of = (department: string, what: string) => `/api/departments/${encodeURIComponent(department)}/${what}`;

export const checked = (department: string, token: string) => get<Checked>(of(department, "checked"), token);

/** A page of a day's arrivals, the last first. Reading it is recorded by the service. */
export function arrivals(department: string, token: string, day: string, before?: string): Promise<ArrivalPage> {
  const query = new URLSearchParams({ ...(day ? { day } : {}), ...(before ? { before } : {}) }).toString();
  return get<ArrivalPage>(of(department, `arrivals${query ? `?${query}` : ""}`), token);
}

/** The alerts of the last days. Reading them is recorded by the service. */
export const recentAlerts = (department: string, token: string) => get<RecentAlerts>(of(department, "recent"), token);
