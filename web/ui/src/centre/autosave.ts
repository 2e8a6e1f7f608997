// Is what was typed safe?
//
// Every change is kept in the tab at once and sent to the service shortly after; while the service is not reached, it is tried again and
// again. One request at a time, so that an older text never overwrites a newer one.

import { Problem } from "../api.ts";
import { type Draft, type Form, keepDraft } from "./api.ts";

/** How long after the last key the draft is sent, and how long to wait before it is tried again. Milliseconds. */
const pause = 600;
const retry = 3_000;

export type Safety = "saved" | "typing" | "saving" | "offline" | "elsewhere" | "signedOut";

/** What stands in the tab's own memory, which ends with the tab. */
export const tab = {
  key: (draft: string) => `ucpalert.draft.${draft}`,
  held(draft: string): Form | undefined {
    try {
      const text = sessionStorage.getItem(tab.key(draft));
      return text === null ? undefined : (JSON.parse(text) as Form);
    } catch {
      return undefined;
    }
  },
  keep(draft: string, form: Form): void {
    sessionStorage.setItem(tab.key(draft), JSON.stringify(form));
  },
  forget(draft: string): void {
    sessionStorage.removeItem(tab.key(draft));
  },
};

export class Autosave {
  safety: Safety = "saved";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private waiting: Form | undefined;
  private ended = false;

  constructor(
    private readonly token: string,
    private readonly draft: string,
    private revision: number,
    private readonly changed: (view?: Draft) => void,
  ) {}

  /** Something was typed. */
  typed(form: Form): void {
    tab.keep(this.draft, form);
    this.waiting = structuredClone(form);
    if (this.safety === "elsewhere") return;
    this.become("typing");
    this.later(pause);
  }

  /** Sends what waits, and says whether everything that was typed is kept. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (this.waiting) await this.save();
    return this.safety === "saved";
  }

  /** What another window kept is read and overwritten by what stands here. */
  overwrite(revision: number): void {
    this.revision = revision;
    this.become("typing");
    this.later(0);
  }

  get latest(): number {
    return this.revision;
  }

  /** Nothing is sent any more; what waits stays in the tab's memory. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (!this.ended) this.timer = setTimeout(() => void this.save(), ms);
  }

  private save(): Promise<void> {
    return (this.running ??= this.send().finally(() => (this.running = undefined)));
  }

  private async send(): Promise<void> {
    while (this.waiting && !this.ended) {
      const form = this.waiting;
      this.waiting = undefined;
      this.become("saving");
      try {
        const view = await keepDraft(this.token, this.draft, this.revision, form);
        this.revision = view.revision;
        if (this.waiting) continue;
        tab.forget(this.draft);
        this.safety = "saved";
        this.changed(view);
      } catch (error) {
        this.waiting ??= form;
        const status = error instanceof Problem ? error.status : 0;
        this.become(status === 409 ? "elsewhere" : status === 401 ? "signedOut" : "offline");
        if (this.safety === "offline") this.later(retry);
        return;
      }
    }
  }

  private become(safety: Safety): void {
    this.safety = safety;
    this.changed();
  }
}
