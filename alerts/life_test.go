package alerts_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
)

var kindsOf = map[string]alerts.Kind{
	"A01": alerts.Arrive, "A02": alerts.Transfer, "A03": alerts.Depart, "A04": alerts.Arrive, "A05": alerts.Expect, "A08": alerts.Update,
	"A11": alerts.Cancel, "A12": alerts.CancelTransfer, "A13": alerts.Reopen, "A14": alerts.Expect, "A21": alerts.Leave, "A22": alerts.Return,
	"A38": alerts.CancelExpected, "A52": alerts.CancelLeave, "A53": alerts.CancelReturn,
}

// told makes the messages of one visit, a minute apart: "A04 E AE, A02 I WARD9" is trigger, class and point of care ("-" if not stated; a
// point of care may go on with "/" and a site).
func told(visit string) []alerts.Event {
	var out []alerts.Event
	for i, words := range strings.Split(visit, ", ") {
		f := strings.Fields(words)
		e := alerts.Event{
			Sender: "PAS|RQW", ControlID: fmt.Sprint(i), Hash: sha256.Sum256([]byte(words)), Facility: "RQW", Visit: "V1", Trigger: f[0], Kind: kindsOf[f[0]],
			Sent: noon.Add(time.Duration(i) * time.Minute),
		}
		if f[1] != "-" {
			e.Class = f[1]
		}
		if f[2] != "-" {
			at, site, elsewhere := strings.Cut(f[2], "/")
			if !elsewhere {
				site = "RQWG0"
			}
			e.Location = alerts.Stated(alerts.Location{PointOfCare: at, Site: site})
		}
		out = append(out, e)
	}
	return out
}

func lived(dir *directory.Directory, events []alerts.Event) alerts.Attendance {
	org, _ := dir.Facility("RQW", noon)
	a := alerts.Attendance{ID: "a1"}
	for _, e := range events {
		a = a.Apply(e, org, dir)
	}
	return a
}

func TestWhereAVisitStands(t *testing.T) {
	dir := hospitalDirectory(t)
	for _, row := range []struct{ what, visit, state, department string }{
		{"registered in A&E", "A04 E AE", "in department", "RQW-AE"},
		{"registered by an A01", "A01 E AE", "in department", "RQW-AE"},
		{"an inpatient is admitted to a ward from home", "A01 I WARD9", "unseen", "RQW-AE"},
		{"an outpatient comes to a clinic", "A04 O CLINIC", "unseen", "RQW-AE"},
		{"expected by ambulance", "A05 E AE", "expected", "RQW-AE"},
		{"expected no longer", "A05 E AE, A38 E AE", "unseen", "RQW-AE"},
		{"expected and there", "A05 E UTC, A04 E AE", "in department", "RQW-AE"},
		{"an admission is planned: the bed on the ward is not where the patient is", "A04 E AE, A14 I WARD9", "in department", "RQW-AE"},
		{"moved to another department", "A04 E AE, A02 E UTC", "in department", "RQW-UTC"},
		{"that did not happen", "A04 E AE, A02 E UTC, A12 E AE", "in department", "RQW-AE"},
		{"moved to the A&E of another site", "A04 E AE, A02 E AE/RQWG1", "in department", "RQW-2"},
		{"moved to an unknown place at another site with an A&E", "A04 E AE, A02 E HUT/RQWG1", "in department", "RQW-2"},
		{"in x-ray: still the patient of the department", "A04 E UTC, A02 E XRAY", "in department", "RQW-UTC"},
		{"moved to a ward", "A04 E UTC, A02 I WARD9", "admitted", "RQW-UTC"},
		{"admitted", "A04 E UTC, A01 I WARD9", "admitted", "RQW-UTC"},
		{"admitted to a ward of another site", "A04 E UTC, A01 I WARD9/RQWG1", "admitted", "RQW-UTC"},
		{"back from the ward", "A04 E UTC, A01 I WARD9, A02 I AE", "in department", "RQW-AE"},
		{"the admission did not happen", "A04 E UTC, A01 I WARD9, A11 I UTC", "in department", "RQW-UTC"},
		{"the arrival did not happen", "A04 E AE, A11 E AE", "cancelled", "RQW-AE"},
		{"an A11 of an inpatient of whom no admission is known", "A04 E AE, A11 I AE", "cancelled", "RQW-AE"},
		{"cancelled and registered again", "A04 E AE, A11 E AE, A04 E AE", "in department", "RQW-AE"},
		{"left", "A04 E AE, A03 E AE", "departed", "RQW-AE"},
		{"left the ward", "A04 E AE, A01 I WARD9, A03 I WARD9", "departed", "RQW-AE"},
		{"did not leave", "A04 E AE, A03 E AE, A13 E AE", "in department", "RQW-AE"},
		{"did not leave, and left later", "A04 E AE, A03 E AE, A13 E AE, A03 E AE", "departed", "RQW-AE"},
		{"did not leave the ward", "A04 E AE, A01 I WARD9, A03 I WARD9, A13 I WARD9", "admitted", "RQW-AE"},
		{"an inpatient who never came through A&E did not leave", "A01 I WARD9, A03 I WARD9, A13 I WARD9", "unseen", "RQW-AE"},
		{"the registration is lost, and the patient is moved into a department", "A02 E UTC", "in department", "RQW-UTC"},
		{"the registration is lost, and the patient is moved to a ward", "A02 E UTC, A02 I WARD9", "admitted", "RQW-UTC"},
		{"an inpatient is moved into a department by mistake", "A01 I WARD9, A02 I AE, A12 I WARD9", "unseen", "RQW-AE"},
		{"on leave", "A04 E AE, A01 I WARD9, A21 I WARD9", "on leave", "RQW-AE"},
		{"back from leave", "A04 E AE, A01 I WARD9, A21 I WARD9, A22 I WARD9", "admitted", "RQW-AE"},
		{"did not go on leave", "A04 E AE, A21 E AE, A52 E AE", "in department", "RQW-AE"},
		{"is not back from leave", "A04 E AE, A21 E AE, A22 E AE, A53 E AE", "on leave", "RQW-AE"},
		{"does not come back from leave", "A04 E AE, A21 E AE, A03 E AE", "departed", "RQW-AE"},
	} {
		t.Run(row.what, func(t *testing.T) {
			events := told(row.visit)
			for range 2 {
				a := lived(dir, events)
				if string(a.State) != row.state || a.Department != row.department {
					t.Errorf("%s in %s, want %s in %s", a.State, a.Department, row.state, row.department)
				}
				slices.Reverse(events)
			}
		})
	}
}

// story tells a visit's messages one after the other, as they happened, and needs no stamps: the second opinion about where a visit stands.
// It knows the directory's departments by heart.
func story(events []alerts.Event) (state string) {
	slices.SortFunc(events, func(a, b alerts.Event) int { return strings.Compare(string(a.Stamp()), string(b.Stamp())) })
	claimed := func(e alerts.Event) bool {
		return e.Location.Presence == alerts.Present && (e.Location.Value.PointOfCare == "AE" || e.Location.Value.PointOfCare == "UTC")
	}
	emergency := func(e alerts.Event) bool { return e.Class == "E" || claimed(e) }
	takenBack := -1      // transfers into a department up to here did not happen
	wasAdmitted := false // since the last registration: what an A11 of an inpatient cancels is that
	for i, e := range events {
		if e.Trigger == "A01" || e.Trigger == "A04" {
			wasAdmitted = !emergency(e) && (e.Class == "I" || e.Class != "" && wasAdmitted)
		}
		if e.Trigger == "A12" && !emergency(e) {
			takenBack = i
		}
	}
	var expected, registered, moved, left, cancelled, leave, inpatient, ward bool
	for i, e := range events {
		if e.Trigger != "A05" && e.Trigger != "A14" && e.Trigger != "A38" {
			if e.Class != "" {
				inpatient = e.Class == "I"
			}
			if e.Location.Presence == alerts.Present {
				ward = !claimed(e)
			}
		}
		here := registered || moved
		comes := func() { left, cancelled, leave = false, false, false }
		switch e.Trigger {
		case "A01", "A04":
			switch {
			case emergency(e) || e.Class == "":
				registered = true
				comes()
			}
		case "A02", "A12", "A13":
			switch {
			case emergency(e) && i > takenBack:
				moved = true
				comes()
			case e.Trigger == "A13" && here:
				comes()
			}
		case "A03":
			left, cancelled, expected = true, false, false
		case "A11":
			if !wasAdmitted || e.Class != "I" {
				cancelled, left, expected = true, false, false
			}
		case "A05", "A14":
			expected = true
		case "A38":
			expected = false
		case "A21", "A53":
			leave = true
		case "A22", "A52":
			leave = false
		}
	}
	switch {
	case !registered && !moved && expected:
		return "expected"
	case !registered && !moved:
		return "unseen"
	case cancelled:
		return "cancelled"
	case left:
		return "departed"
	case leave:
		return "on leave"
	case inpatient && ward:
		return "admitted"
	}
	return "in department"
}

// inWords writes events as told reads them.
func inWords(events []alerts.Event) string {
	var words []string
	for _, e := range events {
		words = append(words, e.Trigger+" "+cmp.Or(e.Class, "-")+" "+cmp.Or(e.Location.Value.PointOfCare, "-"))
	}
	return strings.Join(words, ", ")
}

// visits draws the messages of a visit, each at another minute.
func visits(t *rapid.T) []alerts.Event {
	triggers := make([]string, 0, len(kindsOf))
	for trigger := range kindsOf {
		triggers = append(triggers, trigger)
	}
	slices.Sort(triggers)
	words := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom(triggers).Draw(t, "trigger") + " " + rapid.SampledFrom([]string{"E", "E", "I", "I", "O", "-"}).Draw(t, "class") + " " +
			rapid.SampledFrom([]string{"AE", "UTC", "WARD9", "-"}).Draw(t, "where")
	}), 1, 10).Draw(t, "visit")
	return told(strings.Join(words, ", "))
}

func TestAVisitInAnyOrderStandsWhereItsStoryEnds(t *testing.T) {
	dir := hospitalDirectory(t)
	rapid.Check(t, func(t *rapid.T) {
		events := visits(t)
		a := lived(dir, rapid.Permutation(events).Draw(t, "order"))
		if want := story(slices.Clone(events)); string(a.State) != want {
			t.Fatalf("the visit is %q, its story ends %q: %s", a.State, want, inWords(events))
		}
	})
}

func TestMarksSurviveBeingWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := alerts.Marks{
			Class: rapid.SampledFrom([]string{"", "E", "I"}).Draw(t, "class"), Through: rapid.SampledFrom([]string{"", "RQW-AE"}).Draw(t, "through"),
			Disposition: rapid.SampledFrom([]string{"", "10", "12"}).Draw(t, "disposition"), Dead: rapid.Bool().Draw(t, "dead"),
			Unidentified: rapid.Bool().Draw(t, "unidentified"), Sensitive: rapid.Bool().Draw(t, "sensitive"),
			Hiding: rapid.SampledFrom([]alerts.Hiding{"", alerts.HiddenLocally, alerts.HiddenNational}).Draw(t, "hiding"),
		}
		if rapid.Bool().Draw(t, "left") {
			m.StatedLeft = noon
		}
		text, err := m.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back alerts.Marks
		if err := back.UnmarshalText(text); err != nil || back != m {
			t.Fatalf("%+v came back as %+v from %q, %v", m, back, text, err)
		}
	})
	var m alerts.Marks
	if err := m.UnmarshalText([]byte("class=E happy")); err == nil {
		t.Error("a word that nobody writes was read")
	}
}

// hospitalDirectory is the directory of the tests with a second site, RQWG1, and its A&E.
func hospitalDirectory(t interface{ Fatal(...any) }) *directory.Directory {
	text := strings.Replace(directoryYAML, "departments:\n", "  - {id: RQWG1, name: St Margaret's, organisation: RQW}\ndepartments:\n  - {id: RQW-2, name: A&E of St Margaret's, site: RQWG1, main: true, locations: [AE]}\n", 1)
	dir, err := directory.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
