package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/mattn/go-sqlite3"
)

// version is set by the build (-ldflags "-X main.version=…"); a plain go build says "devel".
var version = "devel"

type versionCommand struct {
	SBOM bool `name:"sbom" help:"Print of what this build was made instead (CycloneDX)."`
}

func (c versionCommand) Run() error {
	if info, ok := debug.ReadBuildInfo(); ok && c.SBOM {
		return writeBOM(os.Stdout, info)
	}
	revision := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	lite, _, _ := sqlite3.Version()
	_, err := fmt.Printf("ucpalert %s (revision %s, %s, SQLite %s)\n", version, revision, runtime.Version(), lite)
	return err
}
