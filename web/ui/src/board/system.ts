// What the board depends on: a few words in the strip, and all of it when somebody asks.

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { isScreenName, nameScreen, screenName } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { ownBuild } from "../version.ts";
import type { Line, Part, Tone } from "./standing.ts";
import { worst } from "./standing.ts";

const w = texts.standing;

/** Somebody gave this screen another name. Bubbles. */
export class ScreenNamed extends Event {
  constructor(readonly screen: string) {
    super("screen-named", { bubbles: true });
  }
}

/** The words of the strip: what is well is said for those who look, what is not for everybody. */
export function partWords(parts: readonly Part[]): TemplateResult {
  return html`<ul class="ucp-parts" aria-label=${w.label}>
    ${parts.filter((part) => part.short !== "").map((part) => html`<li class="ucp-part ucp-part--${part.tone}" data-part=${part.key} data-tone=${part.tone}>${sign(part.tone)}${part.short}</li>`)}
  </ul>`;
}

/** The button that opens and closes the details. It says how many parts are not as they should be, for where their words have no room. */
export function partsButton(parts: readonly Part[], open: boolean, turn: () => void): TemplateResult {
  const wrong = parts.filter((part) => part.tone === "warn" || part.tone === "alarm").length;
  return html`<button type="button" class="ucp-chip ${wrong > 0 ? "ucp-chip--warn" : ""}" id="system" aria-expanded=${open ? "true" : "false"} aria-controls="system-details" @click=${turn}>
    ${wrong > 0 ? w.wrong(wrong) : w.button}
  </button>`;
}

/** A sign before words that are not good news: never colour alone. */
function sign(tone: Tone): TemplateResult | typeof nothing {
  return tone === "alarm" || tone === "warn" ? html`<span class="ucp-part__sign" aria-hidden="true">${tone === "alarm" ? "✕" : "!"}</span>` : nothing;
}

export class SystemDetails extends LightElement {
  static override properties = { parts: { attribute: false }, live: {}, fault: { state: true }, named: { state: true } };
  declare parts: readonly Part[];
  /** What the strip says of the connection. */
  declare live: string;
  declare fault: string | undefined;
  /** The name that was given here just now. */
  declare named: string | undefined;
  private readonly held = screenName();

  protected override render(): TemplateResult {
    return html`<section class="ucp-system" id="system-details" aria-label=${w.title}>
      ${this.parts.map((part) => this.detail(part))}
      <div class="ucp-system__part">
        <h2 class="ucp-system__title">${w.screen.title}</h2>
        <p>${this.live}</p>
        <p>${w.screen.version(ownBuild() || w.screen.noVersion)}</p>
        ${this.naming()}
      </div>
    </section>`;
  }

  private detail(part: Part): TemplateResult {
    return html`<div class="ucp-system__part" data-detail=${part.key}>
      <h2 class="ucp-system__title">${w.titles[part.key]} ${tag(worst(part.lines.map((line) => line.tone)))}</h2>
      ${part.lines.some((line) => line.name !== undefined)
        ? html`<ul class="ucp-system__centres">${part.lines.map((line) => html`<li class=${wrong(line)}><bdi>${line.name}</bdi> ${line.text}</li>`)}</ul>`
        : part.lines.map((line) => html`<p class=${wrong(line)}>${line.text}</p>`)}
    </div>`;
  }

  private naming(): TemplateResult {
    return html`<form class="ucp-system__name" novalidate @submit=${(event: Event) => this.submitted(event)}>
      <label class="nhsuk-label" for="screen-name">${w.screen.name}</label>
      <span class="ucp-system__hint" id="screen-name-hint">${w.screen.hint}</span>
      ${this.fault ? html`<span class="nhsuk-error-message" id="screen-name-error" role="alert">${this.fault}</span>` : nothing}
      <div>
        <input class="nhsuk-input" id="screen-name" maxlength="64" autocomplete="off" spellcheck="false" .value=${this.held} aria-describedby=${this.fault ? "screen-name-hint screen-name-error" : "screen-name-hint"} aria-invalid=${this.fault ? "true" : "false"} />
        <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">${w.screen.save}</button>
      </div>
      <span role="status">${this.named ? w.screen.saved(this.named) : nothing}</span>
    </form>`;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    const input = this.querySelector<HTMLInputElement>("#screen-name")!;
    const name = input.value.trim();
    this.named = undefined;
    this.fault = isScreenName(name) ? undefined : w.screen.wrong;
    if (this.fault) return input.focus();
    nameScreen(name);
    this.named = name;
    this.dispatchEvent(new ScreenNamed(name));
  }
}

function tag(tone: Tone): TemplateResult {
  return html`<span class="ucp-part ucp-part--${tone}">${sign(tone)}${w.tones[tone]}</span>`;
}

function wrong(line: Line): string {
  return line.tone === "warn" || line.tone === "alarm" ? "ucp-system__wrong" : "";
}

customElements.define("ucp-system", SystemDetails);
