// How does a page come that most people never go to?

import { html, type TemplateResult } from "lit";
import { AsyncDirective, directive, type DirectiveResult } from "lit/async-directive.js";
import { texts } from "./texts.ts";

/** Parts of the pages, in files of their own: asked for once, when somebody goes there. */
class Parts {
  /** Whether they came; undefined before that is known. */
  came: boolean | undefined;
  private coming: Promise<void> | undefined;

  constructor(private readonly load: () => Promise<unknown>) {}

  ask(): Promise<void> {
    this.coming ??= this.load().then(
      () => void (this.came = true),
      () => void (this.came = false),
    );
    return this.coming;
  }
}

/** What stands around the words that are shown in place of a page. */
type Frame = (words: TemplateResult) => TemplateResult;

/** Draws once the parts are there: an element that is made before its class is known has no properties when it is connected. */
class Later extends AsyncDirective {
  private draw: (() => TemplateResult) | undefined;

  override render(parts: Parts, frame: Frame, draw: () => TemplateResult): TemplateResult {
    this.draw = draw;
    if (parts.came === undefined) void parts.ask().then(() => this.setValue(this.render(parts, frame, this.draw!)));
    if (parts.came === undefined) return frame(html`<p class="ucp-quiet">${texts.loading} …</p>`);
    return parts.came ? draw() : frame(html`<p class="ucp-caution ucp-caution--stop" role="alert">${texts.errors.notLoaded}</p>`);
  }
}

const drawn = directive(Later);

/** Loads the parts of a page when somebody goes to it, and then draws it. Says so until they came, and if they did not, in a frame if the page has one of its own. */
export function later(load: () => Promise<unknown>, frame: Frame = (words) => words): (draw: () => TemplateResult) => DirectiveResult {
  const parts = new Parts(load);
  return (draw) => drawn(parts, frame, draw);
}
