// What does a plan say by its headings, as the service answers it?

import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";

export interface Standing {
  says?: string;
  /** YYYY, YYYY-MM or YYYY-MM-DD. */
  since?: string;
  words?: string;
  /** What was said before, and holds no longer. */
  earlier?: { says: string; since?: string; version?: number };
}

export interface Item {
  title?: string;
  text: string;
  state?: string;
}

export interface Allergy {
  to: string;
  reaction?: string;
  severe?: boolean;
  status?: string;
  note?: string;
}

export interface Medicine {
  use: string;
  name: string;
  dose?: string;
  reason?: string;
  note?: string;
  state?: string;
}

export interface Carer {
  name: string;
  relation?: string;
  phone?: string;
}

export interface Attachment {
  title?: string;
  type?: string;
  bytes?: number;
  sha256?: string;
  dated?: string;
}

export interface Content {
  kinds?: string[];
  cpr?: Standing;
  ceiling?: Standing;
  advance_decision?: Standing;
  allergies?: Allergy[];
  actions?: Item[];
  never?: Item[];
  medicines?: Medicine[];
  warnings?: string[];
  equipment?: Item[];
  communication?: Item[];
  carers?: Carer[];
  telephone?: { number?: string; who?: string };
  role?: string;
  reviewed?: string;
  review_due?: string;
  sections?: { title: string; text: string }[];
  attachments?: Attachment[];
}

export interface Side {
  plan: string;
  version: number;
  centre: string;
  centre_name?: string;
  says: string;
  words?: string;
  since?: string;
}

export interface Conflict {
  about: string;
  medicine?: string;
  sides: Side[];
}

/** A version from before there were headings has no content; its text is in its sections. */
export function hasContent(c: Content | undefined): c is Content {
  return c !== undefined && Object.keys(c).length > 0;
}

/** What a statement says, in words; a saying that these pages do not know is given as it is. */
export function saying(says: string): string {
  return texts.sayings[says] ?? says;
}

/** "Not for CPR, since 6 October 2026 (version 3)" */
export function earlierWords(e: NonNullable<Standing["earlier"]>): string {
  const since = e.since ? texts.content.since(birthDate(e.since)) : "";
  return `${saying(e.says)}${since}${e.version ? texts.content.inVersion(e.version) : ""}`;
}

/** The medicines of one use, those that hold before those that do not. */
export function medicinesOf(c: Content, use: string): Medicine[] {
  return (c.medicines ?? []).filter((m) => m.use === use).sort((a, b) => Number(Boolean(a.state)) - Number(Boolean(b.state)));
}

/** Where telephones dial: digits and a leading plus only; undefined for what is no number. */
export function dial(number: string): string | undefined {
  const digits = number.replace(/(?!^\+)\D/g, "");
  return digits.length >= 3 && digits.length <= 16 ? `tel:${digits}` : undefined;
}
