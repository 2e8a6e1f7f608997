// Where is this person signed in?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { endAll, endSession, type Held, sessions } from "./api.ts";
import { fault } from "./field.ts";
import { dayAndTime } from "./times.ts";

const w = texts.people.sessions;

/** The session of this browser has ended by its owner's will. Bubbles. */
export class SignedOut extends Event {
  constructor() {
    super("signed-out", { bubbles: true });
  }
}

export class Sessions extends LightElement {
  static override properties = { token: { attribute: false }, by: { attribute: false }, list: { state: true }, failure: { state: true } };
  declare token: string;
  declare by: "session" | "token" | undefined;
  declare list: Held[] | undefined;
  declare failure: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    await this.do(async () => (this.list = await sessions(this.token)));
  }

  private async do(deed: () => Promise<unknown>): Promise<void> {
    try {
      await deed();
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p>${this.by === "token" ? w.token : w.lead}</p>
      ${this.by === "token" ? nothing : fault(this.failure)}
      ${this.list
        ? html`<ul class="ucp-list ucp-rows">${this.list.map((held) => this.row(held))}</ul>
            <button type="button" class="nhsuk-button nhsuk-button--warning" @click=${() => void this.everywhere()}>${w.all}</button>`
        : nothing}
    `;
  }

  private row(held: Held): TemplateResult {
    const browser = nameOf(held.browser);
    return html`<li class="ucp-rows__row" data-session=${held.this ? "this" : "other"}>
      <div>
        <strong>${browser}</strong> ${held.this ? html`<strong class="nhsuk-tag">${w.this}</strong>` : nothing}
        <p class="ucp-quiet">${w.begun(dayAndTime(held.begun))}, ${w.place(held.place)}; ${w.seen(dayAndTime(held.seen))}, ${w.ends(dayAndTime(held.ends))}</p>
      </div>
      ${held.this
        ? nothing
        : html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.endLabel(browser, dayAndTime(held.begun))} @click=${() => void this.end(held.id)}>
            ${w.end}
          </button>`}
    </li>`;
  }

  private async end(id: string): Promise<void> {
    await this.do(async () => {
      await endSession(this.token, id);
      this.list = await sessions(this.token);
    });
  }

  private async everywhere(): Promise<void> {
    await this.do(async () => {
      await endAll(this.token);
      this.dispatchEvent(new SignedOut());
    });
  }
}

/** What people call a browser and its system, as far as its own name tells. */
export function nameOf(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : undefined;
  const system = /Windows/.test(agent) ? "Windows" : /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Mac OS/.test(agent) ? "macOS" : /Linux/.test(agent) ? "Linux" : undefined;
  return browser ? `${browser}${system ? ` on ${system}` : ""}` : w.unknown;
}

customElements.define("ucp-sessions", Sessions);
