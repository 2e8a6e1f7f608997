// Who goes to the pages about who opened what, and how do they get here?

import { html, type TemplateResult } from "lit";
import type { Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

const at = (name: string) => (path: string) => path === name || path === `${name}/`;
export const isOpen = at("/open");
export const isQueue = at("/privacy");
export const isLooks = at("/privacy/looks");
export const isExposure = at("/privacy/exposure");
export const isChanges = at("/changes");
export const isAudit = at("/audit");

const may = (what: string) => (session: Session | undefined) => session?.may.includes(what) ?? false;
export const mayOpen = may("open a plan without an arrival");
export const mayJudge = may("judge who opened a plan without an arrival");
export const mayRead = may("see who looked at a plan");
export const mayExpose = may("see whom an account was shown");
export const maySearch = may("search the journal");

export const mayAgree = may("agree to a change that could silence an alert");

const t = texts.privacy;
const door = (title: string, roles: readonly string[]): Door => ({ title, hint: texts.signIn.hint, roles });

/** The pages: which addresses they have, what they are called, who sees the way to them, and by which door one comes in. */
export const privacyPages = [
  { is: isOpen, path: "/open", title: t.open, link: t.openLink, may: mayOpen, door: door(t.open, ["clinician", "nurse in charge"]) },
  { is: isQueue, path: "/privacy", title: t.queue, link: t.queueLink, may: mayJudge, door: door(t.queue, ["privacy officer"]) },
  { is: isLooks, path: "/privacy/looks", title: t.looks, link: t.looks, may: mayRead, door: door(t.looks, ["privacy officer", "auditor"]) },
  { is: isExposure, path: "/privacy/exposure", title: t.exposure, link: t.exposure, may: mayExpose, door: door(t.exposure, ["privacy officer"]) },
  { is: isChanges, path: "/changes", title: t.changes, link: t.changesLink, may: mayAgree, door: door(t.changes, ["privacy officer", "administrator"]) },
  { is: isAudit, path: "/audit", title: t.audit, link: t.audit, may: maySearch, door: door(t.audit, ["auditor"]) },
] as const;

const whenOpen = later(() => import("./open.ts"));
const whenQueue = later(() => import("./queue.ts"));
const whenLooks = later(() => import("./looks.ts"));
const whenExposure = later(() => import("./exposure.ts"));
const whenChanges = later(() => import("./changes.ts"));
const whenAudit = later(() => import("./audit.ts"));

/** The page at an address, for somebody who is signed in; undefined if it is none of these. */
export function privacyPage(path: string, token: string, session: Session | undefined): TemplateResult | undefined {
  if (isOpen(path)) return html`${whenOpen(() => html`<ucp-open .token=${token} .session=${session}></ucp-open>`)}`;
  if (isQueue(path)) return html`${whenQueue(() => html`<ucp-queue .token=${token}></ucp-queue>`)}`;
  if (isLooks(path)) return html`${whenLooks(() => html`<ucp-looks .token=${token} .by=${session?.name ?? ""}></ucp-looks>`)}`;
  if (isExposure(path)) return html`${whenExposure(() => html`<ucp-exposure .token=${token}></ucp-exposure>`)}`;
  if (isChanges(path)) return html`${whenChanges(() => html`<ucp-changes .token=${token}></ucp-changes>`)}`;
  if (isAudit(path)) return html`${whenAudit(() => html`<ucp-audit .token=${token}></ucp-audit>`)}`;
  return undefined;
}
