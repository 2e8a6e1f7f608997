package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/feeds"
	"github.com/ucpalert/ucpalert/subscribers"
)

const threeCentres = `
regions: [{id: Y56, name: London}, {id: QM7, name: Hertfordshire}]
organisations:
  - {id: RP4, name: Great Ormond Street, region: Y56, centre: true}
  - {id: RAL, name: Royal Free, region: Y56, centre: true}
  - {id: RJZ, name: "King's College", region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
sites: [{id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}]
departments: [{id: RQW-AE, name: A&E, site: RQWG0, main: true, locations: [AE]}]
agreements: [{from: Y56, to: QM7}]
`

func TestABoardIsToldWhenEachCentreWasHeard(t *testing.T) {
	dir, err := directory.Parse([]byte(threeCentres))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 14, 2, 30, 0, time.UTC)
	received := map[string]time.Time{"RP4": now.Add(-time.Hour), "RAL": now.Add(-time.Minute)}
	var reached []feeds.Reached
	var broken error
	asked := 0
	c := &centresHeard{
		received: func(_ context.Context, centre string) (time.Time, error) { asked++; return received[centre], broken },
		followed: func(context.Context) ([]feeds.Reached, error) { return reached, broken },
		current:  func() *directory.Directory { return dir }, now: func() time.Time { return now },
	}
	const words = "its plans are read from its system, which cannot be reached: what it changed since may be missing"
	ral := subscribers.PlanStatus{Centre: "RAL", CentreName: "Royal Free", Last: "2026-11-22T14:01:00Z", State: "heard"}
	kings := subscribers.PlanStatus{Centre: "RJZ", CentreName: "King's College", State: "heard"}
	rp4 := subscribers.PlanStatus{Centre: "RP4", CentreName: "Great Ormond Street", Last: "2026-11-22T13:02:00Z", State: "heard"}
	want := func(what string, want ...subscribers.PlanStatus) {
		t.Helper()
		var got subscribers.Status
		if err := c.status(t.Context(), "RQW-AE", &got); err != nil && broken == nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Plans); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	want("by the plans that came", ral, kings, rp4)
	want("the same, for the next department", ral, kings, rp4)
	if asked != 3 {
		t.Errorf("asked %d times about three centres", asked)
	}
	now = now.Add(time.Minute)
	reached = []feeds.Reached{{Centres: []string{"RP4"}, Read: now.Add(-time.Minute)}, {Centres: []string{"RJZ"}, Read: now.Add(-24 * time.Hour), Failing: true}}
	rp4.Last, kings.Last, kings.State, kings.Words = "2026-11-22T14:02:00Z", "2026-11-21T14:03:00Z", "failing", words
	want("a feed that was read heard its centre, one that cannot be read says so", ral, kings, rp4)
	now = now.Add(time.Minute)
	broken = errors.New("not now")
	want("what is not known is not told")
	broken = nil
	want("and is asked for again at once", ral, kings, rp4)
}
