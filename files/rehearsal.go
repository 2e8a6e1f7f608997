package files

import (
	"context"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// Rehearsal takes what would be taken from a centre, and publishes nothing. What is held is not looked at: every plan counts as new.
type Rehearsal struct {
	// Centre is the ODS code of whose plans these are.
	Centre string
	Limits fhir.Limits
}

// Publish only reads.
func (r Rehearsal) Publish(_ context.Context, line Line) (Fate, error) {
	_, err := Publications(line, r.Centre, r.Limits)
	return Created, err
}

// Publications reads the plans of a line as the FHIR endpoint would. An error is always an [*fhir.Outcome].
func Publications(line Line, centre string, limits fhir.Limits) ([]plans.Publication, error) {
	if line.Kind == CarePlan {
		pub, err := fhir.ReadCarePlan(line.Body, line.ID, centre, limits)
		if err != nil {
			return nil, err
		}
		return []plans.Publication{pub}, nil
	}
	sent, err := fhir.ReadBundle(line.Body, centre, limits) // no batch: such a line is refused before
	if err != nil {
		return nil, err
	}
	return sent.Transaction.Publications, nil
}
