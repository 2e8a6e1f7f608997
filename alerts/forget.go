package alerts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PersonRecord names what is kept of a person without a visit (A28, A31, A40), and when it was heard of last.
type PersonRecord struct {
	// ID is the row's, Organisation an ODS code. Name is the record's: "mr " and a hospital number, or "nhs " and an NHS number.
	ID, Organisation, Name string
	Heard                  time.Time
}

// QuietPersons finds records of people of whom nobody speaks any more.
type QuietPersons interface {
	// QuietPersons returns at most so many records of which nothing was heard since an instant, in the order in which they were heard of:
	// those after one of them, or the first ones after the zero value.
	QuietPersons(ctx context.Context, after PersonRecord, since time.Time, most int) ([]PersonRecord, error)
}

// ForgetTx is what is asked and done to forget a person.
type ForgetTx interface {
	// RestsOn tells whether a visit that goes on, or of which something was heard since an instant, has a record's number and owes a part of
	// what it says to records of people: it may be opened again, and must then say the same.
	RestsOn(organisation, record string, since time.Time) (bool, error)
	// ForgetPerson drops a record, unless something was heard of it since an instant, and tells whether it did.
	ForgetPerson(id string, since time.Time) (bool, error)
}

// forgetSlice is how many records are looked at in one transaction: few enough that no message waits for it.
const forgetSlice = 100

// ForgetPersons drops the records of people of which nothing was heard for a time and on which no visit rests: most are of people who never
// come. A record is kept while a visit that goes on names it or a record that it was merged with, and while a visit that took something from it
// could still be opened again. It goes through the records slice by slice, each a transaction of its own: stopped half-way, it goes on with
// the rest when it is called again. It returns how many were dropped.
func (d *Desk) ForgetPersons(ctx context.Context, records QuietPersons, after time.Duration) (dropped int, err error) {
	since := d.now().Add(-after)
	var last PersonRecord
	for ctx.Err() == nil {
		slice, err := records.QuietPersons(ctx, last, since, forgetSlice)
		if err != nil {
			return dropped, fmt.Errorf("list the records of people of which nothing was heard: %w", err)
		}
		if len(slice) == 0 {
			return dropped, nil
		}
		last = slice[len(slice)-1]
		n, err := d.forget(ctx, slice, since)
		if err != nil {
			return dropped, fmt.Errorf("drop records of people: %w", err)
		}
		dropped += n
	}
	return dropped, ctx.Err()
}

// forget drops those of some records on which nothing rests.
func (d *Desk) forget(ctx context.Context, slice []PersonRecord, since time.Time) (dropped int, err error) {
	err = d.store.Write(ctx, func(tx Tx) error {
		dropped = 0
		free, locks, err := unneeded(tx, slice, since)
		if err != nil || len(free) == 0 {
			return err
		}
		if err := tx.Lock(locks...); err != nil {
			return err
		}
		if free, _, err = unneeded(tx, free, since); err != nil { // somebody may have arrived before the lock was had
			return err
		}
		for _, p := range free {
			gone, err := tx.ForgetPerson(p.ID, since)
			if err != nil {
				return err
			}
			if gone {
				dropped++
			}
		}
		return nil
	})
	return dropped, err
}

// unneeded are those of some records on which nothing rests, and the keys that keep others from them and from what they were merged with.
func unneeded(tx Tx, slice []PersonRecord, since time.Time) (free []PersonRecord, locks []string, err error) {
	for _, p := range slice {
		_, names, err := linksOf(tx, p.Organisation, []string{p.Name})
		if err != nil {
			return nil, nil, err
		}
		needed, err := isNeeded(tx, p.Organisation, names, since)
		if err != nil {
			return nil, nil, err
		}
		if needed {
			continue
		}
		free = append(free, p)
		for _, name := range names {
			if key := "person:" + p.Organisation + "/" + name; !slices.Contains(locks, key) {
				locks = append(locks, key)
			}
		}
	}
	return free, locks, nil
}

// isNeeded tells whether a visit rests on one of some records.
func isNeeded(tx Tx, organisation string, names []string, since time.Time) (bool, error) {
	open, err := openOf(tx, organisation, names)
	if err != nil || len(open) > 0 {
		return true, err
	}
	for _, name := range names {
		if rests, err := tx.RestsOn(organisation, name, since); err != nil || rests {
			return true, err
		}
	}
	return false, nil
}

// SplitRecord takes the name of a record apart: the hospital number, or the digits of the NHS number; the other is empty.
func SplitRecord(name string) (hospitalNumber, nhsNumber string) {
	if digits, isNHS := strings.CutPrefix(name, nhsRecord); isNHS {
		return "", digits
	}
	return strings.TrimPrefix(name, hospitalRecord), ""
}
