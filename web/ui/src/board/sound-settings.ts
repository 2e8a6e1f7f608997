// Which tone, how loud and how often, for each urgency on this browser?

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import type { Urgency } from "../stream/index.ts";
import { texts } from "../texts.ts";
import type { Bell } from "./bell.ts";
import { intervals, type Sounds, type Tone, tones, urgencies, usual } from "./sounds.ts";

const w = texts.sounds;

export class SoundSettings extends LightElement {
  static override properties = { bell: { attribute: false }, once: { type: Boolean } };
  declare bell: Bell;
  /** Alerts sound once here: how often again is not asked. */
  declare once: boolean;

  protected override firstUpdated(): void {
    this.querySelector("dialog")!.showModal();
  }

  protected override render(): TemplateResult {
    const { sounds } = this.bell;
    return html`
      <dialog class="ucp-sounds" aria-labelledby="sounds-title" @close=${() => this.dispatchEvent(new Event("sounds-closed"))}>
        <h2 class="nhsuk-heading-m" id="sounds-title">${w.title}</h2>
        <p>${this.once ? w.leadOnce : w.lead}</p>
        <div class="ucp-sounds__volume">
          <label class="nhsuk-label" for="volume">${w.volume}</label>
          <input
            type="range"
            id="volume"
            min="10"
            max="100"
            step="10"
            .value=${String(Math.round(sounds.volume * 100))}
            aria-valuetext=${w.percent(Math.round(sounds.volume * 100))}
            @change=${(event: Event) => this.keep({ ...sounds, volume: Number((event.target as HTMLInputElement).value) / 100 })}
          />
          <output for="volume">${w.percent(Math.round(sounds.volume * 100))}</output>
        </div>
        ${urgencies.map((urgency) => this.one(urgency, sounds))}
        <div class="ucp-sounds__deeds">
          <button type="button" class="nhsuk-button" @click=${() => this.querySelector("dialog")!.close()}>${w.done}</button>
          <button type="button" class="nhsuk-button nhsuk-button--secondary" @click=${() => this.keep(usual)}>${w.usual}</button>
        </div>
      </dialog>
    `;
  }

  private one(urgency: Urgency, sounds: Sounds): TemplateResult {
    const { tone, every } = sounds.of[urgency];
    const set = (more: Partial<{ tone: Tone; every: number }>) => this.keep({ ...sounds, of: { ...sounds.of, [urgency]: { ...sounds.of[urgency], ...more } } });
    const chosen = (event: Event) => (event.target as HTMLSelectElement).value;
    return html`
      <fieldset class="ucp-sounds__one">
        <legend><strong class="nhsuk-tag ucp-urgency ucp-urgency--${urgency}">${texts.urgency[urgency]}</strong></legend>
        <div>
          <label class="nhsuk-label" for="tone-${urgency}">${w.tone}</label>
          <select class="nhsuk-select" id="tone-${urgency}" @change=${(event: Event) => set({ tone: chosen(event) as Tone })}>
            ${(Object.keys(tones) as Tone[]).map((name) => html`<option value=${name} ?selected=${name === tone}>${w.tones[name]}</option>`)}
          </select>
        </div>
        ${this.once
          ? nothing
          : html`<div>
              <label class="nhsuk-label" for="every-${urgency}">${w.every}</label>
              <select class="nhsuk-select" id="every-${urgency}" @change=${(event: Event) => set({ every: Number(chosen(event)) })}>
                ${intervals.map((seconds) => html`<option value=${seconds} ?selected=${seconds === every}>${w.interval(seconds)}</option>`)}
              </select>
            </div>`}
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.bell.test(tone, sounds.volume)}>
          ${w.test}<span class="nhsuk-u-visually-hidden"> ${texts.urgency[urgency]}</span>
        </button>
      </fieldset>
    `;
  }

  private keep(sounds: Sounds): void {
    this.bell.sounds = sounds;
    this.requestUpdate();
  }
}

customElements.define("ucp-sound-settings", SoundSettings);
