// Which messages were not understood, why, and can they be taken now?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { instant, timeOrDay } from "../words/dates.ts";
import { bytesOf, discard, quarantine, type Quarantined, replay } from "./api.ts";
import { type Segment, segmentsOf } from "./bytes.ts";
import { words } from "./texts.ts";

const w = words.quarantine;
const zone = "Europe/London";

/** What is known of one entry beside the entry. */
interface Open {
  segments?: Segment[];
  cut?: boolean;
  told?: string;
  busy?: boolean;
  /** Asked whether to drop it. */
  sure?: boolean;
}

export class QuarantineList extends LightElement {
  static override properties = {
    token: { attribute: false },
    standing: { attribute: false },
    messages: { state: true },
    next: { state: true },
    failure: { state: true },
    open: { state: true },
  };
  declare token: string;
  /** Changes whenever another list would be read: reading it is recorded, so nobody reads it every few seconds. */
  declare standing: string;
  declare messages: readonly Quarantined[] | undefined;
  declare next: string | undefined;
  declare failure: string | undefined;
  declare open: ReadonlyMap<string, Open>;

  private read: string | undefined;
  private readonly ended = new AbortController();

  constructor() {
    super();
    this.open = new Map();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ended.abort();
  }

  protected override updated(): void {
    if (this.standing === this.read) return;
    this.read = this.standing;
    void this.load();
  }

  private async load(after = ""): Promise<void> {
    try {
      const page = await quarantine(this.token, after);
      // What was just taken or dropped stays until the page is left: whoever did it reads what became of it.
      const kept = (this.messages ?? []).filter((m) => this.open.get(m.id)?.told !== undefined && !page.messages.some((other) => other.id === m.id));
      this.messages = after ? [...(this.messages ?? []), ...page.messages] : [...page.messages, ...kept];
      this.next = page.next;
      this.failure = undefined;
    } catch (error) {
      this.failure = said(error);
    }
  }

  private note(id: string, more: Open): void {
    this.open = new Map(this.open).set(id, { ...this.open.get(id), ...more });
  }

  /** Does something with an entry, one thing at a time. */
  private async do(id: string, task: () => Promise<Open>, failed: (reason: string) => string): Promise<void> {
    if (this.open.get(id)?.busy) return;
    this.note(id, { busy: true, told: "", sure: false });
    try {
      this.note(id, await task());
    } catch (error) {
      this.note(id, { told: failed(said(error)) });
    }
    this.note(id, { busy: false });
  }

  private show(m: Quarantined): void {
    const held = this.open.get(m.id);
    if (held?.segments) {
      const { segments: _, ...rest } = held;
      this.open = new Map(this.open).set(m.id, rest);
      return;
    }
    void this.do(m.id, async () => segmentsOf(await bytesOf(this.token, m.id, this.ended.signal), m.location), w.notShown);
  }

  private take(m: Quarantined): void {
    void this.do(
      m.id,
      async () => {
        const became = await replay(this.token, m.id);
        return { told: became.taken ? w.taken : w.again(became.answer, became.reason ?? "") };
      },
      w.notReplayed,
    );
  }

  private drop(m: Quarantined): void {
    void this.do(
      m.id,
      async () => {
        await discard(this.token, m.id);
        return { told: w.discarded };
      },
      w.notDiscarded,
    );
  }

  protected override render(): TemplateResult {
    const { messages } = this;
    return html`
      <p class="ucp-quiet ucp-measure">${w.lead}</p>
      ${this.failure !== undefined
        ? html`<div class="ucp-caution ucp-caution--stop" role="alert">
            <p>${w.failed(this.failure)}</p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load()}>${w.retry}</button>
          </div>`
        : nothing}
      ${!messages
        ? html`<p class="ucp-quiet">${this.failure === undefined ? `${texts.loading} …` : ""}</p>`
        : messages.length === 0
          ? html`<p>${w.none}</p>`
          : html`<ul class="ucp-list">${repeat(messages, (m) => m.id, (m) => html`<li>${this.entry(m)}</li>`)}</ul>`}
      ${this.next ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small ucp-panel__more" @click=${() => void this.load(this.next)}>${w.more}</button>` : nothing}
    `;
  }

  private entry(m: Quarantined): TemplateResult {
    const open: Open = this.open.get(m.id) ?? {};
    const last = instant(m.last);
    const first = instant(m.first);
    const short = m.id.slice(0, 8);
    const about = html`<span class="nhsuk-u-visually-hidden"> (${w.about(short)})</span>`;
    return html`<article class="ucp-panel ucp-aside" data-message=${m.id} aria-labelledby="message-${short}">
      <h3 class="ucp-panel__title" id="message-${short}"><bdi>${m.sender.replace("|", ", ") || w.nobody}</bdi> <span class="ucp-quiet">${last ? timeOrDay(last, new Date(), zone) : ""}</span></h3>
      <p class="ucp-panel__main"><bdi>${m.reason}</bdi></p>
      <p class="ucp-quiet">
        ${w.answer(m.answer, w.conditions[m.condition] ?? "")}${m.location ? html` ${w.at(place(m.location))}` : nothing} ·
        ${w.came(m.times, first ? timeOrDay(first, new Date(), zone) : "")} · <bdi>${w.over(m.listener, m.address)}</bdi>${m.replays > 0 ? html` · ${w.replays(m.replays)}` : nothing}
      </p>
      <div class="ucp-panel__do">
        <button type="button" class="nhsuk-button nhsuk-button--small" aria-disabled=${open.busy ? "true" : "false"} @click=${() => this.take(m)}>${w.replay}${about}</button>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-expanded=${open.segments ? "true" : "false"} @click=${() => this.show(m)}>
          ${open.segments ? w.hide : w.show}${about}
        </button>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.note(m.id, { sure: !open.sure })}>${w.discard}${about}</button>
        ${open.segments ? nothing : html`<span class="ucp-quiet">${w.holds}</span>`}
      </div>
      ${open.sure
        ? html`<div class="ucp-caution" role="alert">
            <p>${w.discardSure}</p>
            <div class="ucp-panel__do">
              <button type="button" class="nhsuk-button nhsuk-button--small" @click=${() => this.drop(m)}>${w.discardYes}${about}</button>
              <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.note(m.id, { sure: false })}>${w.discardNo}${about}</button>
            </div>
          </div>`
        : nothing}
      <p role="status" class="ucp-panel__told"><bdi>${open.told ?? ""}</bdi></p>
      ${open.segments ? bytes(short, open.segments, open.cut ?? false) : nothing}
    </article>`;
  }
}

/** "segment PID, field 7", as ERR-2 says it: segment^occurrence^field. */
function place(location: string): string {
  const [segment = "", occurrence = "", field = ""] = location.split("^");
  return w.place(segment, occurrence, field);
}

/** The message, a line for each segment. It is text: nothing in it acts. */
function bytes(id: string, segments: readonly Segment[], cut: boolean): TemplateResult {
  return html`<div class="ucp-bytes" tabindex="0" role="region" aria-label=${w.shown(id)}>
      <ol>
        ${segments.map((s) => html`<li data-blamed=${s.blamed ? "true" : "false"}>${s.blamed ? html`<mark><code><bdi>${s.text}</bdi></code></mark> <strong class="nhsuk-tag nhsuk-tag--orange">${w.blamed}</strong>` : html`<code><bdi>${s.text}</bdi></code>`}</li>`)}
      </ol>
    </div>
    ${cut ? html`<p class="ucp-quiet">${w.cut}</p>` : nothing}`;
}

const said = (error: unknown) => (error instanceof Problem ? error.message : texts.errors.unreachable);

customElements.define("ucp-quarantine", QuarantineList);
