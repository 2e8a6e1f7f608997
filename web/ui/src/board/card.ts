// One alert on the board.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import type { Alert, CommandDetails } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { birthDate, instant, timeOrDay, wait } from "../words/dates.ts";
import { age, patientName, sex, spacedNHSNumber } from "../words/patient.ts";
import type { AnswerEvent } from "./answer.ts";
import "./answer.ts";
import "./outcome.ts";
import { reviewTag } from "./plan-text.ts";
import { type Row, urgencyOf } from "./rows.ts";

/** What this screen knows about an alert beside the alert itself. */
export interface CardNote {
  /** What somebody said is on its way. */
  acknowledging?: boolean;
  /** That it was not taken, and why, in words. */
  failure?: string;
  /** Why a receipt was refused, in words. */
  receipt?: string;
  /** Why the identity could not be checked, in words. */
  unchecked?: string;
}

export type CardDeed = "open" | "acknowledge" | "hand_over" | "dismiss" | "seen" | "recall" | "identity";

/** A person did something on a card. Bubbles. */
export class CardEvent extends Event {
  constructor(
    readonly deed: CardDeed,
    readonly alert: string,
    readonly details: CommandDetails = {},
  ) {
    super("card", { bubbles: true });
  }
}

export function whoIs(alert: Alert): string {
  return patientName(alert.patient) ?? texts.card.nameless;
}

export class AlertCard extends LightElement {
  static override properties = {
    row: { attribute: false },
    note: { attribute: false },
    now: { attribute: false },
    zone: { attribute: false },
    fresh: { type: Boolean },
    disagrees: {},
    token: { attribute: false },
  };
  declare row: Row;
  /** For saying what the plan changed; undefined where nobody can. */
  declare token: string | undefined;
  declare note: CardNote | undefined;
  declare now: Date;
  declare zone: string;
  /** It came while this page was open and nobody has touched it yet. */
  declare fresh: boolean;
  /** What the plan disagrees about with another one for the same visit, in words; empty for nothing. */
  declare disagrees: string;

  constructor() {
    super();
    this.addEventListener("click", () => this.did("seen"));
    this.addEventListener("focusin", (event) => {
      if (event.target instanceof HTMLButtonElement) this.did("seen");
    });
  }

  /** The wait is written in minutes: a card that shows the same minute is not drawn again. */
  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    if (changed.size !== 1 || !changed.has("now")) return true;
    const before = changed.get("now");
    return !before || Math.floor(before.getTime() / 15_000) !== Math.floor(this.now.getTime() / 15_000);
  }

  protected override render(): TemplateResult {
    const { alert, leaving } = this.row;
    const tone = alert.recall ? "recall" : alert.state === "closed" ? "answered" : leaving ? "gone" : alert.state === "acknowledged" ? "answered" : "waiting";
    return html`
      <article
        class="ucp-card ucp-card--${urgencyOf(alert)} ucp-card--${tone} ${this.fresh ? "ucp-card--fresh" : ""}"
        aria-labelledby="who-${alert.id}"
        data-alert=${alert.id}
        data-state=${leaving && alert.state !== "closed" ? "withdrawn" : alert.state}
      >
        <div class="ucp-card__place">${this.place(alert)}</div>
        <div class="ucp-card__body">
          ${this.patient(alert)}
          <div class="ucp-card__what">${leaving ? this.ended(alert) : this.message(alert)} ${this.answer(alert)} ${this.fineprint(alert)}</div>
        </div>
        <div class="ucp-card__deeds">${this.deeds(alert)}</div>
      </article>
    `;
  }

  private place(alert: Alert): TemplateResult {
    const arrived = instant(alert.arrived);
    const raised = instant(alert.raised);
    return html`
      <p class="ucp-card__tags">
        <strong class="nhsuk-tag ucp-urgency ucp-urgency--${urgencyOf(alert)}">${texts.urgency[urgencyOf(alert)]}</strong>
        ${alert.recall
          ? html`<strong class="nhsuk-tag nhsuk-tag--red">${texts.card.recallTag}</strong>`
          : this.row.leaving
            ? html`<strong class="nhsuk-tag nhsuk-tag--grey">${alert.state === "closed" ? texts.outcome.leftTag : texts.card.withdrawnTag}</strong>`
            : nothing}
      </p>
      <p class="ucp-card__where"><bdi>${alert.location ?? texts.card.nowhere}</bdi></p>
      ${arrived
        ? html`${alert.state === "closed" ? nothing : html`<p class="ucp-card__wait">${texts.card.here(wait(arrived, this.now))}</p>`}
            <p class="ucp-card__since">${texts.card.arrived(timeOrDay(arrived, this.now, this.zone))}</p>`
        : raised
          ? html`<p class="ucp-card__since">${texts.card.raised(timeOrDay(raised, this.now, this.zone))}</p>`
          : nothing}
    `;
  }

  private patient(alert: Alert): TemplateResult {
    const p = alert.patient;
    const facts = [p?.age === undefined ? undefined : age(p.age), p?.sex === undefined ? undefined : sex(p.sex)].filter((f) => f !== undefined);
    return html`
      <div class="ucp-patient">
        <h3 class="ucp-patient__name" id="who-${alert.id}"><bdi>${whoIs(alert)}</bdi></h3>
        ${facts.length > 0 ? html`<p class="ucp-patient__facts">${facts.join(" · ")}</p>` : nothing}
        <dl class="ucp-patient__ids">
          ${p?.birth_date ? html`<div><dt>${texts.card.born}</dt><dd>${birthDate(p.birth_date)}</dd></div>` : nothing}
          <div>
            <dt>${texts.card.nhsNumber}</dt>
            <dd class="ucp-number">${p?.nhs_number ? spacedNHSNumber(p.nhs_number) : texts.card.noNumber}</dd>
          </div>
        </dl>
      </div>
    `;
  }

  private message(alert: Alert): TemplateResult {
    if (alert.match === "confirmed") {
      const badges = Boolean(this.disagrees) || alert.review !== undefined;
      const centre = alert.centre_name ?? texts.card.theCentre;
      return html`
        ${alert.headline ? html`<p class="ucp-card__headline"><bdi>${alert.headline}</bdi></p>` : nothing}
        ${alert.show ? html`<p class="ucp-card__older"><bdi>${texts.card.limited[alert.show](centre, alert.centre_phone ?? "")}</bdi></p>` : nothing}
        ${talkTags(alert)}
        ${badges
          ? html`<p class="ucp-card__tags">
              ${this.disagrees ? html`<strong class="nhsuk-tag ucp-disagree"><bdi>${texts.conflict.short(this.disagrees)}</bdi></strong>` : nothing} ${reviewTag(alert.review, alert.review_due)}
            </p>`
          : nothing}
      `;
    }
    return html`
      <div class="ucp-possible">
        <p class="ucp-possible__title">${texts.card.possible}</p>
        ${alert.reason ? html`<p><bdi>${texts.card.possibleWhy(alert.reason)}</bdi></p>` : nothing}
        <p><bdi>${texts.card.possibleDo(alert.centre_name ?? texts.card.theCentre, alert.centre_phone ?? "")}</bdi></p>
      </div>
    `;
  }

  private ended(alert: Alert): TemplateResult {
    if (alert.recall) return html`<p class="ucp-card__recall"><strong><bdi>${texts.card.recall(alert.state_reason ?? "")}</bdi></strong></p>`;
    if (alert.state === "closed") return this.departed(alert);
    const text = alert.state === "withdrawn" ? texts.card.withdrawn(alert.state_reason ?? "") : texts.card.gone;
    return html`
      ${alert.headline ? html`<p class="ucp-card__headline"><bdi>${alert.headline}</bdi></p>` : nothing}
      <p class="ucp-card__ended">${text}</p>
    `;
  }

  /** The patient has left, and whoever looked after them is asked what the plan changed. */
  private departed(alert: Alert): TemplateResult {
    return html`
      <p class="ucp-card__ended"><bdi>${texts.outcome.left(alert.state_reason ?? "")}</bdi></p>
      ${this.token === undefined ? nothing : html`<ucp-outcome .alert=${alert.id} .token=${this.token} .given=${alert.outcome ?? ""} .about=${texts.card.about(whoIs(alert))}></ucp-outcome>`}
    `;
  }

  private answer(alert: Alert): TemplateResult | typeof nothing {
    const a = alert.acknowledged;
    if (alert.state !== "acknowledged" || !a) return nothing;
    const at = instant(a.at);
    const older = a.version !== undefined && alert.version !== undefined && a.version < alert.version;
    return html`
      <p class="ucp-card__answer">
        <bdi>${texts.card.acknowledged(a.by ?? texts.card.somebody, a.role ?? "", at ? timeOrDay(at, this.now, this.zone) : "")}${texts.card.done[a.done ?? ""] ?? ""}</bdi>
      </p>
      ${a.handed_at ? this.handedOver(a) : nothing}
      ${older ? html`<p class="ucp-card__older">${texts.card.acknowledgedOlder(a.version!, alert.version!)}</p>` : nothing}
    `;
  }

  private handedOver(a: NonNullable<Alert["acknowledged"]>): TemplateResult {
    const at = instant(a.handed_at);
    return html`<p class="ucp-card__holder"><bdi>${texts.card.handedOver(a.holder ?? texts.card.somebody, a.handed_by ?? "", at ? timeOrDay(at, this.now, this.zone) : "")}</bdi></p>`;
  }

  private fineprint(alert: Alert): TemplateResult {
    const facts = [
      alert.centre_name ?? alert.centre,
      alert.version === undefined ? undefined : texts.card.version(alert.version),
      alert.match === "confirmed" && alert.reason ? texts.card.confirmed(alert.reason) : undefined,
    ].filter((fact) => fact !== undefined);
    return html`
      <ul class="ucp-card__fineprint">
        ${facts.map((fact) => html`<li><bdi>${fact}</bdi></li>`)}
      </ul>
      ${(alert.warnings ?? []).map((w) => html`<p class="ucp-card__warning"><strong>${texts.card.warning}:</strong> <bdi>${w}</bdi></p>`)}
      ${this.note?.receipt ? html`<p class="ucp-card__warning">${texts.card.receiptRefused(this.note.receipt)}</p>` : nothing}
      <p class="ucp-card__failure" role="alert">${this.note?.failure ? this.note.failure : this.note?.unchecked ? texts.card.notChecked(this.note.unchecked) : nothing}</p>
    `;
  }

  private deeds(alert: Alert): TemplateResult {
    const about = html`<span class="nhsuk-u-visually-hidden"> ${texts.card.about(whoIs(alert))}</span>`;
    if (alert.recall) {
      return html`<button
        type="button"
        class="nhsuk-button nhsuk-button--small"
        aria-disabled=${this.note?.acknowledging ? "true" : "false"}
        @click=${() => this.note?.acknowledging || this.did("recall")}
      >
        ${texts.card.recallSeen}${about}
      </button>`;
    }
    if (this.row.leaving) {
      return html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.did("dismiss")}>
        ${texts.board.dismiss}${about}
      </button>`;
    }
    const open = html`<button type="button" id="open-${alert.id}" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.did("open")}>
      ${texts.card.open}${about}
    </button>`;
    const answer = html`<ucp-answering
      .alert=${alert}
      .who=${whoIs(alert)}
      .busy=${this.note?.acknowledging === true}
      .failed=${Boolean(this.note?.failure)}
      @answer=${(event: AnswerEvent) => this.did(event.deed, event.details)}
    ></ucp-answering>`;
    const check = html`<button type="button" id="identity-${alert.id}" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.did("identity")}>
      ${texts.card.check}${about}
    </button>`;
    if (alert.show === "summary") {
      const ask = html`<button type="button" id="open-${alert.id}" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.did("open")}>${texts.talk.jump}${about}</button>`;
      return html`${alert.match === "confirmed" ? ask : check} ${answer}`;
    }
    return html`${alert.match === "confirmed" ? open : check} ${answer}`;
  }

  private did(deed: CardDeed, details: CommandDetails = {}): void {
    this.dispatchEvent(new CardEvent(deed, this.row.alert.id, details));
  }
}

/** What was asked and answered, as a badge; nothing if there is nothing that anybody waits for. */
function talkTags(alert: Alert): TemplateResult | typeof nothing {
  const tags = [
    alert.answered_new ? html`<strong class="nhsuk-tag nhsuk-tag--green">${texts.talk.answeredNew}</strong>` : undefined,
    alert.disputed ? html`<strong class="nhsuk-tag nhsuk-tag--orange">${texts.talk.disputed}</strong>` : undefined,
    alert.unanswered ? html`<strong class="nhsuk-tag nhsuk-tag--white">${texts.talk.waits(alert.unanswered)}</strong>` : undefined,
  ].filter((tag) => tag !== undefined);
  return tags.length > 0 ? html`<p class="ucp-card__tags">${tags}</p>` : nothing;
}

customElements.define("ucp-alert-card", AlertCard);
