package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

// wants keeps subscriptions in memory, with what happened.
type wants struct {
	all     map[string]subscriptions.Subscription
	lists   map[string]subscriptions.List
	past    []subscriptions.Happening
	told    []subscriptions.Told
	entries []journal.Entry
}

func newWants() *wants {
	return &wants{all: map[string]subscriptions.Subscription{}, lists: map[string]subscriptions.List{}}
}

func (w *wants) Subscription(_ context.Context, id string) (subscriptions.Subscription, error) {
	if s, ok := w.all[id]; ok {
		return s, nil
	}
	return subscriptions.Subscription{}, subscriptions.ErrNone
}

func (w *wants) filter(of func(subscriptions.Subscription) bool) (all []subscriptions.Subscription, err error) {
	for _, s := range w.all {
		if of(s) {
			all = append(all, s)
		}
	}
	return all, nil
}

func (w *wants) SubscriptionsOf(_ context.Context, who journal.Actor) ([]subscriptions.Subscription, error) {
	return w.filter(func(s subscriptions.Subscription) bool { return !s.Team() && s.Names(who) })
}

func (w *wants) TeamSubscriptions(_ context.Context, organisation string) ([]subscriptions.Subscription, error) {
	return w.filter(func(s subscriptions.Subscription) bool { return s.Team() && s.Organisation == organisation })
}

func (w *wants) AddSubscription(_ context.Context, s subscriptions.Subscription, e journal.Entry) error {
	w.all[s.ID], w.entries = s, append(w.entries, e)
	return nil
}

func (w *wants) KeepSubscription(_ context.Context, s subscriptions.Subscription, e journal.Entry) error {
	if w.all[s.ID].Revision != s.Revision {
		return subscriptions.ErrChanged
	}
	s.Revision++
	w.all[s.ID], w.entries = s, append(w.entries, e)
	return nil
}

func (w *wants) DropSubscription(_ context.Context, id string, e journal.Entry) error {
	delete(w.all, id)
	w.entries = append(w.entries, e)
	return nil
}

func (w *wants) PlanList(_ context.Context, id string) (subscriptions.List, error) {
	if l, ok := w.lists[id]; ok {
		return l, nil
	}
	return subscriptions.List{}, subscriptions.ErrNoList
}

func (w *wants) PlanLists(_ context.Context, who journal.Actor) (all []subscriptions.List, err error) {
	for _, l := range w.lists {
		if l.Of(who) {
			all = append(all, l)
		}
	}
	return all, nil
}

func (w *wants) AddPlanList(_ context.Context, l subscriptions.List, e journal.Entry) error {
	w.lists[l.ID], w.entries = l, append(w.entries, e)
	return nil
}

func (w *wants) KeepPlanList(_ context.Context, l subscriptions.List, e journal.Entry) error {
	if w.lists[l.ID].Revision != l.Revision {
		return subscriptions.ErrChanged
	}
	l.Revision++
	return w.AddPlanList(context.Background(), l, e)
}

func (w *wants) DropPlanList(_ context.Context, id string, e journal.Entry) error {
	delete(w.lists, id)
	w.entries = append(w.entries, e)
	return nil
}

func (w *wants) Happenings(_ context.Context, in subscriptions.Scope, since time.Time, _ int) (all []subscriptions.Happening, kept time.Time, err error) {
	for _, h := range w.past {
		org, _, _ := strings.Cut(h.Department, "-")
		if !h.At.Before(since) && (slices.Contains(in.Organisations, org) || in.Centre != "" && in.Centre == h.Centre) {
			all = append(all, h)
		}
	}
	return all, now.AddDate(0, 0, -3), nil
}

func (w *wants) TellingsOf(_ context.Context, who journal.Actor, _ time.Time, _ int) ([]subscriptions.Told, error) {
	if who.Name != "doctor" {
		return nil, nil
	}
	return w.told, nil
}

// staffed is who works where the tests are.
type staffed struct{ lodge }

func (staffed) People(context.Context) ([]people.Person, []string, error) {
	return []people.Person{
		{Name: "doctor", FullName: "Dr Test", Role: access.Clinician, Organisation: "RQW"},
		{Name: "night", FullName: "Night Registrar", Role: access.Auditor, Organisation: "RQW", Further: []access.Post{{Role: access.OnCall, Organisation: "RQW"}}},
		{Name: "gone", Role: access.Clinician, Organisation: "RQW", Disabled: now},
		{Name: "elsewhere", Role: access.Clinician, Organisation: "RWG"},
		{Name: "wall", Role: access.BoardViewer, Organisation: "RQW", Department: "RQW-AE"},
	}, nil, nil
}

// subscribing is a world in which people work who subscribe.
func subscribing(t *testing.T) (*world, *wants) {
	t.Helper()
	kept := newWants()
	w := newWorld(t, func(o *Options) {
		o.Subscriptions, o.People = kept, staffed{}
		book := map[access.Token]access.Account{}
		for token, a := range accounts {
			book[access.HashToken(token)] = a
		}
		book[access.HashToken("lead")] = access.Account{Name: "lead", Role: access.NurseInCharge, Organisation: "RQW"}
		book[access.HashToken("author")] = access.Account{Name: "author", Role: access.CentreAuthor, Organisation: "RP4"}
		o.Accounts = access.NewBook(book)
	})
	w.arrive()
	return w, kept
}

// sent asks for something, wants a status, and reads the answer.
func sent[T any](t *testing.T, w *world, method, path, token, body string, status int) (v T) {
	t.Helper()
	answer := w.ask(method, path, token, body, "Content-Type", "application/json")
	want(t, answer, status)
	if status == http.StatusOK {
		if err := json.Unmarshal(answer.Body.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func TestSomebodySubscribesChangesThatAndUnsubscribes(t *testing.T) {
	w, kept := subscribing(t)
	made := sent[subscriptionView](t, w, "POST", "/api/subscriptions", "clinician-RQW",
		`{"name":" Ours ","events":["arrived","moved"],"departments":["RQW-AE"],"urgencies":["critical"],"quiet":[{"days":["sat","sun"],"from":"22:00","to":"07:00"}],"cross_quiet":true,"until":"2026-12-24T00:00:00Z"}`, 200)
	if made.Name != "Ours" || made.Revision != 1 || !made.Mine || !made.Editable || made.Team || made.Zone != "Europe/London" || made.Over || made.Quiet[0].Days[1] != "sun" {
		t.Errorf("%+v", made)
	}
	s := kept.all[made.ID]
	if s.Person != "doctor" || s.Role != access.Clinician || s.Organisation != "RQW" || !s.CrossQuiet {
		t.Errorf("%+v", s)
	}
	for _, token := range []string{"lead", "author", "screen-RQW-AE"} {
		answer := w.ask("DELETE", "/api/subscriptions/kept/"+made.ID, token, "")
		if answer.Code != http.StatusNotFound && answer.Code != http.StatusForbidden {
			t.Errorf("%s takes another's subscription away: %d", token, answer.Code)
		}
	}
	body := `{"name":"Ours","events":["arrived"],"paused":true,"revision":1}`
	changed := sent[subscriptionView](t, w, "PUT", "/api/subscriptions/kept/"+made.ID, "clinician-RQW", body, 200)
	if changed.Revision != 2 || !changed.Paused || len(changed.Departments) != 0 {
		t.Errorf("%+v", changed)
	}
	sent[none](t, w, "PUT", "/api/subscriptions/kept/"+made.ID, "clinician-RQW", body, 409)
	if list := sent[subscriptionList](t, w, "GET", "/api/subscriptions", "clinician-RQW", "", 200); len(list.Subscriptions) != 1 || list.Subscriptions[0].ID != made.ID {
		t.Errorf("%+v", list)
	}
	want(t, w.ask("DELETE", "/api/subscriptions/kept/"+made.ID, "clinician-RQW", ""), 204)
	sent[none](t, w, "PUT", "/api/subscriptions/kept/"+made.ID, "clinician-RQW", body, 404)
	var said []string
	for _, e := range kept.entries {
		if e.Actor.Name != "doctor" || e.Subject != made.ID || strings.Contains(e.Reason, "Ours") {
			t.Errorf("journalled: %+v", e)
		}
		said = append(said, string(e.Kind))
	}
	if got := strings.Join(said, " "); got != "subscription.kept subscription.kept subscription.dropped" {
		t.Errorf("journalled: %s", got)
	}
}

func TestALeadSubscribesForATeam(t *testing.T) {
	w, kept := subscribing(t)
	body := `{"name":"Night team","events":["arrived"],"people":["doctor","night"]}`
	sent[none](t, w, "POST", "/api/subscriptions", "clinician-RQW", body, 403)
	if refused := w.entries(journal.AccessRefused); len(refused) != 1 || refused[0].Actor.Name != "doctor" {
		t.Errorf("journalled: %+v", refused)
	}
	for _, name := range []string{"gone", "elsewhere", "wall", "nobody"} {
		answer := w.ask("POST", "/api/subscriptions", "lead", `{"name":"x","events":["arrived"],"people":["`+name+`"]}`, "Content-Type", "application/json")
		if want(t, answer, 422); !strings.Contains(answer.Body.String(), name) {
			t.Errorf("%s: %s", name, answer.Body)
		}
	}
	made := sent[subscriptionView](t, w, "POST", "/api/subscriptions", "lead", body, 200)
	if !made.Team || made.Mine || !made.Editable || kept.all[made.ID].Person != "" {
		t.Errorf("%+v", made)
	}
	seen := sent[subscriptionList](t, w, "GET", "/api/subscriptions", "clinician-RQW", "", 200)
	if len(seen.Subscriptions) != 1 || !seen.Subscriptions[0].Mine || seen.Subscriptions[0].Editable {
		t.Errorf("who is in the team sees %+v", seen)
	}
	sent[none](t, w, "PUT", "/api/subscriptions/kept/"+made.ID, "lead", `{"name":"x","events":["arrived"],"revision":1}`, 422)
	choices := sent[choicesView](t, w, "GET", "/api/subscriptions/choices", "lead", "", 200)
	if !choices.Lead || len(choices.People) != 2 || choices.People[1].Name != "night" {
		t.Errorf("%+v", choices)
	}
}

func TestWhatCannotBeSubscribedToIsSaid(t *testing.T) {
	w, _ := subscribing(t)
	for body, words := range map[string]string{
		``:                                 "Say what",
		`{"name":"x","events":[]}`:         "events",
		`{"name":"","events":["arrived"]}`: "name",
		`{"name":"x","events":["flown"]}`:  "flown",
		`{"name":"x","events":["arrived"],"departments":["RQW-XX"]}`: "RQW-XX",
		`{"name":"x","events":["arrived"],"centres":["RQW"]}`:        "RQW",
		`{"name":"x","events":["arrived"],"lists":["not-mine"]}`:     "lists",
		`{"name":"x","events":["arrived"],"zone":"Nowhere"}`:         "Nowhere",
	} {
		answer := w.ask("POST", "/api/subscriptions", "clinician-RQW", body, "Content-Type", "application/json")
		if want(t, answer, 422); !strings.Contains(answer.Body.String(), words) {
			t.Errorf("%s is answered %s", body, answer.Body)
		}
	}
}

func TestChoicesAreWhatOneMayBeToldOf(t *testing.T) {
	w, kept := subscribing(t)
	kept.past = []subscriptions.Happening{{Event: subscriptions.Arrived, At: now, Department: "RQW-AE", Centre: "RP4", Categories: []string{"735324008"}}, {Event: subscriptions.Arrived, At: now, Department: "RWG-AE", Centre: "RJZ", Categories: []string{"2"}}}
	own := sent[choicesView](t, w, "GET", "/api/subscriptions/choices", "clinician-RQW", "", 200)
	if own.Lead || len(own.Departments) != 1 || own.Departments[0].ID != "RQW-AE" || len(own.Organisations) != 1 || len(own.Regions) != 1 || len(own.Centres) != 3 ||
		!slices.Equal(own.Categories, []string{"735324008"}) || !slices.Equal(own.Crossing, []string{"critical"}) || len(own.People) != 0 || len(own.Events) != 10 {
		t.Errorf("%+v", own)
	}
	if centre := sent[choicesView](t, w, "GET", "/api/subscriptions/choices", "author", "", 200); len(centre.Departments) != 2 {
		t.Errorf("%+v", centre)
	}
}

func TestAPreviewTellsOnlyOfWhatOneMayBeToldOf(t *testing.T) {
	w, kept := subscribing(t)
	for i, h := range []subscriptions.Happening{
		{Department: "RQW-AE", Centre: "RP4", At: now.Add(-time.Hour)}, {Department: "RQW-AE", Centre: "RJZ", At: now.AddDate(0, 0, -2)}, {Department: "RWG-AE", Centre: "RP4", At: now.Add(-time.Hour)},
		{Department: "RQW-AE", Centre: "RP4", At: now.AddDate(0, 0, -40)},
	} {
		h.ID, h.Alert, h.Event, h.Urgency, h.Plan = "h", "alert"+string(rune('a'+i)), subscriptions.Arrived, plans.Critical, "gosh-1"
		kept.past = append(kept.past, h)
	}
	for token, total := range map[string]int{"clinician-RQW": 2, "author": 2} {
		view := sent[previewView](t, w, "POST", "/api/subscriptions/preview", token, `{"name":"","events":["arrived"],"quiet":[{}]}`, 200)
		if view.Total != total || view.Held != total || view.AtOnce != 0 || len(view.Days) != 30 || view.KeptFrom == nil || view.People != 1 || len(view.Examples) != total {
			t.Errorf("%s sees %+v", token, view)
		}
	}
	one := sent[previewView](t, w, "POST", "/api/subscriptions/preview", "clinician-RQW", `{"name":"","events":["arrived"],"centres":["RJZ"]}`, 200)
	if one.Total != 1 || one.Examples[0].Ref != "ALERTB" || one.Examples[0].DepartmentName != "Emergency Department, Princess Alexandra Hospital" || one.Examples[0].CentreName != "King's College Hospital" {
		t.Errorf("%+v", one)
	}
	if len(kept.entries) != 0 || len(kept.all) != 0 {
		t.Error("a preview keeps something")
	}
	team := sent[previewView](t, w, "POST", "/api/subscriptions/preview", "lead", `{"name":"","events":["arrived"],"people":["doctor","night"]}`, 200)
	if team.People != 2 || team.Total != 2 {
		t.Errorf("of a team: %+v", team)
	}
}

func TestAListHoldsPlansByThemselvesOrBehindAnAlert(t *testing.T) {
	w, kept := subscribing(t)
	made := sent[planListView](t, w, "POST", "/api/subscriptions/lists", "clinician-RQW", `{"name":"Clinic","plans":[{"alert":"alert1","label":"Mrs A"},{"plan":"gosh-1"},{"plan":"gosh-2"}]}`, 200)
	if len(made.Plans) != 2 || made.Plans[0] != (listedView{"gosh-1", "Mrs A"}) {
		t.Errorf("%+v", made)
	}
	w.arrive(func(s *alerts.Sight) { s.Alert.ID, s.Alert.Department = "alert2", "RWG-AE" })
	for body, status := range map[string]int{
		`{"name":"x","plans":[{"alert":"alert2"}]}`: 404, `{"name":"x","plans":[{"alert":"alert9"}]}`: 404, `{"name":"x","plans":[{}]}`: 422, `{"name":"x","plans":[{"plan":"a b"}]}`: 422, `{"name":"","plans":[]}`: 422,
	} {
		sent[none](t, w, "POST", "/api/subscriptions/lists", "clinician-RQW", body, status)
	}
	kept.past = []subscriptions.Happening{{ID: "1", Event: subscriptions.Arrived, At: now, Department: "RQW-AE", Plan: "gosh-2"}, {ID: "2", Event: subscriptions.Arrived, At: now, Department: "RQW-AE", Plan: "gosh-3"}}
	by := `{"name":"By list","events":["arrived"],"lists":["` + made.ID + `"]}`
	if view := sent[previewView](t, w, "POST", "/api/subscriptions/preview", "clinician-RQW", by, 200); view.Total != 1 {
		t.Errorf("%+v", view)
	}
	if view := sent[previewView](t, w, "POST", "/api/subscriptions/preview", "author", by, 200); view.Total != 0 {
		t.Errorf("somebody else's list: %+v", view)
	}
	sent[none](t, w, "POST", "/api/subscriptions", "author", by, 422)
	sent[subscriptionView](t, w, "POST", "/api/subscriptions", "clinician-RQW", by, 200)
	change := `{"name":"Clinic","plans":[],"revision":1}`
	if changed := sent[planListView](t, w, "PUT", "/api/subscriptions/lists/kept/"+made.ID, "clinician-RQW", change, 200); changed.Revision != 2 || len(changed.Plans) != 0 {
		t.Errorf("%+v", changed)
	}
	sent[none](t, w, "PUT", "/api/subscriptions/lists/kept/"+made.ID, "clinician-RQW", change, 409)
	want(t, w.ask("DELETE", "/api/subscriptions/lists/kept/"+made.ID, "lead", ""), 404)
	want(t, w.ask("DELETE", "/api/subscriptions/lists/kept/"+made.ID, "clinician-RQW", ""), 204)
	if lists := sent[planListList](t, w, "GET", "/api/subscriptions/lists", "clinician-RQW", "", 200); len(lists.Lists) != 0 {
		t.Errorf("%+v", lists)
	}
}

func TestWhatSomebodyWasToldNamesNoPatient(t *testing.T) {
	w, kept := subscribing(t)
	kept.told = []subscriptions.Told{{Happening: subscriptions.Happening{ID: "h1", Event: subscriptions.Arrived, At: now, Alert: "alert1", Department: "RQW-AE", Centre: "RP4", Urgency: plans.Critical}, Due: now, State: subscriptions.Sent, Words: "mail"}}
	answer := w.ask("GET", "/api/subscriptions/told", "clinician-RQW", "")
	want(t, answer, 200)
	if text := answer.Body.String(); strings.Contains(text, "Testpatient") || !strings.Contains(text, `"alert":"alert1"`) || !strings.Contains(text, `"ref":"ALERT1"`) || !strings.Contains(text, `"state":"sent"`) {
		t.Error(text)
	}
}
