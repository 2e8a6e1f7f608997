package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

const (
	// mostForeseen is how many happenings a preview looks at, mostTold how many are listed that somebody was told.
	mostForeseen = 100_000
	mostTold     = 200
)

// The refusals of subscriptions.
var (
	errNoSubscription = refusal{http.StatusNotFound, fhir.NotFound, "There is no such subscription of yours."}
	errNoList         = refusal{http.StatusNotFound, fhir.NotFound, "There is no such list of yours."}
	errKeptSince      = refusal{http.StatusConflict, fhir.Conflict, "It was changed meanwhile, perhaps in another window. Load it again."}
	errTooMany        = refusal{http.StatusUnprocessableEntity, fhir.Value, "There are too many already. Remove one that is not needed any more."}
	errNoWanted       = refusal{http.StatusUnprocessableEntity, fhir.Value, "Say what you want to be told of."}
	errNotLead        = refusal{http.StatusForbidden, fhir.Forbidden, "Only whoever leads here may subscribe for a team."}
	errTeamOrOwn      = refusal{http.StatusUnprocessableEntity, fhir.Value, "people: a team's subscription needs somebody, and one's own names nobody."}
)

// subscriptionRefusal finds the answer to a fault of subscriptions.
func subscriptionRefusal(err error) (refusal, bool) {
	var wrong subscriptions.FaultError
	switch {
	case errors.As(err, &wrong):
		return refusal{http.StatusUnprocessableEntity, fhir.Value, wrong.Words}, true
	case errors.Is(err, subscriptions.ErrNone):
		return errNoSubscription, true
	case errors.Is(err, subscriptions.ErrNoList):
		return errNoList, true
	case errors.Is(err, subscriptions.ErrChanged):
		return errKeptSince, true
	case errors.Is(err, subscriptions.ErrMany):
		return errTooMany, true
	}
	return refusal{}, false
}

// addSubscriptions adds the addresses of what people want to be told of.
func (s *server) addSubscriptions(api *apiTable) {
	const below = "/api/subscriptions/kept/{subscription}"
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "GET", Path: "/api/subscriptions", OperationID: "subscriptions", Summary: "What one subscribed to in the role that one works in, with those of teams that one is in or leads", Errors: []int{401, 403},
	}, s.listSubscriptions)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "POST", Path: "/api/subscriptions", OperationID: "subscribe", Summary: "Subscribe to what happens", DefaultStatus: http.StatusOK,
		Description: "With people: for a team, by whoever leads it. It is journalled.", Errors: []int{401, 403, 422},
	}, s.addSubscription)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "PUT", Path: below, OperationID: "change-subscription", Summary: "Change a subscription", DefaultStatus: http.StatusOK,
		Description: "409 if it was changed since the revision that is sent. It is journalled.", Errors: []int{401, 403, 404, 409, 422},
	}, s.changeSubscription)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "DELETE", Path: below, OperationID: "unsubscribe", Summary: "Be told of it no more", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404},
	}, s.dropSubscription)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "GET", Path: "/api/subscriptions/choices", OperationID: "subscription-choices", Summary: "What one can choose from", Errors: []int{401, 403},
	}, s.subscriptionChoices)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "POST", Path: "/api/subscriptions/preview", OperationID: "preview-subscription", Summary: "What a subscription would have told in the last 30 days", DefaultStatus: http.StatusOK,
		Description: "It need not be kept, and nothing is. Nothing in the answer says who a patient is.", Errors: []int{401, 403, 422},
	}, s.previewSubscription)
	addAPI(s, api, signedIn, access.Subscribe, huma.Operation{
		Method: "GET", Path: "/api/subscriptions/told", OperationID: "told", Summary: "What one was or will be told in these 30 days, the newest first", Errors: []int{401, 403},
	}, s.told)
	s.addPlanLists(api)
}

// mine is what the caller's own as an object of access is: of their organisation, which may be a centre.
func mine(ctx context.Context) access.Object {
	organisation := visitOf(ctx).account.Organisation
	return access.Object{Organisation: organisation, Centre: organisation}
}

// leads tells whether the caller looks after the subscriptions of a team.
func leads(ctx context.Context) bool {
	return access.May(visitOf(ctx).account, access.LeadSubscriptions, mine(ctx)) == nil
}

// hoursBody is a time of day on days of the week.
type hoursBody struct {
	Days []string `json:"days,omitempty" maxItems:"7" doc:"mon to sun; none: every day"`
	From string   `json:"from,omitempty" maxLength:"5" doc:"HH:MM on the wall; empty: midnight"`
	To   string   `json:"to,omitempty" maxLength:"5" doc:"At or before from: on the next day"`
}

// WantedBody is what somebody wants to be told of, as it is sent. (It is exported so that it can be part of an answer.)
type WantedBody struct {
	Name          string      `json:"name" maxLength:"400" doc:"What one calls it; at most 80 characters"`
	Plans         []string    `json:"plans,omitempty" doc:"Ids of plans. Of each of these lists one must hold; an empty one holds for all. Plans and lists are one condition, and so are the three of places"`
	Lists         []string    `json:"lists,omitempty" doc:"Ids of one's lists of plans"`
	Centres       []string    `json:"centres,omitempty" doc:"ODS codes"`
	Categories    []string    `json:"categories,omitempty" doc:"SNOMED CT codes of kinds of plan"`
	Departments   []string    `json:"departments,omitempty"`
	Organisations []string    `json:"organisations,omitempty" doc:"ODS codes"`
	Regions       []string    `json:"regions,omitempty" doc:"ODS codes"`
	Urgencies     []string    `json:"urgencies,omitempty"`
	Events        []string    `json:"events" nullable:"false" doc:"At least one of arrived, moved, admitted, departed, revised, overdue, question, recall, acknowledged and outcome"`
	Hours         []hoursBody `json:"hours,omitempty" doc:"When to be told at all; none: always"`
	Quiet         []hoursBody `json:"quiet,omitempty" doc:"What comes then is told when that is over"`
	CrossQuiet    bool        `json:"cross_quiet,omitempty" doc:"Urgencies that may cross quiet times are told at once"`
	Zone          string      `json:"zone,omitempty" maxLength:"60" doc:"IANA name; Europe/London by default"`
	Until         *time.Time  `json:"until,omitempty" doc:"When it ends"`
	Paused        bool        `json:"paused,omitempty"`
	People        []string    `json:"people,omitempty" doc:"Names of the accounts of a team; none where it is one's own"`
	Revision      int         `json:"revision,omitempty" doc:"The one that was changed; of a new one none"`
}

type subscriptionView struct {
	WantedBody
	ID           string    `json:"id"`
	Role         string    `json:"role"`
	Organisation string    `json:"organisation" doc:"ODS code"`
	Team         bool      `json:"team"`
	Mine         bool      `json:"mine" doc:"One is told by it"`
	Editable     bool      `json:"editable"`
	By           string    `json:"by" doc:"Who saved it last"`
	Changed      time.Time `json:"changed" doc:"In UTC"`
	Over         bool      `json:"over,omitempty" doc:"Its time is over"`
}

type subscriptionList struct {
	Subscriptions []subscriptionView `json:"subscriptions" nullable:"false"`
}

// wants reads what was sent.
func (b WantedBody) wants() subscriptions.Wanted {
	w := subscriptions.Wanted{
		Name: b.Name, Plans: b.Plans, Lists: b.Lists, Centres: b.Centres, Categories: b.Categories, Departments: b.Departments, Organisations: b.Organisations,
		Regions: b.Regions, Hours: windows(b.Hours), Quiet: windows(b.Quiet), CrossQuiet: b.CrossQuiet, Zone: b.Zone, Paused: b.Paused, People: b.People,
	}
	for _, u := range b.Urgencies {
		w.Urgencies = append(w.Urgencies, plans.Urgency(u))
	}
	for _, e := range b.Events {
		w.Events = append(w.Events, subscriptions.Event(e))
	}
	if b.Until != nil {
		w.Until = b.Until.UTC()
	}
	return w
}

func windows(all []hoursBody) (out []subscriptions.Window) {
	for _, w := range all {
		to := subscriptions.Window{From: w.From, To: w.To}
		for _, d := range w.Days {
			to.Days = append(to.Days, subscriptions.Day(d))
		}
		out = append(out, to)
	}
	return out
}

func drawWindows(all []subscriptions.Window) (out []hoursBody) {
	for _, w := range all {
		to := hoursBody{From: w.From, To: w.To}
		for _, d := range w.Days {
			to.Days = append(to.Days, string(d))
		}
		out = append(out, to)
	}
	return out
}

func drawWanted(w subscriptions.Wanted, revision int) WantedBody {
	b := WantedBody{
		Name: w.Name, Plans: w.Plans, Lists: w.Lists, Centres: w.Centres, Categories: w.Categories, Departments: w.Departments, Organisations: w.Organisations,
		Regions: w.Regions, Hours: drawWindows(w.Hours), Quiet: drawWindows(w.Quiet), CrossQuiet: w.CrossQuiet, Zone: w.Zone, Until: moment(w.Until), Paused: w.Paused,
		People: w.People, Revision: revision,
	}
	for _, u := range w.Urgencies {
		b.Urgencies = append(b.Urgencies, string(u))
	}
	for _, e := range w.Events {
		b.Events = append(b.Events, string(e))
	}
	return b
}

func (s *server) drawSubscription(ctx context.Context, of subscriptions.Subscription) subscriptionView {
	return subscriptionView{
		WantedBody: drawWanted(of.Wanted, of.Revision), ID: of.ID, Role: string(of.Role), Organisation: of.Organisation, Team: of.Team(),
		Mine: of.Names(visitOf(ctx).account.Actor()), Editable: mayChange(ctx, of), By: of.By, Changed: of.Changed.UTC().Truncate(time.Second),
		Over: !of.Until.IsZero() && !s.Now().Before(of.Until),
	}
}

// mayChange tells whether the caller may change a subscription: their own in the role that they work in, or one of a team that they lead.
func mayChange(ctx context.Context, of subscriptions.Subscription) bool {
	who := visitOf(ctx).account.Actor()
	if of.Team() {
		return of.Organisation == who.Organisation && leads(ctx)
	}
	return of.Names(who)
}

func (s *server) listSubscriptions(ctx context.Context, _ *none) (*body[subscriptionList], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	who := visitOf(ctx).account.Actor()
	all, err := s.Subscriptions.SubscriptionsOf(ctx, who)
	if err != nil {
		return nil, err
	}
	teams, err := s.Subscriptions.TeamSubscriptions(ctx, who.Organisation)
	if err != nil {
		return nil, err
	}
	list := subscriptionList{Subscriptions: []subscriptionView{}}
	for _, of := range append(all, teams...) {
		if view := s.drawSubscription(ctx, of); view.Mine || view.Editable {
			list.Subscriptions = append(list.Subscriptions, view)
		}
	}
	slices.SortStableFunc(list.Subscriptions, func(a, b subscriptionView) int { return strings.Compare(a.Name, b.Name) })
	return &body[subscriptionList]{list}, nil
}

// wanted checks what somebody wants to be told of, for whom it is: a team, or themselves.
func (s *server) wantedOf(ctx context.Context, b *WantedBody, named bool) (subscriptions.Wanted, error) {
	if b == nil {
		return subscriptions.Wanted{}, errNoWanted
	}
	w, err := b.wants().Check(named)
	if err != nil {
		return w, err
	}
	dir := s.Directory()
	for _, of := range []struct {
		what  string
		ids   []string
		known func(string) bool
	}{
		{"centres", w.Centres, func(id string) bool { org, ok := dir.Organisation(id); return ok && org.Centre }},
		{"departments", w.Departments, func(id string) bool { _, ok := dir.Department(id); return ok }},
		{"organisations", w.Organisations, func(id string) bool { _, ok := dir.Organisation(id); return ok }},
		{"regions", w.Regions, func(id string) bool { _, ok := dir.Region(id); return ok }},
	} {
		for _, id := range of.ids {
			if !of.known(id) {
				return w, subscriptions.FaultError{Words: of.what + ": the directory does not know " + id + "."}
			}
		}
	}
	if len(w.People) == 0 {
		return w, nil
	}
	if !leads(ctx) {
		s.noteRefusal(ctx, "", errNotLead.words)
		return w, errNotLead
	}
	return w, s.teamIsThere(ctx, w.People)
}

// teamIsThere tells whether everybody of a team works where the caller does.
func (s *server) teamIsThere(ctx context.Context, names []string) error {
	team, err := s.colleagues(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, there := team[name]; !there {
			return subscriptions.FaultError{Words: "people: nobody of the name " + name + " has a role here in which they may be told."}
		}
	}
	return nil
}

// colleagues are those of the caller's organisation who may be told of something there, by their names.
func (s *server) colleagues(ctx context.Context) (map[string]people.Person, error) {
	all, _, err := s.People.People(ctx)
	if err != nil {
		return nil, err
	}
	there, organisation := map[string]people.Person{}, visitOf(ctx).account.Organisation
	for _, p := range all {
		works := slices.ContainsFunc(p.Posts(), func(post access.Post) bool {
			return post.Organisation == organisation && access.May(post.In(p.Name), access.Subscribe, mine(ctx)) == nil
		})
		if works && p.Disabled.IsZero() {
			there[p.Name] = p
		}
	}
	return there, nil
}

// listsFor finds the lists that something wanted names, of those that the caller may name. strict refuses others, but for those that were named before.
func (s *server) listsFor(ctx context.Context, w subscriptions.Wanted, before []string, strict bool) ([]subscriptions.List, error) {
	var all []subscriptions.List
	for _, id := range w.Lists {
		l, err := s.Subscriptions.PlanList(ctx, id)
		switch {
		case err != nil && !errors.Is(err, subscriptions.ErrNoList):
			return nil, err
		case err == nil && mayName(ctx, l):
			all = append(all, l)
		case strict && !slices.Contains(before, id):
			return nil, subscriptions.FaultError{Words: "lists: one of them is no list of yours."}
		}
	}
	return all, nil
}

// mayName tells whether the caller may subscribe by a list: their own, or one that somebody else keeps where they lead.
func mayName(ctx context.Context, l subscriptions.List) bool {
	who := visitOf(ctx).account.Actor()
	return l.Of(who) || l.Organisation == who.Organisation && leads(ctx)
}

func (s *server) addSubscription(ctx context.Context, in *struct{ Body *WantedBody }) (*body[subscriptionView], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	w, err := s.wantedOf(ctx, in.Body, true)
	if err != nil {
		return nil, err
	}
	if _, err := s.listsFor(ctx, w, nil, true); err != nil {
		return nil, err
	}
	of := s.subscriptionBy(ctx, w)
	of.ID, of.Revision = uuid.NewString(), 1
	if err := s.Subscriptions.AddSubscription(ctx, of, s.entryOf(ctx, journal.SubscriptionKept, of)); err != nil {
		return nil, err
	}
	return &body[subscriptionView]{s.drawSubscription(ctx, of)}, nil
}

// subscriptionBy is what the caller wants, as it would be kept now.
func (s *server) subscriptionBy(ctx context.Context, w subscriptions.Wanted) subscriptions.Subscription {
	who := visitOf(ctx).account
	of := subscriptions.Subscription{Person: who.Name, Role: who.Role, Organisation: who.Organisation, Wanted: w, By: who.Name, Changed: s.Now()}
	if len(w.People) > 0 {
		of.Person = ""
	}
	return of
}

// entryOf tells of a subscription in the journal: whose it is, never what it is called.
func (s *server) entryOf(ctx context.Context, kind journal.Kind, of subscriptions.Subscription) journal.Entry {
	reason := "of " + of.Person + ", " + access.Post{Role: of.Role, Organisation: of.Organisation}.String()
	if of.Team() {
		reason = "of a team of " + of.Organisation + ": " + strings.Join(of.People, ", ")
	}
	return journal.Entry{Time: s.Now(), Kind: kind, Actor: visitOf(ctx).account.Actor(), Subject: of.ID, Version: of.Revision, Reason: reason}
}

// own finds a subscription that the caller may change.
func (s *server) own(ctx context.Context, id string) (subscriptions.Subscription, error) {
	if err := s.authorise(ctx, mine(ctx), id); err != nil {
		return subscriptions.Subscription{}, err
	}
	if !isAlertID(id) {
		return subscriptions.Subscription{}, errNoSubscription
	}
	of, err := s.Subscriptions.Subscription(ctx, id)
	if err == nil && !mayChange(ctx, of) {
		err = errNoSubscription
	}
	return of, err
}

func (s *server) changeSubscription(ctx context.Context, in *struct {
	Subscription string `path:"subscription" doc:"The subscription's id"`
	Body         *WantedBody
}) (*body[subscriptionView], error) {
	before, err := s.own(ctx, in.Subscription)
	if err != nil {
		return nil, err
	}
	w, err := s.wantedOf(ctx, in.Body, true)
	if err != nil {
		return nil, err
	}
	if before.Team() != (len(w.People) > 0) {
		return nil, errTeamOrOwn
	}
	if _, err := s.listsFor(ctx, w, before.Lists, true); err != nil {
		return nil, err
	}
	of := s.subscriptionBy(ctx, w)
	of.ID, of.Revision, of.Role = before.ID, in.Body.Revision, before.Role
	e := s.entryOf(ctx, journal.SubscriptionKept, of)
	e.Version++
	if err := s.Subscriptions.KeepSubscription(ctx, of, e); err != nil {
		return nil, err
	}
	of.Revision++
	return &body[subscriptionView]{s.drawSubscription(ctx, of)}, nil
}

func (s *server) dropSubscription(ctx context.Context, in *struct {
	Subscription string `path:"subscription" doc:"The subscription's id"`
}) (*none, error) {
	of, err := s.own(ctx, in.Subscription)
	if err != nil {
		return nil, err
	}
	return nil, s.Subscriptions.DropSubscription(ctx, of.ID, s.entryOf(ctx, journal.SubscriptionDropped, of))
}

type choiceView struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Organisation string `json:"organisation,omitempty" doc:"Of a department"`
	Region       string `json:"region,omitempty" doc:"Of an organisation"`
}

type colleagueView struct {
	Name     string `json:"name"`
	FullName string `json:"full_name"`
	Role     string `json:"role"`
}

type choicesView struct {
	Lead          bool            `json:"lead" doc:"One looks after a team's subscriptions"`
	Events        []string        `json:"events" nullable:"false"`
	Urgencies     []string        `json:"urgencies" nullable:"false" doc:"The most urgent first"`
	Crossing      []string        `json:"crossing" nullable:"false" doc:"Urgencies that may cross quiet times"`
	Centres       []choiceView    `json:"centres" nullable:"false"`
	Departments   []choiceView    `json:"departments" nullable:"false" doc:"Of which one may be told"`
	Organisations []choiceView    `json:"organisations" nullable:"false"`
	Regions       []choiceView    `json:"regions" nullable:"false"`
	Categories    []string        `json:"categories" nullable:"false" doc:"SNOMED CT codes of the plans that something happened to lately"`
	People        []colleagueView `json:"people" nullable:"false" doc:"Who may be put into a team"`
	Zone          string          `json:"zone"`
}

func (s *server) subscriptionChoices(ctx context.Context, _ *none) (*body[choicesView], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	v := choicesView{
		Lead: leads(ctx), Urgencies: []string{string(plans.Critical), string(plans.Urgent), string(plans.Routine)}, Crossing: []string{}, Centres: []choiceView{},
		Departments: []choiceView{}, Organisations: []choiceView{}, Regions: []choiceView{}, Categories: []string{}, People: []colleagueView{}, Zone: s.zone().String(),
	}
	for _, e := range subscriptions.Events() {
		v.Events = append(v.Events, string(e))
	}
	for _, u := range s.SubscriptionPolicy.Crossing {
		v.Crossing = append(v.Crossing, string(u))
	}
	s.choosePlaces(ctx, &v)
	past, _, err := s.past(ctx, s.Now().AddDate(0, 0, -subscriptions.PreviewDays))
	if err != nil {
		return nil, err
	}
	for _, h := range past {
		v.Categories = append(v.Categories, h.Categories...)
	}
	slices.Sort(v.Categories)
	v.Categories = slices.Compact(v.Categories)
	if !v.Lead {
		return &body[choicesView]{v}, nil
	}
	team, err := s.colleagues(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range team {
		v.People = append(v.People, colleagueView{p.Name, p.FullName, string(p.Role)})
	}
	slices.SortFunc(v.People, func(a, b colleagueView) int { return strings.Compare(a.Name, b.Name) })
	return &body[choicesView]{v}, nil
}

// choosePlaces fills in the places of which the caller may be told, and the centres.
func (s *server) choosePlaces(ctx context.Context, v *choicesView) {
	dir, account := s.Directory(), visitOf(ctx).account
	seen := map[string]bool{}
	for _, dep := range dir.Departments(s.Now()) {
		org, _ := dir.OrganisationOf(dep.ID)
		to := access.Object{Department: dep.ID, Organisation: org.ID, Region: org.Region, Centre: account.Organisation} // a centre's patients may be anywhere
		if access.May(account, access.Subscribe, to) != nil {
			continue
		}
		site, _ := dir.Site(dep.Site)
		v.Departments = append(v.Departments, choiceView{ID: dep.ID, Name: dep.Name + ", " + site.Name, Organisation: org.ID})
		if !seen[org.ID] {
			seen[org.ID] = true
			v.Organisations = append(v.Organisations, choiceView{ID: org.ID, Name: org.Name, Region: org.Region})
		}
		if region, ok := dir.Region(org.Region); ok && !seen[region.ID] {
			seen[region.ID] = true
			v.Regions = append(v.Regions, choiceView{ID: region.ID, Name: region.Name})
		}
	}
	for _, centre := range dir.Centres() {
		v.Centres = append(v.Centres, choiceView{ID: centre.ID, Name: centre.Name})
	}
}

// past is what happened that the caller may be told of, since an instant.
func (s *server) past(ctx context.Context, since time.Time) (all []subscriptions.Happening, kept time.Time, err error) {
	account, dir := visitOf(ctx).account, s.Directory()
	var in subscriptions.Scope
	switch access.Needs(account.Role, access.Subscribe) {
	case access.OwnCentre:
		in.Centre = account.Organisation
	default:
		for _, dep := range dir.Departments(s.Now()) {
			org, _ := dir.OrganisationOf(dep.ID)
			to := access.Object{Department: dep.ID, Organisation: org.ID, Region: org.Region}
			if access.May(account, access.Subscribe, to) == nil && !slices.Contains(in.Organisations, org.ID) {
				in.Organisations = append(in.Organisations, org.ID)
			}
		}
	}
	return s.Subscriptions.Happenings(ctx, in, since, mostForeseen)
}

type dayToldView struct {
	Date string `json:"date"`
	Told int    `json:"told"`
}

type eventToldView struct {
	Event string `json:"event"`
	Told  int    `json:"told"`
}

// happenedView is something that happened, without a patient.
type happenedView struct {
	At             time.Time `json:"at" doc:"In UTC"`
	Event          string    `json:"event"`
	Ref            string    `json:"ref" doc:"The reference that is told"`
	Department     string    `json:"department,omitempty"`
	DepartmentName string    `json:"department_name,omitempty"`
	Centre         string    `json:"centre"`
	CentreName     string    `json:"centre_name"`
	Urgency        string    `json:"urgency"`
	Due            time.Time `json:"due" doc:"When it is told, in UTC"`
	Held           bool      `json:"held,omitempty" doc:"It waits for a quiet time to end"`
	Alert          string    `json:"alert,omitempty" doc:"Of what one was told: the alert's id; absent for what is about a plan only"`
	State          string    `json:"state,omitempty" enum:"waits,sent,failed,nobody,dropped" doc:"Of what one was told"`
	Words          string    `json:"words,omitempty" doc:"By what it was told, or why it was not"`
}

type previewView struct {
	From     time.Time       `json:"from"`
	KeptFrom *time.Time      `json:"kept_from,omitempty" doc:"What happened before is not known; absent if all days are"`
	Total    int             `json:"total"`
	AtOnce   int             `json:"at_once"`
	Held     int             `json:"held"`
	People   int             `json:"people" doc:"How many would have been told"`
	Days     []dayToldView   `json:"days" nullable:"false"`
	Events   []eventToldView `json:"events" nullable:"false"`
	Examples []happenedView  `json:"examples" nullable:"false" doc:"The newest"`
}

func (s *server) drawHappened(h subscriptions.Happening, due time.Time) happenedView {
	dir, about := s.Directory(), h.Alert
	if about == "" {
		about = h.ID
	}
	v := happenedView{
		At: h.At.UTC().Truncate(time.Second), Event: string(h.Event), Ref: subscribers.Reference(about), Department: h.Department, Centre: h.Centre, CentreName: nameOf(dir, h.Centre),
		Urgency: string(h.Urgency), Due: due.UTC().Truncate(time.Second),
	}
	if dep, ok := dir.Department(h.Department); ok {
		site, _ := dir.Site(dep.Site)
		v.DepartmentName = dep.Name + ", " + site.Name
	}
	return v
}

func (s *server) previewSubscription(ctx context.Context, in *struct{ Body *WantedBody }) (*body[previewView], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	w, err := s.wantedOf(ctx, in.Body, false)
	if err != nil {
		return nil, err
	}
	lists, err := s.listsFor(ctx, w, nil, false)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return nil, err
	}
	from := subscriptions.PreviewFrom(s.Now(), zone)
	past, kept, err := s.past(ctx, from)
	if err != nil {
		return nil, err
	}
	posts, err := s.postsFor(ctx, w)
	if err != nil {
		return nil, err
	}
	p, err := subscriptions.Foresee(s.subscriptionBy(ctx, w), lists, past, s.Directory(), s.SubscriptionPolicy, s.Now(), posts)
	if err != nil {
		return nil, err
	}
	view := previewView{
		From: from.UTC(), Total: p.Told, Held: p.Held, AtOnce: p.Told - p.Held, People: p.People, Days: []dayToldView{}, Events: []eventToldView{}, Examples: []happenedView{},
	}
	if kept.After(from) {
		view.KeptFrom = moment(kept)
	}
	for _, d := range p.Days {
		view.Days = append(view.Days, dayToldView(d))
	}
	for _, e := range subscriptions.Events() {
		if n := p.Events[e]; n > 0 {
			view.Events = append(view.Events, eventToldView{string(e), n})
		}
	}
	for _, e := range p.Examples {
		example := s.drawHappened(e.Happening, e.Due)
		example.Held = e.Held
		view.Examples = append(view.Examples, example)
	}
	return &body[previewView]{view}, nil
}

// postsFor tells what those may work as for whom a preview is: a team, or the caller in the role that they work in.
func (s *server) postsFor(ctx context.Context, w subscriptions.Wanted) (func(string) ([]access.Post, error), error) {
	if len(w.People) == 0 {
		a := visitOf(ctx).account
		own := []access.Post{{Role: a.Role, Organisation: a.Organisation, Department: a.Department}}
		return func(string) ([]access.Post, error) { return own, nil }, nil
	}
	team, err := s.colleagues(ctx)
	return func(name string) ([]access.Post, error) {
		if p, there := team[name]; there {
			return p.Posts(), nil
		}
		return nil, nil
	}, err
}

type toldList struct {
	Told []happenedView `json:"told" nullable:"false"`
}

func (s *server) told(ctx context.Context, _ *none) (*body[toldList], error) {
	if err := s.authorise(ctx, mine(ctx), ""); err != nil {
		return nil, err
	}
	all, err := s.Subscriptions.TellingsOf(ctx, visitOf(ctx).account.Actor(), s.Now().AddDate(0, 0, -subscriptions.PreviewDays), mostTold)
	if err != nil {
		return nil, err
	}
	list := toldList{Told: []happenedView{}}
	for _, t := range all {
		view := s.drawHappened(t.Happening, t.Due)
		view.Alert, view.State, view.Words = t.Alert, string(t.State), t.Words
		list.Told = append(list.Told, view)
	}
	return &body[toldList]{list}, nil
}
