package privacy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/privacy"
)

var (
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	doctor = journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	second = journal.Actor{Name: "privacy", Role: "privacy officer", Organisation: "RQW"}
)

func TestAReasonMustBeOne(t *testing.T) {
	for _, row := range []struct {
		what           string
		why            privacy.Why
		words          string
		glass, special bool
		ok             bool
	}{
		{"a reason of the list", privacy.PatientHere, "", true, false, true},
		{"no reason", "", "because I want to", true, false, false},
		{"a reason that is not in the list", "curious", "because I want to", true, false, false},
		{"another reason without words", privacy.Other, "  . ", true, false, false},
		{"another reason in words", privacy.Other, "coroner's officer on the phone", true, false, true},
		{"specially protected, without words", privacy.PatientHere, "", true, true, false},
		{"specially protected, in words", privacy.PatientHere, "found unconscious in resus", true, true, true},
		{"specially protected and in the department, without words", privacy.PatientHere, "", false, true, true},
		{"a book", privacy.Other, strings.Repeat("x", 501), true, false, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			o, err := privacy.Begin(privacy.Opening{Plan: "p", By: doctor, Glass: row.glass, Special: row.special, Why: row.why, Words: row.words}, noon, time.Hour)
			if (err == nil) != row.ok || err != nil && !errors.Is(err, privacy.ErrWhy) {
				t.Fatalf("begin says %v", err)
			}
			if err == nil && strings.Contains(o.Entry().Reason, row.words) && row.words != "" {
				t.Errorf("the journal would quote what was written: %q", o.Entry().Reason)
			}
		})
	}
}

func TestAnOpeningIsItsOwnersAndEnds(t *testing.T) {
	o, err := privacy.Begin(privacy.Opening{Plan: "p", By: doctor, Glass: true, Why: privacy.Coming}, noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Holds(doctor, noon.Add(time.Hour-time.Second)) || o.Holds(doctor, noon.Add(time.Hour)) || o.Holds(second, noon) {
		t.Error("an opening holds for others, or not as long as it should")
	}
	if e := o.Entry(); e.Kind != journal.GlassBroken || e.Subject != "p" || e.Actor != doctor || !strings.Contains(e.Reason, "on the way here") {
		t.Errorf("journalled as %+v", e)
	}
}

func TestASecondPersonJudgesOnce(t *testing.T) {
	o, err := privacy.Begin(privacy.Opening{Plan: "p", By: doctor, Glass: true, Why: privacy.Coming}, noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Judge(doctor, true, "fine", noon); !errors.Is(err, privacy.ErrOwn) {
		t.Errorf("who opened it judges it: %v", err)
	}
	if _, err := o.Judge(second, true, " ", noon); !errors.Is(err, privacy.ErrFinding) {
		t.Errorf("a finding without words: %v", err)
	}
	f, err := o.Judge(second, false, "no patient of that name was expected", noon)
	if err != nil {
		t.Fatal(err)
	}
	if e := f.Entry(o); e.Kind != journal.GlassJudged || e.Actor != second || !strings.HasSuffix(e.Reason, "not upheld") || strings.Contains(e.Reason, "expected") {
		t.Errorf("journalled as %+v", e)
	}
	o.Finding = &f
	if _, err := o.Judge(second, true, "fine", noon); !errors.Is(err, privacy.ErrJudged) {
		t.Errorf("judged twice: %v", err)
	}
}
