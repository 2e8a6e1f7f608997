package alerts

import "time"

// This file tells what is left of a visit that is forgotten. Nothing of the patient is; but a message about the visit that is sent again weeks later
// must not look like a new arrival, and one that is newer than all that was known must find the visit where it stood.

// DigestTx is what is kept of forgotten visits.
type DigestTx interface {
	// Digest returns what is left of a visit that was forgotten.
	Digest(organisation, visit string) (d Attendance, found bool, err error)
	// DropDigest drops it, because the visit is held again.
	DropDigest(organisation, visit string) error
}

// lifeFacts are the facts by which a visit's state follows from messages. They say when something was told, and nothing of who the patient is.
var lifeFacts = [...]fact{
	factArrive, factDepart, factCancel, factExpect, factCancelExpected, factAdmit, factCancelAdmit, factHere, factNotHere, factReopen, factLeave,
	factBack, factThrough, factClass, factLapse,
}

// Digest is what is left of a visit when it is forgotten: where it stood, in which department, and the stamps from which that follows, which say when
// each message about it was written, and not what it said. Of when the patient arrived it has the hour.
func (a Attendance) Digest() Attendance {
	own := a.own()
	d := Attendance{
		ID: a.ID, Organisation: a.Organisation, Visit: a.Visit, State: a.State, Department: a.Department, Warning: a.Warning,
		StatedArrival: a.Arrived().Truncate(time.Hour), Marks: Marks{Class: own.Marks.Class, Through: own.Marks.Through},
	}
	for _, f := range lifeFacts {
		d.Stamps[f] = own.Stamps[f]
	}
	d.Stamps[factForgotten] = a.Heard()
	return d
}

// Over tells whether a visit has been over since an instant: it does not go on, and whoever was there had left before. What is kept of people without a
// visit is no visit.
func (a Attendance) Over(since time.Time) bool {
	return !a.Open() && !a.IsPerson() && !a.Left().After(since)
}

// leftOf finds what is left of the visit of an event, of which no row is held. told means that the event says nothing of it that is newer than what was
// known: everything that could follow from it has followed.
func leftOf(tx Tx, e Event, organisation string) (left Attendance, found, told bool, err error) {
	if left, found, err = tx.Digest(organisation, e.Visit); err != nil || !found {
		return Attendance{}, false, false, err
	}
	left.StatedArrival = time.Time{} // it is the hour only, and not what a message said
	if told = e.Stamp() <= left.Heard(); told {
		return left, true, true, nil
	}
	return left, true, false, tx.DropDigest(organisation, e.Visit)
}
