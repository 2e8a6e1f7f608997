package subscribers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

func TestWhyAnAlertConcernsSomebody(t *testing.T) {
	who := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	held := func(by string) *subscribers.AcknowledgedView { return &subscribers.AcknowledgedView{Holder: by} }
	for _, row := range []struct {
		what       string
		ack        *subscribers.AcknowledgedView
		did        []journal.Kind
		subscribed bool
		want       []string
	}{
		{"nobody did anything", nil, nil, false, nil},
		{"they took it on", held("doctor"), []journal.Kind{journal.AlertAcknowledged}, false, []string{"holds", "acknowledged"}},
		{"somebody else took it on", held("nurse"), nil, false, nil},
		{"they handed it over", held("Night registrar"), []journal.Kind{journal.AlertAcknowledged, journal.AlertHandedOver}, false, []string{"acknowledged", "handed_over"}},
		{"it was handed to them by name", held("doctor"), nil, false, []string{"holds"}},
		{"they asked, and said that the plan is wrong", nil, []journal.Kind{journal.PlanDisputed, journal.QuestionAsked}, false, []string{"asked"}},
		{"they only read the answer", nil, []journal.Kind{journal.AnswerSeen}, false, nil},
		{"they subscribed to it", nil, nil, true, []string{"subscribed"}},
		{"they subscribed to it and took it on", held("doctor"), []journal.Kind{journal.AlertAcknowledged}, true, []string{"holds", "acknowledged", "subscribed"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			got := subscribers.View{Acknowledged: row.ack}.For(who, row.did, row.subscribed).Mine
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARegionIsNotToldWhoThePatientIs(t *testing.T) {
	dir, err := directory.Parse([]byte(londonAndHarlow))
	if err != nil {
		t.Fatal(err)
	}
	s := sight(t)
	whole := subscribers.Draw(s, "RQW-AE", dir, s.Alert.Raised)
	body, err := json.Marshal(whole.Unnamed())
	if err != nil {
		t.Fatal(err)
	}
	p := whole.Patient
	for _, secret := range []string{p.Family, p.Given, p.NHSNumber, p.BirthDate, whole.Attendance, whole.Location} {
		if secret == "" || strings.Contains(string(body), secret) {
			t.Errorf("%q is in %s", secret, body)
		}
	}
	if got := whole.Unnamed(); got.Headline != whole.Headline || got.Urgency != whole.Urgency || got.State != whole.State || got.ID != whole.ID {
		t.Errorf("more is left out: %+v", got)
	}
}

func TestAWallShowsInitialsAndNothingOfThePlan(t *testing.T) {
	dir, err := directory.Parse([]byte(londonAndHarlow))
	if err != nil {
		t.Fatal(err)
	}
	s := sight(t)
	whole := subscribers.Draw(s, "RQW-AE", dir, s.Alert.Raised)
	wall := whole.OnWall()
	body, err := json.Marshal(wall)
	if err != nil {
		t.Fatal(err)
	}
	p := whole.Patient
	for _, secret := range []string{p.Family, p.Given, p.NHSNumber, p.BirthDate, whole.Attendance, whole.Headline, whole.Plan, whole.CentreName, whole.Reason} {
		if secret == "" || strings.Contains(string(body), secret) {
			t.Errorf("%q is in %s", secret, body)
		}
	}
	if wall.Patient.Given != p.Given[:1] || wall.Patient.Family != p.Family[:1] || wall.Location != whole.Location || wall.Urgency != whole.Urgency || wall.Arrived != whole.Arrived {
		t.Errorf("more is left out: %s", body)
	}
}
