// Which other pages about being on call are there?

import { html, nothing, type TemplateResult } from "lit";
import type { Session } from "../api.ts";
import { words } from "./texts.ts";

/** The ways between the pages, with the one that is open marked. */
export function areaNav(here: string, session: Session | undefined): TemplateResult {
  const may = (what: string) => session === undefined || session.may.includes(what);
  return html`<nav class="ucp-ways" aria-label=${words.nav.label}>
    <ul>
      ${words.nav.pages.filter(({ needs }) => may(needs)).map(({ path, name }) => html`<li><a href=${path} aria-current=${path === here ? "page" : nothing}>${name}</a></li>`)}
    </ul>
  </nav>`;
}
