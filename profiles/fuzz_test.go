package profiles_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/profiles"
)

const usualMessage = "MSH|^~\\&|EPR|RQW|||20261122140210||ADT^A04|1|P|2.4\rEVN|A04|20261122140205\rPID|1||L1^^^PAH^MR~9990000018^^^NHS||TESTCASE^ANN||19800213|W\r" +
	"PV1|1|AE|ED^PAED 1^04^RQWG0||||||||||||||||V1\rZU8|1|N\r"

// FuzzReadUnderAProfile reads any message by any profile. Nothing panics; what is no profile has faults, what is no message a refusal; and
// nothing is invented: a field is stated only where the message has something, and a text of the event stands in the message.
func FuzzReadUnderAProfile(f *testing.F) {
	f.Add("organisations: [RQW]\n"+everything, usualMessage)
	f.Add(string(profiles.DefaultYAML), usualMessage)
	f.Add("organisations: [RQW]\nidentifiers: {visit: [PID-3]}\ncodes: {sex: {W: 2}}\n", strings.ReplaceAll(usualMessage, "ANN", "SI\xC2N"))
	f.Add("a: {b: [c, {d: &x e}], <<: *x}\n--- |\n  text\n", "MSH|")
	f.Fuzz(func(t *testing.T, file, raw string) {
		if len(file) > 4096 || len(raw) > 4096 {
			return
		}
		p, faults := profiles.Parse("fuzz.yaml", []byte(file))
		if (p == nil) != (len(faults) > 0) {
			t.Fatalf("a profile %v and the faults %v", p, faults)
		}
		if p == nil {
			return
		}
		m, err := hl7.Parse([]byte(raw))
		if err != nil {
			return
		}
		rules := hl7.Rules{TestPatients: true, Profile: p.Reading}
		m = p.Reading.Reread(m, []byte(raw))
		_ = rules.Explain(m, []byte(raw), false)
		e, err := rules.ReadEvent(m, []byte(raw))
		if err != nil {
			if _, refused := errors.AsType[*hl7.Refusal](err); !refused {
				t.Errorf("%v is no refusal", err)
			}
			return
		}
		notInvented(t, m, e)
	})
}

// notInvented compares an event with the message that it was read from, place by place.
func notInvented(t *testing.T, m *hl7.Message, e alerts.Event) {
	t.Helper()
	for _, f := range []struct {
		place  string
		stated alerts.Presence
	}{
		{"PID-3", e.NHSNumber.Presence}, {"PID-3", e.HospitalNumber.Presence}, {"PID-5", e.Name.Presence}, {"PID-7", e.BirthDate.Presence},
		{"PID-8", e.Sex.Presence}, {"PID-11", e.Postcode.Presence}, {"PID-30", e.Dead.Presence}, {"PID-31", e.Unidentified.Presence},
		{"PID-32", e.Tracing.Presence}, {"PV1-3", e.Location.Presence}, {"PV1-16", e.Sensitive.Presence}, {"PV1-36", e.Disposition.Presence},
		{"PV1-44", e.Arrived.Presence}, {"PV1-45", e.Left.Presence}, {"ZU8-2", e.Consent.Presence}, {"ZU8-4", e.Hiding.Presence},
	} {
		v, err := m.Get(f.place)
		if err != nil {
			t.Fatal(err)
		}
		if f.stated == alerts.Present && v.Presence() != alerts.Present || f.stated == alerts.Null && v.Presence() == alerts.Absent {
			t.Errorf("%s is %v in the event and %v in the message", f.place, f.stated, v.Presence())
		}
	}
	for _, f := range []struct {
		place, text string
		component   int
	}{
		{"PID-3", e.HospitalNumber.Value, 1}, {"PID-5", e.Name.Value.Family, 1}, {"PID-5", e.Name.Value.Given, 2}, {"PID-11", e.Postcode.Value, 5},
		{"PV1-3", e.Location.Value.PointOfCare, 1}, {"PV1-3", e.Location.Value.Room, 2}, {"PV1-3", e.Location.Value.Bed, 3}, {"PV1-3", e.Location.Value.Site, 4},
	} {
		if f.text != "" && !stands(t, m, f.place, f.component, strings.TrimSuffix(f.text, "…")) {
			t.Errorf("%q of %s.%d does not stand in the message", f.text, f.place, f.component)
		}
	}
	if n := e.NHSNumber.Value.Reveal(); n != "" && !stands(t, m, "PID-3", 1, n) {
		t.Error("the NHS number does not stand in PID-3")
	}
}

// stands tells whether a text begins a component of one of a field's repetitions, but for spaces, hyphens and case.
func stands(t *testing.T, m *hl7.Message, place string, component int, text string) bool {
	t.Helper()
	v, err := m.Get(place)
	if err != nil {
		t.Fatal(err)
	}
	bare := strings.NewReplacer(" ", "", "-", "")
	want := bare.Replace(strings.ToUpper(text))
	for r := range v.Repetitions() {
		if strings.HasPrefix(bare.Replace(strings.ToUpper(hl7.Clean(r.Component(component).Text()))), want) {
			return true
		}
	}
	return false
}
