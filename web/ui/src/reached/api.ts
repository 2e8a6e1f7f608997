// What does the service answer about how a person is told, and to the link of a message?

import { get, type Phone, send } from "../api.ts";
import type { Told } from "../push/browser.ts";

export type Kind = "push" | "sms" | "mail" | "webhook";

/** Hours of the clock on the wall in London, such as "22:00"; they may end on the next day. */
export interface Hours {
  from: string;
  to: string;
}

/** One way to tell a person. */
export interface Contact {
  contact: string;
  kind: Kind;
  /** What its owner calls it; may be empty. */
  label: string;
  /** For a browser, the host of its push service. */
  address: string;
  /** 1 is told first. */
  place: number;
  /** "lost": the browser is not to be reached any more. */
  state: "waiting" | "verified" | "lost";
  added: string;
  verified?: string;
  /** A code was sent and can be entered until then (RFC 3339). */
  code_until?: string;
  quiet?: Hours;
}

export interface Contacts {
  contacts: Contact[];
  /** By what this service can tell people. */
  kinds: Kind[];
  /** The service's key for browsers, in base64url. */
  push_key?: string;
  most: number;
}

export interface Added {
  contact: Contact;
  code_sent: boolean;
  /** Why no code was sent. */
  detail?: string;
  /** What a webhook's messages are signed with: shown this once. */
  secret?: string;
}

/** What is to be added. */
export interface Wanted {
  kind: Kind;
  label?: string;
  address?: string;
  push?: Told;
}

const one = (contact: string, what = "") => `/api/contacts/${encodeURIComponent(contact)}${what}`;

export const contacts = (token: string) => get<Contacts>("/api/contacts", token);
export const add = (token: string, wanted: Wanted) => send<Added>("POST", "/api/contacts", token, wanted);
export const sendCode = (token: string, contact: string) => send<Added>("POST", one(contact, "/code"), token);
export const verify = (token: string, contact: string, code: string) => send<Contact>("POST", one(contact, "/verification"), token, { code });
export const test = (token: string, contact: string) => send<{ sent: boolean; detail?: string }>("POST", one(contact, "/test"), token);
export const change = (token: string, contact: string, label: string, quiet: Hours | undefined) => send<Contact>("PUT", one(contact), token, { label, ...(quiet ? { quiet } : {}) });
export const order = (token: string, ids: readonly string[]) => send<Contacts>("PUT", "/api/contacts", token, { contacts: ids });
export const remove = (token: string, contact: string) => send<void>("DELETE", one(contact), token);

/** The alert that a link is for, without a word about its patient. */
export interface Answerable {
  alert: string;
  ref: string;
  department: string;
  department_name: string;
  organisation_name: string;
  phones: Phone[];
  /** "over": it was withdrawn, or the patient left. "used", "expired": of the link. */
  state: "waiting" | "acknowledged" | "over" | "used" | "expired";
  by?: string;
  at?: string;
  may_answer: boolean;
  raised: string;
}

const link = (token: string) => `/api/answers/${encodeURIComponent(token)}`;
export const answerable = (token: string, of: string) => get<Answerable>(link(of), token);
export const answer = (token: string, of: string) => send<Answerable>("POST", link(of), token);
