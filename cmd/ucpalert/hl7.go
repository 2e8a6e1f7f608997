package main

// hl7Command is for whoever connects hospitals. Each subcommand has a file of its own.
type hl7Command struct {
	Explain     hl7ExplainCommand     `cmd:"" help:"Tell field by field how messages are understood, and what they would do, without doing it."`
	Quarantine  hl7QuarantineCommand  `cmd:"" help:"Messages that were not understood: list, show, discard."`
	Replay      hl7ReplayCommand      `cmd:"" help:"Have messages of the quarantine taken as if their senders had sent them again."`
	Certificate hl7CertificateCommand `cmd:"" help:"Tell for whom a certificate may speak, and whether the listeners take it."`
}
