// How does the page of what was lately get here?

import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { Department } from "../api.ts";
import { later } from "../later.ts";

const whenHere = later(() => import("./recent.ts"));

/** The page of a department, for somebody who is signed in. */
export function recentPage(department: Department, token: string): TemplateResult {
  return html`${whenHere(() => html`${keyed(`${department.id} ${token}`, html`<ucp-recent .department=${department} .token=${token}></ucp-recent>`)}`)}`;
}
