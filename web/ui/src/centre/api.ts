// What does the service answer to a centre?

import { type Edition, type Plan, type Section, send } from "../api.ts";
import type { Line, Outcome } from "../board/talk-api.ts";
import type { FormFile } from "./files.ts";

export interface OwnRow {
  plan: string;
  version: number;
  status: string;
  family: string;
  given: string;
  birth_date: string;
  nhs_number: string;
  headline: string;
  urgency: string;
  /** RFC 3339, as are the other times. */
  published: string;
  /** YYYY-MM-DD */
  review_due?: string;
  review?: string;
  alerts: number;
  last_used?: string;
  /** Questions, and notes that the plan is wrong, that wait for an answer. */
  questions?: number;
  disputes?: number;
}

export interface OwnList {
  centre: string;
  centre_name: string;
  plans: OwnRow[];
  total: number;
  page: number;
  pages: number;
  /** How many of all its plans are to be reviewed soon, and should have been. */
  due: number;
  overdue: number;
  /** Who opened a plan without an arrival within 30 days, the newest first. */
  opened: OpeningNote[];
}

export interface DraftRow {
  draft: string;
  plan: string;
  new: boolean;
  headline: string;
  family: string;
  given: string;
  saved: string;
}

export interface ReceiptView {
  what: string;
  role?: string;
  organisation?: string;
  /** Where the patient had left the department before the recall. */
  department?: string;
  version?: number;
  at?: string;
}

export interface Use {
  department: string;
  department_name: string;
  match: string;
  state: string;
  state_reason?: string;
  version: number;
  arrived?: string;
  raised?: string;
  departed?: string;
  receipts: ReceiptView[];
  lines: Line[];
  outcomes: Outcome[];
}

export interface PlanPage extends OwnRow {
  centre: string;
  author?: string;
  shown: Plan;
  whole: boolean;
  versions: Edition[];
  uses: Use[];
  recall?: { told: number; seen: number };
  openings: OpeningNote[];
}

/** Somebody opened the plan without an arrival (glass), or had to say why. */
export interface OpeningNote {
  plan: string;
  glass: boolean;
  role: string;
  organisation: string;
  why: string;
  at: string;
  finding?: string;
}

/** What a person types. Dates are YEAR-MONTH-DAY, each part as it was typed. */
export interface Form {
  nhs_number: string;
  family: string;
  given: string;
  birth_date: string;
  sex: string;
  postcode: string;
  headline: string;
  urgency: string;
  do: string;
  do_not: string;
  warnings: string;
  cpr: string;
  cpr_date: string;
  ceiling: string;
  adrt: string;
  adrt_text: string;
  allergies: string;
  give: string;
  avoid: string;
  takes: string;
  equipment: string;
  communication: string;
  carers: string;
  phone: string;
  author: string;
  role: string;
  reviewed: string;
  review_due: string;
  /** SNOMED CT codes, one a line. */
  kinds: string;
  starts: string;
  ends: string;
  consent: string;
  only_organisations: string;
  only_roles: string;
  sections: Section[];
  attachments?: FormFile[];
}

export interface Fault {
  field: string;
  words: string;
}

export interface Draft {
  draft: string;
  plan: string;
  base: number;
  held: number;
  revision: number;
  saved: string;
  form: Form;
  whole: boolean;
  left_behind: string[];
  faults: Fault[];
  preview: Plan;
}

const at = (id: string) => encodeURIComponent(id);

export const listPlans = (token: string, search: { text: string; state: string; page: number }) => send<OwnList>("POST", "/api/centre/search", token, search);
export const listDrafts = async (token: string) => (await send<{ drafts: DraftRow[] }>("GET", "/api/centre/drafts", token)).drafts;
export const planPage = (token: string, plan: string) => send<PlanPage>("GET", `/api/centre/plans/${at(plan)}`, token);
export const changeStatus = (token: string, plan: string, status: string, reason: string, version: number) =>
  send<{ version: number }>("POST", `/api/centre/plans/${at(plan)}/status`, token, { status, reason, version });
/** A new draft, or the one that revises a plan. */
export const beginDraft = (token: string, plan?: string) => send<Draft>("POST", "/api/centre/drafts", token, plan === undefined ? {} : { plan });
export const keepDraft = (token: string, draft: string, revision: number, form: Form) => send<Draft>("PUT", `/api/centre/drafts/${at(draft)}`, token, { revision, form });
export const discardDraft = (token: string, draft: string) => send<void>("DELETE", `/api/centre/drafts/${at(draft)}`, token);
export const publishDraft = (token: string, draft: string, revision: number, seen: number) =>
  send<{ plan: string; version: number }>("POST", `/api/centre/drafts/${at(draft)}/publication`, token, { revision, seen });
