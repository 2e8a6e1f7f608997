// Who goes to the page of the proofs, and how does it get here?

import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import type { Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { texts } from "../texts.ts";

/** Whether an address is that of the proofs. */
export function isProofs(path: string): boolean {
  return path === "/proofs" || path === "/proofs/";
}

const roles = ["clinician", "centre", "operator"];

/** Whether somebody may read proofs, as far as can be told beforehand. */
export function mayReadProofs(session: Session | undefined): boolean {
  return session !== undefined && roles.includes(session.role);
}

export const proofDoor: Door = { title: texts.proofs.title, hint: texts.proofs.hint, roles };

/** The page, for somebody who is signed in. */
export function proofPage(token: string, session: Session | undefined): TemplateResult {
  loading ??= import("./proofs.ts").then(
    () => nothing,
    () => html`<p class="ucp-caution ucp-caution--stop" role="alert">${texts.proofs.failed}</p>`,
  );
  return html`${until(loading, html`<p class="ucp-quiet">${texts.loading} …</p>`)}<ucp-proofs .token=${token} .centre=${session?.role === "centre"}></ucp-proofs>`;
}

/** What stands in for the page once it was asked for: nothing, if it came. */
let loading: Promise<unknown> | undefined;
