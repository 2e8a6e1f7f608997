package hl7

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
)

func TestAMessageOfTheQuarantineIsTakenByTheRulesOfNow(t *testing.T) {
	r := newRig(t)
	r.desk.fail = alerts.ErrUnknownSender
	raw := with(t, "MSH-15", "NE", "MSH-16", "NE") // its sender wants no answer; whoever replays it does
	r.answered(t, raw)
	if len(r.shelf.kept) != 1 {
		t.Fatalf("quarantined %d", len(r.shelf.kept))
	}
	q := r.shelf.kept[0]
	again := func() alerts.Replayed {
		t.Helper()
		became, err := r.Again(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return became
	}
	want := alerts.Replayed{Answer: "AE", Condition: 103, Location: "MSH^1^4", Reason: "the sending facility (MSH-4) is not in the directory"}
	if diff := cmp.Diff(want, again()); diff != "" {
		t.Error(diff)
	}
	if len(r.shelf.kept) != 1 {
		t.Error("it was quarantined anew")
	}
	r.desk.fail = errors.New("disk is full")
	if became, err := r.Again(t.Context(), q); err == nil {
		t.Errorf("nothing was kept, and yet: %+v", became)
	}
	r.desk.fail = nil
	for range 2 {
		if diff := cmp.Diff(alerts.Replayed{Taken: true, Answer: "AA"}, again()); diff != "" {
			t.Error(diff)
		}
	}
	if len(r.desk.kept) != 1 {
		t.Errorf("the desk took it %d times", len(r.desk.kept))
	}
	r.Gate = &Gate{Directory: func() *directory.Directory { return nil }, Now: r.Now}
	if became := again(); became.Taken || became.Answer != "AR" || became.Location != "MSH^1^4" {
		t.Errorf("a sender that may not speak any more: %+v", became)
	}
}

func TestTheReasonIsReadFromAnAnswerOfEveryVersion(t *testing.T) {
	for _, version := range []string{"2.3", "2.4", "2.5", "2.8"} {
		r := newRig(t)
		m, err := Parse([]byte(with(t, "MSH-12", version)))
		if err != nil {
			t.Fatal(err)
		}
		for _, refusal := range []Refusal{
			{AE, FieldMissing, "PV1^1^19", "no visit | number"}, {AR, UnsupportedEvent, "MSH^1^9", "unsupported event"}, {AE, ApplicationInternal, "", "not stored"}, {AE, SegmentSequence, "PID^1", "no patient"},
		} {
			became, err := readAnswer(r.Answers.always().Answer(m, &refusal))
			want := alerts.Replayed{Answer: string(refusal.Code), Condition: int(refusal.Condition), Location: refusal.Location, Reason: refusal.Text}
			if diff := cmp.Diff(want, became); diff != "" || err != nil {
				t.Errorf("HL7 %s: %v\n%s", version, err, diff)
			}
		}
	}
	if became, err := readAnswer([]byte("MSH|^~\\&|\rMSA|AE|1\r")); err == nil {
		t.Errorf("without a reason: %+v", became)
	}
	if _, err := readAnswer([]byte(strings.Repeat("x", 9))); err == nil {
		t.Error("no answer was read")
	}
}
