package rotas

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// About is what a change changes.
type About string

// What changes are about. Dropping is one with Drop.
const (
	AboutRota     About = "rota"
	AboutOverride About = "override"
	AboutPolicy   About = "policy"
	AboutLine     About = "centre"
)

// change is a change of what is kept. It rests on what it changes having a revision: 0 where it is new. As a proposal it is kept as JSON.
type change struct {
	About        About  `json:"about"`
	ID           string `json:"id"`
	Organisation string `json:"organisation"`
	Name         string `json:"name"`
	Revision     int    `json:"revision"`
	Drop         bool   `json:"drop,omitempty"`
	// Plan is of a rota, Terms of a policy, Rota of a line or an override.
	Plan  *Plan  `json:"plan,omitempty"`
	Terms *Terms `json:"terms,omitempty"`
	Rota  string `json:"rota,omitempty"`
}

// subjects are what proposals of this package are about, with the id behind them.
var subjects = map[About]string{AboutRota: "rota ", AboutOverride: "rota ", AboutPolicy: "policy ", AboutLine: "line of centre "}

// subject is what the proposal is about, for whoever agrees.
func (c change) subject() string {
	if c.About == AboutOverride {
		return subjects[c.About] + c.Rota
	}
	return subjects[c.About] + c.ID
}

// ours tells whether a proposal is about something that is kept here.
func ours(subject string) bool {
	for _, begins := range subjects {
		if strings.HasPrefix(subject, begins) {
			return true
		}
	}
	return false
}

func (c change) text() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // cannot be: it is made of strings, numbers and instants
	}
	return string(b)
}

func parseChange(p changes.Proposal) (c change, err error) {
	if err := json.Unmarshal([]byte(p.Text), &c); err != nil {
		return c, fmt.Errorf("read what proposal %s would have: %w", p.ID, err)
	}
	return c, nil
}

var idShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,39}$`)

// check refuses a change that cannot be, as things stand. Errors: ErrNone, ErrStale, ErrOfFile, ErrNamed, ErrOver, ErrForeign, a FaultsError.
func (c change) check(b Book) error {
	switch c.About {
	case AboutRota:
		return c.checkRota(b)
	case AboutOverride:
		_, o, err := b.override(c.Rota, c.ID)
		if err == nil && (!o.Cancelled.IsZero() || !b.Now.Before(o.End)) {
			err = ErrOver
		}
		return err
	case AboutPolicy:
		return c.checkPolicy(b)
	case AboutLine:
		return c.checkLine(b)
	}
	return ErrNone
}

// against compares the revision that a change rests on with the one that is held, 0 where there is none.
func (c change) against(held int) error {
	switch {
	case c.Revision != held:
		if c.Drop && held == 0 || c.Revision > 0 && held == 0 {
			return ErrNone
		}
		return ErrStale
	case c.Drop && held == 0:
		return ErrNone
	}
	return nil
}

func (c change) checkRota(b Book) error {
	if b.File.has(c.ID) {
		return ErrOfFile
	}
	held, revision := b.standing(c.ID)
	if err := c.against(revision); err != nil {
		return err
	}
	if r, ok := b.rota(c.ID); ok && r.Organisation != c.Organisation {
		return ErrForeign
	}
	if c.Drop {
		if policies, centres := b.Named(held.ID); len(policies)+len(centres) > 0 {
			return ErrNamed
		}
		return nil
	}
	return asError(c.Plan.faults(c.ID, c.Organisation, b))
}

// standing is a kept rota that stands, with its revision; 0 where there is none.
func (b Book) standing(id string) (Rota, int) {
	r, _ := b.rota(id)
	if v, stands := r.newest(); stands {
		return r, v.Revision
	}
	return r, 0
}

func (c change) checkPolicy(b Book) error {
	held, _ := b.Policy(c.ID)
	if err := c.against(held.Revision); err != nil {
		return err
	}
	if held.Revision > 0 && held.Organisation != c.Organisation {
		return ErrForeign
	}
	if c.Drop {
		return nil
	}
	return asError(c.policyFaults(b))
}

func (c change) policyFaults(b Book) []Fault {
	all := c.Terms.faults(c.Organisation, b)
	if !idShape.MatchString(c.ID) {
		all = append(all, Fault{"policy", badID})
	}
	for _, other := range b.Policies {
		if other.ID != c.ID && other.Organisation == c.Organisation && other.collides(*c.Terms) {
			all = append(all, Fault{"departments", "The policy " + other.Name + " is for some of these departments and urgencies already."})
		}
	}
	return all
}

func (c change) checkLine(b Book) error {
	if _, ok := b.File.Lines[c.ID]; ok {
		return ErrOfFile
	}
	held, _ := b.line(c.ID)
	if err := c.against(held.Revision); err != nil {
		return err
	}
	org, ok := b.dir.Organisation(c.ID)
	switch {
	case !ok || !org.Centre:
		return asError([]Fault{{"centre", "This is no centre of the directory."}})
	case !c.Drop && !b.mayName(c.Rota, c.ID):
		return asError([]Fault{{"rota", "There is no such rota of the centre."}})
	}
	return nil
}

func asError(all []Fault) error {
	if len(all) == 0 {
		return nil
	}
	return FaultsError(all)
}

const badID = "A short name has from 2 to 40 small letters, digits and hyphens, and begins with a letter or digit."

// mostShifts is how many planned shifts a rota has: those of some years.
const mostShifts = 5000

// faults are what keeps a plan of a rota from holding.
func (p Plan) faults(id, organisation string, b Book) (all []Fault) {
	if !idShape.MatchString(id) {
		all = append(all, Fault{"rota", badID})
	}
	if !plainName(p.Name) {
		all = append(all, Fault{"name", fmt.Sprintf("A name has from 1 to %d letters, on one line.", mostName)})
	}
	if _, err := rota.New(rota.Spec{ID: id, Zone: p.Zone, Holidays: p.Holidays}); err != nil {
		at := "holidays"
		if strings.Contains(err.Error(), "time zone") {
			return append(all, Fault{"zone", "This is no time zone such as Europe/London."})
		}
		all = append(all, Fault{at, "A bank holiday is a date such as 2026-12-25."})
	}
	if len(p.Shifts) > mostShifts {
		all = append(all, Fault{"csv", fmt.Sprintf("There are more than %d shifts.", mostShifts)})
	}
	names := map[string]bool{}
	for i, l := range p.Layers {
		at := fmt.Sprintf("layers/%d", i)
		if !plainName(l.Name) || names[l.Name] {
			all = append(all, Fault{at + "/name", "Each layer needs a name of its own."})
			continue
		}
		names[l.Name] = true
		if where, words := layerFault(id, p.Zone, l); words != "" {
			all = append(all, Fault{at + where, words})
		}
		all = append(all, b.strangers(at+"/people", organisation, l.People)...)
	}
	var planned []string
	for _, s := range p.Shifts {
		planned = append(planned, s.Person)
	}
	slices.Sort(planned)
	all = append(all, b.strangers("csv", organisation, slices.Compact(planned))...)
	if len(all) == 0 { // whatever is not a layer's own fault
		if _, err := rota.New(Rota{ID: id}.spec(p)); err != nil {
			all = append(all, Fault{"layers", sentence(strings.TrimPrefix(err.Error(), "rota "+id+": "))})
		}
	}
	return all
}

// layerFault is the first fault of a layer by itself, and where in it.
func layerFault(id, zone string, l rota.Layer) (at, words string) {
	_, err := rota.New(rota.Spec{ID: id, Zone: zone, Layers: []rota.Layer{l}})
	if err == nil {
		return "", ""
	}
	words = strings.TrimPrefix(err.Error(), "rota "+id+": layer "+l.Name+": ")
	for _, of := range []struct{ begins, at string }{
		{"handover", "/handover"}, {"first", "/first"}, {"last", "/last"}, {"its last", "/last"}, {"it needs", "/people"}, {`"`, "/windows"}, {"holidays", "/windows"},
	} {
		if strings.HasPrefix(words, of.begins) {
			at = of.at
			break
		}
	}
	if strings.Contains(words, "does not name a person") {
		at = "/people"
	}
	return at, sentence(words)
}

// accountShape is how accounts are named: only what has it is said back to whoever typed it.
var accountShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,62}$`)

// strangers are faults for those who may not be on a rota of an organisation.
func (b Book) strangers(at, organisation string, ids []string) (all []Fault) {
	for _, id := range ids {
		if p, ok := b.people[id]; !ok || !p.fits(organisation) {
			name := "Somebody there"
			if accountShape.MatchString(id) {
				name = id
			}
			all = append(all, Fault{at, name + " has no account that works for this organisation."})
		}
	}
	return all
}

// override finds an override of a kept rota.
func (b Book) override(rotaID, id string) (Rota, Override, error) {
	r, revision := b.standing(rotaID)
	i := slices.IndexFunc(r.Overrides, func(o Override) bool { return o.ID == id })
	switch {
	case b.File.has(rotaID):
		return r, Override{}, ErrOfFile
	case revision == 0 || i < 0:
		return r, Override{}, ErrNone
	}
	return r, r.Overrides[i], nil
}

// after is a rota as it would be with a change; nil if it is dropped.
func (c change) after(b Book) (before, after Answers, err error) {
	id := c.ID
	if c.About == AboutOverride {
		id = c.Rota
	}
	r, revision := b.standing(id)
	if revision > 0 {
		shown, _ := b.Rota(id)
		before = shown.Answers
	}
	if c.Drop && c.About == AboutRota {
		return before, nil, nil
	}
	plan := c.Plan
	if c.About == AboutOverride {
		v, _ := r.newest()
		plan = &v.Plan
		r.Overrides = slices.Clone(r.Overrides)
		for i, o := range r.Overrides {
			if o.ID == c.ID {
				r.Overrides[i] = o.cancelled(b.Now)
			}
		}
	}
	made, err := rota.New(r.spec(*plan))
	return before, made, err
}

// cancelled is an override that ends at an instant, or never was.
func (o Override) cancelled(now time.Time) Override {
	now = now.UTC().Truncate(time.Second)
	o.Cancelled = now
	if now.After(o.Start) && now.Before(o.End) {
		o.End = now
	}
	return o
}

// weigh says what a change that was checked means: whether a second person has to agree, and in words.
func (c change) weigh(b Book) (second bool, summary []string, e Effect, err error) {
	switch c.About {
	case AboutPolicy:
		if c.Drop {
			held, _ := b.Policy(c.ID)
			return true, []string{"The policy " + held.Name + ", for " + held.whom(b.dir) + ", is dropped: what the file of the configuration says holds there then, or the board alone and the alarm."}, e, nil
		}
		var before *Terms
		if held, ok := b.Policy(c.ID); ok {
			before = &held.Terms
		}
		return true, c.Terms.differences(before, b), e, nil
	case AboutLine:
		held, is := b.line(c.ID)
		name := c.ID
		if org, ok := b.dir.Organisation(c.ID); ok {
			name = org.Name
		}
		switch {
		case c.Drop:
			return true, []string{name + " has no line of its own any more: a step that tells the centre tells nobody."}, e, nil
		case is:
			return true, []string{"The line of " + name + " is the rota " + b.nameOfRota(c.Rota) + ", until now " + b.nameOfRota(held.Rota) + "."}, e, nil
		}
		return false, []string{"The line of " + name + " is the rota " + b.nameOfRota(c.Rota) + "."}, e, nil
	}
	before, after, err := c.after(b)
	if err != nil {
		return false, nil, e, err
	}
	e = effectOf(before, after, b.Now)
	if c.Drop && c.About == AboutRota {
		return true, []string{"The rota " + b.nameOfRota(c.ID) + " is dropped: nobody is on in it any more."}, e, nil
	}
	return len(e.Lost) > 0, c.inWords(b, before, e), e, nil
}

const mostLines = 12

// inWords says what a change of a rota means in the next eight weeks.
func (c change) inWords(b Book, before Answers, e Effect) (lines []string) {
	var zone *time.Location
	switch {
	case before == nil:
		zone = zoneOf(c.Plan.Zone)
		lines = append(lines, "New rota "+c.Plan.Name+".")
	case c.About == AboutOverride:
		zone = before.Zone()
		lines = append(lines, "In the rota "+b.nameOfRota(c.Rota)+" an override is taken back.")
	default:
		zone = zoneOf(c.Plan.Zone)
		held, _ := b.Rota(c.ID)
		lines = append(lines, planDifferences(held.Version.Plan, *c.Plan)...)
	}
	at := func(t time.Time) string { return t.In(zone).Format("Mon 2 Jan 15:04") }
	for i, s := range e.Lost {
		if i == mostLines {
			lines = append(lines, fmt.Sprintf("And %d times more.", len(e.Lost)-i))
			break
		}
		lines = append(lines, "Nobody is on any more from "+at(s.Start)+" to "+at(s.End)+".")
	}
	if before != nil && len(e.Differences) == 0 {
		lines = append(lines, "In the next eight weeks the same people are on at the same times.")
	} else if before != nil {
		lines = append(lines, fmt.Sprintf("In the next eight weeks somebody else is on at %d times, the first from %s.", len(e.Differences), at(e.Differences[0].Start)))
	}
	if n := len(e.Gaps); n > 0 {
		lines = append(lines, fmt.Sprintf("Nobody is on at %d times of the next eight weeks, the first from %s.", n, at(e.Gaps[0].Start)))
	}
	return lines
}

// planDifferences says which parts of a plan change.
func planDifferences(was, is Plan) (lines []string) {
	if was.Name != is.Name {
		lines = append(lines, "Its name: "+is.Name+", until now "+was.Name+".")
	}
	if was.Zone != is.Zone {
		lines = append(lines, "Its time zone: "+is.Zone+", until now "+was.Zone+".")
	}
	if !slices.Equal(was.Holidays, is.Holidays) {
		lines = append(lines, "Its bank holidays change.")
	}
	old := map[string]rota.Layer{}
	for _, l := range was.Layers {
		old[l.Name] = l
	}
	for _, l := range is.Layers {
		before, there := old[l.Name]
		delete(old, l.Name)
		switch {
		case !there:
			lines = append(lines, "New layer "+l.Name+": "+strings.Join(l.People, ", ")+".")
		case !sameJSON(before, l):
			lines = append(lines, "The layer "+l.Name+" changes.")
		}
	}
	for _, l := range was.Layers {
		if _, gone := old[l.Name]; gone {
			lines = append(lines, "The layer "+l.Name+" goes.")
		}
	}
	if !sameJSON(was.Shifts, is.Shifts) {
		lines = append(lines, fmt.Sprintf("The planned shifts change: %d, until now %d.", len(is.Shifts), len(was.Shifts)))
	}
	return lines
}

// sameJSON compares what is kept as JSON.
func sameJSON(a, b any) bool {
	one, errA := json.Marshal(a)
	other, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(one) == string(other)
}

// apply writes a change that was checked, with its entry.
func (c change) apply(tx Tx, b Book, by journal.Actor) error {
	now := b.Now.UTC().Truncate(time.Second)
	entry := func(kind journal.Kind, reason string) error {
		return tx.Append(journal.Entry{Time: b.Now, Kind: kind, Actor: by, Subject: c.ID, Reason: reason})
	}
	switch c.About {
	case AboutOverride:
		_, o, err := b.override(c.Rota, c.ID)
		if err != nil {
			return err
		}
		o = o.cancelled(b.Now)
		if err := tx.KeepOverride(c.Rota, o); err != nil {
			return err
		}
		c.ID = c.Rota
		return entry(journal.RotaOverrideEnded, "override "+o.ID+" of "+o.By+" is taken back")
	case AboutPolicy:
		if c.Drop {
			return errors.Join(tx.DropPolicy(c.ID), entry(journal.PolicyDropped, c.Name))
		}
		if err := tx.KeepPolicy(Policy{ID: c.ID, Organisation: c.Organisation, Revision: c.Revision + 1, Terms: *c.Terms}); err != nil {
			return err
		}
		return entry(journal.PolicyKept, fmt.Sprintf("revision %d", c.Revision+1))
	case AboutLine:
		if c.Drop {
			return errors.Join(tx.DropLine(c.ID), entry(journal.CentreLineDropped, "the centre has no line of its own any more"))
		}
		if err := tx.KeepLine(Line{c.ID, c.Rota, c.Revision + 1}); err != nil {
			return err
		}
		return entry(journal.CentreLineKept, "rota "+c.Rota)
	}
	return c.applyRota(tx, b, by, now)
}

func (c change) applyRota(tx Tx, b Book, by journal.Actor, now time.Time) error {
	if err := tx.EndVersion(c.ID, now, c.Drop); err != nil {
		return err
	}
	e := journal.Entry{Time: b.Now, Kind: journal.RotaDropped, Actor: by, Subject: c.ID, Reason: "the rota is dropped"}
	if !c.Drop {
		r, _ := b.rota(c.ID)
		next := 1
		if n := len(r.Versions); n > 0 {
			next = r.Versions[n-1].Revision + 1
		}
		v := Version{Revision: next, Since: now, By: by.Name, Plan: *c.Plan}
		v.Shifts = slices.DeleteFunc(slices.Clone(v.Shifts), func(s Planned) bool { return !now.Before(s.End) }) // the past is the versions' before
		if err := tx.AddVersion(c.ID, c.Organisation, v); err != nil {
			return err
		}
		e.Kind, e.Reason, e.Version = journal.RotaKept, fmt.Sprintf("version %d", next), next
	}
	return tx.Append(e)
}
