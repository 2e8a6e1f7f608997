package sql

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	personQuiet       = statement("person_quiet")
	personForget      = statement("person_forget")
	personRestsNumber = statement("person_rests_number")
	personRestsNHS    = statement("person_rests_nhs")
)

var _ alerts.QuietPersons = (*Store)(nil)

// QuietPersons implements [alerts.QuietPersons].
func (s *Store) QuietPersons(ctx context.Context, after alerts.PersonRecord, since time.Time, most int) ([]alerts.PersonRecord, error) {
	var rows []struct {
		visitRow
		Changed time.Time `db:"changed"`
	}
	from := after.Heard
	if from.IsZero() {
		from = time.UnixMicro(0)
	}
	err := s.db.Select(ctx, &rows, personQuiet, Args{"after": from, "id": after.ID, "since": since, "most": most})
	if err != nil {
		return nil, fmt.Errorf("list the records of people in which nothing happened: %w", err)
	}
	out := make([]alerts.PersonRecord, len(rows))
	for i, r := range rows {
		called, err := r.visit()
		if err != nil {
			return nil, fmt.Errorf("list the records of people in which nothing happened: %w", err)
		}
		out[i] = alerts.PersonRecord{ID: r.ID, Organisation: r.Organisation, Name: strings.TrimPrefix(called.Number, personMark), Heard: r.Changed}
	}
	return out, nil
}

// RestsOn implements [alerts.ForgetTx].
func (tx deskTx) RestsOn(organisation, record string, since time.Time) (bool, error) {
	st, args := personRestsNumber, Args{"organisation": organisation, "since": since}
	ring := tx.conn.ring()
	hospital, nhs := alerts.SplitRecord(record)
	if nhs != "" {
		n, err := plans.ParseNHSNumber(nhs)
		if err != nil {
			return false, fmt.Errorf("a record of a person is named by no NHS number: %w", err)
		}
		st = personRestsNHS
		args["nhs_number"], args["nhs_number_before"] = ring.either(ring.numberIndex(n), nhs)
	} else {
		args["hospital_number"], args["hospital_number_before"] = ring.either(ring.hospitalIndex(organisation, hospital), hospital)
	}
	var visits int
	err := tx.Get(&visits, st, args)
	return visits > 0, err
}

// ForgetPerson implements [alerts.ForgetTx].
func (tx deskTx) ForgetPerson(id string, since time.Time) (bool, error) {
	n, err := tx.Exec(personForget, Args{"id": id, "since": since})
	return n == 1, err
}
