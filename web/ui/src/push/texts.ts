// Every word that a browser shows while none of these pages is open. Nothing here is about a patient.

export const words = {
  alert: (reference: string) => `UCP alert, ref ${reference}`,
  unknown: "UCP alert",
  body: "Tap to open the app.",
  answerBody: "Nobody has answered. Tap to open the app.",
  answer: "I am dealing with it",
  code: (code: string) => `${code} is your code`,
  codeBody: "Enter it on the page of UCP alerts where you asked for it.",
  test: "Test from UCP alerts",
  testBody: "This browser is reached. Nothing has to be done.",
} as const;
