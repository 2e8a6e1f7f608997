package demo

import _ "embed"

// DirectoryYAML is the directory of the demo, in the form that ucpalert reads: real regions, trusts and hospitals, invented agreements
// and telephone numbers.
//
//go:embed directory.yaml
var DirectoryYAML []byte
