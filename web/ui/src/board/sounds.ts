// Which tone, how loud, and how often again?
//
// Pure: what was chosen for this browser, and which urgency is due to ring at a moment.

import type { Urgency } from "../stream/index.ts";

interface Note {
  /** Hertz. */
  pitch: number;
  /** Seconds after the beginning. */
  at: number;
}

/** What can be chosen. The names are kept in browsers: a tone may be added, none renamed. */
export const tones = {
  single: [{ pitch: 660, at: 0 }],
  double: [{ pitch: 660, at: 0 }, { pitch: 880, at: 0.18 }],
  rising: [{ pitch: 523, at: 0 }, { pitch: 659, at: 0.16 }, { pitch: 784, at: 0.32 }],
  falling: [{ pitch: 988, at: 0 }, { pitch: 784, at: 0.18 }, { pitch: 587, at: 0.36 }],
  low: [{ pitch: 330, at: 0 }, { pitch: 330, at: 0.3 }],
  alarm: [{ pitch: 880, at: 0 }, { pitch: 1109, at: 0.16 }, { pitch: 880, at: 0.4 }, { pitch: 1109, at: 0.56 }],
} as const satisfies Record<string, readonly Note[]>;

export type Tone = keyof typeof tones;

/** A screen that is not live. No alert can be given this one. */
export const notLive: readonly Note[] = [{ pitch: 440, at: 0 }, { pitch: 349, at: 0.35 }, { pitch: 440, at: 0.9 }, { pitch: 349, at: 1.25 }];

/** Seconds between two ringings. There is no "never": an alert rings until somebody acknowledges it. */
export const intervals: readonly number[] = [10, 15, 30, 60, 120, 300];

/** A screen that is not live says so again after this. Seconds. */
export const notLiveEvery = 30;

export const urgencies: readonly Urgency[] = ["critical", "urgent", "routine"];

export interface Sounds {
  /** From 0.1 to 1. Silence is another switch. */
  volume: number;
  of: Record<Urgency, { tone: Tone; every: number }>;
}

export const usual: Sounds = {
  volume: 0.7,
  of: { critical: { tone: "alarm", every: 15 }, urgent: { tone: "double", every: 30 }, routine: { tone: "single", every: 120 } },
};

/** Reads what was kept. Whatever is not a choice is what is usual. */
export function readSounds(text: string | null): Sounds {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "");
  } catch {
    return usual;
  }
  const { volume, of } = (kept ?? {}) as { volume?: unknown; of?: Record<string, { tone?: unknown; every?: unknown } | undefined> };
  const one = (u: Urgency) => {
    const { tone, every } = of?.[u] ?? {};
    return {
      tone: typeof tone === "string" && Object.hasOwn(tones, tone) ? (tone as Tone) : usual.of[u].tone,
      every: typeof every === "number" && intervals.includes(every) ? every : usual.of[u].every,
    };
  };
  return {
    volume: typeof volume === "number" && volume >= 0.1 && volume <= 1 ? volume : usual.volume,
    of: { critical: one("critical"), urgent: one("urgent"), routine: one("routine") },
  };
}

/**
 * Of the urgencies of the alerts that wait, the most pressing one that is due to ring at now; undefined if none is. `rung` says when each
 * last rang. Both in milliseconds of a clock that nobody can set.
 */
export function due(waiting: readonly Urgency[], rung: Readonly<Partial<Record<Urgency, number>>>, sounds: Sounds, now: number): Urgency | undefined {
  return urgencies.find((u) => waiting.includes(u) && now - (rung[u] ?? -Infinity) >= sounds.of[u].every * 1_000);
}
