// Who goes to the page of operations, and how does it get here?

import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import type { Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { texts } from "../texts.ts";

/** Whether an address is that of operations. */
export function isOperations(path: string): boolean {
  return path === "/operations" || path === "/operations/";
}

const roles = ["operator"];

/** Whether somebody may see it, as far as can be told beforehand. */
export function mayOperate(session: Session | undefined): boolean {
  return session !== undefined && roles.includes(session.role);
}

export const operationsDoor: Door = { title: texts.operations.title, hint: texts.operations.hint, roles };

/** The page, for somebody who is signed in. */
export function operationsPage(token: string): TemplateResult {
  loading ??= import("./operations.ts").then(
    () => nothing,
    () => html`<p class="ucp-caution ucp-caution--stop" role="alert">${texts.operations.failed}</p>`,
  );
  return html`${until(loading, html`<p class="ucp-quiet">${texts.loading} …</p>`)}<ucp-operations .token=${token}></ucp-operations>`;
}

/** What stands in for the page once it was asked for: nothing, if it came. */
let loading: Promise<unknown> | undefined;
