package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestTheProgramTellsOfWhatItWasMade(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("there is nothing to tell")
	}
	listed, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}@{{.Version}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeBOM(&b, info); err != nil {
		t.Fatal(err)
	}
	var written bom
	if err := json.Unmarshal(b.Bytes(), &written); err != nil || written.Format != "CycloneDX" || written.Metadata.Component.Name != "github.com/ucpalert/ucpalert" {
		t.Fatalf("%v: %s", err, &b)
	}
	known := map[string]bool{}
	for _, c := range written.Components {
		known[c.Name+"@"+c.Version] = true
		if !regexp.MustCompile(`^pkg:golang/[\w./!-]+@[\w.+%-]+$`).MatchString(c.PURL) {
			t.Errorf("%q names nothing", c.PURL)
		}
	}
	needed := 0
	for module := range strings.Lines(string(listed)) {
		module = strings.TrimSpace(module)
		if module == "" || strings.HasPrefix(module, "github.com/ucpalert/ucpalert@") {
			continue
		}
		needed++
		if !known[module] {
			t.Errorf("%s is inside, and nobody is told", module)
		}
	}
	if needed < 20 || len(written.Dependencies) != 1 || len(written.Dependencies[0].Deps) != len(written.Components) {
		t.Errorf("%d parts are needed, %d told", needed, len(written.Components))
	}
}

// What is typed stands in the list of processes, which everybody on the machine can read: secrets are named by their files.
func TestNoSecretIsTyped(t *testing.T) {
	parser, err := kong.New(&commandLine{}, kong.Name("ucpalert"))
	if err != nil {
		t.Fatal(err)
	}
	secret := regexp.MustCompile(`token|password|passphrase|secret|credential|(^|-)key($|-)|(^|-)code($|-)|postgres`)
	seen := 0
	var look func(*kong.Node)
	look = func(n *kong.Node) {
		for _, f := range n.Flags {
			seen++
			if secret.MatchString(f.Name) && !strings.HasSuffix(f.Name, "-file") && f.Tag.Type != "existingfile" {
				t.Errorf("%s --%s could be a secret that is typed", n.FullPath(), f.Name)
			}
			if len(f.Envs) > 0 {
				t.Errorf("%s --%s is read from a variable", n.FullPath(), f.Name)
			}
		}
		for _, child := range n.Children {
			look(child)
		}
	}
	look(parser.Model.Node)
	if seen < 40 {
		t.Errorf("only %d flags were seen", seen)
	}
}
