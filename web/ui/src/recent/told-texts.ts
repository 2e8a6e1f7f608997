// Every word about who was told of an alert. They come with the list itself.

export const words = {
  show: "Show who was told",
  failed: (reason: string) => `Who was told is not shown: ${reason}`,
  reference: (ref: string) => `In messages, this alert is called ${ref}.`,
  none: "Nobody had to be told beside the board.",
  alarm: "Alarm: nobody answered",
  nobody: "Nobody could be told",
  settled: (why: string) => `It ended: ${why}.`,
  kinds: { push: "Browser", sms: "Text message", mail: "E-mail", webhook: "Webhook", operations: "Operations" } as Readonly<Record<string, string>>,
  way: (kind: string, label: string) => (label ? `${kind}, ${label}` : kind),
  outcomes: { sent: "sent" } as Readonly<Record<string, string>>,
  underWay: (next: string) => (next ? `not yet; next try ${next}` : "not yet"),
} as const;
