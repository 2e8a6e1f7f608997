// Who comes in the exercise? Nobody: the number is one of those that no patient has, and the telephone one of those that nobody is given.

import type { Department, Plan } from "../api.ts";
import type { Alert } from "../stream/index.ts";
import { texts } from "../texts.ts";

const centre = { centre: "PRACTICE", centre_name: "An invented centre" };
const headline = "Adrenal insufficiency: hydrocortisone 100 mg IM or IV at once, before any test";

/** The department of the exercise, which looks like no real one. */
export const practiceDepartment: Department = {
  id: "PRACTICE", name: texts.practice.place, organisation: "PRACTICE", organisation_name: texts.practice.place, site_name: texts.practice.place, region: "PRACTICE",
  region_name: texts.practice.place, time_zone: "Europe/London", phones: [],
};

export function practiceAlert(now: Date): Alert {
  return {
    id: "practice", department: "PRACTICE", state: "raised", attendance: "practice", plan: "practice", version: 1, ...centre, centre_phone: "020 7946 0958",
    patient: { family: "Practice", given: "Pat", nhs_number: "9990000018", birth_date: "1980-02-13", age: 46, sex: "female" },
    match: "confirmed", reason: "NHS number and date of birth agree", headline, urgency: "critical", raised: now.toISOString(),
    arrived: new Date(now.getTime() - 60_000).toISOString(), location: "Practice bay 1",
  };
}

export const practicePlan: Plan = {
  plan: "practice", version: 1, status: "active", ...centre, headline, urgency: "critical", author: "Dr I. Invented", sections: [], conflicts: [],
  content: {
    kinds: ["Practice plan"],
    actions: [
      { text: "Hydrocortisone 100 mg IM or IV at once, before bloods and before a bed is found." },
      { text: "Glucose, sodium, potassium and blood gas at the bedside." },
      { text: "Shocked: 0.9% sodium chloride, reassess, repeat as needed." },
    ],
    never: [{ text: "Do not wait for results or a senior review before the first dose." }, { text: "Do not send home after one dose, even if she looks well." }],
    telephone: { number: "020 7946 0958", who: "Endocrine registrar on call (invented)" },
    cpr: { says: "for-cpr", since: "2026-10-06" },
    allergies: [{ to: "Penicillin", reaction: "Anaphylaxis", severe: true }],
    medicines: [{ use: "takes", name: "Fludrocortisone", dose: "100 micrograms once a day" }],
    carers: [{ name: "Amina Invented", relation: "Mother", phone: "07700 900001" }],
    role: "Consultant",
    sections: [{ title: "About me", text: "She carries a steroid card and an emergency kit." }],
  },
};
