// Who is signed in at this tab?

import type { StreamOptions } from "./stream/index.ts";

const key = "ucpalert.token";

/** The access token of this tab, kept only until the tab is closed. */
export const tokens = {
  get held(): string | undefined {
    return sessionStorage.getItem(key) ?? undefined;
  },
  keep(token: string): void {
    sessionStorage.setItem(key, token);
  },
  forget(): void {
    sessionStorage.removeItem(key);
  },
};

/** Stands where a token would, for somebody who has signed in: the browser holds a cookie, which no script can read. */
export const bySession = "(session)";

/** The header that says who asks; none for somebody who has signed in, nor for nobody. */
export function authorisation(token: string | undefined): Record<string, string> {
  return token && token !== bySession ? { Authorization: `Bearer ${token}` } : {};
}

/** How a stream is opened: with the token, or with a ticket that is fetched for it. */
export function credentials(token: string): Pick<StreamOptions, "token" | "ticket"> {
  return token === bySession ? { token: () => "", ticket } : { token: () => token };
}

/** A ticket for one stream; undefined once the session has ended. */
async function ticket(): Promise<string | undefined> {
  const answer = await fetch("/api/stream-ticket", { method: "POST", headers: { Accept: "application/json" }, cache: "no-store", credentials: "same-origin" });
  if (answer.status === 401) return undefined;
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  return ((await answer.json()) as { ticket: string }).ticket;
}
