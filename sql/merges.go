package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	personGet            = statement("person_get")
	attendanceOpenNumber = statement("attendance_open_number")
	attendanceOpenLed    = statement("attendance_open_led")
	mergeOf              = statement("merge_of")
	mergeGet             = statement("merge_get")
	mergeList            = statement("merge_list")
	mergeAdd             = statement("merge_add")
	mergeChange          = statement("merge_change")
)

// recordsJSON is how alerts.Records are written. What is empty is left out, so that a visit to which records add nothing has nothing.
type recordsJSON struct {
	Own *struct {
		Patient identityRow `json:"patient"`
		Marks   string      `json:"marks"`
		Stamps  string      `json:"stamps"`
	} `json:"own,omitempty"`
	Led     *identityRow `json:"led,omitempty"`
	Numbers []string     `json:"numbers,omitempty"`
}

func writeRecords(r alerts.Records) (string, error) {
	if r == (alerts.Records{}) {
		return "", nil
	}
	var out recordsJSON
	if r.Own != (alerts.OwnFacts{}) {
		marks, err := r.Own.Marks.MarshalText()
		if err != nil {
			return "", err
		}
		stamps, err := r.Own.Stamps.MarshalText()
		if err != nil {
			return "", err
		}
		out.Own = &struct {
			Patient identityRow `json:"patient"`
			Marks   string      `json:"marks"`
			Stamps  string      `json:"stamps"`
		}{identityOf(r.Own.Patient), string(marks), string(stamps)}
	}
	if r.Led != (plans.Identity{}) {
		led := identityOf(r.Led)
		out.Led = &led
	}
	for _, n := range r.Numbers {
		if !n.IsZero() {
			out.Numbers = append(out.Numbers, n.Reveal())
		}
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// errRecords is returned for what writeRecords did not write. The error of the decoder would quote it.
var errRecords = errors.New("the records of the person are not readable")

func readRecords(text string) (r alerts.Records, err error) {
	if text == "" {
		return r, nil
	}
	var in recordsJSON
	if json.Unmarshal([]byte(text), &in) != nil {
		return r, errRecords
	}
	if in.Own != nil {
		if r.Own.Patient, err = in.Own.Patient.identity(); err != nil {
			return r, err
		}
		if err := r.Own.Marks.UnmarshalText([]byte(in.Own.Marks)); err != nil {
			return r, err
		}
		if err := r.Own.Stamps.UnmarshalText([]byte(in.Own.Stamps)); err != nil {
			return r, err
		}
	}
	if in.Led != nil {
		if r.Led, err = in.Led.identity(); err != nil {
			return r, err
		}
	}
	for i, digits := range in.Numbers[:min(len(in.Numbers), len(r.Numbers))] {
		if r.Numbers[i], err = plans.ParseNHSNumber(digits); err != nil {
			return r, errRecords
		}
	}
	return r, nil
}

// personsRow names records; unused places repeat the last one.
type personsRow struct {
	Organisation string `db:"organisation"`
	First        string `db:"first"`
	Second       string `db:"second"`
	Third        string `db:"third"`
}

// Persons implements [alerts.PersonTx].
func (tx deskTx) Persons(organisation string, visits ...string) ([]alerts.Attendance, error) {
	ring := tx.conn.ring()
	names := make([]string, 0, 2*len(visits))
	for _, visit := range visits {
		names = append(names, ring.visitIndex(organisation, visit))
	}
	if ring.plain.Load() { // a row from before anything was sealed has its name in sight
		names = append(names, visits...)
	}
	const atOnce = 3
	var out []alerts.Attendance
	for some := range slices.Chunk(names, atOnce) {
		at := func(i int) string { return some[min(i, len(some)-1)] }
		var rows []attendanceRow
		if err := tx.Select(&rows, personGet, &personsRow{organisation, at(0), at(1), at(2)}); err != nil {
			return nil, err
		}
		found, err := collect(rows, attendanceRow.attendance)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// OpenAttendancesOf implements [alerts.PersonTx].
func (tx deskTx) OpenAttendancesOf(organisation, hospitalNumber string) ([]alerts.Attendance, error) {
	var rows []attendanceRow
	var err error
	index, before := tx.conn.ring().either(tx.conn.ring().hospitalIndex(organisation, hospitalNumber), hospitalNumber)
	if people := tx.conn.present(); people != nil {
		rows, err = tx.openAmong(people.find(numbered(organisation, index), numbered(organisation, before)))
		rows = slices.DeleteFunc(rows, func(r attendanceRow) bool {
			return r.Organisation != organisation || r.HospitalNumber != index && r.HospitalNumber != before
		})
	} else {
		err = tx.Select(&rows, attendanceOpenNumber, Args{"organisation": organisation, "hospital_number": index, "hospital_number_before": before})
	}
	if err != nil {
		return nil, err
	}
	return collect(rows, attendanceRow.attendance)
}

type linkRow struct {
	ID           string `db:"id"`
	Organisation string `db:"organisation"`
	From         string `db:"from_record"`
	Into         string `db:"into_record"`
	// Names are those two, sealed; beside them stand their blind indexes. A row from before has none, and the names themselves.
	Names   cipherBytes `db:"names"`
	Stamp   string      `db:"stamp"`
	Undone  bool        `db:"undone"`
	Changed time.Time   `db:"changed"`
}

func (r linkRow) link() (alerts.Link, error) {
	l := alerts.Link{ID: r.ID, Organisation: r.Organisation, From: r.From, Into: r.Into, Stamp: alerts.Stamp(r.Stamp), Undone: r.Undone}
	if len(r.Names.stored) == 0 {
		return l, nil
	}
	var err error
	l.From, l.Into, err = openLinkNames(&r.Names, r.ID)
	return l, err
}

// Links implements [alerts.PersonTx].
func (tx deskTx) Links(organisation, record string) ([]alerts.Link, error) {
	var rows []linkRow
	index, before := tx.conn.ring().either(tx.conn.ring().recordIndex(organisation, record), record)
	if err := tx.Select(&rows, mergeOf, Args{"organisation": organisation, "record": index, "record_before": before}); err != nil {
		return nil, err
	}
	return collect(rows, linkRow.link)
}

// Link implements [alerts.PersonTx].
func (tx deskTx) Link(id string) (alerts.Link, error) {
	var row linkRow
	err := tx.Get(&row, mergeGet, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		return alerts.Link{}, alerts.ErrNoMerge
	}
	if err != nil {
		return alerts.Link{}, err
	}
	return row.link()
}

// SaveLink implements [alerts.PersonTx].
func (tx deskTx) SaveLink(l alerts.Link, isNew bool, at time.Time) error {
	st := mergeChange
	if isNew {
		st = mergeAdd
	}
	ring := tx.conn.ring()
	_, err := tx.Exec(st, &linkRow{
		l.ID, l.Organisation, ring.recordIndex(l.Organisation, l.From), ring.recordIndex(l.Organisation, l.Into), ring.linkNames(l.ID, l.From, l.Into),
		string(l.Stamp), l.Undone, at,
	})
	return err
}

// Merges lists the merges that an organisation told, or all organisations if none is named, the newest first.
func (s *Store) Merges(ctx context.Context, organisation string, limit int) ([]alerts.Link, error) {
	var rows []linkRow
	if err := s.db.Select(ctx, &rows, mergeList, Args{"organisation": organisation, "limit": limit}); err != nil {
		return nil, fmt.Errorf("list the merges: %w", err)
	}
	return collect(rows, linkRow.link)
}
