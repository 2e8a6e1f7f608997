package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/demo"
)

var update = flag.Bool("update", false, "write what is printed now over the files that hold what should be")

// testConfig is a configuration with the demo's directory and no database yet.
func testConfig(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	name := filepath.Join(folder, "ucpalert.yaml")
	for file, text := range map[string]string{
		filepath.Join(folder, "directory.yaml"): string(demo.DirectoryYAML),
		name:                                    "directory: directory.yaml\nallow_test_patients: true\nstorage: {data_folder: data}\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// explainedText is what the command prints of a file.
func explainedText(t testing.TB, c hl7ExplainCommand, file string) string {
	t.Helper()
	e, err := c.explainer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, raw := range messagesOf(content) {
		if err := e.explain(t.Context(), raw).print(&out, filepath.Base(file)); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestHowMessagesAreExplained(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.hl7")
	if err != nil || len(files) < 9 {
		t.Fatalf("only %d messages: %v", len(files), err)
	}
	config := testConfig(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c := hl7ExplainCommand{Config: config}
			if profile := strings.TrimSuffix(file, ".hl7") + ".yaml"; exists(profile) {
				c.Profile = profile
			}
			got := explainedText(t, c, file)
			golden := strings.TrimSuffix(file, ".hl7") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("printed\n%s\nwant\n%s", got, want)
			}
			for line := range strings.Lines(got) {
				if utf8.RuneCountInString(strings.TrimSpace(line)) > lineWidth {
					t.Errorf("wider than a terminal: %s", line)
				}
			}
			for _, who := range []string{"9990000018", "NEILL", "SI", "TESTCASE", "ŁUKASZ", "19800213", "1980-02-13", "SG1", "L0042"} {
				if strings.Contains(got, who) {
					t.Errorf("it tells who the patient is: %s", who)
				}
			}
			c.ShowPatient = true
			if shown := explainedText(t, c, file); strings.Contains(got, "name:") && shown == got {
				t.Error("nothing more is shown when it is asked for")
			}
		})
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func TestAnExplanationForMachinesHidesThePatientToo(t *testing.T) {
	e, err := hl7ExplainCommand{Config: testConfig(t), Profile: "testdata/explain/habits.yaml"}.explainer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/explain/habits.hl7")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(e.explain(t.Context(), raw))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Event, Department string
		PlacedBy          string `json:"placed_by"`
		Answer            []string
		Fields            []struct{ Place, State, Is string }
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Event != "A01" || got.Department != "RWH-AE" || !strings.Contains(got.PlacedBy, "habits.yaml, rule 1") || len(got.Answer) != 1 || len(got.Fields) < 15 {
		t.Errorf("got %+v", got)
	}
	for _, who := range []string{"9990000018", "NEILL", "19800213", "1980-02-13", "SG1"} {
		if strings.Contains(string(b), who) {
			t.Errorf("it tells who the patient is: %s", who)
		}
	}
}

func TestTheExampleInTheManualIsWhatIsPrinted(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	got := explainedText(t, hl7ExplainCommand{Config: testConfig(t)}, "../../docs/examples/arrival.hl7")
	if !strings.Contains(string(manual), strings.TrimSpace(got)) {
		t.Errorf("docs/operating.md does not show\n%s", got)
	}
}
