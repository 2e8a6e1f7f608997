// What did the department ask about an alert, and what did the centre answer?
//
// It is read when somebody asks for it: the texts are clinical, and reading them is recorded by the service.

import { html, type TemplateResult } from "lit";
import { threadOf, type Thread, wordsOf } from "../board/talk-api.ts";
import { thread } from "../board/thread.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";

const w = texts.recent;

export class Said extends LightElement {
  static override properties = {
    alert: {},
    who: {},
    token: { attribute: false },
    zone: { attribute: false },
    held: { state: true },
    failure: { state: true },
  };
  /** The alert's id, and whose it is. */
  declare alert: string;
  declare who: string;
  declare token: string;
  declare zone: string;
  declare held: Thread | undefined;
  declare failure: string | undefined;

  protected override render(): TemplateResult {
    return html`<details class="ucp-more" @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && void this.load()}>
      <summary>${w.thread}<span class="nhsuk-u-visually-hidden"> (${this.who})</span></summary>
      ${this.failure !== undefined ? html`<p role="alert">${w.noThread(this.failure)}</p>` : this.held ? thread(this.held.lines, this.zone) : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </details>`;
  }

  private async load(): Promise<void> {
    try {
      this.held = await threadOf(this.token, this.alert);
      this.failure = undefined;
    } catch (error) {
      this.failure = wordsOf(error, texts.errors.unreachable);
    }
  }
}

customElements.define("ucp-said", Said);
