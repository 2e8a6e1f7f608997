package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
)

func TestFeedsAreCheckedBeforeAnythingIsAsked(t *testing.T) {
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	good := feedConfig{Name: "london", URL: "https://plans.example/fhir", Token: "secret", Centres: []string{"RP4"}}
	for _, row := range []struct {
		what   string
		change func(*feedConfig)
		want   string
	}{
		{"as it should be", func(*feedConfig) {}, ""},
		{"on this machine", func(c *feedConfig) { c.URL = "http://127.0.0.1:9/fhir" }, ""},
		{"no name", func(c *feedConfig) { c.Name = "" }, "name"},
		{"no centre", func(c *feedConfig) { c.Centres = nil }, "centres"},
		{"a trust that publishes no plans", func(c *feedConfig) { c.Centres = []string{"RQW"} }, "RQW"},
		{"no address", func(c *feedConfig) { c.URL = "" }, "url"},
		{"an address of a file", func(c *feedConfig) { c.URL = "file:///etc/passwd" }, "url"},
		{"a password in the address", func(c *feedConfig) { c.URL = "https://me:secret@plans.example/fhir" }, "url"},
		{"a token in the clear over a network", func(c *feedConfig) { c.URL = "http://plans.example/fhir" }, "https"},
		{"a schedule that is none", func(c *feedConfig) { c.Schedule = "often" }, "schedule"},
		{"a comparison that is none", func(c *feedConfig) { c.Compare = "never" }, "compare"},
		{"two tokens", func(c *feedConfig) { c.TokenFile = "also" }, "only one"},
		{"a token file that is not there", func(c *feedConfig) { c.Token, c.TokenFile = "", "/nowhere" }, "token_file"},
		{"pages of nothing", func(c *feedConfig) { c.Count = -1 }, "count"},
		{"a prefix that no id may have", func(c *feedConfig) { c.IDPrefix = "a/b" }, "id_prefix"},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := good
			row.change(&c)
			_, err := feedsOf([]feedConfig{c}, dir, fhir.Limits{})
			if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Error("the error shows the token")
			}
		})
	}
	if _, err := feedsOf([]feedConfig{good, good}, dir, fhir.Limits{}); err == nil {
		t.Error("two feeds share a name, and with it their position")
	}
}

func TestATokenFileStandsBesideTheConfiguration(t *testing.T) {
	folder := t.TempDir()
	text := smallest + "feeds:\n  - {name: london, url: https://plans.example/fhir, token_file: london.token, centres: [RP4], timeout: 5s}\n"
	for name, body := range map[string]string{"ucpalert.yaml": text, "london.token": "secret\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, _, err := loadConfig(filepath.Join(folder, "ucpalert.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	follow, err := feedsOf(c.Feeds, dir, fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if f := follow[0]; f.Token != "secret" || f.Timeout.Seconds() != 5 || f.Count != feedCount {
		t.Errorf("the feed is %+v", f)
	}
}
