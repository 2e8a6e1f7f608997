// Which files came with the plan, and what is in them?
//
// Pictures are drawn in their place. A PDF is opened by whoever asks for it. Each fetch is recorded by the service as a reading.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { attachmentOf, Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";
import type { Attachment } from "./content.ts";

const pictures = ["image/png", "image/jpeg"];
const shown = [...pictures, "application/pdf"];

export class PlanAttachments extends LightElement {
  static override properties = {
    files: { attribute: false },
    alert: { attribute: false },
    token: { attribute: false },
    drawn: { state: true },
    failures: { state: true },
  };
  declare files: readonly Attachment[];
  declare alert: string;
  declare token: string;
  /** The pictures by their number, as data: addresses, which the pages' policy allows. */
  declare drawn: ReadonlyMap<number, string>;
  declare failures: ReadonlyMap<number, string>;

  private fetching: AbortController | undefined;
  private lent: string[] = [];

  constructor() {
    super();
    this.drawn = this.failures = new Map();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.fetching?.abort();
    for (const address of this.lent.splice(0)) URL.revokeObjectURL(address);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("files") && !changed.has("alert")) return;
    this.fetching?.abort();
    this.fetching = new AbortController();
    this.drawn = this.failures = new Map();
    this.files.forEach((file, i) => {
      if (file.sha256 && pictures.includes(file.type ?? "")) void this.draw(i + 1);
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.files.length === 0) return nothing;
    return html`<section class="ucp-plan__attachments">
      <h3>${texts.attachments.title}</h3>
      <ul>
        ${this.files.map((file, i) => this.file(file, i + 1))}
      </ul>
    </section>`;
  }

  private file(file: Attachment, n: number): TemplateResult {
    const name = file.title || texts.attachments.untitled(n);
    const facts = [file.type ? (texts.attachments.types[file.type] ?? file.type) : undefined, file.bytes ? size(file.bytes) : undefined, file.dated ? birthDate(file.dated) : undefined];
    const picture = this.drawn.get(n);
    const failure = this.failures.get(n);
    return html`<li>
      <p><strong><bdi>${name}</bdi></strong> <span class="ucp-quiet">${facts.filter(Boolean).join(" · ")}</span></p>
      ${!file.sha256
        ? html`<p class="ucp-quiet">${texts.attachments.elsewhere}</p>`
        : !shown.includes(file.type ?? "")
          ? html`<p class="ucp-quiet">${texts.attachments.notShown}</p>`
          : picture
            ? html`<img class="ucp-plan__picture" src=${picture} alt=${texts.attachments.picture(name)} />`
            : pictures.includes(file.type ?? "")
              ? failure
                ? nothing
                : html`<p class="ucp-quiet">${texts.loading} …</p>`
              : html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.open(n)}>
                  ${texts.attachments.open}<span class="nhsuk-u-visually-hidden"> ${name}</span>
                </button>`}
      ${failure ? html`<p class="ucp-caution" role="alert"><bdi>${failure}</bdi></p>` : nothing}
    </li>`;
  }

  private async draw(n: number): Promise<void> {
    const file = await this.get(n);
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => (this.drawn = new Map(this.drawn).set(n, String(reader.result)));
    reader.readAsDataURL(file);
  }

  /** Opens a file in a window of its own, which is asked for before the file is: browsers allow that only at once. */
  private async open(n: number): Promise<void> {
    const window_ = window.open("about:blank", "_blank");
    const file = await this.get(n);
    if (!file) return void window_?.close();
    const address = URL.createObjectURL(file);
    this.lent.push(address);
    if (window_) window_.location.replace(address);
    else this.failures = new Map(this.failures).set(n, texts.attachments.blocked);
  }

  private async get(n: number): Promise<Blob | undefined> {
    const signal = this.fetching?.signal ?? new AbortController().signal;
    try {
      return await attachmentOf(this.alert, n, this.token, signal);
    } catch (error) {
      if (!signal.aborted) this.failures = new Map(this.failures).set(n, error instanceof Problem ? error.message : texts.errors.unreachable);
      return undefined;
    }
  }
}

/** "312 KB" */
function size(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

customElements.define("ucp-plan-attachments", PlanAttachments);
