// Which page of a centre is this, and how does it get here?

import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { decoded } from "../address.ts";
import type { Session } from "../api.ts";
import { later } from "../later.ts";
import { texts } from "../texts.ts";

/** Whether an address is one of a centre's. */
export function isCentre(path: string): boolean {
  return path === "/centre" || path.startsWith("/centre/");
}

const whenHere = later(() => Promise.all([import("./form.ts"), import("./list.ts"), import("./page.ts")]));

/** The page at an address of a centre, for somebody who is signed in there. */
export function centrePage(path: string, token: string, session: Session | undefined, notice: string | undefined): TemplateResult {
  if (session && !session.may.includes("list a centre's plans")) return html`<p class="ucp-caution ucp-caution--stop" role="alert">${texts.centre.refused}</p>`;
  const [, plan, edit] = /^\/centre\/plans\/([^/]+)(\/edit)?\/?$/.exec(path) ?? [];
  const id = plan === undefined ? undefined : decoded(plan);
  return html`${whenHere(() =>
    id === undefined
      ? html`<ucp-centre-list .token=${token}></ucp-centre-list>`
      : html`${keyed(
          `${path} ${token}`,
          edit || id === "new"
            ? html`<ucp-plan-form .token=${token} .plan=${id === "new" ? undefined : id}></ucp-plan-form>`
            : html`<ucp-centre-plan .token=${token} .plan=${id} .notice=${notice}></ucp-centre-plan>`,
        )}`,
  )}`;
}
