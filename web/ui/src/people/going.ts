// Who goes to the pages of accounts, and how do they get here?

import { html, nothing, type TemplateResult } from "lit";
import type { Department, Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

const at = (name: string) => (path: string) => path === name || path === `${name}/`;
export const isSignIn = at("/sign-in");
export const isJoin = at("/join");
export const isSessions = at("/sessions");
export const isPeople = at("/people");
export const isScreen = at("/screen");

/** Whether somebody may manage people or let screens in, as far as can be told beforehand. */
export function mayManage(session: Session | undefined): boolean {
  return session !== undefined && (session.may.includes("say who has an account") || session.may.includes("let a screen in"));
}

export const signInDoor: Door = { title: texts.people.signIn.page, hint: texts.signIn.hint, roles: [] };
export const sessionsDoor: Door = { title: texts.people.sessions.title, hint: texts.signIn.hint, roles: [] };
export const peopleDoor: Door = { title: texts.people.people.title, hint: texts.signIn.hint, roles: ["administrator", "nurse in charge"] };

const whenJoin = later(() => import("./join.ts"));
const whenSessions = later(() => import("./sessions.ts"));
const whenRoles = later(() => import("./roles.ts"));
const whenPeople = later(() => import("./people.ts"));
const whenScreen = later(() => import("./screen.ts"));

export const joinPage = (): TemplateResult => html`${whenJoin(() => html`<ucp-join></ucp-join>`)}`;
export const sessionsPage = (token: string, session: Session | undefined): TemplateResult =>
  html`${whenSessions(() => html`<ucp-sessions .token=${token} .by=${session?.by}></ucp-sessions>`)}
    ${session?.roles || session?.provider
      ? html`<h2 class="nhsuk-heading-m nhsuk-u-margin-top-6 nhsuk-u-margin-bottom-2">${texts.people.roles.part}</h2>
          ${whenRoles(() => html`<ucp-roles .session=${session}></ucp-roles>`)}`
      : nothing}`;
/** Before anything else, for somebody who has several roles. */
export const rolesPage = (session: Session): TemplateResult =>
  html`<h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${texts.people.roles.title}</h1>
    <p class="ucp-measure">${texts.people.roles.lead}</p>
    ${whenRoles(() => html`<ucp-roles .session=${session}></ucp-roles>`)}`;
export const peoplePage = (token: string, session: Session | undefined, departments: readonly Department[]): TemplateResult =>
  html`${whenPeople(() => html`<ucp-people .token=${token} .session=${session} .departments=${departments}></ucp-people>`)}`;
export const screenPage = (): TemplateResult => html`${whenScreen(() => html`<ucp-screen></ucp-screen>`)}`;
