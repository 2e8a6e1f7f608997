// Who goes to the pages of accounts, and how do they get here?

import { html, type TemplateResult } from "lit";
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
const whenPeople = later(() => import("./people.ts"));
const whenScreen = later(() => import("./screen.ts"));

export const joinPage = (): TemplateResult => html`${whenJoin(() => html`<ucp-join></ucp-join>`)}`;
export const sessionsPage = (token: string, session: Session | undefined): TemplateResult =>
  html`${whenSessions(() => html`<ucp-sessions .token=${token} .by=${session?.by}></ucp-sessions>`)}`;
export const peoplePage = (token: string, session: Session | undefined, departments: readonly Department[]): TemplateResult =>
  html`${whenPeople(() => html`<ucp-people .token=${token} .session=${session} .departments=${departments}></ucp-people>`)}`;
export const screenPage = (): TemplateResult => html`${whenScreen(() => html`<ucp-screen></ucp-screen>`)}`;
