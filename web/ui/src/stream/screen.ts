// What is this screen called?

/** What is needed of localStorage. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const key = "ucpalert.screen";

/**
 * The name of this browser on this machine, made up once and kept. Where nothing can be kept (a private window) it lasts as long as the
 * page. It names a screen, not a person.
 */
export function screenName(store: Store = localStorage, make: () => string = () => crypto.randomUUID()): string {
  try {
    const kept = store.getItem(key);
    if (kept && /^[A-Za-z0-9._+-]{1,64}$/.test(kept)) return kept;
    const name = make();
    store.setItem(key, name);
    return name;
  } catch {
    return make();
  }
}
