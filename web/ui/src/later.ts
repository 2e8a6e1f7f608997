// How does a page come that most people never go to?

import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import { texts } from "./texts.ts";

/**
 * Loads the parts of a page when somebody goes to it. What it returns stands above the page's element: nothing once they came; until then that
 * it is loading; and if they did not come, that the page is to be reloaded.
 */
export function later(load: () => Promise<unknown>): () => TemplateResult {
  let loading: Promise<unknown> | undefined;
  return () => {
    loading ??= load().then(
      () => nothing,
      () => html`<p class="ucp-caution ucp-caution--stop" role="alert">${texts.errors.notLoaded}</p>`,
    );
    return html`${until(loading, html`<p class="ucp-quiet">${texts.loading} …</p>`)}`;
  };
}
