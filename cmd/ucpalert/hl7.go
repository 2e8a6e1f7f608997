package main

// hl7Command is for whoever connects hospitals. Each subcommand has a file of its own.
type hl7Command struct {
	Certificate hl7CertificateCommand `cmd:"" help:"Tell for whom a certificate may speak, and whether the listeners take it."`
}
