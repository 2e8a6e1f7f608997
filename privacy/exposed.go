package privacy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Exposed is a patient whose details somebody may have had before them.
type Exposed struct {
	Patient plans.Identity
	// Plans are the ids of the plans that they had to do with; none if the patient has none.
	Plans []string
	// What are the kinds of entries by which, each once, in the order in which they came; First and Last are when, Times how often.
	What        []journal.Kind
	First, Last time.Time
	Times       int
}

// Exposure is everybody to whom an account was exposed between two instants.
type Exposure struct {
	Patients []Exposed
	// Unknown are readings of what is not held any more, or what could not be read as anybody's: a message that was not understood, a draft.
	Unknown []journal.Entry
	// Entries is how many entries of the account were looked at; More tells that there were more than can be looked at in one go.
	Entries int
	More    bool
}

// Names finds out who entries are about.
type Names interface {
	// PatientsOf says whose the subject of an entry is (a plan's or an alert's), and of which plan; nobody for what is not held any more. An alert
	// has two where it is not sure that they are one: whom the hospital has there, and whose plan it is.
	PatientsOf(ctx context.Context, subject string) (who []plans.Identity, plan string, err error)
	// ArrivedOn are those who arrived in a department on a day (YYYY-MM-DD, there).
	ArrivedOn(ctx context.Context, department, day string) ([]plans.Identity, error)
}

const (
	// mostExposing is how many entries of an account are looked at.
	mostExposing = 20_000
	// boardMemory is how far back a board's changes are read to know what stood on it; recentMemory how far the page of a department's last days
	// reaches back, with a day to spare.
	boardMemory  = 45 * 24 * time.Hour
	recentMemory = 8 * 24 * time.Hour
)

// ArrivalsOf is the subject of a reading of the arrivals of a day: "RQW-AE/2026-11-22".
func ArrivalsOf(department, day string) string { return department + "/" + day }

// Expose finds everybody whose details an account had before it, or may have had: whoever stood on a board counts as seen by whoever read it.
// Only entries that are kept count.
func Expose(ctx context.Context, t Trail, names Names, q Query, kept func(journal.Entry) bool) (Exposure, error) {
	x := exposing{trail: t, names: names, by: map[string]int{}, boards: map[string]*boardLog{}}
	q.Limit = mostExposing
	entries, more, err := t.Search(ctx, q)
	if err != nil {
		return Exposure{}, err
	}
	x.found.More = more
	slices.SortFunc(entries, byNumber)
	for _, e := range entries {
		if !Shows(e) || !kept(e) {
			continue
		}
		x.found.Entries++
		if err := x.look(ctx, e); err != nil {
			return Exposure{}, fmt.Errorf("find whom entry %d shows: %w", e.Number, err)
		}
	}
	return x.found, nil
}

// exposing is an exposure that is being found.
type exposing struct {
	trail  Trail
	names  Names
	found  Exposure
	by     map[string]int
	boards map[string]*boardLog
}

// look adds those whom one entry shows.
func (x *exposing) look(ctx context.Context, e journal.Entry) error {
	switch e.Kind {
	case journal.AlertsRead:
		return x.board(ctx, e)
	case journal.ArrivalsRead:
		department, day, known := strings.Cut(e.Subject, "/")
		if !known { // from before the day was kept
			x.found.Unknown = append(x.found.Unknown, e)
			return nil
		}
		all, err := x.names.ArrivedOn(ctx, department, day)
		for _, who := range all {
			x.add(e, who, "")
		}
		return err
	}
	return x.subject(ctx, e, e.Subject, true)
}

// subject adds the patient of a plan or an alert.
func (x *exposing) subject(ctx context.Context, e journal.Entry, subject string, told bool) error {
	who, plan, err := x.names.PatientsOf(ctx, subject)
	if err != nil {
		return err
	}
	for _, one := range who {
		x.add(e, one, plan)
	}
	if len(who) == 0 && told {
		x.found.Unknown = append(x.found.Unknown, e)
	}
	return nil
}

// board adds those who stood on a board when it was read; the page of its last days shows all who stood there within them.
func (x *exposing) board(ctx context.Context, e journal.Entry) error {
	memory := time.Duration(0)
	if strings.Contains(e.Place, "/recent") {
		memory = recentMemory
	}
	for _, department := range boardsOf(e) {
		log, err := x.logOf(ctx, department, e)
		if err != nil {
			return err
		}
		for _, alert := range log.at(e, memory) {
			if err := x.subject(ctx, e, alert, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// BoardsOf begins the reason of a reading of the boards of several departments, whose ids follow with commas between.
const BoardsOf = "the boards of "

// boardsOf are the departments whose boards an entry says were read.
func boardsOf(e journal.Entry) []string {
	if list, several := strings.CutPrefix(e.Reason, BoardsOf); several {
		return strings.Split(list, ", ")
	}
	return strings.Split(e.Subject, ",")
}

// add counts that an entry showed a patient.
func (x *exposing) add(e journal.Entry, who plans.Identity, plan string) {
	key := who.NHSNumber.Reveal()
	if key == "" {
		key = strings.Join([]string{who.Family, who.Given, string(who.BirthDate), who.Postcode}, "|")
	}
	i, known := x.by[key]
	if !known {
		i = len(x.found.Patients)
		x.by[key] = i
		x.found.Patients = append(x.found.Patients, Exposed{Patient: who, First: e.Time})
	}
	p := &x.found.Patients[i]
	p.Last = e.Time
	p.Times++
	if !slices.Contains(p.What, e.Kind) {
		p.What = append(p.What, e.Kind)
	}
	if plan != "" && !slices.Contains(p.Plans, plan) {
		p.Plans = append(p.Plans, plan)
	}
}

// boardLog is what changed on a board, from before the first reading of it that was asked about.
type boardLog struct {
	changes []journal.Entry
	// upTo is the number up to which changes are read.
	upTo int64
}

// logOf reads the changes of a board up to an entry.
func (x *exposing) logOf(ctx context.Context, department string, e journal.Entry) (*boardLog, error) {
	log := x.boards[department]
	if log == nil {
		from, err := x.trail.NumberAt(ctx, e.Time.Add(-boardMemory))
		if err != nil {
			return nil, err
		}
		log = &boardLog{upTo: from - 1}
		x.boards[department] = log
	}
	if log.upTo < e.Number {
		more, err := x.trail.BoardChanges(ctx, department, log.upTo+1, e.Number)
		if err != nil {
			return nil, err
		}
		log.changes, log.upTo = append(log.changes, more...), e.Number
	}
	return log, nil
}

// at are the alerts that stood on the board at an entry, or within a time before it.
func (l *boardLog) at(e journal.Entry, memory time.Duration) []string {
	on := map[string]bool{}
	for _, change := range l.changes {
		if change.Number > e.Number || !strings.HasPrefix(string(change.Kind), "alert.") {
			continue
		}
		on[change.Subject] = !ended(change) || e.Time.Sub(change.Time) <= memory
	}
	var all []string
	for alert, stands := range on {
		if stands {
			all = append(all, alert)
		}
	}
	slices.Sort(all)
	return all
}
