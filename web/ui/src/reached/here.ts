// Which of a person's ways to be told is this browser?

const key = "ucpalert.told-here";

/** The id of the contact that this browser is, as far as it knows; no more than an id is kept. */
export const here = {
  get contact(): string | undefined {
    return localStorage.getItem(key) ?? undefined;
  },
  is(contact: string): void {
    localStorage.setItem(key, contact);
  },
  forget(): void {
    localStorage.removeItem(key);
  },
};
