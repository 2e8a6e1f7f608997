// What would a form mean, as the service says while somebody fills it in?

/** Asks once nothing was changed for a moment. Only the answer to the newest question counts. */
export class Foresight<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  /** The pause is in milliseconds. Where `ask` gives nothing, nothing is asked. */
  constructor(
    private readonly pause: number,
    private readonly ask: () => Promise<T> | undefined,
    private readonly told: (answer: T) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), this.pause);
  }

  async now(): Promise<void> {
    const asked = ++this.asked;
    try {
      const answer = await this.ask();
      if (asked === this.asked && answer !== undefined) this.told(answer);
    } catch (error) {
      if (asked === this.asked) this.failed(error);
    }
  }

  /** What was asked is not listened to any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.asked++;
  }
}
