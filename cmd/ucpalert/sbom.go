package main

import (
	"encoding/json"
	"io"
	"net/url"
	"runtime/debug"
	"strings"
)

// The program tells of what it was made, as CycloneDX 1.6 (ECMA-424): what the linker noted is what is inside, and no second tool has to guess it.
type (
	bom struct {
		Format       string         `json:"bomFormat"`
		Spec         string         `json:"specVersion"`
		Version      int            `json:"version"`
		Metadata     bomMetadata    `json:"metadata"`
		Components   []bomPart      `json:"components"`
		Dependencies []bomDependsOn `json:"dependencies"`
	}
	bomMetadata struct {
		Component bomPart `json:"component"`
	}
	bomPart struct {
		Type       string        `json:"type"`
		Ref        string        `json:"bom-ref"`
		Name       string        `json:"name"`
		Version    string        `json:"version"`
		PURL       string        `json:"purl,omitempty"`
		Properties []bomProperty `json:"properties,omitempty"`
	}
	bomProperty struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	bomDependsOn struct {
		Ref  string   `json:"ref"`
		Deps []string `json:"dependsOn"`
	}
)

// writeBOM writes of what a program was made: its modules with the sums by which Go checked them, the toolchain, and how it was built. What the
// pages are made of is in web/ui/package-lock.json; make sbom writes that, too.
func writeBOM(w io.Writer, of *debug.BuildInfo) error {
	program := bomPart{Type: "application", Ref: "ucpalert", Name: of.Main.Path, Version: version, PURL: purl(of.Main.Path, version)}
	for _, s := range of.Settings {
		program.Properties = append(program.Properties, bomProperty{"ucpalert:build:" + s.Key, s.Value})
	}
	runtime := purl("stdlib", strings.TrimPrefix(of.GoVersion, "go"))
	parts := []bomPart{{Type: "library", Ref: runtime, Name: "stdlib", Version: of.GoVersion, PURL: runtime}}
	for _, m := range of.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		at := purl(m.Path, m.Version)
		parts = append(parts, bomPart{Type: "library", Ref: at, Name: m.Path, Version: m.Version, PURL: at, Properties: []bomProperty{{"ucpalert:go.sum", m.Sum}}})
	}
	needs := bomDependsOn{Ref: program.Ref}
	for _, p := range parts {
		needs.Deps = append(needs.Deps, p.Ref)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(bom{"CycloneDX", "1.6", 1, bomMetadata{program}, parts, []bomDependsOn{needs}})
}

// purl names a Go module (package-url specification, type golang).
func purl(module, version string) string {
	return "pkg:golang/" + module + "@" + url.PathEscape(version)
}
