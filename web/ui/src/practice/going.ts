// How does somebody get to the exercise?

/** Whether an address is that of the exercise, with a department or without. */
export function isPractice(path: string): boolean {
  return /^(?:\/board\/[^/]+)?\/practice\/?$/.test(path);
}
