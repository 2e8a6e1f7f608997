// How does a person write a plan, and what will A&E see of it?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem } from "../api.ts";
import "../board/attachments.ts";
import { urgencyOf } from "../board/rows.ts";
import type { Attachment } from "../board/content.ts";
import { changesOf } from "../board/plan-changes.ts";
import { planText } from "../board/plan-text.ts";
import { Going } from "../going.ts";
import { LightElement } from "../light.ts";
import type { Alert } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { instant, timeOfDay } from "../words/dates.ts";
import { beginDraft, discardDraft, type Draft, type Form, type PlanPage, planPage, publishDraft } from "./api.ts";
import { Autosave, tab } from "./autosave.ts";
import { checkField, choiceField, dateField, type Field, type Sheet, targetOf, textField } from "./fields.ts";
import "./files.ts";
import type { FormFile, PlanFiles } from "./files.ts";
import { words } from "./texts.ts";

const zone = "Europe/London";
const maxHeadline = 140;
const w = words.form;

export class PlanForm extends LightElement implements Sheet {
  static override properties = {
    token: { attribute: false },
    plan: { attribute: false },
    view: { state: true },
    form: { state: true },
    failure: { state: true },
    shown: { state: true },
    asked: { state: true },
    stale: { state: true },
    publishing: { state: true },
    refused: { state: true },
  };
  declare token: string;
  /** The plan to revise, or the draft to go on with; undefined for a new plan. */
  declare plan: string | undefined;
  declare view: Draft | undefined;
  declare form: Form;
  declare failure: string | undefined;
  /** Faults are said once somebody wanted to publish. */
  declare shown: boolean;
  /** Whether it is asked if the draft is really to be discarded. */
  declare asked: boolean;
  /** The plan as it was published by somebody else meanwhile. */
  declare stale: PlanPage | undefined;
  declare publishing: boolean;
  declare refused: string | undefined;

  private autosave: Autosave | undefined;
  private readonly leaving = (event: BeforeUnloadEvent) => {
    if (this.autosave && this.autosave.safety !== "saved") event.preventDefault();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("beforeunload", this.leaving);
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("beforeunload", this.leaving);
    const { autosave } = this;
    void autosave?.flush().finally(() => autosave.end());
  }

  private async open(): Promise<void> {
    this.failure = undefined;
    try {
      const view = await beginDraft(this.token, this.plan);
      this.view = view;
      this.form = structuredClone(view.form);
      this.autosave = new Autosave(this.token, view.draft, view.revision, (kept) => this.kept(kept));
      if (this.plan === undefined) {
        this.plan = view.plan;
        history.replaceState(null, "", `/centre/plans/${encodeURIComponent(view.plan)}/edit`);
      }
      const unsaved = tab.held(view.draft);
      if (unsaved) {
        this.form = unsaved;
        this.autosave.typed(unsaved);
      }
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  private kept(view?: Draft): void {
    if (view) this.view = view;
    this.requestUpdate();
  }

  fault(field: string): string | undefined {
    return this.shown ? this.view?.faults.find((f) => f.field === field)?.words : undefined;
  }

  type(field: Field, value: string): void {
    this.form = { ...this.form, [field]: value };
    this.autosave?.typed(this.form);
  }

  private typeSections(sections: Form["sections"]): void {
    this.form = { ...this.form, sections };
    this.autosave?.typed(this.form);
  }

  private attached(files: readonly FormFile[]): void {
    this.form = { ...this.form, attachments: [...files] };
    this.autosave?.typed(this.form);
  }

  private readonly fileAddress = (file: Attachment) => `/api/centre/drafts/${encodeURIComponent(this.view!.draft)}/attachments/${file.sha256 ?? ""}`;

  protected override render(): TemplateResult {
    const { view } = this;
    if (this.failure !== undefined) {
      return html`<div class="ucp-caution ucp-caution--stop">
        <p>${this.failure}</p>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.open()}>${texts.plan.retry}</button>
      </div>`;
    }
    if (!view) return html`<p class="ucp-quiet">${w.opening}</p>`;
    return html`
      <a class="nhsuk-back-link" href=${view.base > 0 ? `/centre/plans/${encodeURIComponent(view.plan)}` : "/centre"}>${view.base > 0 ? words.page.versions : words.page.back}</a>
      <div class="ucp-write">
        <form class="ucp-write__form" novalidate aria-labelledby="form-title" @submit=${(event: Event) => this.submitted(event)}>
          <h1 class="nhsuk-heading-l" id="form-title">
            ${view.base > 0 ? html`<span class="nhsuk-caption-l">${w.caption(Math.max(view.held, view.base) + 1)}</span> ${w.reviseTitle}` : w.newTitle}
          </h1>
          <p class="ucp-write__jump"><a href="#preview-title">${w.jump}</a></p>
          ${this.summary()} ${this.cautions(view)} ${this.fields()} ${this.deeds()}
        </form>
        ${this.preview(view)}
      </div>
    `;
  }

  private summary(): TemplateResult | typeof nothing {
    const faults = this.shown ? (this.view?.faults ?? []) : [];
    const list = this.refused === undefined ? faults : [...faults, { field: "", words: this.refused }];
    if (list.length === 0) return nothing;
    return html`
      <div class="nhsuk-error-summary" id="summary" role="alert" aria-labelledby="summary-title" tabindex="-1">
        <h2 class="nhsuk-error-summary__title" id="summary-title">${w.summary}</h2>
        <div class="nhsuk-error-summary__body">
          <ul class="nhsuk-list nhsuk-error-summary__list">
            ${list.map((f) => html`<li>${f.field ? html`<a href="#${targetOf(f.field)}" @click=${(e: Event) => this.goTo(e, f.field)}>${f.words}</a>` : f.words}</li>`)}
          </ul>
        </div>
      </div>
    `;
  }

  private goTo(event: Event, field: string): void {
    event.preventDefault();
    const target = this.querySelector<HTMLElement>(`#${CSS.escape(targetOf(field))}`);
    target?.closest(".nhsuk-form-group")?.scrollIntoView({ block: "start" });
    target?.focus({ preventScroll: true });
  }

  private cautions(view: Draft): TemplateResult {
    const safety = this.autosave?.safety;
    const { stale } = this;
    const base = stale?.versions.find((v) => v.version === view.base);
    return html`
      ${view.whole ? nothing : html`<p class="ucp-caution"><span>${w.whole} ${view.left_behind.length > 0 ? html`${w.leftBehind} <bdi>${view.left_behind.join(", ")}</bdi>.` : nothing}</span></p>`}
      ${stale
        ? html`<section class="ucp-caution ucp-caution--stop ucp-stale" aria-labelledby="stale-title" tabindex="-1" id="stale">
            <h2 class="nhsuk-heading-s" id="stale-title">${w.stale(stale.version, view.base)}</h2>
            <p>${w.staleDo}</p>
            ${base && stale.versions[0] ? changesOf(base, stale.versions[0]) : nothing}
            <button type="button" class="nhsuk-button nhsuk-button--small" @click=${() => void this.publish(stale.version)}>${w.staleSeen(stale.version)}</button>
          </section>`
        : nothing}
      ${safety === "elsewhere"
        ? html`<div class="ucp-caution ucp-caution--stop" role="alert">
            <p>${w.states.elsewhere}</p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.takeTheirs()}>${w.takeTheirs}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.takeMine()}>${w.takeMine}</button>
          </div>`
        : nothing}
    `;
  }

  private fields(): TemplateResult {
    const { form } = this;
    const left = maxHeadline - [...form.headline.trim()].length;
    const heading = (text: string) => html`<h2 class="nhsuk-heading-m ucp-write__heading">${text}</h2>`;
    const count = html`<p class="nhsuk-hint ucp-write__count ${left < 0 ? "ucp-write__count--over" : ""}">${w.left(left)}</p>`;
    return html`
      ${heading(w.patient)}
      ${textField(this, "nhs_number", w.nhs_number, { hint: w.nhs_numberHint, width: 20, numeric: true })}
      <div class="ucp-write__pair">${textField(this, "family", w.family)} ${textField(this, "given", w.given)}</div>
      ${dateField(this, "birth_date", w.birth_date, w.birth_dateHint)} ${choiceField(this, "sex", w.sex, w.sexes)}
      ${textField(this, "postcode", w.postcode, { width: 10 })}
      ${heading(w.first)}
      ${textField(this, "headline", w.headline, { hint: w.headlineHint, rows: 2, below: count })} ${choiceField(this, "urgency", w.urgency, w.urgencies)}
      ${textField(this, "do", w.do, { hint: w.oneALine, rows: 5 })} ${textField(this, "do_not", w.do_not, { hint: w.oneALine, rows: 3 })}
      ${textField(this, "warnings", w.warnings, { hint: w.oneALine, rows: 2 })}
      ${heading(w.decisions)}
      ${choiceField(this, "cpr", w.cpr, w.cprs)} ${form.cpr === "" && form.cpr_date === "" ? nothing : dateField(this, "cpr_date", w.cpr_date, w.dateHint)}
      ${choiceField(this, "ceiling", w.ceiling, w.ceilings)} ${choiceField(this, "adrt", w.adrt, w.adrts)}
      ${form.adrt === "" && form.adrt_text === "" ? nothing : textField(this, "adrt_text", w.adrt_text, { rows: 2 })}
      ${heading(w.clinical)}
      ${textField(this, "allergies", w.allergies, { hint: w.allergiesHint, rows: 3 })} ${textField(this, "give", w.give, { hint: w.giveHint, rows: 3 })}
      ${textField(this, "avoid", w.avoid, { hint: w.oneALine, rows: 3 })} ${textField(this, "takes", w.takes, { hint: w.takesHint, rows: 3 })}
      ${heading(w.living)}
      ${textField(this, "equipment", w.equipment, { hint: w.oneALine, rows: 2 })} ${textField(this, "communication", w.communication, { hint: w.oneALine, rows: 2 })}
      ${textField(this, "carers", w.carers, { hint: w.carersHint, rows: 2 })}
      ${heading(w.signature)}
      ${textField(this, "phone", w.phone, { width: 20, telephone: true })}
      <div class="ucp-write__pair">${textField(this, "author", w.author)} ${textField(this, "role", w.role)}</div>
      <div class="ucp-write__pair">${dateField(this, "reviewed", w.reviewed, w.dateHint)} ${dateField(this, "review_due", w.review_due, w.dateHint)}</div>
      ${heading(w.sharing)}
      ${choiceField(this, "consent", w.consent, w.consents)}
      ${textField(this, "only_organisations", w.only_organisations, { hint: w.only_organisationsHint, rows: 2 })}
      ${checkField(this, "only_roles", w.only_roles, w.onlyRoles)} ${checkField(this, "kinds", w.kinds, w.kindNames)}
      <div class="ucp-write__pair">${dateField(this, "starts", w.starts, w.dateHint)} ${dateField(this, "ends", w.ends, w.dateHint)}</div>
      ${heading(w.sections)} ${this.sections()}
      ${heading(words.files.heading)}
      <ucp-files
        .token=${this.token} .draft=${this.view!.draft} .files=${form.attachments ?? []} .fault=${this.fault("attachments")}
        @files-changed=${(e: Event) => this.attached((e.target as PlanFiles).files)}
      ></ucp-files>
    `;
  }

  private sections(): TemplateResult {
    const { sections } = this.form;
    const put = (n: number, more: Partial<Form["sections"][number]>) => this.typeSections(sections.map((s, i) => (i === n ? { ...s, ...more } : s)));
    const typed = (event: Event) => (event.target as HTMLInputElement).value;
    return html`
      <p class="nhsuk-hint">${w.sectionsHint}</p>
      <datalist id="headings">${w.headings.map((h) => html`<option value=${h}></option>`)}</datalist>
      ${repeat(
        sections,
        (_, n) => n,
        (s, n) => {
          const fault = this.fault(`section_title_${n}`);
          return html`<div class="nhsuk-form-group ${fault ? "nhsuk-form-group--error" : ""}">
            <label class="nhsuk-label" for="f-section_title_${n}">${w.sectionTitle(n + 1)}</label>
            ${fault ? html`<span class="nhsuk-error-message" id="section-error-${n}">${fault}</span>` : nothing}
            <input class="nhsuk-input" id="f-section_title_${n}" list="headings" autocomplete="off" aria-describedby=${fault ? `section-error-${n}` : nothing}
              .value=${s.title} @input=${(e: Event) => put(n, { title: typed(e) })} />
            <label class="nhsuk-label ucp-write__inner" for="section-text-${n}">${w.sectionText(n + 1)}</label>
            <textarea class="nhsuk-textarea" id="section-text-${n}" rows="3" .value=${s.text} @input=${(e: Event) => put(n, { text: typed(e) })}></textarea>
            <button type="button" class="ucp-chip" @click=${() => this.typeSections(sections.filter((_, i) => i !== n))}>${w.removeSection(n + 1)}</button>
          </div>`;
        },
      )}
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.typeSections([...sections, { title: "", text: "" }])}>
        ${w.addSection}
      </button>
    `;
  }

  private deeds(): TemplateResult {
    const safety = this.autosave?.safety ?? "saved";
    const saved = instant(this.view?.saved);
    const text = safety === "saved" ? w.states.saved(saved ? timeOfDay(saved, zone) : "") : w.states[safety];
    return html`
      <div class="ucp-write__deeds">
        <p class="ucp-write__safety ucp-write__safety--${safety}" role="status" data-safety=${safety}>${text}</p>
        <div class="ucp-write__buttons">
          <button class="nhsuk-button nhsuk-button--small" aria-disabled=${this.publishing ? "true" : "false"}>${this.publishing ? w.publishing : w.publish}</button>
          ${this.asked
            ? html`<span>${w.discardSure}</span>
                <button type="button" class="nhsuk-button nhsuk-button--warning nhsuk-button--small" @click=${() => void this.discard()}>${w.discardYes}</button>
                <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => (this.asked = false)}>${w.discardNo}</button>`
            : html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => (this.asked = true)}>${w.discard}</button>`}
        </div>
      </div>
    `;
  }

  /** The card and the plan as the board draws them, by the board's own components. */
  private preview(view: Draft): TemplateResult {
    const { form } = this;
    const now = new Date();
    const digits = form.nhs_number.replace(/[\s-]/g, "");
    const [year = "", month = "", day = ""] = form.birth_date.split("-");
    const born = /^\d{4}$/.test(year) && month && day ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : undefined;
    const alert: Alert = {
      id: "preview", department: "", state: "raised", match: "confirmed", reason: "NHS number and date of birth agree", plan: view.plan,
      version: Math.max(view.held, view.base) + 1, centre_name: view.preview.centre_name ?? "", headline: form.headline, urgency: (form.urgency || "urgent") as "urgent",
      raised: now.toISOString(), arrived: now.toISOString(), location: "Majors, bay 4",
      patient: {
        ...(form.family ? { family: form.family } : {}), ...(form.given ? { given: form.given } : {}), ...(digits ? { nhs_number: digits } : {}),
        ...(born ? { birth_date: born } : {}), ...(form.sex ? { sex: form.sex } : {}),
      },
    };
    const files = view.preview.content?.attachments ?? [];
    const attachments = files.length > 0 ? html`<ucp-plan-attachments .files=${files} .address=${this.fileAddress} .token=${this.token}></ucp-plan-attachments>` : nothing;
    return html`
      <div class="ucp-write__preview">
        <h2 class="nhsuk-heading-m" id="preview-title" tabindex="-1">${w.seen}</h2>
        <p class="nhsuk-hint">${w.seenHint}</p>
        <div class="ucp-write__screen" tabindex="0" role="region" aria-labelledby="preview-title">
          <div inert><ucp-alert-card .row=${{ alert }} .now=${now} .zone=${zone}></ucp-alert-card></div>
          <div class="ucp-plan--${urgencyOf(alert)} ucp-write__plan">${planText(view.preview, { urgency: urgencyOf(alert), zone }, attachments)}</div>
        </div>
      </div>
    `;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    void this.publish(this.stale ? this.stale.version : 0);
  }

  private async publish(seen: number): Promise<void> {
    if (this.publishing || !this.autosave) return;
    this.publishing = true;
    this.refused = undefined;
    try {
      if (!(await this.autosave.flush())) return;
      this.shown = true;
      if (this.view!.faults.length > 0) return void (await this.show("#summary"));
      const { plan, version } = await publishDraft(this.token, this.view!.draft, this.autosave.latest, seen);
      tab.forget(this.view!.draft);
      this.autosave.end();
      this.dispatchEvent(new Going(`/centre/plans/${encodeURIComponent(plan)}`, words.page.published(version)));
    } catch (error) {
      await this.notPublished(error);
    } finally {
      this.publishing = false;
    }
  }

  private async notPublished(error: unknown): Promise<void> {
    if (error instanceof Problem && error.status === 412) {
      try {
        this.stale = await planPage(this.token, this.view!.plan);
        return await this.show("#stale");
      } catch {
        // What is held could not be read: what was refused is said all the same.
      }
    }
    this.refused = error instanceof Problem ? error.message : texts.errors.unreachable;
    await this.show("#summary");
  }

  private async show(what: string): Promise<void> {
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>(what)?.focus();
  }

  private async takeTheirs(): Promise<void> {
    tab.forget(this.view!.draft);
    this.autosave?.end();
    await this.open();
  }

  private async takeMine(): Promise<void> {
    const theirs = await beginDraft(this.token, this.view!.draft);
    this.autosave?.overwrite(theirs.revision);
  }

  private async discard(): Promise<void> {
    const view = this.view!;
    try {
      await this.autosave?.flush();
      await discardDraft(this.token, view.draft);
      tab.forget(view.draft);
      this.autosave?.end();
      this.dispatchEvent(new Going(view.base > 0 ? `/centre/plans/${encodeURIComponent(view.plan)}` : "/centre"));
    } catch (error) {
      this.refused = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }
}

customElements.define("ucp-plan-form", PlanForm);
