// Who goes to the page of the proofs, and how does it get here?

import { html, type TemplateResult } from "lit";
import type { Session } from "../api.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

/** Whether an address is that of the proofs. */
export function isProofs(path: string): boolean {
  return path === "/proofs" || path === "/proofs/";
}

const roles = ["clinician", "centre", "operator"];

/** Whether somebody may read proofs, as far as can be told beforehand. */
export function mayReadProofs(session: Session | undefined): boolean {
  return session !== undefined && session.may.includes("read the proofs");
}

export const proofDoor: Door = { title: texts.proofs.title, hint: texts.proofs.hint, roles };

const whenHere = later(() => import("./proofs.ts"));

/** The page, for somebody who is signed in. */
export function proofPage(token: string, session: Session | undefined): TemplateResult {
  return html`${whenHere(() => html`<ucp-proofs .token=${token} .centre=${session?.may.includes("list a centre's plans")}></ucp-proofs>`)}`;
}
