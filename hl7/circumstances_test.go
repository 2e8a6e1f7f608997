package hl7

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// circumstances is a message with these fields; an empty text is an absent field.
func circumstances(pid30, pid31, pv16, pv36, zu4 string) string {
	bars := func(n int) string { return strings.Repeat("|", n) }
	return "MSH|^~\\&|PAS|RQW|||20261122120000||ADT^A08|1|P|2.4\rPID" + bars(3) + "9990000018^^^NHS" + bars(27) + pid30 + "|" + pid31 +
		"\rPV1" + bars(2) + "E|AE" + bars(13) + pv16 + bars(3) + "V1" + bars(17) + pv36 + "\rZU8" + bars(4) + zu4 + "\r"
}

func TestReadsTheCircumstancesOfAVisit(t *testing.T) {
	yes, no := alerts.Stated(true), alerts.Stated(false)
	for _, row := range []struct {
		what    string
		message string
		want    alerts.Event
	}{
		{"nothing is said", circumstances("", "", "", "", ""), alerts.Event{}},
		{"died in the department, sensitive, hidden nationally", circumstances("Y", "N", "S", "10", "2"),
			alerts.Event{Dead: yes, Unidentified: no, Sensitive: yes, Disposition: alerts.Stated("10"), Hiding: alerts.Stated(alerts.HiddenNational)}},
		{"nobody knows who it is, a stop is noted, left before treatment", circumstances("", "y", "Y", "0012", "1"),
			alerts.Event{Unidentified: yes, Sensitive: yes, Disposition: alerts.Stated("12"), Hiding: alerts.Stated(alerts.HiddenLocally)}},
		{"what is in no table is as if it were not said", circumstances("1", "?", "Q", "a b", "9"), alerts.Event{}},
		{"emptied", circumstances(`""`, `""`, `""`, `""`, `""`), alerts.Event{Dead: alerts.Emptied[bool](), Unidentified: alerts.Emptied[bool](),
			Sensitive: alerts.Emptied[bool](), Disposition: alerts.Emptied[string](), Hiding: alerts.Emptied[alerts.Hiding]()}},
	} {
		t.Run(row.what, func(t *testing.T) {
			m, err := Parse([]byte(row.message))
			if err != nil {
				t.Fatal(err)
			}
			e, err := Rules{TestPatients: true}.ReadEvent(m, []byte(row.message))
			if err != nil {
				t.Fatal(err)
			}
			got := alerts.Event{Dead: e.Dead, Unidentified: e.Unidentified, Sensitive: e.Sensitive, Disposition: e.Disposition, Hiding: e.Hiding}
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(plans.NHSNumber{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}
