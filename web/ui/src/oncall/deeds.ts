// How does a part of a page tell that something was done, or why not?

import { html, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { texts } from "../texts.ts";
import type { Outcome, Person } from "./api.ts";
import { words } from "./texts.ts";

export { fault } from "../people/field.ts";

/** Something was done: the page loads anew and says what. Bubbles. */
export class Deed extends Event {
  constructor(readonly told: string) {
    super("deed-done", { bubbles: true });
  }
}

/** Why something was not done, in words. */
export function why(error: unknown): string {
  return error instanceof Problem ? error.message : texts.errors.unreachable;
}

/** What came of a change, in words. */
export function outcomeWords(outcome: Outcome): string {
  return outcome.outcome === "taken" ? words.outcome.taken : words.outcome.waiting;
}

/** A choice of people. Whoever nothing reaches is named so. */
export function personOptions(people: readonly Person[], chosen: string, empty?: string): TemplateResult {
  return html`${empty === undefined ? "" : html`<option value="" ?selected=${chosen === ""}>${empty}</option>`}
  ${people.map((p) => html`<option value=${p.person} ?selected=${p.person === chosen}>${p.reachable ? p.name : words.person.unreachableOption(p.name)}</option>`)}`;
}
