package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources are the texts of all tests of the repository, and the names of their files.
func sources(t *testing.T) (text string, names map[string]bool) {
	t.Helper()
	var b strings.Builder
	names = map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.Write(content)
		}
		names[d.Name()] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), names
}

// TestWhatTheHazardListNamesExists looks for every test that docs/safety.md names: a control whose proof was renamed or removed proves nothing.
func TestWhatTheHazardListNamesExists(t *testing.T) {
	list, err := os.ReadFile("../../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, files := sources(t)
	named := 0
	for _, name := range regexp.MustCompile(`\b(Test|Fuzz)[A-Z]\w+`).FindAllString(string(list), -1) {
		if named++; !strings.Contains(tests, "func "+name+"(") {
			t.Errorf("there is no test %s", name)
		}
	}
	for _, stories := range regexp.MustCompile("stor(?:y|ies) ((?:`[a-z_0-9]+`(?:, | and )?)+)").FindAllStringSubmatch(string(list), -1) {
		for _, story := range regexp.MustCompile("`([a-z_0-9]+)`").FindAllStringSubmatch(stories[1], -1) {
			if named++; !files[story[1]+".txtar"] {
				t.Errorf("there is no story %s", story[1])
			}
		}
	}
	for _, file := range regexp.MustCompile(`[\w-]+\.test\.(mjs|ts)`).FindAllString(string(list), -1) {
		if named++; !files[file] {
			t.Errorf("there is no file %s", file)
		}
	}
	if named < 80 {
		t.Errorf("only %d names were found", named)
	}
	for _, row := range strings.Split(string(list), "\n") {
		cells := strings.Split(row, "|")
		if len(cells) == 5 && strings.TrimSpace(cells[3]) == "" {
			t.Errorf("nothing is named for %s", cells[1])
		}
	}
}

// eventsOfHospitals are those that a hospital may send and that mean something.
var eventsOfHospitals = strings.Fields("A01 A02 A03 A04 A05 A08 A11 A12 A13 A14 A21 A22 A28 A31 A34 A38 A40 A47 A52 A53")

func TestEveryEventHasAStory(t *testing.T) {
	stories, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatalf("%d stories, %v", len(stories), err)
	}
	var told strings.Builder
	for _, name := range stories {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		told.Write(content)
	}
	for _, event := range eventsOfHospitals {
		if !strings.Contains(told.String(), "|ADT^"+event+"|") {
			t.Errorf("no story has a message ADT^%s", event)
		}
	}
}
