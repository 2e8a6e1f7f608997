package web

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// addRotas adds the addresses of who is on call.
func (s *server) addRotas(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call", OperationID: "on-call", Summary: "Who is on call now, and what of the next eight weeks deserves a look", Errors: []int{401, 403},
	}, s.onCall)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/at", OperationID: "on-call-at", Summary: "Who is on call at any second",
		Description: "The past is answered as the rotas stood then.", Errors: []int{401, 403, 422},
	}, s.onCallAt)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/rotas/{rota}", OperationID: "rota", Summary: "A rota, whole", Errors: []int{401, 403, 404},
	}, s.getRota)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/rotas/{rota}/shifts", OperationID: "shifts", Summary: "Who is on in a rota, from one time to another", Errors: []int{401, 403, 404, 422},
	}, s.getShifts)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/rotas/{rota}/shifts.csv", OperationID: "shifts-file", Summary: "The same for a spreadsheet (RFC 4180)", Errors: []int{401, 403, 404, 422},
	}, s.getShiftsCSV)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/rotas/{rota}/shifts.ics", OperationID: "shifts-calendar", Summary: "The same for a calendar program (RFC 5545)", Errors: []int{401, 403, 404, 422},
	}, s.getShiftsICS)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/rotas/{rota}/history", OperationID: "rota-history", Summary: "What was done about a rota, the newest first", Errors: []int{401, 403, 404},
	}, s.rotaHistory)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/people", OperationID: "on-call-people", Summary: "Who may be put on a rota of an organisation", Errors: []int{401, 403},
	}, s.onCallPeople)
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/changes", OperationID: "on-call-changes", Summary: "What waits for a second person", Errors: []int{401, 403},
	}, s.onCallChanges)
	s.addRotaChanges(api)
	s.addPolicies(api)
	s.addMine(api)
}

// OnCallPerson is exported because it is embedded, as OwnRow is.
type OnCallPerson struct {
	Person    string `json:"person" doc:"The name of the account, or an id of the configuration's file"`
	Name      string `json:"name"`
	Reachable bool   `json:"reachable" doc:"Some channel reaches them now"`
}

func drawOnCallPerson(p rotas.Person) OnCallPerson { return OnCallPerson{p.ID, p.Name, p.Reachable} }

// Turn is exported because it is embedded, as OwnRow is.
type Turn struct {
	Start     time.Time `json:"start" doc:"In UTC"`
	End       time.Time `json:"end" doc:"In UTC; not in the turn any more"`
	Person    string    `json:"person" doc:"Empty: nobody is on"`
	Name      string    `json:"name"`
	Reachable bool      `json:"reachable"`
	Why       string    `json:"why" doc:"Where that is written, or why nobody is on"`
}

func drawTurn(b rotas.Book, shift rota.Shift) Turn {
	t := Turn{Start: shift.Start.UTC(), End: shift.End.UTC(), Person: shift.Person, Why: shift.Why}
	if shift.Person != "" {
		p := b.Person(shift.Person)
		t.Name, t.Reachable = p.Name, p.Reachable
	}
	return t
}

func drawTurns(b rotas.Book, shifts []rota.Shift) []Turn {
	out := make([]Turn, 0, len(shifts))
	for _, shift := range shifts {
		out = append(out, drawTurn(b, shift))
	}
	return out
}

type gapView struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

func drawGaps(shifts []rota.Shift) []gapView {
	out := make([]gapView, 0, len(shifts))
	for _, shift := range shifts {
		out = append(out, gapView{shift.Start.UTC(), shift.End.UTC()})
	}
	return out
}

type absentView struct {
	OnCallPerson
	First time.Time `json:"first" doc:"When their first shift begins"`
}

func drawAbsent(all []rotas.Absent) []absentView {
	out := make([]absentView, 0, len(all))
	for _, a := range all {
		out = append(out, absentView{drawOnCallPerson(a.Person), a.First.UTC()})
	}
	return out
}

type mayView struct {
	Change   bool `json:"change" doc:"The caller may change it"`
	Override bool `json:"override" doc:"The caller may put somebody else on"`
	Swap     bool `json:"swap" doc:"The caller may ask for a swap"`
}

// RotaBrief is exported because it is embedded, as OwnRow is.
type RotaBrief struct {
	Rota             string       `json:"rota"`
	Name             string       `json:"name"`
	Organisation     string       `json:"organisation" doc:"ODS code; empty for a rota of the configuration's file"`
	OrganisationName string       `json:"organisation_name"`
	Zone             string       `json:"zone" doc:"IANA name"`
	Kept             string       `json:"kept" enum:"database,file" doc:"Those of the configuration's file are changed there"`
	On               Turn         `json:"on" doc:"Who is on now"`
	Next             *Turn        `json:"next,omitempty" doc:"Who is on after that, or nobody"`
	Gaps             []gapView    `json:"gaps" nullable:"false" doc:"The first times of the next eight weeks in which nobody is on"`
	GapCount         int          `json:"gap_count"`
	Unreachable      []absentView `json:"unreachable" nullable:"false" doc:"Who is on in the next eight weeks and cannot be told"`
	May              mayView      `json:"may"`
}

const (
	mostGaps = 20
	// looksBack is how long ago a turn that goes on is seen to have begun.
	looksBack = 14 * 24 * time.Hour
)

// whoseRota is a rota as an object of access. One of the file is everybody's who may see any.
func (s *server) whoseRota(ctx context.Context, r rotas.Shown) access.Object {
	if r.OfFile {
		return ofTheirs(ctx)
	}
	return s.belongs(r.Organisation)
}

// mayRead tells whether the caller may see what is an organisation's, or of the file.
func (s *server) mayRead(ctx context.Context, r rotas.Shown) bool {
	return access.May(visitOf(ctx).account, access.ReadRotas, s.whoseRota(ctx, r)) == nil
}

func (s *server) drawBrief(ctx context.Context, b rotas.Book, r rotas.Shown) RotaBrief {
	caller, object := visitOf(ctx).account, s.whoseRota(ctx, r)
	may := func(do access.Action) bool { return !r.OfFile && access.May(caller, do, object) == nil }
	v := RotaBrief{
		Rota: r.ID, Name: r.Name, Organisation: r.Organisation, OrganisationName: s.nameOf(r.Organisation), Zone: r.Answers.Zone().String(), Kept: "database",
		May: mayView{may(access.KeepRotas), may(access.OverrideRota), may(access.SwapShift)},
	}
	if r.OfFile {
		v.Kept = "file"
	}
	around := r.Between(b.Now.Add(-looksBack), b.Now.Add(rota.Ahead))
	now, next := nowAndNext(around, b.Now)
	v.On = drawTurn(b, now)
	if next != nil {
		turn := drawTurn(b, *next)
		v.Next = &turn
	}
	ahead := slices.DeleteFunc(slices.Clone(around), func(shift rota.Shift) bool { return !b.Now.Before(shift.End) })
	gaps := slices.DeleteFunc(slices.Clone(ahead), func(shift rota.Shift) bool { return shift.Person != "" })
	v.GapCount, v.Gaps = len(gaps), drawGaps(gaps[:min(len(gaps), mostGaps)])
	v.Unreachable = drawAbsent(b.Unreachable(ahead))
	return v
}

// nowAndNext are the turn around an instant and the one of somebody else after it: what one person has in pieces is one turn, with why of the piece
// that is now.
func nowAndNext(shifts []rota.Shift, now time.Time) (on rota.Shift, next *rota.Shift) {
	at := slices.IndexFunc(shifts, func(shift rota.Shift) bool { return now.Before(shift.End) })
	if at < 0 {
		return rota.Shift{}, nil
	}
	on = shifts[at]
	for i := at - 1; i >= 0 && shifts[i].Person == on.Person; i-- {
		on.Start = shifts[i].Start
	}
	for _, shift := range shifts[at+1:] {
		switch {
		case next == nil && shift.Person == on.Person:
			on.End = shift.End
		case next == nil:
			next = &shift
		case next.Person == shift.Person && next.End.Equal(shift.Start):
			next.End = shift.End
		default:
			return on, next
		}
	}
	return on, next
}

type centreLineView struct {
	Centre     string `json:"centre" doc:"ODS code"`
	CentreName string `json:"centre_name"`
	Rota       string `json:"rota"`
	RotaName   string `json:"rota_name"`
	Revision   int    `json:"revision" doc:"What a change of it rests on"`
	Kept       string `json:"kept" enum:"database,file"`
}

type changeView struct {
	Change  string    `json:"change"`
	About   string    `json:"about" enum:"rota,override,policy,centre"`
	Subject string    `json:"subject" doc:"The id of what it changes"`
	Name    string    `json:"name"`
	Summary []string  `json:"summary" nullable:"false" doc:"What changes, one line each"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until" doc:"When it lapses if nobody decides"`
	Mine    bool      `json:"mine" doc:"The caller proposed it, and cannot agree"`
}

type onCallOverview struct {
	Now           time.Time        `json:"now"`
	Rotas         []RotaBrief      `json:"rotas" nullable:"false"`
	Centres       []centreLineView `json:"centres" nullable:"false" doc:"The lines of centres"`
	Changes       []changeView     `json:"changes" nullable:"false" doc:"What waits for a second person"`
	SwapsToAnswer int              `json:"swaps_to_answer" doc:"How many swaps the caller is asked for"`
}

func (s *server) onCall(ctx context.Context, _ *none) (*body[onCallOverview], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	b, err := s.Rotas.Book(ctx, s.Now().Add(-looksBack))
	if err != nil {
		return nil, err
	}
	v := onCallOverview{Now: b.Now.UTC(), Rotas: []RotaBrief{}, Centres: s.drawCentreLines(ctx, b)}
	for _, r := range b.Rotas() {
		if s.mayRead(ctx, r) {
			v.Rotas = append(v.Rotas, s.drawBrief(ctx, b, r))
		}
	}
	if v.Changes, err = s.changesFor(ctx, ""); err != nil {
		return nil, err
	}
	me := visitOf(ctx).account.Name
	for _, swap := range b.SwapsOf(me) {
		if swap.Takes == me && rotas.SwapState(swap.Swap, b.Now) == rotas.SwapAsked {
			v.SwapsToAnswer++
		}
	}
	return &body[onCallOverview]{v}, nil
}

// drawCentreLines are the lines of centres whose rota the caller may see.
func (s *server) drawCentreLines(ctx context.Context, b rotas.Book) []centreLineView {
	views := []centreLineView{}
	add := func(centre, id, kept string, revision int) {
		if r, ok := b.Rota(id); ok && s.mayRead(ctx, r) {
			views = append(views, centreLineView{centre, s.nameOf(centre), id, r.Name, revision, kept})
		}
	}
	for _, l := range b.Lines {
		add(l.Centre, l.Rota, "database", l.Revision)
	}
	for centre, id := range b.File.Lines {
		add(centre, id, "file", 0)
	}
	slices.SortFunc(views, func(x, y centreLineView) int { return strings.Compare(x.Centre, y.Centre) })
	return views
}

// changesFor are the changes that wait, of those that the caller may see; all, or those about one rota.
func (s *server) changesFor(ctx context.Context, about string) ([]changeView, error) {
	all, err := s.Rotas.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	views := []changeView{}
	for _, w := range all {
		if about != "" && about != w.Rota && (about != w.ID || w.About != rotas.AboutRota) || access.May(visitOf(ctx).account, access.ReadRotas, s.belongs(w.Organisation)) != nil {
			continue
		}
		subject := w.ID
		if w.About == rotas.AboutOverride {
			subject = w.Rota
		}
		views = append(views, changeView{
			w.Proposal.ID, string(w.About), subject, w.Name, append([]string{}, w.Summary...), w.By.Name, w.At.UTC().Truncate(time.Second), w.Until.UTC().Truncate(time.Second),
			w.By.Name == visitOf(ctx).account.Name,
		})
	}
	return views, nil
}

type changeList struct {
	Changes []changeView `json:"changes" nullable:"false"`
}

func (s *server) onCallChanges(ctx context.Context, _ *none) (*body[changeList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	all, err := s.changesFor(ctx, "")
	if err != nil {
		return nil, err
	}
	return &body[changeList]{changeList{all}}, nil
}

type rotaAtView struct {
	Rota string `json:"rota"`
	Name string `json:"name"`
	On   Turn   `json:"on"`
}

type onCallAtView struct {
	At    time.Time    `json:"at"`
	Rotas []rotaAtView `json:"rotas" nullable:"false"`
}

func (s *server) onCallAt(ctx context.Context, in *struct {
	At time.Time `query:"at" doc:"Such as 2026-10-25T01:30:00Z; left out: now"`
}) (*body[onCallAtView], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	at := in.At
	if at.IsZero() {
		at = s.Now()
	}
	if !sensible(at) {
		return nil, errTimes
	}
	b, err := s.Rotas.Book(ctx, at.Add(-looksBack))
	if err != nil {
		return nil, err
	}
	v := onCallAtView{At: at.UTC(), Rotas: []rotaAtView{}}
	for _, r := range b.Rotas() {
		if s.mayRead(ctx, r) {
			on, _ := nowAndNext(r.Between(at.Add(-looksBack), at.Add(looksBack)), at)
			v.Rotas = append(v.Rotas, rotaAtView{r.ID, r.Name, drawTurn(b, on)})
		}
	}
	return &body[onCallAtView]{v}, nil
}

// sensible tells whether an instant is one that rotas are asked for.
func sensible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 2200 }

// shownRota finds a rota that the caller may do the route's action to. Whoever may do it to none learns that first.
func (s *server) shownRota(ctx context.Context, id string, since time.Time) (rotas.Book, rotas.Shown, error) {
	b, err := s.Rotas.Book(ctx, since)
	if err != nil {
		return b, rotas.Shown{}, err
	}
	r, ok := b.Rota(id)
	object, subject := ofTheirs(ctx), "on call"
	if ok {
		object, subject = s.whoseRota(ctx, r), r.ID
	}
	if err := s.authorise(ctx, object, subject); err != nil {
		return b, r, err
	}
	if !ok {
		return b, r, rotas.ErrNone
	}
	return b, r, nil
}

type ofRota struct {
	Rota string `path:"rota" maxLength:"100" doc:"The rota's id"`
}

type windowBody struct {
	Weekdays []string `json:"weekdays,omitempty" maxItems:"7" doc:"Of mon, tue, wed, thu, fri, sat, sun; none: every day"`
	Dates    []string `json:"dates,omitempty" maxItems:"400" doc:"Such as 2026-12-25; none: every day"`
	Holidays string   `json:"holidays,omitempty" maxLength:"10" doc:"only: on bank holidays only; never: not on them"`
	From     string   `json:"from,omitempty" maxLength:"5" doc:"On the clock on the wall, such as 20:00; left out: midnight"`
	To       string   `json:"to,omitempty" maxLength:"5" doc:"At or before from: on the next day"`
}

type layerBody struct {
	Name     string       `json:"name" maxLength:"100"`
	Handover string       `json:"handover" maxLength:"100" doc:"A cron expression of five fields, on the clock on the wall, such as 0 8,20 * * *"`
	People   []string     `json:"people" maxItems:"200" nullable:"false" doc:"In the order of their turns"`
	First    string       `json:"first" maxLength:"10" doc:"The day on which the layer begins"`
	Last     string       `json:"last,omitempty" maxLength:"10" doc:"The last day on which a turn begins"`
	Windows  []windowBody `json:"windows" maxItems:"50" required:"false" nullable:"false" doc:"The hours in which the layer has somebody; none: always"`
}

// convert makes values of one text type those of another.
func convert[To, From ~string](all []From) []To {
	out := make([]To, 0, len(all))
	for _, one := range all {
		out = append(out, To(one))
	}
	return out
}

func drawLayer(l rota.Layer) layerBody {
	v := layerBody{l.Name, l.Handover, append([]string{}, l.People...), string(l.First), string(l.Last), []windowBody{}}
	for _, w := range l.Windows {
		v.Windows = append(v.Windows, windowBody{convert[string](w.Weekdays), convert[string](w.Dates), string(w.Holidays), string(w.From), string(w.To)})
	}
	return v
}

func (b layerBody) layer() rota.Layer {
	l := rota.Layer{Name: b.Name, Handover: b.Handover, People: b.People, First: rota.Date(b.First), Last: rota.Date(b.Last)}
	for _, w := range b.Windows {
		l.Windows = append(l.Windows, rota.Window{
			Weekdays: convert[rota.Weekday](w.Weekdays), Dates: convert[rota.Date](w.Dates), Holidays: rota.HolidayRule(w.Holidays), From: rota.TimeOfDay(w.From), To: rota.TimeOfDay(w.To),
		})
	}
	return l
}

type overrideView struct {
	Override    string    `json:"override"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	Instead     string    `json:"instead" doc:"Whose time is taken; empty: everybody's, and that of nobody"`
	InsteadName string    `json:"instead_name"`
	By          string    `json:"by" doc:"Who is on"`
	ByName      string    `json:"by_name"`
	Decided     time.Time `json:"decided"`
	DecidedBy   string    `json:"decided_by"`
	State       string    `json:"state" enum:"ahead,on,over,cancelled"`
}

func drawOverride(b rotas.Book, o rotas.Override) overrideView {
	v := overrideView{
		Override: o.ID, Start: o.Start.UTC(), End: o.End.UTC(), Instead: o.Instead, By: o.By, ByName: b.Person(o.By).Name, Decided: o.Decided.UTC().Truncate(time.Second), DecidedBy: o.DecidedBy, State: "ahead",
	}
	if o.Instead != "" {
		v.InsteadName = b.Person(o.Instead).Name
	}
	switch {
	case !o.Cancelled.IsZero():
		v.State = "cancelled"
	case !b.Now.Before(o.End):
		v.State = "over"
	case !b.Now.Before(o.Start):
		v.State = "on"
	}
	return v
}

type namedPolicy struct {
	Policy string `json:"policy" doc:"Empty for one of the configuration's file"`
	Name   string `json:"name"`
}

type rotaView struct {
	RotaBrief
	Revision  int            `json:"revision" doc:"What a change of it rests on"`
	Holidays  []string       `json:"holidays" nullable:"false"`
	Layers    []layerBody    `json:"layers" nullable:"false" doc:"From the ground up"`
	Shifts    int            `json:"shifts" doc:"How many planned shifts of a spreadsheet are not over"`
	Overrides []overrideView `json:"overrides" nullable:"false" doc:"Those that are not over first"`
	Swaps     []swapView     `json:"swaps" nullable:"false"`
	People    []OnCallPerson `json:"people" nullable:"false" doc:"Who may ever be on"`
	Policies  []namedPolicy  `json:"policies" nullable:"false" doc:"Whose steps name it"`
	Changes   []changeView   `json:"changes" nullable:"false" doc:"What waits for a second person"`
}

// mostAside is how many overrides and swaps of a rota are shown, and for how long back.
const (
	mostAside = 100
	asideFor  = 90 * 24 * time.Hour
)

func (s *server) getRota(ctx context.Context, in *ofRota) (*body[rotaView], error) {
	b, r, err := s.shownRota(ctx, in.Rota, s.Now().Add(-asideFor))
	if err != nil {
		return nil, err
	}
	v := rotaView{
		RotaBrief: s.drawBrief(ctx, b, r), Revision: r.Revision, Holidays: convert[string](r.Holidays), Layers: []layerBody{}, Overrides: []overrideView{}, Swaps: []swapView{},
		People: []OnCallPerson{}, Policies: []namedPolicy{},
	}
	for _, l := range r.Layers {
		v.Layers = append(v.Layers, drawLayer(l))
	}
	for _, shift := range r.Shifts {
		if b.Now.Before(shift.End) {
			v.Shifts++
		}
	}
	for _, o := range r.Rota.Overrides {
		v.Overrides = append(v.Overrides, drawOverride(b, o))
	}
	v.Overrides = newestFirst(v.Overrides, func(o overrideView) (bool, time.Time) { return o.State == "ahead" || o.State == "on", o.Start })
	for _, swap := range r.Rota.Swaps {
		v.Swaps = append(v.Swaps, s.drawSwap(ctx, b, rotas.AskedSwap{Rota: r.ID, RotaName: r.Name, Swap: swap}))
	}
	v.Swaps = newestFirst(v.Swaps, func(swap swapView) (bool, time.Time) { return swap.State == rotas.SwapAsked, swap.Asked })
	for _, id := range r.Answers.People() {
		v.People = append(v.People, drawOnCallPerson(b.Person(id)))
	}
	policies, _ := b.Named(r.ID)
	for _, p := range policies {
		v.Policies = append(v.Policies, namedPolicy{p.ID, p.Name})
	}
	v.Changes, err = s.changesFor(ctx, r.ID)
	return &body[rotaView]{v}, err
}

// newestFirst puts what is open first, and of the rest the newest, and leaves out what is too much.
func newestFirst[T any](all []T, of func(T) (open bool, at time.Time)) []T {
	slices.SortStableFunc(all, func(x, y T) int {
		openX, atX := of(x)
		openY, atY := of(y)
		switch {
		case openX && openY:
			return atX.Compare(atY)
		case openX:
			return -1
		case openY:
			return 1
		}
		return atY.Compare(atX)
	})
	return all[:min(len(all), mostAside)]
}

// ShiftsQuery is exported because it is embedded: which time of which rota.
type ShiftsQuery struct {
	Rota string    `path:"rota" maxLength:"100" doc:"The rota's id"`
	From time.Time `query:"from" doc:"Left out: now"`
	To   time.Time `query:"to" doc:"Left out: eight weeks later; at most 400 days after from"`
}

const longestShifts = 400 * 24 * time.Hour

// shifts are those of a rota that the caller may see, also of one that is past.
func (s *server) shifts(ctx context.Context, q ShiftsQuery) (b rotas.Book, r rotas.Shown, from, to time.Time, err error) {
	from, to = q.From, q.To
	if from.IsZero() {
		from = s.Now()
	}
	if to.IsZero() {
		to = from.Add(rota.Ahead)
	}
	from, to = from.UTC().Truncate(time.Second), to.UTC().Truncate(time.Second)
	b, r, err = s.shownRota(ctx, q.Rota, from)
	if err == nil && (!sensible(from) || !sensible(to) || !from.Before(to) || to.Sub(from) > longestShifts) {
		err = errTimes
	}
	return b, r, from, to, err
}

type shiftList struct {
	Rota   string    `json:"rota"`
	Name   string    `json:"name"`
	Zone   string    `json:"zone"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Shifts []Turn    `json:"shifts" nullable:"false" doc:"Without a gap between them: where nobody is on, a turn says so"`
}

func (s *server) getShifts(ctx context.Context, in *struct{ ShiftsQuery }) (*body[shiftList], error) {
	b, r, from, to, err := s.shifts(ctx, in.ShiftsQuery)
	if err != nil {
		return nil, err
	}
	return &body[shiftList]{shiftList{r.ID, r.Name, r.Answers.Zone().String(), from, to, drawTurns(b, r.Between(from, to))}}, nil
}

// fileAnswer is a file to be kept.
type fileAnswer struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *server) getShiftsCSV(ctx context.Context, in *struct{ ShiftsQuery }) (*fileAnswer, error) {
	_, r, from, to, err := s.shifts(ctx, in.ShiftsQuery)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := rota.WriteCSV(&file, r.Between(from, to), r.Answers.Zone()); err != nil {
		return nil, err
	}
	return &fileAnswer{"text/csv; charset=utf-8", `attachment; filename="shifts.csv"`, file.Bytes()}, nil
}

// icsType is the media type of iCalendar (RFC 5545 §8.1).
const icsType = "text/calendar; charset=utf-8"

func (s *server) getShiftsICS(ctx context.Context, in *struct{ ShiftsQuery }) (*fileAnswer, error) {
	b, r, from, to, err := s.shifts(ctx, in.ShiftsQuery)
	if err != nil {
		return nil, err
	}
	text := rota.Calendar(r.ID, "On call: "+r.Name, r.Between(from, to), func(id string) string { return b.Person(id).Name }, b.Now)
	return &fileAnswer{icsType, `attachment; filename="shifts.ics"`, []byte(text)}, nil
}

type rotaEntry struct {
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Role  string    `json:"role"`
	Kind  string    `json:"kind" doc:"As the journal has it, such as on_call.rota_kept"`
	Words string    `json:"words"`
}

type rotaEntries struct {
	Entries []rotaEntry `json:"entries" nullable:"false"`
}

func (s *server) rotaHistory(ctx context.Context, in *ofRota) (*body[rotaEntries], error) {
	_, r, err := s.shownRota(ctx, in.Rota, s.Now())
	if err != nil {
		return nil, err
	}
	entries, err := s.Rotas.History(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	v := rotaEntries{Entries: []rotaEntry{}}
	for _, e := range entries {
		v.Entries = append(v.Entries, rotaEntry{e.Time.UTC().Truncate(time.Second), e.Actor.Name, e.Actor.Role, string(e.Kind), e.Reason})
	}
	return &body[rotaEntries]{v}, nil
}

type candidateView struct {
	OnCallPerson
	Role string `json:"role" doc:"Empty for people of the configuration's file"`
}

type candidateList struct {
	People []candidateView `json:"people" nullable:"false"`
}

func (s *server) onCallPeople(ctx context.Context, in *struct {
	Organisation string `query:"organisation" maxLength:"20" doc:"ODS code; left out: the caller's own"`
}) (*body[candidateList], error) {
	object := ofTheirs(ctx)
	if in.Organisation != "" {
		object = s.belongs(in.Organisation)
	}
	if err := s.authorise(ctx, object, "on call"); err != nil {
		return nil, err
	}
	b, err := s.Rotas.Book(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	v := candidateList{People: []candidateView{}}
	for _, p := range b.Candidates(object.Organisation) {
		v.People = append(v.People, candidateView{drawOnCallPerson(p), p.Role})
	}
	return &body[candidateList]{v}, nil
}

// rotaRefusals are the answers to the faults of package rotas.
var rotaRefusals = map[error]refusal{
	rotas.ErrNone:     {404, "", "There is no such rota, policy, override or swap."},
	rotas.ErrStale:    {409, "", "Somebody has changed it meanwhile. Load it again; nothing was saved."},
	rotas.ErrOfFile:   {409, "", "It is kept in the file of the configuration, and changed there."},
	rotas.ErrNamed:    {409, "", "A policy or a centre's line names this rota: change that first."},
	rotas.ErrOver:     {409, "", "Its time is over."},
	rotas.ErrNotOn:    {422, "", "A swap is about times in which each of the two is on for the whole of it. Somebody else is on in a part of these."},
	rotas.ErrNoFeed:   {404, "", "There is no such calendar. Whoever made the address may have ended it."},
	rotas.ErrForeign:  {409, "", "Another organisation has this short name: choose another."},
	rota.ErrNotTheirs: {403, "", "Only who is asked can accept or refuse a swap, and only who asks can take it back."},
	rota.ErrSettled:   {409, "", "The swap was accepted, refused or taken back already."},
	rota.ErrTooLate:   {409, "", "A time of the swap has begun already."},
}

var errTimes = refusal{422, "", "Give a time from and a later time to, at most 400 days apart, between the years 1970 and 2199."}

// rotaRefusal is the answer to a fault of package rotas.
func rotaRefusal(err error) (refusal, bool) {
	if faults, ok := errors.AsType[rotas.FaultsError](err); ok {
		words := make([]string, 0, len(faults))
		for _, f := range faults[:min(len(faults), 5)] {
			words = append(words, f.Words)
		}
		return refusal{422, "", strings.Join(words, " ")}, true
	}
	for is, as := range rotaRefusals {
		if errors.Is(err, is) {
			return as, true
		}
	}
	return refusal{}, false
}
