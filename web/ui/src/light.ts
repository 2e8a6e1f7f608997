// A component that draws into the page itself, so that the NHS styles reach it and no style has to be injected.

import { LitElement } from "lit";

export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
