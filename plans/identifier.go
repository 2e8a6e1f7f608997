package plans

import "errors"

// Identifier is a name that a centre has for a plan: its own, not the id under which the plan is held. System may be empty.
type Identifier struct{ System, Value string }

// Names tells whether a plan's identifier is what is asked for. An empty System asks for any.
func (asked Identifier) Names(i Identifier) bool {
	return asked.Value == i.Value && (asked.System == "" || asked.System == i.System)
}

// Part is a resource that was sent along with a plan under an id of its own, such as its Patient. It is read where the plan is.
type Part struct {
	// Type is the FHIR resource type.
	Type string
	ID   string
}

// ErrSeveral refuses a publication that names its plan by identifiers which several plans of the centre have.
var ErrSeveral = errors.New("several plans of the centre have these identifiers")

// ErrOtherID refuses a revision by identifier whose document names another id than the plan has that was found.
var ErrOtherID = errors.New("the plan with these identifiers has another id")

// ErrTwice refuses publications of one plan that are to be made in one transaction.
var ErrTwice = errors.New("the same plan is published twice in one transaction")
