package alerts

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Identification is the answer that a person gives about an attendance and a plan.
type Identification string

// The answers.
const (
	SamePatient  Identification = "same"
	OtherPatient Identification = "other"
)

// Ruling is what a person said, who had both before them, about whether an attendance and a plan are about the same patient. There is one
// for an attendance and a plan: the last that was said.
type Ruling struct {
	Attendance, Plan string
	Answer           Identification
	By               journal.Actor
	At               time.Time
	// Seen is what the person saw of how the two compare.
	Seen Likeness
}

// ruledAt is how the time of a ruling is written.
const ruledAt = "15:04 on 2 January"

// words say who ruled what, and when, on the department's clock.
func (r Ruling) words(zone *time.Location) string {
	when := r.At.In(zone).Format(ruledAt)
	if r.Answer == SamePatient {
		return "identity confirmed by a " + r.By.Role + " at " + when
	}
	return "a " + r.By.Role + " said at " + when + " that this is not the patient"
}

// Likeness is how two identities compare, without anything of either of them.
type Likeness struct {
	// Match is empty if they are not taken for the same person.
	Match Match `json:"match"`
	// Fields holds how far each field agrees.
	Fields map[string]matching.Degree `json:"fields"`
}

// telling are the fields that tell the people of one household apart; a sex or an address proves nothing against what a person saw.
var telling = [...]string{"NHS number", "date of birth", "given name", "family name"}

// better tells in words what agrees now that did not agree in the evidence before; empty if there is nothing.
func (e Likeness) better(before Likeness) string {
	for _, field := range telling[:3] { // twins and siblings share the family name
		if e.Fields[field] == matching.Agrees && before.Fields[field] != matching.Agrees {
			return "the " + field + " agrees now"
		}
	}
	if e.Match == Confirmed && before.Match != Confirmed {
		return "the match is certain now"
	}
	return ""
}

// against names a field that differs now and did not differ in the evidence before; empty if there is none.
func (e Likeness) against(before Likeness) string {
	for _, field := range telling {
		if e.Fields[field] == matching.Differs && before.Fields[field] != matching.Differs {
			return field
		}
	}
	return ""
}

func (e Likeness) equals(o Likeness) bool {
	return e.Match == o.Match && maps.Equal(e.Fields, o.Fields)
}

// Pair is an arrival beside a plan, for somebody who is to say whether they are one patient.
type Pair struct {
	Sight
	// Ruling is what was said last; nil if nobody said anything yet.
	Ruling *Ruling
}

// MayBeRuled tells whether there is something to say about the pair: while the alert stands, and while the patient is in the department
// after somebody ruled it out.
func (p Pair) MayBeRuled() bool {
	return p.Attendance.Open() && (p.Alert.Open() || p.Ruling != nil)
}

// Shown tells whether the identifiers of the plan may be shown in the department at an instant. It is asked when they are: an agreement may
// have ended since the alert was raised.
func (p Pair) Shown(dir *directory.Directory, now time.Time) bool {
	live, _ := p.Plan.Live(now)
	withheld, _ := p.Plan.Withheld(p.Attendance.Consent)
	show, _ := p.Plan.ShownIn(dir, p.Alert.Department, now)
	return live && !withheld && show != directory.Nothing
}

// Compare tells how the two of a pair compare, and what follows from it.
func (d *Desk) Compare(p Pair) Compared {
	var rulings []Ruling
	if p.Ruling != nil {
		rulings = []Ruling{*p.Ruling}
	}
	return arrive(p.Attendance, d.grounds(p.Attendance, rulings), d.dir()).compare(p.Plan)
}

// ErrNotSeen refuses a ruling on identities that are not those which the person was shown.
var ErrNotSeen = errors.New("the identities changed since they were shown")

// RuledError refuses a ruling because somebody else ruled since the two were shown: there is one winner, and whoever comes second is told
// what was said before they say otherwise.
type RuledError struct {
	Ruling Ruling
	zone   *time.Location
}

func (e RuledError) Error() string {
	what := "is the same patient"
	if e.Ruling.Answer == OtherPatient {
		what = "is not the patient"
	}
	zone := e.zone
	if zone == nil {
		zone = time.UTC
	}
	return fmt.Sprintf("%s (%s) said at %s that this %s", e.Ruling.By.Name, e.Ruling.By.Role, e.Ruling.At.In(zone).Format(ruledAt), what)
}

// SeenAs names what somebody is shown who is to rule on a pair: it changes with every identifier that is shown of either of the two, and
// with whatever is ruled on them. It tells nothing of them.
func (p Pair) SeenAs() string {
	return seenTwo(p.Attendance, p.Plan) + "-" + seenRuling(p.Ruling)
}

// seenTwo names the identifiers of an attendance and a plan.
func seenTwo(a Attendance, p plans.Plan) string {
	h := sha256.New()
	for _, i := range [...]plans.Identity{a.Patient, p.Patient} {
		_, _ = fmt.Fprintf(h, "%q %q %q %q %q %q %q %q %v\n", i.NHSNumber.Reveal(), i.Tracing, i.Family, i.Given, i.BirthDate, i.Sex, i.Postcode, i.Others, i.Restricted)
	}
	_, _ = fmt.Fprintf(h, "%q %q", a.ID, p.ID)
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:10]))
}

// seenRuling names what was said last; nil: nobody said anything.
func seenRuling(said *Ruling) string {
	if said == nil {
		return "none"
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", said.Answer, said.By.Name, said.By.Organisation, said.At.UnixMicro()))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// seenBy refuses a ruling of somebody who was shown something else than what stands now.
func (p Pair) seenBy(seen string, zone *time.Location) error {
	two, said, _ := strings.Cut(seen, "-")
	switch {
	case two != seenTwo(p.Attendance, p.Plan):
		return ErrNotSeen
	case said == seenRuling(p.Ruling):
		return nil
	case p.Ruling == nil: // no ruling is ever taken away
		return ErrNotSeen
	}
	return RuledError{*p.Ruling, zone}
}

// rulingOn finds the ruling on a plan; nil if there is none.
func rulingOn(rulings []Ruling, plan string) *Ruling {
	for i := range rulings {
		if rulings[i].Plan == plan {
			return &rulings[i]
		}
	}
	return nil
}

// lockPair loads an alert's visit and plan as they are until the transaction ends.
func lockPair(tx Tx, id string) (a Attendance, p plans.Plan, err error) {
	alert, err := tx.Alert(id)
	if err != nil {
		return a, p, err
	}
	a, found, err := tx.AttendanceWithID(alert.Attendance)
	if err != nil || !found {
		return a, p, errors.Join(err, missing(found))
	}
	if err := tx.Lock("visit:" + a.Organisation + "/" + a.Visit); err != nil {
		return a, p, err
	}
	if a, found, err = tx.AttendanceWithID(alert.Attendance); err != nil || !found {
		return a, p, errors.Join(err, missing(found))
	}
	if err := tx.Lock("plan:" + alert.Plan); err != nil {
		return a, p, err
	}
	held, err := tx.Plan(alert.Plan)
	if err != nil || held == nil {
		return a, p, errors.Join(err, missing(held != nil))
	}
	if err := lockPatients(tx, a); err != nil {
		return a, p, err
	}
	return a, held.Plan, tx.Lock("attendance:" + a.ID)
}

// missing is ErrNoAlert for what should be there and is not.
func missing(found bool) error {
	if found {
		return nil
	}
	return ErrNoAlert
}

// Rule records what a person says about whether an attendance and a plan are about the same patient, and decides again. seen is what
// [Pair.SeenAs] named when they were shown. It may be said again, and otherwise, as long as the patient is in the department, by whoever was
// shown what was said before: the last ruling holds. The same again by the same actor changes nothing and is no error.
//
// Errors: ErrNoAlert; ErrNotOpen if the alert neither stands in the department nor was ruled out there, or the plan may not be shown there
// any more; ErrNotSeen; RuledError if somebody ruled since.
func (d *Desk) Rule(ctx context.Context, id, department string, answer Identification, seen string, actor journal.Actor) (Alert, error) {
	now, dir := d.now(), d.dir()
	var alert Alert
	err := d.store.Write(ctx, func(tx Tx) error {
		a, p, err := lockPair(tx, id)
		if err != nil {
			return err
		}
		if alert, err = tx.Alert(id); err != nil { // as it is now that nobody else can change it
			return err
		}
		rulings, err := tx.RulingsOf(a.ID)
		if err != nil {
			return err
		}
		before := rulingOn(rulings, p.ID)
		pair := Pair{Sight{Alert: alert, Attendance: a, Plan: p}, before}
		if alert.Department != department || !pair.MayBeRuled() || !pair.Shown(dir, now) {
			return ErrNotOpen
		}
		said := Ruling{a.ID, p.ID, answer, actor, now, LikenessOf(arrive(a, d.grounds(a, nil), dir).compare(p))}
		err = pair.seenBy(seen, zoneOf(department, dir))
		if before != nil && before.Answer == answer && before.By == actor && before.Seen.equals(said.Seen) && !errors.Is(err, ErrNotSeen) {
			return nil // said again, because the answer was lost
		}
		if err != nil {
			return err
		}
		if err := tx.SaveRuling(said); err != nil {
			return err
		}
		kind := journal.IdentityConfirmed
		if answer == OtherPatient {
			kind = journal.IdentityDenied
		}
		entry := journal.Entry{Time: now, Kind: kind, Actor: actor, Subject: id, Version: p.Version, Reason: said.words(zoneOf(department, dir))}
		changes, err := d.reconcile(tx, []Attendance{a}, dir, now, actor, entry)
		for _, c := range changes {
			if c.Alert.ID == id {
				alert = c.Alert
			}
		}
		return err
	})
	if err != nil {
		return Alert{}, fmt.Errorf("rule on alert %s: %w", id, err)
	}
	return alert, nil
}
