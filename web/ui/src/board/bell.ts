// How does an alert sound, and can it be heard?
//
// It rings when it comes, and again until somebody has acknowledged it. The tones are made, not played from a file. A browser may refuse sound
// until somebody has touched the page: that is a state of its own.

import type { Urgency } from "../stream/index.ts";
import { due, notLive, notLiveEvery, readSounds, type Sounds, type Tone, tones, urgencies } from "./sounds.ts";

export type BellState = "on" | "off" | "blocked";

const preference = "ucpalert.sound";
const choice = "ucpalert.sounds";
const tick = 1_000;

export class Bell {
  private context: AudioContext | undefined;
  private wanted = localStorage.getItem(preference) !== "off";
  private chosen = readSounds(localStorage.getItem(choice));
  private waiting: readonly Urgency[] = [];
  private rung: Partial<Record<Urgency, number>> = {};
  /** When it last rang because the screen is not live; undefined while it is, or once somebody has hushed it. */
  private alarmed: number | undefined;
  private readonly ticking: number;
  private readonly listening = new AbortController();

  /** `changed` is called whenever the state may have changed. */
  constructor(private readonly changed: () => void) {
    for (const gesture of ["pointerdown", "keydown"] as const) {
      document.addEventListener(gesture, () => void this.unblock(), { signal: this.listening.signal, capture: true });
    }
    this.ticking = window.setInterval(() => this.again(), tick);
    if (typeof AudioContext === "undefined") return;
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => this.changed(), { signal: this.listening.signal });
  }

  get state(): BellState {
    if (!this.wanted) return "off";
    return this.context?.state === "running" ? "on" : "blocked";
  }

  /** What was chosen for this browser. */
  get sounds(): Sounds {
    return this.chosen;
  }

  set sounds(sounds: Sounds) {
    this.chosen = sounds;
    localStorage.setItem(choice, JSON.stringify(sounds));
    this.changed();
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

  /** Rings at once for the most urgent of the new alerts. */
  ring(arrived: readonly Urgency[]): void {
    const urgency = urgencies.find((u) => arrived.includes(u));
    if (urgency && this.state === "on") this.sound(urgency);
  }

  /** The urgencies of the alerts that nobody has acknowledged. They ring again, each in its own time. */
  remind(waiting: readonly Urgency[]): void {
    const now = performance.now();
    // What is new to the list has rung when it came, or stood there when the page was opened: its time begins now.
    for (const u of urgencies) if (waiting.includes(u) && !this.waiting.includes(u)) this.rung[u] ??= now;
    for (const u of urgencies) if (!waiting.includes(u)) delete this.rung[u];
    this.waiting = waiting;
  }

  /** The screen is not live, or is again. */
  alarm(lost: boolean): void {
    if (!lost) this.alarmed = undefined;
    else if (this.alarmed === undefined) this.soundAlarm();
  }

  /** Somebody knows that the screen is not live. */
  hush(): void {
    this.alarmed = Infinity;
    this.changed();
  }

  /** Somebody still has to be told that the screen is not live. */
  get alarming(): boolean {
    return this.alarmed !== undefined && this.alarmed !== Infinity;
  }

  /** Plays a tone because somebody wants to hear it, also when the sound is off. */
  async test(tone: Tone, volume: number): Promise<void> {
    if (this.context?.state !== "running") await this.context?.resume();
    this.changed();
    this.play(tones[tone], volume);
  }

  /** Silent for good. */
  close(): void {
    window.clearInterval(this.ticking);
    this.listening.abort();
    void this.context?.close();
    this.context = undefined;
  }

  /** What is blocked is not taken for rung: it rings once the browser lets it through. */
  private again(): void {
    if (this.state !== "on") return;
    const now = performance.now();
    if (this.alarming && now - this.alarmed! >= notLiveEvery * 1_000) return this.soundAlarm();
    const urgency = due(this.waiting, this.rung, this.chosen, now);
    if (urgency) this.sound(urgency);
  }

  private sound(urgency: Urgency): void {
    this.rung[urgency] = performance.now();
    this.play(tones[this.chosen.of[urgency].tone], this.chosen.volume);
  }

  private soundAlarm(): void {
    this.alarmed = this.state === "on" ? performance.now() : -Infinity;
    if (this.state === "on") this.play(notLive, 1);
  }

  private play(melody: readonly { pitch: number; at: number }[], loudness: number): void {
    const context = this.context;
    if (!context || context.state !== "running") return;
    const begin = context.currentTime + 0.02;
    for (const { pitch, at } of melody) {
      const oscillator = context.createOscillator();
      const volume = context.createGain();
      oscillator.frequency.value = pitch;
      volume.gain.setValueAtTime(0, begin + at);
      volume.gain.linearRampToValueAtTime(0.5 * loudness, begin + at + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + at + 0.5);
      oscillator.connect(volume).connect(context.destination);
      oscillator.start(begin + at);
      oscillator.stop(begin + at + 0.55);
    }
  }
}
