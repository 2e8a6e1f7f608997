// Who is signed in at this tab?

const key = "ucpalert.token";

/** The access token of this tab, kept only until the tab is closed. */
export const tokens = {
  get held(): string | undefined {
    return sessionStorage.getItem(key) ?? undefined;
  },
  keep(token: string): void {
    sessionStorage.setItem(key, token);
  },
  forget(): void {
    sessionStorage.removeItem(key);
  },
};
