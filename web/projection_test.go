package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
)

// markers are what stands in the plan and in the visit of the tests, by what it is.
var markers = map[string]string{"text": "Hydrocortisone at once", "headline": "Adrenal insufficiency", "name": "Testpatient", "number": "9990000018"}

// projected says, for each role, which of these it may be sent at all, wherever it stands and whatever it asks for.
var projected = map[access.Role][]string{
	access.Screen:         {"headline", "name", "number", "text"},
	access.BoardViewer:    nil,
	access.Clinician:      {"headline", "name", "number", "text"},
	access.NurseInCharge:  {"headline", "name", "number", "text"},
	access.OnCall:         {"headline", "name", "number", "text"},
	access.Coordinator:    {"headline", "name", "number"},
	access.RotaLead:       nil,
	access.CentreAuthor:   {"headline", "name", "number", "text"},
	access.CentreLead:     {"headline", "name", "number", "text"},
	access.Operator:       nil,
	access.PrivacyOfficer: {"name", "number"},
	access.Auditor:        {"name", "number"},
	access.Administrator:  nil,
	access.Centre:         {"headline", "name", "number", "text"},
	access.Peer:           nil, // what crosses to a region is the document as its centre sent it: peers_test.go
	access.Hospital:       nil,
}

// TestWhatARoleMayNotSeeIsNotSent asks every address that reads, as every role in every standing, and looks for the plan in what comes back.
func TestWhatARoleMayNotSeeIsNotSent(t *testing.T) {
	period := fmt.Sprintf(`{"account":"doctor","from":%q,"to":%q}`, now.Add(-time.Hour).Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339))
	bodies := map[string]string{
		"/api/centre/search": `{}`, "/api/privacy/looks": `{"plan":"gosh-1"}`, "/api/privacy/exposure": period, "/api/privacy/exposure.csv": period, "/api/audit/search": `{"account":"doctor"}`,
	}
	book := map[access.Token]access.Account{}
	for _, role := range access.Roles() {
		for _, st := range standings {
			name := string(role) + " " + st.what
			a := access.Account{Name: name, Role: role, Organisation: st.organisation}
			if role.OnWall() {
				a.Department = st.department
			}
			book[access.HashToken(name)] = a
		}
	}
	kept := &shelf{}
	w := newWorld(t, func(o *Options) {
		o.Accounts, o.Openings = access.NewBook(book), kept
		withQuarantine(&aside{})(o)
		o.HeardFeeds = &ears{}
		o.Canaries, o.Depths = func() []Canary { return nil }, func() []Depth { return []Depth{} }
	})
	kept.w = w
	sight := w.sights[w.arrive()]
	w.checkedArrivals = []subscribers.Arrival{{Attendance: sight.Attendance, Check: alerts.Check{Attendance: "att1", Department: "RQW-AE", Arrived: now.Add(-time.Minute), At: now}}}
	w.recents = []subscribers.Recent{{Alert: sight.Alert, Attendance: sight.Attendance}}
	o, err := privacy.Begin(privacy.Opening{Plan: "gosh-1", Centre: "RP4", By: persons["doctor-RQW"].Actor(), Glass: true, Why: privacy.Advice}, now, time.Hour)
	if err != nil || kept.KeepOpening(t.Context(), o) != nil {
		t.Fatal(err)
	}
	seen := map[access.Role]map[string]string{}
	for _, role := range access.Roles() {
		seen[role] = map[string]string{}
	}
	for _, r := range w.table {
		body, reads := bodies[r.path]
		if r.who != signedIn || r.method != "GET" && !reads {
			continue
		}
		for _, role := range access.Roles() {
			for _, st := range standings {
				answer := w.ask(r.method, at(r.path), string(role)+" "+st.what, body).Body.String()
				for what, marker := range markers {
					if strings.Contains(answer, marker) {
						seen[role][what] = r.method + " " + r.path + " " + st.what
					}
				}
			}
		}
	}
	for role, by := range seen {
		for what := range markers {
			if may := slices.Contains(projected[role], what); may != (by[what] != "") {
				t.Errorf("the role %s is sent the %s of the plan at %q, and may: %v", role, what, by[what], may)
			}
		}
	}
	if len(projected) != len(access.Roles()) {
		t.Error("a role is missing from the table of this test")
	}
}
