// What does the service answer over HTTP?

import type { Attachment, Conflict, Content } from "./board/content.ts";
import { type Alert, parseAlert } from "./stream/index.ts";
import { authorisation } from "./session.ts";
import { texts } from "./texts.ts";

export interface Department {
  id: string;
  name: string;
  organisation: string;
  organisation_name: string;
  site_name: string;
  region: string;
  region_name: string;
  time_zone: string;
  /** Whom to ring when the board is not live. */
  phones?: Phone[];
}

/** One line of a department's phone list. */
export interface Phone {
  name: string;
  number: string;
}

/** A demonstration's account, with its token: there are none outside a demonstration. */
export interface DemoAccount {
  token: string;
  role: string;
  organisation: string;
  department?: string;
  description: string;
}

/** A role and where it is held. */
export interface Post {
  role: string;
  organisation: string;
  organisation_name: string;
  department?: string;
}

export interface Session {
  name: string;
  /** Empty while one of several is still to be chosen. */
  role: string;
  organisation: string;
  department?: string;
  demo: boolean;
  /** People have a session, programs and demonstrations a token. */
  by?: "session" | "token";
  /** What the account may do to what is its own, in the words of docs/access.md. */
  may: readonly string[];
  /** All roles of somebody who has several. */
  roles?: readonly Post[];
  /** Who vouches for the person, if it is an identity provider. */
  provider?: { name: string; title: string };
}

/** Whether somebody has still to say in which of their roles they work. */
export function chooses(session: Session | undefined): boolean {
  return session?.role === "" && (session.roles?.length ?? 0) > 1;
}

export interface Section {
  title: string;
  text: string;
}

/** One version of a plan, as it is laid beside another. */
export interface Edition {
  version: number;
  status: string;
  /** Why it has this status, in the author's words. */
  reason?: string;
  headline: string;
  author?: string;
  /** RFC 3339. */
  published: string;
  /** What it says, heading by heading. */
  written: Section[];
  attachments?: Attachment[];
}

export interface Plan {
  plan: string;
  version: number;
  status: string;
  centre: string;
  centre_name?: string;
  headline?: string;
  urgency?: string;
  /** RFC 3339. */
  published?: string;
  author?: string;
  sections: Section[];
  superseded?: boolean;
  /** Empty for a version from before there were headings. */
  content?: Content;
  /** "due" or "overdue", today in the department. */
  review?: string;
  conflicts?: Conflict[];
  /** Until when it may be open, where that is known (RFC 3339). */
  until?: string;
  /** The newest version and those before it, back to the one with which the alert first came before the department; absent if that is the newest. */
  versions?: Edition[];
}

/** The service said no, or nothing. The message may be shown; status is 0 if it was not reached. RFC 9457. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export async function departments(): Promise<Department[]> {
  return (await get<{ departments: Department[] }>("/api/departments")).departments;
}

/** The accounts of a demonstration; undefined if this is none. */
export async function demoAccounts(): Promise<DemoAccount[] | undefined> {
  try {
    return (await get<{ accounts: DemoAccount[] }>("/api/demo/accounts")).accounts;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

export function session(token: string): Promise<Session> {
  return get<Session>("/api/session", token);
}

/** The plan behind an alert, newest version. Opening it is recorded by the service. */
export function planOf(alert: string, token: string, signal: AbortSignal): Promise<Plan> {
  return get<Plan>(`/api/alerts/${encodeURIComponent(alert)}/plan`, token, signal);
}

/** One alert as it stands now, as the account may see it. Reading it is recorded by the service. */
export async function alertOf(alert: string, token: string): Promise<Alert> {
  return parseAlert(await get<unknown>(`/api/alerts/${encodeURIComponent(alert)}`, token));
}

/** A file that came with a plan, at its address. Fetching it is recorded by the service. */
export async function fileAt(address: string, token: string, signal: AbortSignal): Promise<Blob> {
  return (await ask(address, "*/*", token, signal)).blob();
}

/** Reads an answer in JSON. */
export async function get<T>(path: string, token?: string, signal?: AbortSignal): Promise<T> {
  const answer = await ask(path, "application/json", token, signal);
  try {
    return (await answer.json()) as T;
  } catch {
    throw new Problem(answer.status, texts.errors.unreadable);
  }
}

/** Sends a value as JSON and reads the answer. */
export async function send<T>(method: string, path: string, token: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...authorisation(token), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      cache: "no-store",
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, texts.errors.unreachable);
  }
  if (!answer.ok) throw new Problem(answer.status, await detailOf(answer));
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch {
    throw new Problem(answer.status, texts.errors.unreadable);
  }
}

async function ask(path: string, accept: string, token?: string, signal?: AbortSignal): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      headers: { Accept: accept, ...authorisation(token) },
      cache: "no-store",
      credentials: "same-origin",
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, texts.errors.unreachable);
  }
  if (!answer.ok) throw new Problem(answer.status, await detailOf(answer));
  return answer;
}

async function detailOf(answer: Response): Promise<string> {
  try {
    const problem = (await answer.json()) as { title?: unknown; detail?: unknown };
    for (const text of [problem.detail, problem.title]) if (typeof text === "string" && text !== "") return text;
  } catch {
    // Not every answer on the way is ours: a proxy's page says nothing that a nurse could use.
  }
  return `${texts.errors.unreadable} (${answer.status})`;
}
