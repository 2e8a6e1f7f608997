// What the lists of privacy have in common: something is done, the list is loaded anew, and the page says what was done or why not.

import type { PropertyDeclarations } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";

export abstract class Worklist extends LightElement {
  static override properties: PropertyDeclarations = { token: { attribute: false }, failure: { state: true }, told: { state: true } };
  declare token: string;
  declare failure: string | undefined;
  declare told: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.do(async () => undefined);
  }

  protected abstract load(): Promise<void>;

  protected async do(deed: () => Promise<unknown>, told?: string): Promise<void> {
    this.failure = this.told = undefined;
    try {
      await deed();
      await this.load();
      this.told = told;
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    }
  }
}
