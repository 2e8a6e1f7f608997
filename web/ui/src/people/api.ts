// What does the service answer about people, sessions and screens on walls?

import { get, type Post, send } from "../api.ts";
import { bySession } from "../session.ts";

export interface Offer {
  name: string;
  full_name: string;
  role: string;
  organisation: string;
  first: boolean;
  secret: string;
  qr: string;
  until: string;
}

export interface Held {
  id: string;
  this: boolean;
  begun: string;
  seen: string;
  ends: string;
  browser: string;
  place: string;
}

export interface Person {
  id: string;
  name: string;
  full_name: string;
  role: string;
  organisation: string;
  organisation_name: string;
  department?: string;
  /** The other roles. */
  further?: readonly Post[];
  /** The issuer that vouches for the person and says what they may do. */
  provider?: string;
  state: string;
}

export interface Assignment {
  role: string;
  organisation: string;
  department?: string;
  further?: readonly Assignment[];
}

export const signIn = (name: string, password: string, code: string) => send<void>("POST", "/api/sign-in", bySession, { name, password, code });
/** The address at the identity provider where the person signs out, too, if there is one. */
export const signOut = async () => (await send<{ continue?: string }>("POST", "/api/sign-out", bySession)).continue;
export const chooseRole = ({ role, organisation, department }: Post) => send<void>("POST", "/api/session/role", bySession, { role, organisation, ...(department ? { department } : {}) });

/** How people sign in here. */
export interface Ways {
  password: "everybody" | "administrators" | "nobody";
  providers: readonly { name: string; title: string; down: boolean }[];
}

export const ways = () => get<Ways>("/api/sign-in-ways");
export const offerOf = (link: string) => send<Offer>("POST", "/api/invitation", bySession, { link });
export const accept = (link: string, name: string, password: string, code: string) =>
  send<void>("POST", "/api/invitation/acceptance", bySession, { link, password, code, ...(name ? { name } : {}) });

export const sessions = async (token: string) => (await get<{ sessions: Held[] }>("/api/sessions", token)).sessions;
export const endSession = (token: string, id: string) => send<void>("DELETE", `/api/sessions/${encodeURIComponent(id)}`, token);
export const endAll = (token: string) => send<void>("POST", "/api/sign-out-everywhere", token);

const one = (id: string, what: string) => `/api/people/${encodeURIComponent(id)}/${what}`;
export const people = (token: string) => get<{ people: Person[]; roles: string[] }>("/api/people", token);
export const invite = async (token: string, who: Assignment & { name: string; full_name: string }) => (await send<{ link: string }>("POST", "/api/people", token, who)).link;
export const reset = async (token: string, id: string) => (await send<{ link: string }>("POST", one(id, "reset"), token)).link;
export const turn = (token: string, id: string, what: "disable" | "enable") => send<void>("POST", one(id, what), token);
export const assign = (token: string, id: string, to: Assignment) => send<void>("PUT", one(id, "role"), token, to);

export const enrol = () => send<{ code: string; secret: string }>("POST", "/api/walls", bySession);
export const claim = async (secret: string) => (await send<{ approved: boolean }>("POST", "/api/wall-claims", bySession, { secret })).approved;
export const walls = async (token: string) => (await get<{ people: Person[] }>("/api/walls", token)).people;
export const approve = (token: string, code: string, department: string, where: string) => send<void>("POST", "/api/wall-approvals", token, { code, department, where });
export const revoke = (token: string, id: string) => send<void>("DELETE", `/api/walls/${encodeURIComponent(id)}`, token);
