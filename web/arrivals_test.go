package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

// came puts somebody without a plan among the arrivals of RQW-AE.
func (w *world) came(id string, at time.Time, found alerts.Found) {
	w.checkedArrivals = append(w.checkedArrivals, subscribers.Arrival{
		Attendance: alerts.Attendance{ID: id, Patient: plans.Identity{Family: "Testpatient", BirthDate: "1980-02-13"}, State: alerts.InDepartment},
		Check:      alerts.Check{Attendance: id, Department: "RQW-AE", Arrived: at, At: at.Add(time.Second), PlansTo: at.Add(-time.Minute), Found: found},
	})
}

func TestTheArrivalsOfADay(t *testing.T) {
	w := newWorld(t)
	w.came("a2", now.Add(-time.Minute), alerts.TooLittle)
	w.came("a1", now.Add(-time.Hour), alerts.NoPlan)
	w.came("a0", now.Add(-24*time.Hour), alerts.NoPlan)
	list := read[arrivalList](t, w.ask("GET", "/api/departments/RQW-AE/arrivals", "clinician-RQW", ""))
	if list.Day != "2026-11-22" || list.TimeZone != "Europe/London" || len(list.Arrivals) != 2 || list.Next != "" {
		t.Fatalf("the list is %+v", list)
	}
	first, second := list.Arrivals[0], list.Arrivals[1]
	if first.Found != "too little known" || strings.Join(first.Missing, ", ") != "NHS number" || second.Found != "none" || second.Missing != nil {
		t.Errorf("found %q (missing %v) and %q", first.Found, first.Missing, second.Found)
	}
	if second.Checked != "2026-11-22T13:02:11Z" || second.PlansTo != "2026-11-22T13:01:10Z" || second.Patient.Name != "Testpatient" || *second.Patient.Age != 46 {
		t.Errorf("the arrival is %+v", second)
	}
	yesterday := read[arrivalList](t, w.ask("GET", "/api/departments/RQW-AE/arrivals?day=2026-11-21", "clinician-RQW", ""))
	if yesterday.Day != "2026-11-21" || len(yesterday.Arrivals) != 1 {
		t.Errorf("yesterday is %+v", yesterday)
	}
	if reads := w.entries(journal.ArrivalsRead); len(reads) != 2 || reads[0].Subject != "RQW-AE/2026-11-22" || reads[0].Actor.Name != "doctor" {
		t.Errorf("the journal holds %+v", reads)
	}
	w.unrecordable = errDisk
	wantProblem(t, w.ask("GET", "/api/departments/RQW-AE/arrivals", "clinician-RQW", ""), http.StatusServiceUnavailable, "could not be recorded")
}

func TestThePagesOfArrivals(t *testing.T) {
	w := newWorld(t)
	for i := range 2*arrivalsOnPage + 5 {
		w.came(fmt.Sprintf("a%03d", 999-i), now.Add(-time.Duration(i/2)*time.Second), alerts.NoPlan)
	}
	seen, before := map[string]bool{}, ""
	for range 10 {
		list := read[arrivalList](t, w.ask("GET", "/api/departments/RQW-AE/arrivals?before="+before, "clinician-RQW", ""))
		for _, a := range list.Arrivals {
			seen[a.Attendance] = true
		}
		if before = list.Next; before == "" {
			break
		}
	}
	if len(seen) != 2*arrivalsOnPage+5 {
		t.Errorf("the pages hold %d", len(seen))
	}
	for _, bad := range []string{"?day=today", "?day=2026-02-30", "?before=7", "?before=x.y", "?before=1.a", "?before=1700000000000000.a%00"} {
		want(t, w.ask("GET", "/api/departments/RQW-AE/arrivals"+bad, "clinician-RQW", ""), http.StatusBadRequest)
	}
	want(t, w.ask("GET", "/api/departments/NONE/arrivals", "clinician-RQW", ""), http.StatusNotFound)
	want(t, w.ask("GET", "/api/departments/RWG-AE/arrivals", "clinician-RQW", ""), http.StatusForbidden)
}

func TestTheCountOfADaySaysNothingOfAnybody(t *testing.T) {
	w := newWorld(t)
	w.came("a1", now.Add(-time.Hour), alerts.NoPlan)
	answer := w.ask("GET", "/api/departments/RQW-AE/checked", "screen-RQW-AE", "")
	if strings.Contains(answer.Body.String(), "Testpatient") || len(w.recorded) > 0 {
		t.Errorf("the count says %s", answer.Body)
	}
	if count := read[checkedCount](t, answer); count.Arrivals != 1 || !count.Checked.Equal(now.Add(-time.Hour+time.Second)) || count.Day != "2026-11-22" {
		t.Errorf("the count is %+v", count)
	}
}

func TestTheRecentAlertsOfADepartment(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	sight := w.sights["alert1"]
	w.recents = []subscribers.Recent{
		{Alert: sight.Alert, Attendance: sight.Attendance, Entries: []journal.Entry{{Kind: journal.AlertRaised, Time: now, Reason: "NHS number and date of birth agree"}}},
		{Alert: sight.Alert, Attendance: sight.Attendance, PlanConsent: plans.Dissent},
	}
	answer := w.ask("GET", "/api/departments/RQW-AE/recent", "clinician-RQW", "")
	if body := answer.Body.String(); strings.Contains(body, "Adrenal") || strings.Contains(body, "Hydrocortisone") {
		t.Errorf("the plan's text is told: %s", body)
	}
	list := read[recentList](t, answer)
	if len(list.Alerts) != 1 || list.Alerts[0].CentreName != "Great Ormond Street Hospital" || list.Alerts[0].Timeline[0].What != "raised" || !list.Since.Equal(time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the list is %+v", list)
	}
	if len(w.entries(journal.AlertsRead)) != 1 {
		t.Error("the reading is not journalled")
	}
}
