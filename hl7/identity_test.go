package hl7

import (
	"slices"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

func TestFurtherNamesAndTheStatusOfTheNumber(t *testing.T) {
	ann, smith := plans.PersonName{Family: "Testcase", Given: "Ann"}, plans.PersonName{Family: "Smith", Given: "Ann"}
	for _, row := range []struct {
		because string
		pid     map[string]string
		name    plans.PersonName
		others  []plans.PersonName
		tracing alerts.Field[plans.Tracing]
	}{
		{"a maiden name stands beside the legal one", map[string]string{"PID-5": "Smith^Ann^^^^^M~Testcase^Ann^^^^^L", "PID-32": "NSTS01"}, ann, []plans.PersonName{smith}, alerts.Stated(plans.Verified)},
		{"an alias of PID-9", map[string]string{"PID-5": "Testcase^Ann", "PID-9": "Smith^Ann^^^^^A~Testcase^Ann", "PID-32": "02"}, ann, []plans.PersonName{smith}, alerts.Stated(plans.NotTraced)},
		{"the same name twice is one", map[string]string{"PID-5": "Testcase^Ann^^^^^L~Testcase^Ann^^^^^A"}, ann, nil, alerts.Field[plans.Tracing]{}},
		{"Unknown is no name", map[string]string{"PID-5": "Testcase^Ann^^^^^L~Unknown^^^^^^A", "PID-32": "US"}, ann, nil, alerts.Field[plans.Tracing]{}},
		{"the status may repeat beside another code", map[string]string{"PID-5": "Testcase^Ann", "PID-32": "AL~NSTS05"}, ann, nil, alerts.Stated(plans.TraceConflict)},
	} {
		m := "MSH|^~\\&|PAS|RQW|UCP|UCP|20261122110000||ADT^A04|1|P|2.4\rEVN|A04|20261122110000\rPID|1||1^^^RQW^MR||" + row.pid["PID-5"] + "||19800213|2|" + row.pid["PID-9"] +
			strings.Repeat("|", 23) + row.pid["PID-32"] + "\rPV1|1|E|||||||||||||||||V1\r"
		parsed, err := Parse([]byte(m))
		if err != nil {
			t.Fatal(err)
		}
		e, err := Rules{}.ReadEvent(parsed, []byte(m))
		if err != nil {
			t.Fatal(err)
		}
		var others []plans.PersonName
		for _, n := range e.Others.Value {
			if n != (plans.PersonName{}) {
				others = append(others, n)
			}
		}
		if plans.PersonName(e.Name.Value) != row.name || !slices.Equal(others, row.others) || e.Tracing != row.tracing {
			t.Errorf("%s: name %v, others %v, status %v", row.because, e.Name.Value, others, e.Tracing)
		}
	}
}
