// What happens with an alert that nobody answers, minute by minute?

/** One step of a policy, as the service has it. */
export interface Step {
  name: string;
  to: "board" | "on_call" | "centre";
  /** Which rota, of a step that tells who is on call. */
  rota?: string;
  /** How long an answer is waited for, in seconds. */
  wait: number;
}

/** Something that happens, so many seconds after the alert was raised. */
export interface Happening {
  at: number;
  step?: Step;
  /** How often the step was taken before. */
  before: number;
  /** The end: nobody has answered. */
  alarm: boolean;
}

/** All that happens if nobody ever answers, and everybody can be told. The steps but the board's are taken again so many times, then it is an alarm. */
export function course(steps: readonly Step[], again: number): Happening[] {
  const happenings: Happening[] = [];
  let at = 0;
  const take = (step: Step, before: number) => {
    happenings.push({ at, step, before, alarm: false });
    at += step.wait;
  };
  for (const step of steps) take(step, 0);
  for (let n = 1; n <= again; n++) for (const step of steps) if (step.to !== "board") take(step, n);
  happenings.push({ at, before: 0, alarm: true });
  return happenings;
}

/** "2 minutes", "1 minute 30 seconds", "1 hour 5 minutes" */
export function lasting(seconds: number): string {
  const part = (n: number, what: string) => (n === 0 ? "" : `${n} ${what}${n === 1 ? "" : "s"}`);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return [part(hours, "hour"), part(minutes, "minute"), part(rest, "second")].filter(Boolean).join(" ") || "0 minutes";
}
