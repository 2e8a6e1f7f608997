// Who goes to the pages of subscriptions, and how do they get here?

import { html, type TemplateResult } from "lit";
import type { Department, Session } from "../api.ts";
import type { StreamEnded } from "../department-stream.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

const at = (name: string) => (path: string) => path === name || path === `${name}/`;
const isSubscriptions = at("/on-call/subscriptions");
export const isNow = at("/me");

export const maySubscribe = (session: Session | undefined) => session !== undefined && ["subscribe to what happens", "look after a team's subscriptions"].some((what) => session.may.includes(what));
const mayWatch = (session: Session | undefined) => maySubscribe(session) && session!.may.includes("watch the boards of an area");

const t = texts.subscriptions;
const door = (title: string): Door => ({ title, hint: texts.signIn.hint, roles: ["clinician", "nurse in charge", "on-call clinician", "coordinator"] });

/** The pages: which addresses they have, what they are called, who sees the way to them in the header, and by which door one comes in. From the one to the other there are links on the pages. */
export const subscriptionPages = [
  { is: isSubscriptions, path: "/on-call/subscriptions", title: t.list, link: t.list, may: (session: Session | undefined) => maySubscribe(session) && !mayWatch(session), door: door(t.list) },
  { is: isNow, path: "/me", title: t.now, link: t.now, may: mayWatch, door: door(t.now) },
] as const;

const whenList = later(() => import("./list.ts"));
const whenNow = later(() => import("./now.ts"), (words) => html`<main class="ucp-width" id="maincontent" tabindex="-1">${words}</main>`);

/** The page at an address, for somebody who is signed in; undefined if it is none of these, or one with a frame of its own. */
export function subscriptionPage(path: string, token: string): TemplateResult | undefined {
  return isSubscriptions(path) ? html`${whenList(() => html`<ucp-subscriptions .token=${token}></ucp-subscriptions>`)}` : undefined;
}

/** The page of what is for somebody now, with a frame of its own. */
export function nowPage(token: string, departments: readonly Department[], session: Session | undefined, ended: (event: StreamEnded) => void): TemplateResult {
  return html`${whenNow(() => html`<ucp-now .token=${token} .departments=${departments} .subscribes=${maySubscribe(session)} @stream-ended=${ended}></ucp-now>`)}`;
}
