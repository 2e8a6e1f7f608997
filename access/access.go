// Package access answers: may this actor do this to that?
//
// The rules are one table of data: role × action × the relation that must hold. Every route, stream frame and command asks here.
package access

import (
	"errors"
	"fmt"

	"github.com/ucpalert/ucpalert/journal"
)

// Account is a caller as the configuration knows it.
type Account struct {
	Name string
	Role Role
	// Organisation is the ODS code on whose behalf the account acts.
	Organisation string
	// Department is the one a screen stands in; empty for other roles.
	Department string
	// Scope is what the credentials allow of what the role may do; an account by itself is unlimited.
	Scope Scope
}

// Actor is the account as the journal names it.
func (a Account) Actor() journal.Actor {
	return journal.Actor{Name: a.Name, Role: string(a.Role), Organisation: a.Organisation}
}

// Object is what an action is done to. Fields that do not apply are empty.
type Object struct {
	// Department, the organisation that runs it, and the region that is in.
	Department, Organisation, Region string
	// Centre owns the plan.
	Centre string
	// Shared tells that the plan, in whole or in part, may cross to the region of the account.
	Shared bool
}

// ErrRefused is returned when the table does not allow an action.
var ErrRefused = errors.New("not allowed")

// May tells whether an account may do an action to an object: nil, or ErrRefused with the reason in words.
func May(a Account, do Action, to Object) error {
	if !a.Scope.covers(do) {
		return fmt.Errorf("%w: the scope of the credentials does not let them %s", ErrRefused, do)
	}
	holds := false
	switch Needs(a.Role, do) {
	case OwnDepartment:
		holds = a.Department != "" && a.Department == to.Department
	case OwnOrganisation:
		holds = a.Organisation != "" && a.Organisation == to.Organisation
	case OwnCentre:
		holds = a.Organisation != "" && a.Organisation == to.Centre
	case SharedWithIt:
		holds = a.Organisation != "" && to.Shared
	case OwnArea:
		holds = a.Organisation != "" && (a.Organisation == to.Organisation || a.Organisation == to.Region)
	case Anywhere:
		holds = true
	case Never:
		return fmt.Errorf("%w: the role %s may not %s", ErrRefused, a.Role, do)
	}
	if !holds {
		return fmt.Errorf("%w: the account may not %s outside its own organisation or department", ErrRefused, do)
	}
	return nil
}
