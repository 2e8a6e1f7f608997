// How does a new alert sound, and can it be heard?
//
// The tones are made, not played from a file. A browser may refuse sound until somebody has touched the page: that is a state of its own.

import type { Urgency } from "../stream/index.ts";

export type BellState = "on" | "off" | "blocked";

interface Tone {
  /** Hertz. */
  pitch: number;
  /** Seconds after the beginning. */
  at: number;
}

const tones: Record<Urgency, readonly Tone[]> = {
  routine: [{ pitch: 660, at: 0 }],
  urgent: [{ pitch: 660, at: 0 }, { pitch: 880, at: 0.18 }],
  critical: [{ pitch: 880, at: 0 }, { pitch: 1109, at: 0.16 }, { pitch: 880, at: 0.4 }, { pitch: 1109, at: 0.56 }],
};

const louder: readonly Urgency[] = ["routine", "urgent", "critical"];
const preference = "ucpalert.sound";

export class Bell {
  private context: AudioContext | undefined;
  private wanted = localStorage.getItem(preference) !== "off";
  private readonly listening = new AbortController();

  /** `changed` is called whenever the state may have changed. */
  constructor(private readonly changed: () => void) {
    for (const gesture of ["pointerdown", "keydown"] as const) {
      document.addEventListener(gesture, () => void this.unblock(), { signal: this.listening.signal, capture: true });
    }
    if (typeof AudioContext === "undefined") return;
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => this.changed(), { signal: this.listening.signal });
  }

  get state(): BellState {
    if (!this.wanted) return "off";
    return this.context?.state === "running" ? "on" : "blocked";
  }

  /** Turns the sound on or off; the choice is kept for this browser. */
  toggle(): void {
    this.wanted = !this.wanted;
    localStorage.setItem(preference, this.wanted ? "on" : "off");
    this.changed();
    if (this.wanted) void this.unblock();
  }

  /** Asks the browser to let sound through; it does so only at a person's gesture. */
  async unblock(): Promise<void> {
    if (!this.wanted || !this.context || this.context.state === "running") return;
    await this.context.resume();
    this.changed();
  }

  /** Rings once for the most urgent of the new alerts. */
  ring(urgencies: readonly Urgency[]): void {
    if (this.state !== "on") return;
    this.play(tones[louder[Math.max(0, ...urgencies.map((u) => louder.indexOf(u)))]!]);
  }

  /** Rings because somebody wants to hear it, also when the sound is off. */
  async test(): Promise<void> {
    if (this.context?.state !== "running") await this.context?.resume();
    this.changed();
    this.play(tones.critical);
  }

  /** Silent for good. */
  close(): void {
    this.listening.abort();
    void this.context?.close();
    this.context = undefined;
  }

  private play(melody: readonly Tone[]): void {
    const context = this.context;
    if (!context || context.state !== "running") return;
    const begin = context.currentTime + 0.02;
    for (const { pitch, at } of melody) {
      const oscillator = context.createOscillator();
      const volume = context.createGain();
      oscillator.frequency.value = pitch;
      volume.gain.setValueAtTime(0, begin + at);
      volume.gain.linearRampToValueAtTime(0.35, begin + at + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + at + 0.5);
      oscillator.connect(volume).connect(context.destination);
      oscillator.start(begin + at);
      oscillator.stop(begin + at + 0.55);
    }
  }
}
