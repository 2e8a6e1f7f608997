// Which files came with the plan, and what is in them?
//
// Pictures are drawn in their place. A PDF is drawn in its place, or opened, for whoever asks for it. Each fetch is recorded by the service as a
// reading.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { fileAt, Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";
import type { Attachment } from "./content.ts";

const pictures = ["image/png", "image/jpeg"];
const shown = [...pictures, "application/pdf"];

export class PlanAttachments extends LightElement {
  static override properties = {
    files: { attribute: false },
    address: { attribute: false },
    token: { attribute: false },
    drawn: { state: true },
    failures: { state: true },
  };
  declare files: readonly Attachment[];
  /** Where a file is; n is counted from 1. */
  declare address: (file: Attachment, n: number) => string;
  declare token: string;
  /** The pictures by their number, as data: addresses, which the pages' policy allows. */
  declare drawn: ReadonlyMap<number, string>;
  declare failures: ReadonlyMap<number, string>;

  private fetching: AbortController | undefined;
  private lent: string[] = [];
  private held = "";

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
    if (!changed.has("files")) return;
    // The same files in another list are not fetched again.
    const held = this.files.map((file, i) => this.address(file, i + 1) + (file.sha256 ?? "")).join(" ");
    if (held === this.held) return;
    this.held = held;
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
              : html`<div class="ucp-plan__pdf">
                  <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${(e: Event) => void this.drawPDF(n, e)}>
                    ${texts.attachments.here}<span class="nhsuk-u-visually-hidden"> ${name}</span>
                  </button>
                  <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.open(n)}>
                    ${texts.attachments.open}<span class="nhsuk-u-visually-hidden"> ${name}</span>
                  </button>
                  <div class="ucp-plan__pages" data-pages=${n}></div>
                </div>`}
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

  /** Draws a PDF below its buttons. */
  private async drawPDF(n: number, event: Event): Promise<void> {
    const into = this.querySelector<HTMLElement>(`[data-pages="${n}"]`);
    const button = event.currentTarget as HTMLButtonElement;
    if (!into || into.childElementCount > 0 || button.disabled) return;
    button.disabled = true;
    const file = await this.get(n);
    const signal = this.fetching?.signal ?? new AbortController().signal;
    try {
      if (file) await (await import("./pdf.ts")).drawPDF(file, into, signal);
    } catch {
      if (!signal.aborted) this.failures = new Map(this.failures).set(n, texts.attachments.broken);
    }
    button.disabled = into.childElementCount > 0;
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
      return await fileAt(this.address(this.files[n - 1]!, n), this.token, signal);
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
