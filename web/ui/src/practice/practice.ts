// How does a new doctor learn to receive, open and acknowledge, without anybody being told of it?
//
// The board's own components, fed by a room in the page. A real alert of the department ends the exercise.

import { html, nothing, type TemplateResult } from "lit";
import type { Department } from "../api.ts";
import { Bell } from "../board/bell.ts";
import { boardPath } from "../board/plan.ts";
import { type Board, emptyBoard, type Step as Change, takeChange, takeSnapshot, unanswered, urgencyOf } from "../board/rows.ts";
import { streamFor, streamOf } from "../department-stream.ts";
import { Going } from "../going.ts";
import { placeOf } from "../door/choose.ts";
import { LightElement } from "../light.ts";
import { type Health, watchPage } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { type Facts, numberOf, stepOf, steps, took } from "./exercise.ts";
import { practiceDepartment } from "./patient.ts";
import { PracticeRoom } from "./room.ts";

const w = texts.practice;
/** How long the alert lets somebody wait. Milliseconds. */
const patience = 4_000;

export class Practice extends LightElement {
  static override properties = {
    department: { attribute: false },
    token: { attribute: false },
    stage: { state: true },
    facts: { state: true },
    open: { state: true },
    real: { state: true },
    health: { state: true },
  };
  /** Whose real alerts are heard meanwhile; undefined if nobody's are. */
  declare department: Department | undefined;
  declare token: string;
  declare stage: "begin" | "under way" | "end" | "real";
  declare facts: Facts;
  /** The alert whose plan is open. */
  declare open: string | undefined;
  declare real: Board;
  /** Of the real department's stream. */
  declare health: Health;

  private room: PracticeRoom | undefined;
  private bell: Bell | undefined;
  private ends: (() => void)[] = [];
  private loaded = false;
  private arrival = 0;

  constructor() {
    super();
    this.token = "";
    this.stage = "begin";
    this.facts = {};
    this.real = emptyBoard;
    this.health = "waiting";
    this.addEventListener("practice-left", () => this.leave());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.dataset["practice"] = "";
    if (this.department) this.listen(this.department);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    delete document.documentElement.dataset["practice"];
    this.endExercise();
    for (const end of this.ends.splice(0)) end();
    this.bell?.close();
  }

  /** Hears what comes to the real department. It gives no receipt, and does not say that somebody can see the board: nobody does. */
  private listen(department: Department): void {
    const client = streamFor(this, this.token, {
      url: streamOf(department.id),
      visible: () => false,
      handler: {
        snapshot: (alerts) => {
          this.hear(takeSnapshot(this.real, alerts, !this.loaded, performance.now()));
          this.loaded = true;
        },
        change: (frame) => this.hear(takeChange(this.real, frame, performance.now())),
        status: ({ health }) => (this.health = health),
      },
    });
    this.ends = [watchPage(client), () => client.stop()];
    client.start();
  }

  private hear(step: Change): void {
    this.real = step.board;
    const arrived = step.news.flatMap((news) => (news.kind === "arrived" ? news.alerts : []));
    if (arrived.length > 0 && this.stage !== "real") {
      this.endExercise();
      this.stage = "real";
    }
    if (this.stage !== "real") return;
    this.bell ??= new Bell(() => this.requestUpdate());
    this.bell.ring(arrived.map(urgencyOf));
    this.bell.remind(this.waiting.map((row) => urgencyOf(row.alert)));
  }

  private get waiting() {
    return [...this.real.rows.values()].filter(unanswered);
  }

  private begin(): void {
    this.endExercise();
    this.facts = {};
    this.room = new PracticeRoom((facts) => (this.facts = facts));
    this.stage = "under way";
    this.arrival = window.setTimeout(() => this.room?.arrive(), patience);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#practice-guide")?.focus());
  }

  private endExercise(): void {
    window.clearTimeout(this.arrival);
    this.room?.close();
    this.room = this.open = undefined;
  }

  private finish(): void {
    this.endExercise();
    this.stage = "end";
    this.focusTitle();
  }

  private leave(): void {
    this.dispatchEvent(new Going(this.department ? boardPath(this.department.id) : "/"));
  }

  /** What the board would do with an address is kept here: the exercise has one address. */
  private went(event: Going): void {
    event.stopPropagation();
    const plan = /\/plan\/([^/]+)$/.exec(event.path)?.[1];
    if (this.open !== undefined && plan === undefined) this.room?.putAway();
    this.open = plan;
  }

  private focusTitle(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("#practice-title")?.focus());
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (this.stage === "real") document.title = texts.title(w.real.document);
    else if (this.stage !== "under way") document.title = `${w.title} · ${texts.title(w.link)}`;
    if (this.stage === "real") delete document.documentElement.dataset["practice"];
    if (changed.has("stage") && this.stage === "real") this.querySelector<HTMLElement>("#leave-for-real")?.focus();
  }

  protected override render(): TemplateResult {
    if (this.stage === "real") return this.takeover();
    return html`
      <div class="ucp-practice-band ucp-practice-band--page" role="region" aria-label=${w.link}>
        <p><strong>${w.band}</strong></p>
        <button type="button" class="ucp-chip" @click=${() => this.leave()}>${w.leave}</button>
      </div>
      ${this.stage === "under way" && this.room
        ? html`${this.guide()}
            <div @going=${(event: Going) => this.went(event)}>
              <ucp-board .department=${practiceDepartment} .token=${""} .plan=${this.open} .room=${this.room} .hint=${w.steps[stepOf(this.facts)]!}></ucp-board>
            </div>`
        : html`<div class="ucp-width"><main class="ucp-main" id="maincontent" tabindex="-1"><div class="ucp-practice-page">${this.stage === "end" ? this.ending() : this.beginning()}</div></main></div>`}
    `;
  }

  private guide(): TemplateResult {
    const step = stepOf(this.facts);
    return html`<aside class="ucp-guide" aria-label=${w.guide}>
      <div class="ucp-width" id="practice-guide" tabindex="-1">
        <p role="status"><strong>${w.step(numberOf(step), steps.length)}</strong> <span>${w.steps[step]}</span></p>
        ${step === "done" ? html`<button type="button" class="nhsuk-button nhsuk-button--small" @click=${() => this.finish()}>${w.finish}</button>` : nothing}
      </div>
    </aside>`;
  }

  private beginning(): TemplateResult {
    const waiting = this.waiting.length;
    const place = this.department && placeOf(this.department);
    return html`
      <h1 class="nhsuk-heading-l" id="practice-title" tabindex="-1">${w.begin.title}</h1>
      <p class="nhsuk-body-l ucp-measure">${w.begin.lead}</p>
      <ul class="ucp-measure">
        <li>${w.begin.nothing}</li>
        <li>${w.begin.instead}</li>
        <li>${place ? w.begin.listens(place) : w.begin.deaf}</li>
      </ul>
      <div role="status">
        ${waiting > 0 ? html`<p class="ucp-caution ucp-caution--stop">${w.begin.waits(waiting)}</p>` : nothing}
        ${place && this.health === "lost" ? html`<p class="ucp-caution">${w.begin.lost(place)}</p>` : nothing}
      </div>
      <button type="button" class="nhsuk-button" @click=${() => this.begin()}>${w.begin.start}</button>
    `;
  }

  private ending(): TemplateResult {
    const times = took(this.facts);
    return html`
      <h1 class="nhsuk-heading-l" id="practice-title" tabindex="-1">${w.end.title}</h1>
      ${times ? html`<p class="nhsuk-body-l ucp-measure">${w.end.took(w.seconds(times.answer))} ${w.end.opened(w.seconds(times.open))}</p>` : nothing}
      <h2 class="nhsuk-heading-m">${w.end.learnt}</h2>
      <ul class="ucp-practice-done ucp-measure">${w.end.did.map((text) => html`<li>${text}</li>`)}</ul>
      <h2 class="nhsuk-heading-m">${w.end.mind}</h2>
      <ul class="ucp-measure">${w.end.differs.map((text) => html`<li>${text}</li>`)}</ul>
      <button type="button" class="nhsuk-button" @click=${() => this.leave()}>${w.leave}</button>
      <button type="button" class="nhsuk-button nhsuk-button--secondary" @click=${() => this.begin()}>${w.end.again}</button>
    `;
  }

  private takeover(): TemplateResult {
    return html`<div class="ucp-real">
      <main class="ucp-width ucp-main" id="maincontent" tabindex="-1">
        <div role="alert">
          <h1>${w.real.title}</h1>
          <p>${(this.waiting.length > 0 ? w.real.text : w.real.answered)(this.department ? placeOf(this.department) : "")}</p>
        </div>
        <button type="button" class="nhsuk-button" id="leave-for-real" @click=${() => this.leave()}>${w.real.go}</button>
      </main>
    </div>`;
  }
}

customElements.define("ucp-practice", Practice);
