package alerts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// ann is whom the plan of these tests is about; each test changes what the hospital knows of her.
func ann(t *testing.T) plans.Identity {
	return plans.Identity{NHSNumber: number(t, "9990000018"), Family: "Testcase", Given: "Annabel", BirthDate: "1980-02-13", Sex: plans.Female, Postcode: "CM20 1QX"}
}

func unnumbered(i plans.Identity) plans.Identity { i.NHSNumber = plans.NHSNumber{}; return i }

// ruled is what a person says who sees the two as they are.
func ruled(a alerts.Attendance, p plans.Plan, answer alerts.Identification, t *testing.T) alerts.Ruling {
	desk := alerts.NewDesk(nil, func() *directory.Directory { return testDirectory(t) }, nil)
	return alerts.Ruling{
		Attendance: a.ID, Plan: p.ID, Answer: answer, At: noon.Add(-2 * time.Hour), By: journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"},
		Seen: alerts.LikenessOf(desk.Compare(alerts.Pair{Sight: alerts.Sight{Attendance: a, Plan: p}})),
	}
}

func TestWhatBecomesOfARuling(t *testing.T) {
	dir := testDirectory(t)
	who := ann(t)
	plan := planFor(who.NHSNumber, who.BirthDate)
	plan.Patient = who
	arrives := func(change func(*plans.Identity)) alerts.Attendance {
		a := present(plans.NHSNumber{}, "", "RQW-AE")
		a.Patient = unnumbered(who)
		change(&a.Patient)
		return a
	}
	same := func(*plans.Identity) {}
	for _, row := range []struct {
		what      string
		seen      func(*plans.Identity) // as it was when somebody ruled
		answer    alerts.Identification
		now       func(*plans.Identity)
		wantMatch alerts.Match // empty: the alert does not stand
		reason    string
	}{
		{"nobody has said anything", nil, "", same, alerts.Possible, "family name"},
		{"identity was confirmed", same, alerts.SamePatient, same, alerts.Confirmed, "identity confirmed by a clinician at 10:00 on 22 November"},
		{"not this patient", same, alerts.OtherPatient, same, "", "a clinician said at 10:00 on 22 November that this is not the patient"},
		{"not this patient, and then a postcode comes that agrees", func(i *plans.Identity) { i.Postcode = "" }, alerts.OtherPatient, same, "", "not the patient"},
		{"not this patient, and then the NHS number agrees", same, alerts.OtherPatient, func(i *plans.Identity) { i.NHSNumber = who.NHSNumber }, alerts.Possible,
			"a clinician said at 10:00 on 22 November that this is not the patient; but the NHS number agrees now: NHS number and date of birth agree"},
		{"not this patient, and then the given name is known and agrees", func(i *plans.Identity) { i.Given = "" }, alerts.OtherPatient, same, alerts.Possible, "the given name agrees now"},
		{"not this patient, and the number agreed already then", func(i *plans.Identity) { i.NHSNumber = who.NHSNumber }, alerts.OtherPatient, func(i *plans.Identity) { i.NHSNumber = who.NHSNumber }, "", "not the patient"},
		{"confirmed, and then the number agrees, too", same, alerts.SamePatient, func(i *plans.Identity) { i.NHSNumber = who.NHSNumber }, alerts.Confirmed, "NHS number and date of birth agree"},
		{"confirmed, and then another valid number comes", same, alerts.SamePatient, func(i *plans.Identity) { i.NHSNumber = number(t, "9990000174") }, alerts.Possible,
			"identity confirmed by a clinician at 10:00 on 22 November; since then the NHS number differs"},
		{"confirmed, and then another name is registered", func(i *plans.Identity) { i.Family, i.Given = "", "" }, alerts.SamePatient,
			func(i *plans.Identity) { i.Family, i.Given = "Mustermann", "Xenia" }, alerts.Possible, "since then the given name differs"},
		{"confirmed in spite of another number", func(i *plans.Identity) { i.NHSNumber = number(t, "9990000174") }, alerts.SamePatient,
			func(i *plans.Identity) { i.NHSNumber = number(t, "9990000174") }, alerts.Confirmed, "identity confirmed"},
		{"confirmed, and then the sex is corrected", same, alerts.SamePatient, func(i *plans.Identity) { i.Sex = plans.Male }, alerts.Confirmed, "identity confirmed"},
	} {
		t.Run(row.what, func(t *testing.T) {
			var on alerts.Grounds
			arrived := arrives(row.now)
			if row.answer != "" {
				on.Rulings = []alerts.Ruling{ruled(arrives(row.seen), plan, row.answer, t)}
			}
			open := alerts.Decide(arrives(same), []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
			changes := alerts.Decide(arrived, []plans.Plan{plan}, []alerts.Alert{open}, on, dir, noon)
			alert, reason := open, open.Reason
			if len(changes) > 0 {
				alert = changes[0].Alert
				reason = changes[0].Tell[0].Reason
			}
			if alert.Open() != (row.wantMatch != "") || row.wantMatch != "" && alert.Match != row.wantMatch {
				t.Fatalf("%s, %q: %s", alert.State, alert.Match, reason)
			}
			if !strings.Contains(reason, row.reason) {
				t.Errorf("the reason is %q, want %q in it", reason, row.reason)
			}
			// Deciding again changes nothing more.
			if again := alerts.Decide(arrived, []plans.Plan{plan}, []alerts.Alert{alert}, on, dir, noon.Add(time.Hour)); len(again) != 0 {
				t.Errorf("decided again, it becomes %+v", again)
			}
		})
	}
}

func TestWhoeverAnsweredACertainMatchIsAskedAgainWhenThereIsDoubt(t *testing.T) {
	dir, who := testDirectory(t), ann(t)
	plan := planFor(who.NHSNumber, who.BirthDate)
	plan.Patient = who
	a := present(who.NHSNumber, who.BirthDate, "RQW-AE")
	a.Patient = who
	held := alerts.Decide(a, []plans.Plan{plan}, nil, alerts.Grounds{}, dir, noon)[0].Alert
	held.State, held.Acknowledgement = alerts.Acknowledged, &alerts.Acknowledgement{By: journal.Actor{Name: "nurse"}, At: noon, Version: 1}
	a.Patient.BirthDate = "1991-07-30"
	changes := alerts.Decide(a, []plans.Plan{plan}, []alerts.Alert{held}, alerts.Grounds{}, dir, noon)
	if len(changes) != 1 || changes[0].Alert.Match != alerts.Possible || changes[0].Alert.State != alerts.Raised || changes[0].Alert.Acknowledgement != nil {
		t.Fatalf("it becomes %+v", changes)
	}
}
