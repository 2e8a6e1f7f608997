// Who goes to the page of operations, and how does it get here?

import { html, type TemplateResult } from "lit";
import type { Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

/** Whether an address is that of operations. */
export function isOperations(path: string): boolean {
  return path === "/operations" || path === "/operations/";
}

const roles = ["operator"];

/** Whether somebody may see it, as far as can be told beforehand. */
export function mayOperate(session: Session | undefined): boolean {
  return session !== undefined && session.may.includes("see the feeds");
}

export const operationsDoor: Door = { title: texts.operations.title, hint: texts.operations.hint, roles };

const whenHere = later(() => import("./operations.ts"));

/** The page, for somebody who is signed in. */
export function operationsPage(token: string): TemplateResult {
  return html`${whenHere(() => html`<ucp-operations .token=${token}></ucp-operations>`)}`;
}
