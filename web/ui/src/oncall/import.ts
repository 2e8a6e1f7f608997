// What would a spreadsheet of shifts mean for a rota?

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { importShifts, previewImport, type Preview, type Rota } from "./api.ts";
import { Deed, fault, outcomeWords, why } from "./deeds.ts";
import { effect } from "./effect.ts";
import { words } from "./texts.ts";

const w = words.import;
/** The largest file that is read, in bytes: ten years of shifts are smaller. */
const largest = 2_000_000;

/** Reads a file in the browser, shows what it would mean, and sends it. Fires `deed-done` once the service took it. */
export class RotaImport extends LightElement {
  static override properties = { token: { attribute: false }, page: { attribute: false }, seen: { state: true }, failure: { state: true }, busy: { state: true } };
  declare token: string;
  declare page: Rota;
  declare seen: Preview | undefined;
  declare failure: string | undefined;
  declare busy: boolean;
  /** The text of the file. */
  private csv = "";

  protected override render(): TemplateResult {
    const { seen } = this;
    return html`<details class="ucp-oncall__part">
      <summary><h2 class="nhsuk-heading-m ucp-oncall__summary">${w.title}</h2></summary>
      <p class="ucp-measure">${w.lead}</p>
      <pre class="ucp-oncall__sample">${w.sample}</pre>
      ${fault(this.failure)}
      <div class="nhsuk-form-group">
        <label class="nhsuk-label" for="import-file">${w.file}</label>
        <input class="ucp-oncall__file" id="import-file" type="file" accept=".csv,text/csv" @change=${(event: Event) => void this.chosen(event.target as HTMLInputElement)} />
      </div>
      ${seen
        ? html`<div id="import-effect">${effect(seen, this.page.zone, this.page)}</div>
            ${seen.faults.length === 0 ? html`<button type="button" class="nhsuk-button nhsuk-button--small" ?disabled=${this.busy} @click=${() => void this.take()}>${seen.second_person ? words.edit.propose : w.take}</button>` : nothing}`
        : nothing}
    </details>`;
  }

  private async chosen(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    this.seen = this.failure = undefined;
    if (!file) return;
    if (file.size > largest) return void (this.failure = w.tooLarge);
    try {
      this.csv = await file.text();
      this.seen = await previewImport(this.token, this.page.rota, this.page.revision, this.csv);
    } catch (error) {
      this.failure = why(error);
    }
  }

  private async take(): Promise<void> {
    this.busy = true;
    try {
      const told = outcomeWords(await importShifts(this.token, this.page.rota, this.page.revision, this.csv));
      this.seen = undefined;
      this.querySelector<HTMLInputElement>("#import-file")!.value = "";
      this.dispatchEvent(new Deed(told));
    } catch (error) {
      this.failure = why(error);
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-rota-import", RotaImport);
