// Who goes to the pages on how a person is told, and how do they get here?

import { html, type TemplateResult } from "lit";
import { decoded } from "../address.ts";
import type { Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { maySubscribe } from "../subscriptions/going.ts";
import { texts } from "../texts.ts";

const at = (name: string) => (path: string) => path === name || path === `${name}/`;
const isMe = at("/on-call/me");
const answerPath = /^\/answer\/([^/]+)(\/ask)?\/?$/;
const isAnswer = (path: string) => answerPath.test(path);

const mayBeReached = (session: Session | undefined) => session?.may.includes("say how one is reached") ?? false;

const t = texts.reached;
const door = (title: string): Door => ({ title, hint: texts.signIn.hint, roles: ["clinician", "nurse in charge", "on-call clinician"] });

/** The pages: which addresses they have, what they are called, who sees the way to them in the header, and by which door one comes in. Whoever subscribes finds this one beside that; to an answer there is no way but a link. */
export const reachedPages = [
  { is: isMe, path: "/on-call/me", title: t.me, link: t.me, may: (session: Session | undefined) => mayBeReached(session) && !maySubscribe(session), door: door(t.me) },
  { is: isAnswer, path: "/answer/", title: t.answer, link: t.answer, may: () => false, door: door(t.answer) },
] as const;

const whenMe = later(() => import("./me.ts"));
const whenAnswer = later(() => import("./answer.ts"));

/** The page at an address, for somebody who is signed in; undefined if it is none of these. */
export function reachedPage(path: string, token: string, session: Session | undefined): TemplateResult | undefined {
  if (isMe(path)) return html`${whenMe(() => html`<ucp-me .token=${token} .subscribes=${maySubscribe(session)}></ucp-me>`)}`;
  const [, link, asks] = answerPath.exec(path) ?? [];
  if (link) return html`${whenAnswer(() => html`<ucp-answer-link .token=${token} .session=${session} .link=${decoded(link)} .asks=${asks !== undefined}></ucp-answer-link>`)}`;
  return undefined;
}
