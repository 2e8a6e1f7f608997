// What may a wall show of a patient's name?

import type { Patient } from "../stream/index.ts";

/** "A. T." for Ana Tester; undefined where no name may be seen or none is known. */
export function initials(patient: Patient | undefined): string | undefined {
  const letters = [patient?.given, patient?.family].flatMap((name) => {
    const letter = /\p{L}/u.exec(name ?? "")?.[0];
    return letter ? [`${letter.toLocaleUpperCase("en-GB")}.`] : [];
  });
  return letters.length > 0 ? letters.join(" ") : undefined;
}
