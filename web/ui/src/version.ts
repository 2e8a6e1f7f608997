// Is this page older than the service behind it?
//
// A board stays open for weeks. Each build of the pages has a name, which stands in the page and in a file beside it. A page that sees another
// name there loads itself anew, as soon as that takes nothing away from anybody.

const every = 5 * 60_000;
const again = 5_000;
/** Nobody has touched the page for so long. Milliseconds. */
const untouched = 15_000;
const loaded = "ucpalert.loaded";

/** The build that this page is of; empty if it does not say. */
export function ownBuild(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="ucp-build"]')?.content ?? "";
}

export class VersionWatch {
  /** There is a newer page, and it waits until nothing is open and nothing is being typed. */
  waits = false;
  private touched = performance.now();
  private newer = "";
  private timer = 0;
  private readonly listening = new AbortController();

  /** `changed` is called when it begins to wait. */
  constructor(private readonly changed: () => void) {
    const options = { signal: this.listening.signal, capture: true };
    for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => (this.touched = performance.now()), options);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void this.look(), options);
    this.timer = window.setInterval(() => void this.look(), every);
  }

  close(): void {
    this.listening.abort();
    window.clearInterval(this.timer);
  }

  /** Asks the service which build it has. Not being answered says nothing. */
  async look(): Promise<void> {
    const own = ownBuild();
    try {
      const answer = await fetch("/assets/version.json", { cache: "no-store", credentials: "same-origin" });
      const { build } = (await answer.json()) as { build?: unknown };
      if (!answer.ok || typeof build !== "string" || build === "" || own === "" || build === own) return;
      this.newer = build;
    } catch {
      return;
    }
    this.load();
  }

  /** Loads the newer page because somebody wants it. */
  now(): void {
    location.reload();
  }

  private load(): void {
    // Loaded for this build before, and still another one: something on the way keeps the old page, and loading it again and again helps nobody.
    const tried = sessionStorage.getItem(loaded) === this.newer;
    if (!tried && performance.now() - this.touched > untouched && nothingIsLost()) {
      sessionStorage.setItem(loaded, this.newer);
      location.reload();
      return;
    }
    if (!this.waits) {
      this.waits = true;
      this.changed();
    }
    if (!tried) window.setTimeout(() => this.listening.signal.aborted || this.load(), again);
  }
}

/** Nothing is open, and nothing is typed that loading the page would lose. */
export function nothingIsLost(): boolean {
  if (document.querySelector("dialog[open], ucp-plan-form, form[data-unsaved]")) return false;
  return [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("textarea, input:not([type=radio], [type=checkbox], [type=range], [type=date], [type=hidden])")].every((field) => field.value === "");
}
