// In which of their roles does somebody work now?

import { html, nothing, type TemplateResult } from "lit";
import { type Post, Problem, type Session } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { chooseRole } from "./api.ts";
import { fault } from "./field.ts";

const w = texts.people.roles;

/** The session goes on in another role. Bubbles. */
export class RoleChosen extends Event {
  constructor() {
    super("role-chosen", { bubbles: true });
  }
}

/** A role in words: "clinician, The Princess Alexandra Hospital". */
export function postInWords(p: { role: string; organisation_name: string; department?: string }): string {
  return [p.role, p.organisation_name, p.department].filter(Boolean).join(", ");
}

/** The choice, as a page or as a part of one. */
export class Roles extends LightElement {
  static override properties = { session: { attribute: false }, failure: { state: true }, busy: { state: true } };
  declare session: Session;
  declare failure: string | undefined;
  declare busy: boolean;

  private works(p: Post): boolean {
    return p.role === this.session.role && p.organisation === this.session.organisation && (p.department ?? "") === (this.session.department ?? "");
  }

  protected override render(): TemplateResult {
    return html`
      ${fault(this.failure)}
      <ul class="ucp-list ucp-rows">
        ${(this.session.roles ?? []).map(
          (p) => html`<li class="ucp-rows__row">
            <div><strong>${p.role}</strong><p class="ucp-quiet">${[p.organisation_name, p.department].filter(Boolean).join(", ")}</p></div>
            ${this.works(p)
              ? html`<strong class="nhsuk-tag">${w.now}</strong>`
              : html`<button type="button" class="nhsuk-button nhsuk-button--secondary" aria-label=${w.as(postInWords(p))} aria-disabled=${this.busy ? "true" : "false"} @click=${() => void this.choose(p)}>${w.choose}</button>`}
          </li>`,
        )}
      </ul>
      ${this.session.provider ? html`<p><a href="/sign-in/with/${this.session.provider.name}?again=1">${w.elsewhere(this.session.provider.title)}</a></p>` : nothing}
    `;
  }

  private async choose(p: Post): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await chooseRole(p);
      this.failure = undefined;
      this.dispatchEvent(new RoleChosen());
    } catch (error) {
      this.failure = error instanceof Problem && error.status !== 0 ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-roles", Roles);
