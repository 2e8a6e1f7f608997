package main

// plansCommand moves plans between files and the service.
type plansCommand struct {
	Import plansImportCommand `cmd:"" help:"Publish the plans of a file: NDJSON of Bundles or CarePlans, or CSV (docs/import.md)."`
	Export plansExportCommand `cmd:"" help:"Write the plans of a centre as NDJSON, which can be imported again."`
}
