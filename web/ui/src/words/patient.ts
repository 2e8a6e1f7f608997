// How is a patient written on a board?
//
// After the NHS Common User Interface patient banner: FAMILY, Given; born; age; NHS number spaced 3-3-4.

import type { Patient } from "../stream/index.ts";

/** "999 000 0018"; anything that is not ten digits as it came. */
export function spacedNHSNumber(digits: string): string {
  return /^\d{10}$/.test(digits) ? `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}` : digits;
}

/** "TESTER, Ana"; undefined where no name may be seen. */
export function patientName(patient: Patient | undefined): string | undefined {
  if (!patient) return undefined;
  if (patient.family && patient.given) return `${patient.family.toLocaleUpperCase("en-GB")}, ${patient.given}`;
  return patient.name ?? patient.family?.toLocaleUpperCase("en-GB") ?? patient.given;
}

/** "46 years"; "1 year"; a baby is "under 1 year". */
export function age(years: number): string {
  if (years < 1) return "under 1 year";
  return years === 1 ? "1 year" : `${years} years`;
}

const sexes: Readonly<Record<string, string>> = { male: "Male", female: "Female", other: "Other", unknown: "Sex not known" };

export function sex(code: string): string {
  return sexes[code] ?? sexes["unknown"]!;
}
