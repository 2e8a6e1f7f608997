package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// noRotas is a store in which nothing is kept.
type noRotas struct{}

func (noRotas) Rotas(context.Context, time.Time) (rotas.Kept, error) { return rotas.Kept{}, nil }

func (noRotas) ChangeRotas(_ context.Context, do func(rotas.Tx) error) error { return do(emptyRotas{}) }

func (noRotas) RotaEntries(context.Context, string, string, int) ([]journal.Entry, error) {
	return nil, nil
}

func (noRotas) OpenProposals(context.Context, time.Time) ([]changes.Proposal, error) { return nil, nil }

func (noRotas) Calendars(context.Context, string) ([]rotas.Calendar, error) { return nil, nil }

func (noRotas) Calendar(context.Context, string) (rotas.Calendar, error) {
	return rotas.Calendar{}, rotas.ErrNoFeed
}

func (noRotas) Notices(context.Context) ([]rotas.Notice, error) { return nil, nil }

// emptyRotas finds nothing; what nobody finds is not changed either.
type emptyRotas struct{ rotas.Tx }

func (emptyRotas) Rotas(time.Time) (rotas.Kept, error) { return rotas.Kept{}, nil }

func (emptyRotas) DropCalendar(string, string) (bool, error) { return false, nil }

func (emptyRotas) Proposal(string) (changes.Proposal, error) {
	return changes.Proposal{}, changes.ErrNone
}

// deskOver is a desk of rotas over a store, in the time and the directory of the tests.
func deskOver(store rotas.Store, dir func() *directory.Directory, people map[string]rotas.Person) *rotas.Desk {
	return rotas.NewDesk(rotas.Options{
		Store: store, File: func() rotas.File {
			ward, err := rota.New(rota.Spec{ID: "ward", Zone: "Europe/London", Layers: []rota.Layer{{Name: "always", Handover: "0 8 * * *", People: []string{"sister"}, First: "2026-01-01"}}})
			if err != nil {
				panic(err) // cannot be: it is written here
			}
			return rotas.File{Rotas: []rotas.FileRota{{ID: "ward", Answers: ward}}}
		},
		People: func(context.Context) (map[string]rotas.Person, error) { return people, nil }, Directory: dir, Now: func() time.Time { return now },
	})
}

// The callers of these tests, by their tokens.
var rotaCallers = map[string]access.Account{
	"lead-RQW":  {Name: "lead", Role: access.RotaLead, Organisation: "RQW"},
	"nurse-RQW": {Name: "nurse", Role: access.NurseInCharge, Organisation: "RQW"},
	"ann-RQW":   {Name: "ann", Role: access.Clinician, Organisation: "RQW"},
	"ben-RQW":   {Name: "ben", Role: access.OnCall, Organisation: "RQW"},
	"lead-RWG":  {Name: "other", Role: access.RotaLead, Organisation: "RWG"},
}

// withRotas is a world whose rotas are kept in a real database.
func withRotas(t *testing.T) *world {
	t.Helper()
	store := sql.NewStore(sqltest.Open(t, sqltest.SQLite(t)))
	people := map[string]rotas.Person{"sister": {ID: "sister", Name: "Sister of the ward"}}
	book := map[access.Token]access.Account{}
	for token, a := range rotaCallers {
		book[access.HashToken(token)] = a
		people[a.Name] = rotas.Person{ID: a.Name, Name: strings.ToUpper(a.Name), Role: string(a.Role), Organisations: []string{a.Organisation}, Reachable: a.Name != "ben"}
	}
	return newWorld(t, func(o *Options) {
		o.Rotas, o.Changes, o.Accounts = deskOver(store, o.Directory, people), store, access.NewBook(book)
	})
}

const nursesBody = `{"revision":0,"name":"Nurses","holidays":["2026-12-25"],"layers":[{"name":"ground","handover":"0 8 * * *","people":["ann","ben"],"first":"2026-11-01","windows":[]}]}`

func TestARotaIsMadeReadAndChangedByThoseWhoMay(t *testing.T) {
	t.Parallel()
	w := withRotas(t)
	preview := read[RotaPreview](t, w.ask("POST", "/api/on-call/rotas/nurses/preview", "lead-RQW", strings.Replace(nursesBody, `"0 8 * * *"`, `"eight"`, 1)))
	if len(preview.Faults) != 1 || preview.Faults[0].At != "layers/0/handover" {
		t.Errorf("faults: %+v", preview.Faults)
	}
	want(t, w.ask("PUT", "/api/on-call/rotas/nurses", "nurse-RQW", nursesBody), http.StatusForbidden)
	if made := read[ChangeOutcome](t, w.ask("PUT", "/api/on-call/rotas/nurses", "lead-RQW", nursesBody)); made.Outcome != "taken" || made.Revision != 1 {
		t.Fatalf("%+v", made)
	}
	all := read[onCallOverview](t, w.ask("GET", "/api/on-call", "ann-RQW", ""))
	if len(all.Rotas) != 2 || all.Rotas[0].Rota != "nurses" || all.Rotas[0].On.Person != "ben" || all.Rotas[0].On.Reachable || all.Rotas[0].Next == nil || all.Rotas[0].Next.Person != "ann" || len(all.Rotas[0].Unreachable) != 1 || all.Rotas[0].May.Change || !all.Rotas[0].May.Swap || all.Rotas[1].Kept != "file" {
		t.Errorf("%+v", all)
	}
	if lead := read[onCallOverview](t, w.ask("GET", "/api/on-call", "lead-RWG", "")); len(lead.Rotas) != 1 || lead.Rotas[0].Kept != "file" {
		t.Errorf("another organisation sees %+v", lead.Rotas)
	}
	want(t, w.ask("GET", "/api/on-call/rotas/nurses", "lead-RWG", ""), http.StatusForbidden)
	want(t, w.ask("PUT", "/api/on-call/rotas/ward", "lead-RQW", nursesBody), http.StatusConflict)

	whole := read[rotaView](t, w.ask("GET", "/api/on-call/rotas/nurses", "lead-RQW", ""))
	if whole.Revision != 1 || len(whole.Layers) != 1 || len(whole.People) != 2 || whole.Holidays[0] != "2026-12-25" || !whole.May.Change {
		t.Errorf("%+v", whole)
	}
	then := read[onCallAtView](t, w.ask("GET", "/api/on-call/at?at=2026-11-25T10:00:00Z", "ann-RQW", ""))
	if then.Rotas[0].On.Person != "ann" || then.Rotas[1].On.Name != "Sister of the ward" {
		t.Errorf("%+v", then)
	}
	shifts := read[shiftList](t, w.ask("GET", "/api/on-call/rotas/nurses/shifts?from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z", "ann-RQW", ""))
	if len(shifts.Shifts) != 2 || shifts.Shifts[1].Person != "ann" {
		t.Errorf("%+v", shifts)
	}
	want(t, w.ask("GET", "/api/on-call/rotas/nurses/shifts?from=2026-11-25T00:00:00Z&to=2028-11-26T00:00:00Z", "ann-RQW", ""), http.StatusUnprocessableEntity)
	csv := w.ask("GET", "/api/on-call/rotas/nurses/shifts.csv?from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z", "ann-RQW", "")
	if csv.Body.String() != "start,end,person\n2026-11-25T00:00:00Z,2026-11-25T08:00:00Z,ben\n2026-11-25T08:00:00Z,2026-11-26T00:00:00Z,ann\n" || !strings.HasPrefix(csv.Header().Get("Content-Type"), "text/csv") {
		t.Errorf("%s %s", csv.Header(), csv.Body)
	}
	if ics := w.ask("GET", "/api/on-call/rotas/nurses/shifts.ics", "ann-RQW", ""); !strings.HasPrefix(ics.Body.String(), "BEGIN:VCALENDAR\r\n") || !strings.HasPrefix(ics.Header().Get("Content-Type"), "text/calendar") {
		t.Errorf("%s", ics.Body)
	}

	// Nobody on Wednesdays any more: that waits, and the one who proposed it cannot agree.
	fewer := strings.NewReplacer(`"revision":0`, `"revision":1`, `"windows":[]`, `"windows":[{"weekdays":["mon","tue","thu","fri","sat","sun"]}]`).Replace(nursesBody)
	change := read[ChangeOutcome](t, w.ask("PUT", "/api/on-call/rotas/nurses", "lead-RQW", fewer))
	if change.Outcome != "waiting" || change.Change == "" || change.Revision != 1 {
		t.Fatalf("%+v", change)
	}
	decision := "/api/on-call/changes/" + change.Change + "/decision"
	want(t, w.ask("POST", decision, "lead-RQW", `{"agrees":true}`), http.StatusForbidden)
	want(t, w.ask("POST", decision, "lead-RWG", `{"agrees":true}`), http.StatusForbidden)
	waits := read[changeList](t, w.ask("GET", "/api/on-call/changes", "nurse-RQW", ""))
	if len(waits.Changes) != 1 || waits.Changes[0].About != "rota" || waits.Changes[0].Subject != "nurses" || waits.Changes[0].Mine || len(waits.Changes[0].Summary) < 2 {
		t.Errorf("%+v", waits)
	}
	want(t, w.ask("POST", decision, "nurse-RQW", `{"agrees":true}`), http.StatusNoContent)
	want(t, w.ask("POST", decision, "nurse-RQW", `{"agrees":true}`), http.StatusConflict)
	if all := read[onCallOverview](t, w.ask("GET", "/api/on-call", "ann-RQW", "")); all.Rotas[0].GapCount != 8 {
		t.Errorf("%d gaps", all.Rotas[0].GapCount)
	}
	history := read[rotaEntries](t, w.ask("GET", "/api/on-call/rotas/nurses/history", "ann-RQW", ""))
	if len(history.Entries) != 5 || history.Entries[0].Kind != string(journal.ChangeTaken) || history.Entries[4].By != "lead" {
		t.Errorf("%+v", history)
	}
	want(t, w.ask("PUT", "/api/on-call/rotas/nurses", "lead-RQW", fewer), http.StatusConflict)
	if dropped := read[ChangeOutcome](t, w.ask("DELETE", "/api/on-call/rotas/nurses?revision=2", "lead-RQW", "")); dropped.Outcome != "waiting" {
		t.Errorf("%+v", dropped)
	}
}

func TestOverridesSwapsAndImportsOverHTTP(t *testing.T) {
	t.Parallel()
	w := withRotas(t)
	want(t, w.ask("PUT", "/api/on-call/rotas/nurses", "lead-RQW", nursesBody), http.StatusOK)
	const override = `{"start":"2026-11-22T08:00:00Z","end":"2026-11-22T20:00:00Z","instead":"ben","by":"lead"}`
	want(t, w.ask("POST", "/api/on-call/rotas/nurses/overrides", "ann-RQW", override), http.StatusForbidden)
	made := read[overrideView](t, w.ask("POST", "/api/on-call/rotas/nurses/overrides", "nurse-RQW", override))
	if made.State != "on" || !made.Start.Equal(now) || made.ByName != "LEAD" || made.InsteadName != "BEN" {
		t.Errorf("%+v", made)
	}
	want(t, w.ask("POST", "/api/on-call/rotas/ward/overrides", "nurse-RQW", override), http.StatusConflict)
	wantProblem(t, w.ask("POST", "/api/on-call/rotas/nurses/overrides", "nurse-RQW", strings.Replace(override, `"lead"`, `"stranger"`, 1)), http.StatusUnprocessableEntity, "stranger has no account")
	if out := read[ChangeOutcome](t, w.ask("DELETE", "/api/on-call/rotas/nurses/overrides/"+made.Override, "nurse-RQW", "")); out.Outcome != "taken" {
		t.Errorf("%+v", out)
	}

	const swap = `{"takes":"ben","start":"2026-11-25T08:00:00Z","end":"2026-11-26T08:00:00Z","back_start":"2026-11-26T08:00:00Z","back_end":"2026-11-27T08:00:00Z"}`
	want(t, w.ask("POST", "/api/on-call/rotas/nurses/swaps", "ben-RQW", swap), http.StatusUnprocessableEntity)
	asked := read[swapView](t, w.ask("POST", "/api/on-call/rotas/nurses/swaps", "ann-RQW", swap))
	if asked.State != "asked" || asked.Mine != "take_back" || asked.BackStart == nil {
		t.Errorf("%+v", asked)
	}
	if mine := read[mineView](t, w.ask("GET", "/api/on-call/mine", "ben-RQW", "")); len(mine.Swaps) != 1 || mine.Swaps[0].Mine != "answer" || len(mine.Shifts) == 0 || mine.Shifts[0].Person != "ben" || mine.Reachable {
		t.Errorf("%+v", mine)
	}
	if all := read[onCallOverview](t, w.ask("GET", "/api/on-call", "ben-RQW", "")); all.SwapsToAnswer != 1 {
		t.Errorf("%d to answer", all.SwapsToAnswer)
	}
	want(t, w.ask("POST", "/api/on-call/swaps/"+asked.Swap+"/answer", "ann-RQW", `{"accepts":true}`), http.StatusForbidden)
	if answered := read[swapView](t, w.ask("POST", "/api/on-call/swaps/"+asked.Swap+"/answer", "ben-RQW", `{"accepts":true}`)); answered.State != "accepted" || answered.Settled == nil {
		t.Errorf("%+v", answered)
	}
	want(t, w.ask("DELETE", "/api/on-call/swaps/"+asked.Swap, "ann-RQW", ""), http.StatusConflict)

	const sheet = `{"revision":1,"csv":"start,end,person\n2026-12-01 08:00,2026-12-02 08:00,lead\n"`
	looked := read[importView](t, w.ask("POST", "/api/on-call/rotas/nurses/import", "lead-RQW", sheet+`,"preview":true}`))
	if looked.Outcome != "" || looked.ChangedCount != 1 || looked.Changed[0].After.Person != "lead" {
		t.Errorf("%+v", looked)
	}
	if taken := read[importView](t, w.ask("POST", "/api/on-call/rotas/nurses/import", "lead-RQW", sheet+"}")); taken.Outcome != "taken" || taken.Revision != 2 {
		t.Errorf("%+v", taken)
	}
	if bad := read[importView](t, w.ask("POST", "/api/on-call/rotas/nurses/import", "lead-RQW", `{"revision":2,"csv":"start,end,person\n2026-12-01 08:00,nonsense,lead\n"}`)); len(bad.Faults) != 1 || bad.Outcome != "" {
		t.Errorf("%+v", bad)
	}

	address := read[calendarAddress](t, w.ask("POST", "/api/on-call/mine/feeds", "ann-RQW", `{"rota":""}`)).Address
	calendar := w.ask("GET", address, "", "")
	if calendar.Code != http.StatusOK || !strings.Contains(calendar.Body.String(), "SUMMARY:On call: ANN") || calendar.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", calendar.Code, calendar.Body)
	}
	want(t, w.ask("DELETE", "/api/on-call/mine/feeds", "ann-RQW", ""), http.StatusNoContent)
	want(t, w.ask("GET", address, "", ""), http.StatusNotFound)
}

func TestPoliciesOverHTTP(t *testing.T) {
	t.Parallel()
	w := withRotas(t)
	want(t, w.ask("PUT", "/api/on-call/rotas/nurses", "lead-RQW", nursesBody), http.StatusOK)
	const body = `{"revision":0,"name":"Critical","departments":["RQW-AE"],"urgencies":["critical"],"again":0,"steps":[{"name":"board","to":"board","wait":120},{"name":"nurse","to":"on_call","rota":"nurses","wait":180}]}`
	seen := read[policyPreview](t, w.ask("POST", "/api/on-call/policies/critical/preview", "lead-RQW", body))
	if len(seen.Faults) != 0 || len(seen.Words) != 3 || seen.FirstPerson == nil || *seen.FirstPerson != 2 || seen.MinutesToAlarm != 5 || !seen.SecondPerson {
		t.Errorf("%+v", seen)
	}
	if bad := read[policyPreview](t, w.ask("POST", "/api/on-call/policies/critical/preview", "lead-RQW", strings.Replace(body, "120", "9999999999", 1))); len(bad.Faults) != 1 || bad.Faults[0].At != "steps/0/wait" {
		t.Errorf("%+v", bad)
	}
	want(t, w.ask("PUT", "/api/on-call/policies/critical", "nurse-RQW", body), http.StatusForbidden)
	change := read[ChangeOutcome](t, w.ask("PUT", "/api/on-call/policies/critical", "lead-RQW", body))
	if held := read[policyList](t, w.ask("GET", "/api/on-call/policies", "ann-RQW", "")); change.Outcome != "waiting" || len(held.Policies) != 0 || held.Departments[0].PolicyName != "default" || len(held.Changes) != 1 {
		t.Errorf("%+v %+v", change, held)
	}
	want(t, w.ask("POST", "/api/on-call/changes/"+change.Change+"/decision", "nurse-RQW", `{"agrees":true}`), http.StatusNoContent)
	held := read[policyList](t, w.ask("GET", "/api/on-call/policies", "lead-RQW", ""))
	if len(held.Policies) != 1 || !held.Policies[0].MayChange || held.Policies[0].Steps[1].Wait != 180 || held.Departments[0].Policy != "critical" || held.Departments[1].PolicyName != "default" {
		t.Errorf("%+v", held)
	}
	if whole := read[rotaView](t, w.ask("GET", "/api/on-call/rotas/nurses", "lead-RQW", "")); len(whole.Policies) != 1 || whole.Policies[0].Policy != "critical" {
		t.Errorf("%+v", whole.Policies)
	}
	want(t, w.ask("DELETE", "/api/on-call/rotas/nurses?revision=1", "lead-RQW", ""), http.StatusConflict)
	if dropped := read[ChangeOutcome](t, w.ask("DELETE", "/api/on-call/policies/critical?revision=1", "lead-RQW", "")); dropped.Outcome != "waiting" {
		t.Errorf("%+v", dropped)
	}
	want(t, w.ask("PUT", "/api/on-call/centres/RP4", "lead-RQW", `{"revision":0,"rota":"nurses"}`), http.StatusForbidden)
	want(t, w.ask("PUT", "/api/on-call/centres/RQW", "lead-RQW", `{"revision":0,"rota":"nurses"}`), http.StatusUnprocessableEntity)
}
