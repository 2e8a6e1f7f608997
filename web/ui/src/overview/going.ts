// Who goes to the page of several departments, and how does it get here?

import { html, type TemplateResult } from "lit";
import type { Department, Session } from "../api.ts";
import type { StreamEnded } from "../department-stream.ts";
import type { Door } from "../door/signin.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

/** Whether an address is that of several departments together. */
export function isOverview(path: string): boolean {
  return path === "/overview" || path === "/overview/";
}

const roles = ["coordinator", "clinician"];

/** Whether somebody may be shown several departments, as far as can be told beforehand. */
export function mayOverlook(session: Session | undefined): boolean {
  return session !== undefined && session.may.includes("watch the boards of an area");
}

export const overviewDoor: Door = { title: texts.overview.title, hint: texts.overview.hint, roles };

const whenHere = later(() => import("./overview.ts"), (words) => html`<main class="ucp-width" id="maincontent" tabindex="-1">${words}</main>`);

/** The page, for somebody who is signed in. */
export function overviewPage(token: string, departments: readonly Department[], session: Session | undefined, ended: (event: StreamEnded) => void): TemplateResult {
  return html`${whenHere(
    () => html`<ucp-overview .token=${token} .departments=${departments} .boards=${session?.may.includes("open a plan")} @stream-ended=${ended}></ucp-overview>`,
  )}`;
}
