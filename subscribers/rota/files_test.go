package rota

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestShiftsComeBackFromCSV writes the shifts of any rota around any change of the clock, and reads them again.
func TestShiftsComeBackFromCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		change := rapid.SampledFrom(changes).Draw(t, "change")
		spec, _ := drawSpec(t, change.zone, change.at)
		r, err := New(spec)
		if err != nil {
			t.Skip(err)
		}
		var want []Shift
		shifts := r.Between(change.at.AddDate(0, 0, -3), change.at.AddDate(0, 0, 3))
		for _, s := range shifts {
			if s.Person != "" {
				want = append(want, Shift{s.Start, s.End, Answer{Person: s.Person}})
			}
		}
		var file bytes.Buffer
		if err := WriteCSV(&file, shifts, r.zone); err != nil {
			t.Fatal(err)
		}
		got, err := ReadCSV(&file, r.zone)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
		// As overrides of an empty rota they say the same.
		again, err := New(Spec{ID: "file", Zone: change.zone, Overrides: Planned("file", got, change.at)})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range shifts {
			if p := again.At(s.Start).Person; p != s.Person {
				t.Fatalf("%s: %q is on, want %q", s.Start, p, s.Person)
			}
		}
	})
}

func TestAFileOfShiftsIsReadOnTheWallClock(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadCSV(strings.NewReader("\uFEFFstart,end,person\n2026-10-24 20:00,2026-10-25 01:30,ann\n2026-10-25 01:30,2026-10-25 08:00,\n2026-10-25T08:00:00Z,2026-10-25 20:00,ben\n"), london)
	if err != nil {
		t.Fatal(err)
	}
	want := []Shift{
		{on(t, "2026-10-24T19:00:00Z"), on(t, "2026-10-25T00:30:00Z"), Answer{Person: "ann"}},
		{on(t, "2026-10-25T08:00:00Z"), on(t, "2026-10-25T20:00:00Z"), Answer{Person: "ben"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, row := range []struct{ name, file, want string }{
		{"no header", "2026-10-24 20:00,2026-10-25 01:30,ann\n", "line 1"},
		{"nothing at all", "", "line 1"},
		{"not a time", "start,end,person\ntomorrow,2026-10-25 01:30,ann\n", "line 2"},
		{"ends first", "start,end,person\n2026-10-25 08:00,2026-10-25 08:00,ann\n", "line 2"},
		{"two at once", "start,end,person\n2026-10-25 08:00,2026-10-25 20:00,ann\n2026-10-25 19:59,2026-10-26 08:00,ben\n", "line 3"},
		{"a formula", "start,end,person\n2026-10-25 08:00,2026-10-25 20:00,=HYPERLINK(1)\n", "line 2"},
		{"a column too many", "start,end,person\n2026-10-25 08:00,2026-10-25 20:00,ann,x\n", "line 2"},
	} {
		if _, err := ReadCSV(strings.NewReader(row.file), london); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want an error about %s", row.name, err, row.want)
		}
	}
}

// readCalendar reads an iCalendar object as RFC 5545 §3.1 says, and returns the properties of each event.
func readCalendar(t interface{ Fatalf(string, ...any) }, text string) (events []map[string]string) {
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("the line %q is longer than 75 bytes, or cut inside a character", line)
		}
	}
	var event map[string]string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n ", ""), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "BEGIN:VEVENT":
			event = map[string]string{}
		case line == "END:VEVENT":
			events, event = append(events, event), nil
		case event != nil:
			if _, twice := event[name]; twice {
				t.Fatalf("%s stands twice in an event", name)
			}
			event[name] = value
		}
	}
	return events
}

var unescape = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n")

// TestShiftsComeBackFromTheCalendar writes shifts of people with any names, and reads them as a calendar program does.
func TestShiftsComeBackFromTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zÀ-ž🙂,;\\\n ]{0,120}`).Draw(t, "name")
		r, err := New(Spec{ID: "r", Zone: "Europe/London", Layers: []Layer{
			{Name: "days, ok; yes", Handover: "30 1 * * *", People: []string{"ann", "ben"}, First: "2026-10-20", Windows: []Window{{From: "01:00", To: "22:00"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(2026, 10, 22, 0, 0, 0, 0, time.UTC)
		shifts := r.Between(from, from.AddDate(0, 0, 7))
		text := Calendar("r", "A&E, Harlow", shifts, func(id string) string { return id + name }, from)
		if text != Calendar("r", "A&E, Harlow", shifts, func(id string) string { return id + name }, from) {
			t.Fatal("the same shifts are written in two ways")
		}
		if !strings.HasPrefix(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") || !strings.HasSuffix(text, "\r\nEND:VCALENDAR\r\n") {
			t.Fatalf("not a calendar: %s", text)
		}
		var want, got []Shift
		uids := map[string]bool{}
		for _, s := range shifts {
			if s.Person != "" {
				want = append(want, Shift{s.Start, s.End, Answer{"On call: " + s.Person + name, "A&E, Harlow, " + s.Why}})
			}
		}
		for _, e := range readCalendar(t, text) {
			start, err := time.Parse("20060102T150405Z", e["DTSTART"])
			if err != nil {
				t.Fatal(err)
			}
			end, err := time.Parse("20060102T150405Z", e["DTEND"])
			if err != nil {
				t.Fatal(err)
			}
			uids[e["UID"]] = true
			got = append(got, Shift{start, end, Answer{unescape.Replace(e["SUMMARY"]), unescape.Replace(e["DESCRIPTION"])}})
		}
		if diff := cmp.Diff(want, got); diff != "" || len(uids) != len(got) || len(got) < 7 {
			t.Fatalf("%d uids; (-want +read):\n%s", len(uids), diff)
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add("start,end,person\n2026-10-25 08:00,2026-10-25 20:00,ann\n")
	f.Fuzz(func(t *testing.T, file string) {
		shifts, err := ReadCSV(strings.NewReader(file), time.UTC)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteCSV(&again, shifts, time.UTC); err != nil {
			t.Fatal(err)
		}
		back, err := ReadCSV(&again, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shifts, back); diff != "" {
			t.Errorf("(-first +again):\n%s", diff)
		}
	})
}
