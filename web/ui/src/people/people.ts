// Who has an account, and which screens were let in?

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { type Department, Problem, type Session } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { approve, assign, type Assignment, invite, people, type Person, reset, revoke, turn, walls } from "./api.ts";
import { fault, field, typed } from "./field.ts";
import { postInWords } from "./roles.ts";
import { type Question } from "./sure.ts";
import "./sure.ts";

const w = texts.people.people;

export class People extends LightElement {
  static override properties = {
    token: { attribute: false }, session: { attribute: false }, departments: { attribute: false },
    list: { state: true }, roles: { state: true }, screens: { state: true }, failure: { state: true }, told: { state: true }, link: { state: true }, changing: { state: true }, posts: { state: true }, copied: { state: true }, asked: { state: true },
  };
  declare token: string;
  declare session: Session | undefined;
  declare departments: readonly Department[];
  declare list: Person[] | undefined;
  declare roles: string[];
  declare screens: Person[] | undefined;
  declare failure: string | undefined;
  declare told: string | undefined;
  /** The link that has to be given to somebody: shown once. */
  declare link: { name: string; address: string } | undefined;
  declare changing: string | undefined;
  /** The roles of the account that is changed, as the form has them. */
  declare posts: readonly Assignment[];
  declare copied: boolean;
  /** What has to be confirmed before it is done. */
  declare asked: (Question & { deed: () => Promise<unknown>; told?: string | undefined }) | undefined;
  private loaded = false;

  private may(what: string): boolean {
    return this.session?.may.includes(what) ?? false;
  }

  protected override updated(): void {
    if (this.loaded || !this.session) return;
    this.loaded = true;
    void this.do(() => this.load());
  }

  private async load(): Promise<void> {
    if (this.may("say who has an account")) ({ people: this.list, roles: this.roles } = await people(this.token));
    if (this.may("let a screen in")) this.screens = await walls(this.token);
  }

  /** Does something, loads everything anew, and says what was done or why not. */
  private async do(deed: () => Promise<unknown>, told?: string): Promise<void> {
    try {
      await deed();
      await this.load();
      this.failure = undefined;
      this.told = told;
    } catch (error) {
      this.told = undefined;
      this.failure = error instanceof Problem ? error.message : w.failed;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    }
  }

  protected override render(): TemplateResult {
    const manages = this.may("say who has an account");
    const letsIn = this.may("let a screen in");
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      ${this.session && !manages && !letsIn ? html`<p class="ucp-caution" role="alert">${w.refused}</p>` : nothing}
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${this.link ? this.linkShown(this.link) : nothing}
      ${manages ? this.peoplePart() : nothing} ${letsIn ? this.screenPart() : nothing}
      ${this.asked ? html`<ucp-sure .question=${this.asked} @sure=${() => void this.do(this.asked!.deed, this.asked!.told)} @sure-closed=${() => (this.asked = undefined)}></ucp-sure>` : nothing}
    `;
  }

  /** Asks before a deed about somebody, or about a screen. */
  private ask(about: keyof typeof w.sure, what: string, name: string, deed: () => Promise<unknown>, told?: string): void {
    this.asked = { title: w.sure[about].title(name), effect: w.sure[about].effect, what, warns: about !== "enable", deed, told };
  }

  private linkShown({ name, address }: { name: string; address: string }): TemplateResult {
    return html`<section class="ucp-panel" aria-labelledby="link-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="link-title" tabindex="-1">${w.linkTitle(name)}</h2>
      <p>${w.linkLead}</p>
      <p><code class="ucp-account__secret" id="link">${address}</code></p>
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void navigator.clipboard.writeText(address).then(() => (this.copied = true))}>
        ${this.copied ? w.copied : w.copy}
      </button>
    </section>`;
  }

  private async show(name: string, made: Promise<string>): Promise<void> {
    const link = await made;
    this.link = { name, address: `${location.origin}/join#${encodeURIComponent(link)}` };
    this.copied = false;
    await this.updateComplete;
    this.querySelector<HTMLElement>("#link-title")?.focus();
  }

  private peoplePart(): TemplateResult {
    return html`
      <p>${w.lead}</p>
      <ul class="ucp-list ucp-rows">
        ${repeat(this.list ?? [], (p) => p.id, (p) => this.row(p))}
      </ul>
      ${this.list?.length === 0 ? html`<p class="ucp-quiet">${w.noPeople}</p>` : nothing}
      <section class="ucp-panel" aria-labelledby="invite-title">
        <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-3" id="invite-title">${w.invite}</h2>
        <form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => this.invited(event)}>
          ${field({ id: "new-name", label: w.name, hint: w.nameHint, width: 20 })} ${field({ id: "new-full-name", label: w.fullName })} ${this.assignment("new", undefined)}
          <button class="nhsuk-button">${w.submit}</button>
        </form>
      </section>
    `;
  }

  private assignment(prefix: string, p: Assignment | undefined): TemplateResult {
    return html`<div class="nhsuk-form-group">
        <label class="nhsuk-label" for="${prefix}-role">${w.role}</label>
        <select class="nhsuk-select" id="${prefix}-role">
          ${(this.roles ?? []).map((role) => html`<option value=${role} ?selected=${role === (p?.role ?? "clinician")}>${role}</option>`)}
        </select>
      </div>
      ${field({ id: `${prefix}-organisation`, label: w.organisation, hint: w.organisationHint, width: 10, value: p?.organisation ?? this.session?.organisation ?? "" })}
      ${field({ id: `${prefix}-department`, label: w.department, hint: w.departmentHint, width: 10, value: p?.department ?? "" })}`;
  }

  private assigned(form: HTMLElement, prefix: string): Assignment {
    const department = typed(form, `${prefix}-department`).trim();
    return { role: typed(form, `${prefix}-role`), organisation: typed(form, `${prefix}-organisation`).trim().toUpperCase(), ...(department ? { department } : {}) };
  }

  private row(p: Person): TemplateResult {
    const button = (what: string, deed: () => void) =>
      html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(what, p.name)} @click=${deed}>${what}</button>`;
    const sure = (about: keyof typeof w.sure, deed: () => Promise<unknown>) => button(w[about], () => this.ask(about, w[about], p.name, deed, w.done[about]));
    return html`<li class="ucp-rows__row" data-person=${p.name}>
      <div>
        <strong>${p.full_name || p.name}</strong> <span class="ucp-quiet">${p.full_name ? p.name : ""}</span> <strong class="nhsuk-tag ${p.state === "active" ? "" : "nhsuk-tag--grey"}">${w.state[p.state] ?? p.state}</strong>
        ${[p, ...(p.further ?? [])].map((post) => html`<p class="ucp-quiet">${postInWords(post)}</p>`)}
        ${p.provider ? html`<p class="ucp-quiet">${w.vouched(p.provider)}</p>` : nothing}
      </div>
      <div class="ucp-rows__deeds">
        ${p.provider ? nothing : html`${button(w.change, () => this.change(p))} ${sure("reset", () => this.show(p.name, reset(this.token, p.id)))}`}
        ${p.state === "disabled" ? sure("enable", () => turn(this.token, p.id, "enable")) : sure("disable", () => turn(this.token, p.id, "disable"))}
      </div>
      ${this.changing === p.id
        ? html`<form class="ucp-account ucp-rows__form" novalidate @submit=${(event: SubmitEvent) => this.changed(event, p)}>
            ${keyed(this.posts, this.posts.map(
              (post, n) => html`<fieldset class="nhsuk-fieldset">
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${w.one(n + 1)}</legend>
                ${this.assignment(`change-${p.id}-${n}`, post)}
                ${this.posts.length > 1
                  ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${(event: Event) => this.without(event, p, n)}>${w.takeAway}</button>`
                  : nothing}
              </fieldset>`,
            ))}
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${(event: Event) => this.another(event, p)}>${w.another}</button>
            <button class="nhsuk-button nhsuk-button--small">${w.keep}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => (this.changing = undefined)}>${w.cancel}</button>
          </form>`
        : nothing}
    </li>`;
  }

  private invited(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = typed(form, "new-name").trim();
    void this.do(async () => {
      await this.show(name, invite(this.token, { name, full_name: typed(form, "new-full-name").trim(), ...this.assigned(form, "new") }));
      form.reset();
    });
  }

  /** Opens the form that changes somebody's roles, or closes it. */
  private change(p: Person): void {
    this.changing = this.changing === p.id ? undefined : p.id;
    this.posts = [p, ...(p.further ?? [])];
  }

  /** The roles as they stand in the form now. */
  private assignedAll(form: HTMLElement, p: Person): Assignment[] {
    return this.posts.map((_, n) => this.assigned(form, `change-${p.id}-${n}`));
  }

  private another(event: Event, p: Person): void {
    const form = (event.currentTarget as HTMLElement).closest("form")!;
    this.posts = [...this.assignedAll(form, p), { role: this.roles[0] ?? "", organisation: "" }];
    void this.updateComplete.then(() => form.querySelector<HTMLElement>(`#change-${CSS.escape(p.id)}-${this.posts.length - 1}-role`)?.focus());
  }

  private without(event: Event, p: Person, n: number): void {
    const form = (event.currentTarget as HTMLElement).closest("form")!;
    this.posts = this.assignedAll(form, p).filter((_, at) => at !== n);
  }

  private changed(event: SubmitEvent, p: Person): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLElement;
    void this.do(async () => {
      const [first, ...further] = this.assignedAll(form, p);
      await assign(this.token, p.id, { ...first!, ...(further.length > 0 ? { further } : {}) });
      this.changing = undefined;
    }, w.done["role"]);
  }

  private screenPart(): TemplateResult {
    const own = this.departments.filter((d) => this.may("say who has an account") || d.organisation === this.session?.organisation);
    return html`<section class="ucp-panel" aria-labelledby="screens-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="screens-title">${w.screens}</h2>
      <p class="ucp-measure">${w.screensLead}</p>
      ${this.screens?.length === 0 ? html`<p class="ucp-quiet">${w.noScreens}</p>` : nothing}
      <ul class="ucp-list ucp-rows">
        ${repeat(this.screens ?? [], (p) => p.id, (p) => html`<li class="ucp-rows__row" data-screen=${p.name}>
          <div><strong>${p.full_name || p.name}</strong><p class="ucp-quiet">${p.department}, ${p.name}</p></div>
          <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(w.revoke, p.full_name || p.name)} @click=${() => this.ask("revoke", w.revoke, p.full_name || p.name, () => revoke(this.token, p.id), w.revoked)}>${w.revoke}</button>
        </li>`)}
      </ul>
      <form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => this.letIn(event)}>
        ${field({ id: "screen-code", label: w.screenCode, width: 10 })}
        <div class="nhsuk-form-group">
          <label class="nhsuk-label" for="screen-department">${w.department}</label>
          <select class="nhsuk-select" id="screen-department">
            ${own.map((d) => html`<option value=${d.id}>${d.id}</option>`)}
          </select>
        </div>
        ${field({ id: "screen-where", label: w.screenWhere })}
        <button class="nhsuk-button">${w.approve}</button>
      </form>
    </section>`;
  }

  private letIn(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    void this.do(async () => {
      await approve(this.token, typed(form, "screen-code"), typed(form, "screen-department"), typed(form, "screen-where").trim());
      form.reset();
    }, w.approved);
  }
}

customElements.define("ucp-people", People);
