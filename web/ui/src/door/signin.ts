// Who wants to see this board, or this centre's plans?

import { html, nothing, type TemplateResult } from "lit";
import { type DemoAccount, type Department, Problem, type Session, session } from "../api.ts";
import { signIn, type Ways, ways } from "../people/api.ts";
import { fault, field, typed } from "../people/field.ts";
import { bySession } from "../session.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { placeOf } from "./choose.ts";

const w = texts.people.signIn;

/** An access token that the service knows, or a session and whose it is. */
export class SignedIn extends Event {
  constructor(
    readonly token: string,
    readonly session?: Session,
  ) {
    super("signed-in", { bubbles: true });
  }
}

/** What is behind the door where it is not a department's board: its name, whose token opens it, and the roles that may come in. */
export interface Door {
  title: string;
  hint: string;
  roles: readonly string[];
}

export const centreDoor: Door = { title: texts.centre.signIn, hint: texts.centre.hint, roles: ["centre"] };

/** The demonstration accounts that may see a department's board, or else come in by another door, as far as can be told beforehand. */
export function accountsFor(department: Department | undefined, door: Door, accounts: readonly DemoAccount[]): DemoAccount[] {
  if (!department) return accounts.filter((a) => door.roles.includes(a.role));
  return accounts.filter((a) => (a.department ? a.department === department.id : a.organisation === department.organisation && ["clinician", "nurse in charge"].includes(a.role)));
}

export class SignIn extends LightElement {
  static override properties = {
    department: { attribute: false },
    door: { attribute: false },
    accounts: { attribute: false },
    notice: { attribute: false },
    failure: { state: true },
    refused: { state: true },
    ways: { state: true },
    turnedBack: { state: true },
    busy: { state: true },
  };
  /** Undefined for another door. */
  declare department: Department | undefined;
  declare door: Door;
  /** Undefined outside a demonstration. */
  declare accounts: DemoAccount[] | undefined;
  /** Why somebody is here who was signed in before. */
  declare notice: string | undefined;
  declare failure: string | undefined;
  /** Why name, password and code did not open. */
  declare refused: string | undefined;
  /** How people sign in; undefined until that is known. */
  declare ways: Ways | undefined;
  /** Why somebody came back from an identity provider without being signed in. */
  declare turnedBack: string | undefined;
  declare busy: boolean;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.learnWays();
    const why = /^#refused=([a-z-]+)$/.exec(location.hash)?.[1];
    if (why === undefined) return;
    this.turnedBack = w.refused[why];
    history.replaceState(history.state, "", location.pathname);
  }

  /** Where that cannot be learnt, a password is asked for: what it opens, the service decides. */
  private async learnWays(): Promise<void> {
    try {
      this.ways = await ways();
    } catch {
      this.ways = { password: "everybody", providers: [] };
    }
  }

  protected override render(): TemplateResult {
    const demo = accountsFor(this.department, this.door, this.accounts ?? []);
    const where = this.department ? placeOf(this.department) : this.door.title;
    return html`
      <a class="nhsuk-back-link" href="/">${texts.signIn.back}</a>
      <h1 class="nhsuk-heading-l nhsuk-u-margin-top-4 nhsuk-u-margin-bottom-4">
        ${where === texts.signIn.title ? nothing : html`<span class="nhsuk-caption-l">${where}</span>`} ${texts.signIn.title}
      </h1>
      ${this.notice ? html`<p class="ucp-caution" role="alert">${this.notice}</p>` : nothing}
      ${demo.length > 0
        ? html`<section class="ucp-demo-accounts" aria-labelledby="demo-accounts">
            <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="demo-accounts">${texts.signIn.demoTitle}</h2>
            <p>${texts.signIn.demoLead}</p>
            <ul>
              ${demo.map(
                (a) => html`<li>
                  <button type="button" class="nhsuk-button nhsuk-button--secondary" @click=${() => void this.tryToken(a.token)}>${a.description}</button>
                </li>`,
              )}
            </ul>
          </section>`
        : nothing}
      ${demo.length > 0 ? html`<h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-3">${texts.signIn.otherwise}</h2>` : nothing}
      ${this.turnedBack ? html`<p class="ucp-caution ucp-caution--stop" role="alert">${this.turnedBack}</p>` : nothing}
      ${this.ways ? this.waysIn(this.ways) : nothing}
      <details class="ucp-sign-in__token" ?open=${this.failure !== undefined}>
      <summary>${w.token}</summary>
      <form class="ucp-sign-in" novalidate @submit=${(event: SubmitEvent) => this.submitted(event)}>
        <div class="nhsuk-form-group ${this.failure ? "nhsuk-form-group--error" : ""}">
          <label class="nhsuk-label" for="token">${texts.signIn.token}</label>
          <div class="nhsuk-hint" id="token-hint">${this.department ? texts.signIn.hint : this.door.hint}</div>
          <div role="alert">${this.failure ? html`<span class="nhsuk-error-message" id="token-error">${this.failure}</span>` : nothing}</div>
          <input
            class="nhsuk-input nhsuk-input--code ${this.failure ? "nhsuk-input--error" : ""}"
            id="token"
            name="token"
            type="password"
            autocomplete="off"
            spellcheck="false"
            aria-describedby=${this.failure ? "token-hint token-error" : "token-hint"}
            aria-invalid=${this.failure ? "true" : "false"}
          />
        </div>
        <button class="nhsuk-button" aria-disabled=${this.busy ? "true" : "false"}>${texts.signIn.submit}</button>
      </form>
      </details>
    `;
  }

  private waysIn({ password, providers }: Ways): TemplateResult {
    const vouched = providers.length > 0;
    return html`
      ${providers.map(
        (p) => html`<div class="ucp-sign-in">
          ${p.down ? html`<p class="ucp-caution" role="alert">${w.down(p.title)}</p>` : nothing}
          <a class="nhsuk-button ucp-sign-in__provider" role="button" draggable="false" href="/sign-in/with/${p.name}?to=${encodeURIComponent(this.wanted)}">${w.with(p.title)}</a>
        </div>`,
      )}
      ${vouched ? html`<p class="ucp-measure ucp-quiet">${w.provided}</p>` : nothing}
      ${password === "nobody"
        ? nothing
        : vouched
          ? html`<details class="ucp-sign-in__token" ?open=${this.refused !== undefined}>
              <summary>${w.other}</summary>
              ${password === "administrators" ? html`<p class="ucp-quiet">${w.administrators}</p>` : nothing} ${this.ownAccount()}
            </details>`
          : this.ownAccount()}
      <p class="ucp-measure ucp-quiet">${vouched ? w.noRole : w.noAccount}<a href="/screen">${w.wall}</a>.</p>
    `;
  }

  /** The page that was asked for, to come back to; the first one where it was that of signing in. */
  private get wanted(): string {
    return location.pathname.startsWith("/sign-in") ? "/" : location.pathname;
  }

  private ownAccount(): TemplateResult {
    return html`<form class="ucp-sign-in" id="own-account" novalidate @submit=${(event: SubmitEvent) => this.withAccount(event)}>
      ${fault(this.refused)}
      ${field({ id: "name", label: w.name, autocomplete: "username", width: 20 })} ${field({ id: "password", label: w.password, type: "password", autocomplete: "current-password" })}
      ${field({ id: "code", label: w.code, hint: w.codeHint, autocomplete: "one-time-code", numeric: true, width: 10 })}
      <button class="nhsuk-button" aria-disabled=${this.busy ? "true" : "false"}>${w.submit}</button>
    </form>`;
  }

  private withAccount(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLElement;
    const [name, password, code] = [typed(form, "name").trim(), typed(form, "password"), typed(form, "code").trim()];
    if (!name || !password || !code) this.refuse(w.missing);
    else void this.tryAccount(name, password, code);
  }

  private async tryAccount(name: string, password: string, code: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await signIn(name, password, code);
      this.dispatchEvent(new SignedIn(bySession, await session(bySession)));
    } catch (error) {
      this.refuse(error instanceof Problem && error.status !== 0 ? error.message : texts.signIn.unreachable);
    } finally {
      this.busy = false;
    }
  }

  private refuse(words: string): void {
    this.refused = words;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#fault")?.focus());
  }

  private submitted(event: SubmitEvent): void {
    event.preventDefault();
    const token = this.input.value.trim();
    if (token === "") this.fail(texts.signIn.empty);
    else void this.tryToken(token);
  }

  private async tryToken(token: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await session(token);
      this.dispatchEvent(new SignedIn(token));
    } catch (error) {
      const refused = error instanceof Problem && (error.status === 401 || error.status === 403);
      this.fail(refused ? texts.signIn.wrong : texts.signIn.unreachable);
    } finally {
      this.busy = false;
    }
  }

  private fail(text: string): void {
    this.failure = text;
    this.input.focus();
  }

  private get input(): HTMLInputElement {
    return this.querySelector("#token")!;
  }
}

customElements.define("ucp-sign-in", SignIn);
