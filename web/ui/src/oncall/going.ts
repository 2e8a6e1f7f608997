// Who goes to the pages about who is on call, and how do they get here?

import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { decoded } from "../address.ts";
import type { Department, Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

const at = (name: string) => (path: string) => path === name || path === `${name}/`;
export const isOnCall = at("/on-call");
export const isMine = at("/on-call/mine");
export const isPolicies = at("/on-call/policies");
const isNewRota = at("/on-call/new-rota");
const rotaAddress = /^\/on-call\/rotas\/([^/]+)\/?$/;

/** Whether an address is one of a rota, a new one among them. */
export const isRota = (path: string): boolean => isNewRota(path) || rotaAddress.test(path);

/** Whether somebody may see who is on call, as far as can be told beforehand. */
export function maySeeOnCall(session: Session | undefined): boolean {
  return session?.may.includes("see who is on call") ?? false;
}

const t = texts.onCall;
const door = (title: string): Door => ({ title, hint: texts.signIn.hint, roles: ["on-call clinician", "rota lead", "nurse in charge", "clinician"] });

/** The pages: which addresses they have, what they are called, and by which door one comes in. */
export const onCallPages = [
  { is: isOnCall, title: t.title, door: door(t.title) },
  { is: isRota, title: t.rota, door: door(t.rota) },
  { is: isMine, title: t.mine, door: door(t.mine) },
  { is: isPolicies, title: t.policies, door: door(t.policies) },
] as const;

let coming: Promise<void> | undefined;

/** The styles of these pages are in a file of their own, asked for once: most people never go here. */
function styles(): Promise<void> {
  coming ??= new Promise((came, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = "/assets/on-call.css";
    link.onload = () => came();
    link.onerror = () => failed(new Error("the styles did not come"));
    document.head.append(link);
  });
  return coming;
}

const whenOverview = later(() => Promise.all([styles(), import("./overview.ts")]));
const whenRota = later(() => Promise.all([styles(), import("./rota.ts")]));
const whenMine = later(() => Promise.all([styles(), import("./mine.ts")]));
const whenPolicies = later(() => Promise.all([styles(), import("./policies.ts")]));

/** The page at an address, for somebody who is signed in; undefined if it is none of these. */
export function onCallPage(path: string, token: string, session: Session | undefined, departments: readonly Department[], told: string | undefined): TemplateResult | undefined {
  if (isOnCall(path)) return html`${whenOverview(() => html`<ucp-on-call .token=${token} .session=${session} .notice=${told}></ucp-on-call>`)}`;
  if (isMine(path)) return html`${whenMine(() => html`<ucp-on-call-mine .token=${token} .session=${session}></ucp-on-call-mine>`)}`;
  if (isPolicies(path)) return html`${whenPolicies(() => html`<ucp-policies .token=${token} .session=${session} .departments=${departments}></ucp-policies>`)}`;
  if (isNewRota(path)) return html`${whenRota(() => html`<ucp-rota-new .token=${token} .session=${session}></ucp-rota-new>`)}`;
  const id = rotaAddress.exec(path)?.[1];
  return id === undefined ? undefined : html`${whenRota(() => html`${keyed(path, html`<ucp-rota .token=${token} .session=${session} .rota=${decoded(id)}></ucp-rota>`)}`)}`;
}
