// What is to be done next in the exercise, and how did it go?
//
// Pure: when what was done goes in, the step comes out.

/** When something was first done, in milliseconds of a clock that nobody can set. Displayed: the alert stood on the screen. */
export interface Facts {
  displayed?: number;
  opened?: number;
  closed?: number;
  acknowledged?: number;
}

export type Step = "wait" | "open" | "openAfter" | "read" | "acknowledge" | "done";

/** The order in which the steps are told; whoever acknowledges before opening goes another way. */
export const steps: readonly Step[] = ["wait", "open", "read", "acknowledge", "done"];

export function stepOf(facts: Facts): Step {
  if (facts.displayed === undefined) return "wait";
  if (facts.opened === undefined) return facts.acknowledged === undefined ? "open" : "openAfter";
  if (facts.closed === undefined) return "read";
  return facts.acknowledged === undefined ? "acknowledge" : "done";
}

/** The number of a step, from 1. */
export function numberOf(step: Step): number {
  return 1 + steps.indexOf(step === "openAfter" ? "open" : step);
}

/** How many whole seconds from the alert to the acknowledgement, and to the open plan; undefined before that. */
export function took({ displayed, opened, acknowledged }: Facts): { answer: number; open: number } | undefined {
  if (displayed === undefined || opened === undefined || acknowledged === undefined) return undefined;
  const seconds = (until: number) => Math.max(1, Math.round((until - displayed) / 1_000));
  return { answer: seconds(acknowledged), open: seconds(opened) };
}
