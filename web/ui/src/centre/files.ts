// Which files go with the plan?
//
// A file is sent to the service once, when it is chosen. The form only names it, and is saved like everything that is typed.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { authorisation } from "../session.ts";
import { texts } from "../texts.ts";
import { words } from "./texts.ts";

const w = words.files;

export interface FormFile {
  sha256: string;
  title: string;
  type: string;
  bytes: number;
}

const mostFiles = 10;
const longest = 1 << 20;
const together = 2 << 20;
const accepted = ["application/pdf", "image/png", "image/jpeg"];

export class PlanFiles extends LightElement {
  static override properties = {
    token: { attribute: false },
    draft: {},
    files: { attribute: false },
    fault: { attribute: false },
    sending: { state: true },
    refused: { state: true },
    over: { state: true },
  };
  declare token: string;
  declare draft: string;
  declare files: readonly FormFile[];
  /** What is wrong with them, once that is to be said. */
  declare fault: string | undefined;
  declare sending: string | undefined;
  /** Why files were not attached, one line each. */
  declare refused: readonly string[];
  /** Something is held over the place. */
  declare over: boolean;

  constructor() {
    super();
    this.refused = [];
  }

  protected override render(): TemplateResult {
    const all = this.files.reduce((sum, f) => sum + f.bytes, 0);
    return html`<div class="nhsuk-form-group ${this.fault ? "nhsuk-form-group--error" : ""}">
      <p class="nhsuk-hint" id="files-hint">${w.hint}</p>
      ${this.fault ? html`<span class="nhsuk-error-message" id="files-error">${this.fault}</span>` : nothing}
      <ul class="ucp-files">
        ${repeat(
          this.files,
          (f) => f.sha256,
          (f, n) => html`<li>
            <label class="nhsuk-label" for="file-title-${n}">${w.title(n + 1)}</label>
            <input class="nhsuk-input" id="file-title-${n}" maxlength="200" autocomplete="off" .value=${f.title} @input=${(e: Event) => this.rename(f, (e.target as HTMLInputElement).value)} />
            <span class="ucp-quiet">${texts.attachments.types[f.type] ?? f.type} · ${w.size(f.bytes)}</span>
            <button type="button" class="ucp-chip" @click=${() => this.detach(f)}>${w.remove(n + 1)}</button>
          </li>`,
        )}
      </ul>
      <div
        class="ucp-files__place ${this.over ? "ucp-files__place--over" : ""}"
        @dragover=${(e: DragEvent) => this.held(e)} @dragleave=${() => (this.over = false)} @drop=${(e: DragEvent) => this.dropped(e)}
      >
        <label class="nhsuk-label" for="f-attachments">${w.choose}</label>
        <input type="file" id="f-attachments" multiple accept=${accepted.join(",")} aria-describedby="files-hint" @change=${(e: Event) => this.chosen(e)} />
        <span class="ucp-quiet">${w.drop}</span>
      </div>
      <p class="ucp-quiet" role="status">${this.sending !== undefined ? html`<bdi>${w.sending(this.sending)}</bdi>` : this.files.length > 0 ? w.sum(this.files.length, w.size(all)) : nothing}</p>
      <div role="alert">${this.refused.map((text) => html`<p class="ucp-caution"><bdi>${text}</bdi></p>`)}</div>
    </div>`;
  }

  private held(event: DragEvent): void {
    event.preventDefault();
    this.over = true;
  }

  private dropped(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    void this.attach([...(event.dataTransfer?.files ?? [])]);
  }

  private chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    void this.attach(files);
  }

  private async attach(chosen: readonly File[]): Promise<void> {
    this.refused = [];
    for (const file of chosen) {
      const why = this.refusal(file);
      if (why) {
        this.refused = [...this.refused, why];
        continue;
      }
      this.sending = file.name;
      try {
        const kept = await this.send(file);
        if (!this.files.some((f) => f.sha256 === kept.sha256)) this.change([...this.files, { ...kept, title: file.name.replace(/\.[^.]{1,5}$/, "") }]);
      } catch (error) {
        this.refused = [...this.refused, w.refused(file.name, error instanceof Problem ? error.message : texts.errors.unreachable)];
      } finally {
        this.sending = undefined;
      }
    }
  }

  private refusal(file: File): string | undefined {
    const all = this.files.reduce((sum, f) => sum + f.bytes, 0);
    if (!accepted.includes(file.type)) return w.refused(file.name, w.wrongType);
    if (file.size > longest) return w.refused(file.name, w.tooLarge(w.size(file.size)));
    if (this.files.length >= mostFiles) return w.refused(file.name, w.tooMany);
    if (all + file.size > together) return w.refused(file.name, w.tooMuch);
    return undefined;
  }

  private async send(file: File): Promise<FormFile> {
    const answer = await fetch(`/api/centre/drafts/${encodeURIComponent(this.draft)}/attachments`, {
      method: "POST", headers: { ...authorisation(this.token), "Content-Type": file.type }, cache: "no-store", credentials: "same-origin", body: file,
    });
    const said = (await answer.json()) as FormFile & { detail?: string };
    if (!answer.ok) throw new Problem(answer.status, said.detail ?? texts.errors.unreadable);
    return said;
  }

  private rename(file: FormFile, title: string): void {
    this.change(this.files.map((f) => (f.sha256 === file.sha256 ? { ...f, title } : f)));
  }

  private detach(file: FormFile): void {
    this.change(this.files.filter((f) => f.sha256 !== file.sha256));
    this.querySelector<HTMLElement>("#f-attachments")?.focus();
  }

  private change(files: readonly FormFile[]): void {
    this.files = files;
    this.dispatchEvent(new Event("files-changed"));
  }
}

customElements.define("ucp-files", PlanFiles);
