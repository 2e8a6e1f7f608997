package hl7

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/plans"
)

// perch takes canaries in memory.
type perch struct{ took []string }

func (p *perch) TakeCanary(_ context.Context, e alerts.Event, department string, _ time.Duration) error {
	if e.NHSNumber.Value.IsCanary() {
		p.took = append(p.took, department)
	}
	return nil
}

func canaryMessage(pass, pid3, control string) []byte {
	return []byte("MSH|^~\\&|PAS|RQW|UCPALERT|UCPALERT|20261122120000|" + pass + "|ADT^A04|" + control + "|P|2.4\rEVN|A04|20261122120000\r" +
		"PID|1||" + pid3 + "||Canary^Check||19480705|9\rPV1|1|E|AE^MAJORS^4^RQWG0||||||||||||||||V1\r")
}

func TestWhoMayNameTheCanarysNumber(t *testing.T) {
	number := plans.CanaryNumber().Reveal()
	spaced := number[:3] + " " + number[3:6] + "-" + number[6:]
	own := mllp.Peer{Fingerprint: strings.Repeat("c", 64)}
	stranger := mllp.Peer{Fingerprint: strings.Repeat("d", 64)}
	for _, row := range []struct {
		name      string
		from      mllp.Peer
		gated     bool
		pass      bool
		pid3      string
		want      string
		took, ate int // canaries and patients that were taken
	}{
		{"the canary comes with its pass", mllp.Peer{}, false, true, number + "^^^NHS^NH", "AA", 1, 0},
		{"a patient under its number", mllp.Peer{}, false, false, number + "^^^NHS^NH", "AR", 0, 0},
		{"a patient under its number, written with spaces, as a hospital number, behind another", mllp.Peer{}, false, false, "9990000018^^^NHS^NH~" + spaced + "^^^RQW^MR", "AR", 0, 0},
		{"its pass with another patient", mllp.Peer{}, false, true, "9990000018^^^NHS^NH", "AR", 0, 0},
		{"a patient, without either", mllp.Peer{}, false, false, "9990000018^^^NHS^NH", "AA", 0, 1},
		{"where certificates are asked for, the canary with its own", own, true, true, number + "^^^NHS^NH", "AA", 1, 0},
		{"where certificates are asked for, a stranger with a pass", stranger, true, true, number + "^^^NHS^NH", "AR", 0, 0},
		{"the canary's certificate with a patient", own, true, false, "9990000018^^^NHS^NH", "AR", 0, 0},
		{"the canary's certificate with its number and no pass", own, true, false, number + "^^^NHS^NH", "AR", 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, p, passes := newRig(t), &perch{}, &Passes{}
			r.Canary = &CanaryDoor{Desk: p, Passes: passes, Every: time.Minute, Fingerprint: own.Fingerprint}
			r.Rules.TestPatients = row.ate > 0 // the canary is taken also where no test patient is
			told := &refusals{}
			r.Refusals = told
			if row.gated {
				r.Gate = &Gate{}
			}
			pass := ""
			if row.pass {
				pass, _ = passes.Issue("RQW-AE")
			}
			answer, err := r.Handle(t.Context(), row.from, canaryMessage(pass, row.pid3, "1"))
			if err != nil || !strings.Contains(string(answer), "MSA|"+row.want) || len(p.took) != row.took || len(r.desk.kept) != row.ate || len(r.shelf.kept) != 0 {
				t.Fatalf("%s %v; %d canaries, %d patients, %d in quarantine", answer, err, len(p.took), len(r.desk.kept), len(r.shelf.kept))
			}
			if refused := row.want == "AR"; refused != (len(told.kept) == 1) {
				t.Errorf("%d refusals journalled", len(told.kept))
			}
			if strings.Contains(r.log.String(), number) || strings.Contains(string(answer), number) {
				t.Error("the number stands in the log or the answer")
			}
			if again, err := r.Handle(t.Context(), row.from, canaryMessage(pass, number+"^^^NHS^NH", "2")); err != nil || !strings.Contains(string(again), "MSA|AR") {
				t.Errorf("a second message with the same pass: %s %v", again, err)
			}
		})
	}
}

// refusals journals in memory.
type refusals struct{ kept []alerts.Refused }

func (r *refusals) KeepRefusal(_ context.Context, refused alerts.Refused) error {
	r.kept = append(r.kept, refused)
	return nil
}
