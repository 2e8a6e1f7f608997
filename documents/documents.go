// Package documents answers: which plan do the HL7 documents of a centre make?
//
// A plan that came as documents is held as a CarePlan that is written here, with every message that it rests on inside, byte for byte. What
// the next message does to it is decided from those: see fold.
package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// Publisher keeps plans.
type Publisher interface {
	// Publish returns the version that holds now, durably, and whether it is new. plans.StaleError refuses what rests on another version
	// than the one held; plans.ErrForeign what another centre has.
	Publish(ctx context.Context, pub plans.Publication, actor journal.Actor) (plans.Plan, bool, error)
}

// Shelf finds plans.
type Shelf interface {
	// Plan returns the newest version of a plan, or plans.ErrNotFound.
	Plan(ctx context.Context, id string) (*plans.Held, error)
	// FindPlans returns the newest versions of a centre's plans.
	FindPlans(ctx context.Context, q plans.Query) (page []plans.Change, more bool, err error)
}

// Desk takes documents and publishes the plans that they make. All fields must be set.
type Desk struct {
	Publisher Publisher
	Shelf     Shelf
	Directory func() *directory.Directory
	// Rules read the messages that a held plan rests on.
	Rules hl7.Rules
	Now   func() time.Time
}

var _ hl7.Documents = (*Desk)(nil)

// numberSystem is the system of the identifier that a document's number is to its plan.
const numberSystem = "urn:ucpalert:hl7-document-number"

// attempts is how often a message is decided again because another one about the same plan came in between.
const attempts = 10

// largest is how many bytes the CarePlan of a plan may have, with all messages in it.
const largest = 8 << 20

// TakeDocument implements [hl7.Documents].
func (desk *Desk) TakeDocument(ctx context.Context, d hl7.Document) (hl7.DocumentTaken, error) {
	now := desk.Now()
	centre, known := desk.Directory().Sending(d.Facility, now)
	switch {
	case !known:
		return hl7.DocumentTaken{}, hl7.UnknownFacility()
	case !centre.Centre:
		return hl7.DocumentTaken{}, refuse(hl7.TableValue, "MSH^1^4", "the sending facility (MSH-4) publishes no plans, as far as the directory knows")
	case d.Ahead(now):
		return hl7.DocumentTaken{}, refuse(hl7.DataType, "MSH^1^7", "the message is dated more than a day ahead (EVN-6, EVN-2 or MSH-7)")
	}
	var taken hl7.DocumentTaken
	var err error
	for range attempts {
		taken, err = desk.take(ctx, d, centre.ID)
		if _, stale := errors.AsType[plans.StaleError](err); !stale {
			break
		}
	}
	if err != nil {
		if refusal, ok := errors.AsType[*hl7.Refusal](err); ok {
			return hl7.DocumentTaken{}, refusal
		}
		return hl7.DocumentTaken{}, fmt.Errorf("take document %s: %w", d.Trigger, err)
	}
	return taken, nil
}

// take decides and publishes once, on the plan as it is held now.
func (desk *Desk) take(ctx context.Context, d hl7.Document, centre string) (hl7.DocumentTaken, error) {
	id, err := desk.planOf(ctx, d, centre)
	if err != nil {
		return hl7.DocumentTaken{}, err
	}
	held, err := desk.Shelf.Plan(ctx, id)
	if err != nil && !errors.Is(err, plans.ErrNotFound) {
		return hl7.DocumentTaken{}, err
	}
	if held != nil && held.Plan.Centre != centre {
		return hl7.DocumentTaken{}, errForeign
	}
	before := desk.messagesOf(held)
	after, changed, err := fold(before, d)
	if err != nil {
		return hl7.DocumentTaken{}, err
	}
	if !changed {
		return hl7.DocumentTaken{Plan: id, Version: held.Plan.Version}, nil
	}
	outline := compose(id, centre, after)
	outline.Identifiers = numbers(held, d)
	pub, err := fhir.ReadCarePlan(fhir.Compose(outline), id, centre, fhir.Limits{Bytes: largest, RefuseTestNumbers: !desk.Rules.TestPatients})
	if err != nil {
		return hl7.DocumentTaken{}, refuse(hl7.DataType, "", "the document makes no plan: "+err.Error())
	}
	pub.Plan.Identifiers = outline.Identifiers
	pub.MustBeNew = held == nil
	if held != nil {
		pub.IfMatch = held.Plan.Version
	}
	kept, isNew, err := desk.Publisher.Publish(ctx, pub, journal.Actor{Name: d.Sender, Role: "centre", Organisation: centre})
	if errors.Is(err, plans.ErrForeign) {
		return hl7.DocumentTaken{}, errForeign
	}
	if err != nil {
		return hl7.DocumentTaken{}, err
	}
	return hl7.DocumentTaken{Plan: kept.ID, Version: kept.Version, Changed: isNew}, nil
}

var errForeign = refuse(hl7.TableValue, "TXA^1^12", "another centre has a plan with the id that this number leads to")

// refuse is the answer to a message that may come again when its fault is mended.
func refuse(c hl7.Condition, location, text string) *hl7.Refusal {
	return &hl7.Refusal{Code: hl7.AE, Condition: c, Location: location, Text: text}
}

// planOf finds the plan that a message is about, by the number of the document and that of the one it belongs to. A document that nobody
// knows makes a plan of its own.
func (desk *Desk) planOf(ctx context.Context, d hl7.Document, centre string) (string, error) {
	own, err := desk.find(ctx, centre, d.Number)
	if err != nil {
		return "", err
	}
	if d.Trigger == "T06" || d.Trigger == "T10" {
		parent, err := desk.find(ctx, centre, d.Parent)
		switch {
		case err != nil:
			return "", err
		case own != "" && parent != "" && own != parent:
			return "", refuse(hl7.TableValue, "TXA^1^12", "the number (TXA-12) is that of another document")
		case own == "":
			own = parent
		}
	}
	if own == "" {
		own = planID(centre, d.Number)
	}
	return own, nil
}

// find returns the plan that a document with this number belongs to, or "".
func (desk *Desk) find(ctx context.Context, centre, number string) (string, error) {
	id := planID(centre, number)
	held, err := desk.Shelf.Plan(ctx, id)
	switch {
	case err == nil && held.Plan.Centre == centre:
		return id, nil
	case err != nil && !errors.Is(err, plans.ErrNotFound):
		return "", err
	}
	found, _, err := desk.Shelf.FindPlans(ctx, plans.Query{
		Centre: centre, Identifiers: [][]plans.Identifier{{{System: numberSystem, Value: number}}}, Limit: 1,
	})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].ID, nil
}

// planID makes the id of the plan of a new document: the same number of the same centre makes the same id. What a FHIR id cannot hold is
// replaced, and then a hash keeps numbers apart that differ only in that.
func planID(centre, number string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, number)
	id := centre + "-mdm-" + clean
	if clean != number || !fhir.IsID(id) {
		sum := sha256.Sum256([]byte(number))
		id = id[:min(len(id), 47)] + "-" + hex.EncodeToString(sum[:8])
	}
	return id
}

// messagesOf reads the messages that a held plan rests on; none if it did not come as documents. What the rules of today no longer
// understand in the first of them is as the plan has it.
func (desk *Desk) messagesOf(held *plans.Held) []hl7.Document {
	if held == nil {
		return nil
	}
	var messages []hl7.Document
	for i, raw := range fhir.Originals(held.Document) {
		m, err := hl7.Parse(raw)
		if err != nil {
			continue // it had been read before it was kept
		}
		d, err := desk.Rules.ReadDocument(m, raw)
		if err != nil && i == 0 {
			d.Headline, d.Urgency, d.Do, d.DoNot, d.Sections = held.Plan.Headline, held.Plan.Urgency, nil, nil, held.Plan.Sections
		}
		if d.Number != "" {
			messages = append(messages, d)
		}
	}
	return messages
}

// numbers are the identifiers of the plan: every number that led to it stays, so that what was replaced is known when it is sent again.
func numbers(held *plans.Held, d hl7.Document) []plans.Identifier {
	var all []plans.Identifier
	if held != nil {
		all = fhir.IdentifiersOf(held.Document, numberSystem)
	}
	for _, number := range []string{d.Number, d.Parent} {
		i := plans.Identifier{System: numberSystem, Value: number}
		if number != "" && !slices.Contains(all, i) && (number == d.Number || d.Trigger == "T10") {
			all = append(all, i)
		}
	}
	return all
}
