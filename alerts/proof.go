package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Fault is a way in which the alerts that stand can differ from those that should.
type Fault string

// The faults.
const (
	// Missing: an alert should stand, and none does.
	Missing Fault = "missing"
	// False: an alert stands that should not.
	False Fault = "false"
	// Wrong: the alert stands, but in another department, as another match, of another version, or showing another part of the plan.
	Wrong Fault = "wrong"
)

// Finding is one difference. It holds identifiers only.
type Finding struct {
	Fault      Fault  `json:"fault"`
	Attendance string `json:"attendance"`
	Plan       string `json:"plan"`
	Centre     string `json:"centre"`
	Department string `json:"department"`
	// Mended tells that deciding again put it right.
	Mended bool `json:"mended"`
}

// Proof is the report of one comparison of the alerts that stand with those that should.
type Proof struct {
	ID           string
	Began, Ended time.Time
	// Visits and Plans are how many were compared, each with each; Expected is how many alerts should stand, Found how many do.
	Visits, Plans, Expected, Found int
	Findings                       []Finding
}

// Mended tells whether every difference was put right.
func (p Proof) Mended() bool { return p.NotMended() == 0 }

// NotMended is how many differences could not be put right.
func (p Proof) NotMended() int {
	n := 0
	for _, f := range p.Findings {
		if !f.Mended {
			n++
		}
	}
	return n
}

// Outcome says in words what was found.
func (p Proof) Outcome() string {
	switch n := len(p.Findings); {
	case n == 0:
		return "no alert is missing and none is false"
	case p.Mended():
		return fmt.Sprintf("alerts that were not as they should be: %d; they were mended", n)
	default:
		return fmt.Sprintf("alerts that were not as they should be: %d; not all could be mended", n)
	}
}

// ErrNoProof is returned for a report that is not kept.
var ErrNoProof = errors.New("no such report of a proof is kept")

// Standing is an alert that stands on a board, and the visit that it belongs to.
type Standing struct {
	Alert Alert
	Visit Visit
}

// Evidence reads everything that a proof compares.
type Evidence interface {
	// OpenAttendances returns everybody who is in a department now.
	OpenAttendances(ctx context.Context) ([]Attendance, error)
	// OpenRulings returns what people said about those who are in a department now.
	OpenRulings(ctx context.Context) ([]Ruling, error)
	// PlansAfter adds at most limit plans in any status to a list, in the order of their ids, after the given one. Their text is left out.
	PlansAfter(ctx context.Context, id string, limit int, to []plans.Plan) ([]plans.Plan, error)
	// StandingAlerts returns every open alert.
	StandingAlerts(ctx context.Context) ([]Standing, error)
}

// Proofs keeps the reports of proofs.
type Proofs interface {
	// KeepProof keeps a report, and tells the journal of it in the same transaction: by is who asked for it.
	KeepProof(ctx context.Context, p Proof, by journal.Actor) error
	// Proofs returns the newest reports, the newest first.
	Proofs(ctx context.Context, limit int) ([]Proof, error)
	// Proof returns one report, or ErrNoProof.
	Proof(ctx context.Context, id string) (Proof, error)
}

// proofSlice is how many plans are read, compared and forgotten before others have their turn: what takes about a millisecond, because a
// hospital's message may wait that long for a processor.
const proofSlice = 50

// pair is an attendance and a plan.
type pair struct{ attendance, plan string }

// suspect is a pair that looks different from what it should be. While the service runs, it may only have changed meanwhile.
type suspect struct {
	pair
	visit Visit
}

// ProofRequest is what a proof is asked for with.
type ProofRequest struct {
	// ID of the report, from [NewProofID].
	ID string
	// Pause is called after each slice of plans with what it took, so that nobody else has to wait; nil for no pause. The proof ends with
	// its error.
	Pause func(ctx context.Context, took time.Duration) error
}

// NewProofID names a report before it is made.
func NewProofID() string { return newID() }

// Prove compares every open attendance with every plan by a second, independent opinion, and the alerts that should stand with those that
// do. What looks different is looked at again on its own, with nobody else writing; if it still is, it is a finding, and that visit is
// decided again. Everybody who is in a department is held in memory; the plans stream past in slices.
//
// With an error, a report that has ended is still one: something could not be looked at or mended.
func (d *Desk) Prove(ctx context.Context, from Evidence, asked ProofRequest) (Proof, error) {
	proof := Proof{ID: asked.ID, Began: d.now()}
	open, err := from.OpenAttendances(ctx)
	if err != nil {
		return Proof{}, fmt.Errorf("prove: %w", err)
	}
	proof.Visits = len(open)
	rulings, err := from.OpenRulings(ctx)
	if err != nil {
		return Proof{}, fmt.Errorf("prove: %w", err)
	}
	visits := make(map[string]Visit, len(open))
	for _, a := range open {
		visits[a.ID] = Visit{a.Organisation, a.Visit}
	}
	expected, err := d.expected(ctx, from, gather(open, rulings, d.grounds), &proof, asked.Pause)
	if err != nil {
		return Proof{}, fmt.Errorf("prove: %w", err)
	}
	standing, err := from.StandingAlerts(ctx)
	if err != nil {
		return Proof{}, fmt.Errorf("prove: %w", err)
	}
	proof.Expected, proof.Found = len(expected), len(standing)
	var failures []error
	for _, s := range suspects(expected, standing, visits) {
		finding, wrong, err := d.examine(ctx, s)
		if wrong {
			proof.Findings = append(proof.Findings, finding)
		}
		if err != nil {
			failures = append(failures, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	proof.Ended = d.now()
	return proof, errors.Join(failures...)
}

// expected lets all plans pass those who are present, slice by slice, and returns what should stand.
func (d *Desk) expected(ctx context.Context, from Evidence, here *present, proof *Proof, pause func(context.Context, time.Duration) error) (map[pair]should, error) {
	expected := map[pair]should{}
	slice := make([]plans.Plan, 0, proofSlice)
	for last := ""; ; {
		began := time.Now()
		var err error
		if slice, err = from.PlansAfter(ctx, last, proofSlice, slice[:0]); err != nil {
			return nil, err
		}
		here.compare(slice, d.dir(), d.now(), expected)
		proof.Plans += len(slice)
		if len(slice) < proofSlice {
			return expected, nil
		}
		last = slice[len(slice)-1].ID
		if pause != nil {
			if err := pause(ctx, time.Since(began)); err != nil {
				return nil, err
			}
		}
	}
}

// suspects are the pairs at which the two sides differ.
func suspects(expected map[pair]should, standing []Standing, visits map[string]Visit) []suspect {
	var out []suspect
	held := map[pair]bool{}
	for _, s := range standing {
		at := pair{s.Alert.Attendance, s.Alert.Plan}
		held[at] = true
		if what, stands := expected[at]; !stands || !what.equals(s.Alert) {
			out = append(out, suspect{at, s.Visit})
		}
	}
	for at := range expected {
		if !held[at] {
			out = append(out, suspect{at, visits[at.attendance]})
		}
	}
	return out
}

func (s should) equals(a Alert) bool {
	return a.Match == s.match && a.Show == s.show && a.Department == s.department && a.Version == s.version
}

// examine looks at one suspect again, alone, and mends what is wrong with it.
func (d *Desk) examine(ctx context.Context, s suspect) (finding Finding, wrong bool, err error) {
	finding, wrong, err = d.fault(ctx, s)
	if err != nil || !wrong {
		return finding, wrong, err
	}
	if _, err := d.again(ctx, s.visit); err != nil {
		return finding, true, err
	}
	_, still, err := d.fault(ctx, s)
	finding.Mended = err == nil && !still
	return finding, true, err
}

// fault tells what is wrong with a pair, as it is while nobody else can change it.
func (d *Desk) fault(ctx context.Context, s suspect) (finding Finding, wrong bool, err error) {
	now, dir := d.now(), d.dir()
	err = d.store.Write(ctx, func(tx Tx) error {
		finding, wrong = Finding{Attendance: s.attendance, Plan: s.plan}, false
		if err := tx.Lock("visit:" + s.visit.Organisation + "/" + s.visit.Number); err != nil {
			return err
		}
		a, found, err := tx.Attendance(s.visit.Organisation, s.visit.Number)
		if err != nil {
			return err
		}
		if err := lockPatients(tx, a); err != nil {
			return err
		}
		if err := tx.Lock("attendance:" + s.attendance); err != nil {
			return err
		}
		held, err := tx.Plan(s.plan)
		if err != nil {
			return err
		}
		of, err := tx.AlertsOf(s.attendance)
		if err != nil {
			return err
		}
		rulings, err := tx.RulingsOf(s.attendance)
		if err != nil {
			return err
		}
		finding.Fault, wrong = judgeFault(a, found, held, of, s.plan, d.grounds(a, rulings), dir, now)
		finding.Department = a.Department
		if held != nil {
			finding.Centre = held.Plan.Centre
		}
		return nil
	})
	if err != nil {
		return Finding{}, false, fmt.Errorf("look at attendance %s and plan %s again: %w", s.attendance, s.plan, err)
	}
	return finding, wrong, nil
}

// judgeFault compares one pair.
func judgeFault(a Attendance, found bool, held *plans.Held, of []Alert, plan string, on Grounds, dir *directory.Directory, now time.Time) (Fault, bool) {
	var what should
	stands := false
	if found && held != nil {
		what, stands = expect(a, held.Plan, on, dir, now)
	}
	for _, alert := range of {
		if alert.Plan != plan || !alert.Open() {
			continue
		}
		switch {
		case !stands:
			return False, true
		case !what.equals(alert):
			return Wrong, true
		}
		return "", false
	}
	return Missing, stands
}
