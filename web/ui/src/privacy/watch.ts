// May what is open still be open?

/** How often it is asked, in milliseconds: what may not be seen any more is put away within five seconds. */
const askEvery = 3_000;

/** Asks again and again, and calls ended once when the answer is no, or when its time is over by this machine's clock. */
export class Leave {
  private readonly timer: ReturnType<typeof setInterval>;
  private asking = false;

  constructor(
    private readonly holds: () => Promise<boolean>,
    private readonly ended: () => void,
    private readonly until?: string,
  ) {
    this.timer = setInterval(() => void this.ask(), askEvery);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const over = this.until !== undefined && Date.parse(this.until) <= Date.now();
      if (!over && (await this.holds())) return;
      this.stop();
      this.ended();
    } finally {
      this.asking = false;
    }
  }
}
