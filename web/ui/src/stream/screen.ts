// What is this screen called?

/** What is needed of localStorage. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const key = "ucpalert.screen";

/** Letters, digits and . _ + -, at most 64: what the service takes for the name of a screen. */
export function isScreenName(name: string): boolean {
  return /^[A-Za-z0-9._+-]{1,64}$/.test(name);
}

/** Gives this browser a name that people know it by. Where nothing can be kept, it is forgotten with the page. */
export function nameScreen(name: string, store: Store = localStorage): void {
  try {
    store.setItem(key, name);
  } catch {
    // The page goes on under the name that it was given.
  }
}

/**
 * The name of this browser on this machine, made up once and kept. Where nothing can be kept (a private window) it lasts as long as the
 * page. It names a screen, not a person.
 */
export function screenName(store: Store = localStorage, make: () => string = () => crypto.randomUUID()): string {
  try {
    const kept = store.getItem(key);
    if (kept && isScreenName(kept)) return kept;
    const name = make();
    store.setItem(key, name);
    return name;
  } catch {
    return make();
  }
}
