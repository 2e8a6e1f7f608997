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
	messageRemember  = statement("message_remember")
	attendanceGet    = statement("attendance_get")
	attendanceOpenOf = statement("attendance_open_of")
	attendanceOpen   = statement("attendance_open")
	attendanceAdd    = statement("attendance_add")
	attendanceChange = statement("attendance_change")
)

// identityRow is who a patient is, in texts.
type identityRow struct {
	NHSNumber string `db:"nhs_number"`
	Family    string `db:"family"`
	Given     string `db:"given"`
	BirthDate string `db:"birth_date"`
	Sex       string `db:"sex"`
	Postcode  string `db:"postcode"`
	Tracing   string `db:"tracing"`
	// OtherNames is a JSON list of pairs, family and given; "[]" for almost everybody.
	OtherNames string `db:"other_names"`
	Restricted bool   `db:"restricted"`
}

func identityOf(i plans.Identity) identityRow {
	return identityRow{
		i.NHSNumber.Reveal(), i.Family, i.Given, string(i.BirthDate), string(i.Sex), i.Postcode, string(i.Tracing), otherNames(i.Others), i.Restricted,
	}
}

// noNames is what stands for nobody's further names.
const noNames = "[]"

// otherNames writes the further names of a patient; unused places are not written.
func otherNames(names [plans.MaxOtherNames]plans.PersonName) string {
	if names[0] == (plans.PersonName{}) {
		return noNames
	}
	pairs := make([][2]string, 0, len(names))
	for _, n := range names {
		if n != (plans.PersonName{}) {
			pairs = append(pairs, [2]string{n.Family, n.Given})
		}
	}
	b, err := json.Marshal(pairs)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

// identity reads the row. A number that is not one was not written by this program: it is reported, not dropped.
func (r identityRow) identity() (plans.Identity, error) {
	i := plans.Identity{Family: r.Family, Given: r.Given, BirthDate: plans.Date(r.BirthDate), Sex: plans.Sex(r.Sex), Postcode: r.Postcode,
		Tracing: plans.Tracing(r.Tracing), Restricted: r.Restricted}
	if r.OtherNames != noNames { // almost nobody's need decoding
		var pairs [][2]string
		if err := json.Unmarshal([]byte(r.OtherNames), &pairs); err != nil {
			return i, errors.New("read a patient: the other names are not readable") // the error itself would quote them
		}
		for n, pair := range pairs[:min(len(pairs), len(i.Others))] {
			i.Others[n] = plans.PersonName{Family: pair[0], Given: pair[1]}
		}
	}
	if r.NHSNumber == "" {
		return i, nil
	}
	n, err := plans.ParseNHSNumber(r.NHSNumber)
	if err != nil {
		return i, fmt.Errorf("read a patient: %w", err)
	}
	i.NHSNumber = n
	return i, nil
}

type attendanceRow struct {
	patientRow
	ID             string     `db:"id"`
	Organisation   string     `db:"organisation"`
	Visit          string     `db:"visit"`
	Open           bool       `db:"open"`
	State          string     `db:"state"`
	Department     string     `db:"department"`
	Warning        string     `db:"warning"`
	HospitalNumber string     `db:"hospital_number"`
	PointOfCare    string     `db:"point_of_care"`
	Room           string     `db:"room"`
	Bed            string     `db:"bed"`
	Site           string     `db:"site"`
	StatedArrival  time.Time  `db:"stated_arrival"`
	Consent        string     `db:"consent"`
	Marks          string     `db:"marks"`
	Records        cipherText `db:"records"`
	Stamps         string     `db:"stamps"`
	Changed        time.Time  `db:"changed"`
}

func (r *keyring) attendanceRowOf(a alerts.Attendance, at time.Time) (attendanceRow, error) {
	stamps, err := a.Stamps.MarshalText()
	if err != nil {
		return attendanceRow{}, fmt.Errorf("write the stamps of attendance %s: %w", a.ID, err)
	}
	marks, err := a.Marks.MarshalText()
	if err != nil {
		return attendanceRow{}, fmt.Errorf("write the marks of attendance %s: %w", a.ID, err)
	}
	records, err := writeRecords(a.Records)
	if err != nil {
		return attendanceRow{}, fmt.Errorf("write the records of attendance %s: %w", a.ID, err)
	}
	return attendanceRow{
		patientRow: r.patientRowOf(attendancePatient, a.ID, a.Patient, names{a.HospitalNumber, a.Visit}), ID: a.ID, Organisation: a.Organisation,
		Visit: r.visitIndex(a.Organisation, a.Visit), Open: a.Open(), State: string(a.State), Department: a.Department, Warning: a.Warning,
		HospitalNumber: r.hospitalIndex(a.Organisation, a.HospitalNumber), PointOfCare: a.Location.PointOfCare, Room: a.Location.Room, Bed: a.Location.Bed,
		Site: a.Location.Site, StatedArrival: a.StatedArrival, Consent: string(a.Consent), Marks: string(marks),
		Records: r.sealText(attendanceRecords, a.ID, records), Stamps: string(stamps), Changed: at,
	}, nil
}

func (r attendanceRow) attendance() (alerts.Attendance, error) {
	patient, called, err := r.who(attendancePatient, r.ID, names{r.HospitalNumber, r.Visit})
	if err != nil {
		return alerts.Attendance{}, fmt.Errorf("attendance %s: %w", r.ID, err)
	}
	a := alerts.Attendance{
		ID: r.ID, Organisation: r.Organisation, Visit: called.visit, Patient: patient, HospitalNumber: called.hospitalNumber,
		Location:      alerts.Location{PointOfCare: r.PointOfCare, Room: r.Room, Bed: r.Bed, Site: r.Site},
		StatedArrival: r.StatedArrival, State: alerts.State(r.State), Department: r.Department, Warning: r.Warning,
		Consent: plans.Consent(r.Consent),
	}
	if err := a.Stamps.UnmarshalText([]byte(r.Stamps)); err != nil {
		return alerts.Attendance{}, fmt.Errorf("attendance %s: %w", r.ID, err)
	}
	if err := a.Marks.UnmarshalText([]byte(r.Marks)); err != nil {
		return alerts.Attendance{}, fmt.Errorf("attendance %s: %w", r.ID, err)
	}
	records, err := r.Records.open(attendanceRecords, r.ID)
	if err != nil {
		return alerts.Attendance{}, fmt.Errorf("attendance %s: %w", r.ID, err)
	}
	if a.Records, err = readRecords(records); err != nil {
		return alerts.Attendance{}, fmt.Errorf("attendance %s: %w", r.ID, err)
	}
	return a, nil
}

// The sealed columns of a visit.
const (
	attendancePatient = "attendance.patient"
	attendanceRecords = "attendance.records"
)

// deskTx is a transaction as package alerts sees it.
type deskTx struct {
	*Tx
	// saved are the versions of plans that no journal entry has told of yet.
	saved *[]savedVersion
	// names stand for visits that are forgotten, and for people who are restricted.
	names *pseudonyms
	// now tells the time.
	now func() time.Time
}

var _ alerts.Tx = deskTx{}

func (tx deskTx) Remember(m alerts.Message) (bool, error) {
	n, err := tx.Exec(messageRemember, struct {
		Sender    string    `db:"sender"`
		ControlID string    `db:"control_id"`
		Hash      [32]byte  `db:"hash"`
		Received  time.Time `db:"received"`
	}{m.Sender, m.ControlID, m.Hash, m.Received})
	return n == 1, err
}

func (tx deskTx) Attendance(organisation, visit string) (alerts.Attendance, bool, error) {
	var row attendanceRow
	index, before := tx.conn.ring().either(tx.conn.ring().visitIndex(organisation, visit), visit)
	err := tx.Get(&row, attendanceGet, struct {
		Organisation string `db:"organisation"`
		Visit        string `db:"visit"`
		Before       string `db:"visit_before"`
	}{organisation, index, before})
	if errors.Is(err, ErrNoRows) {
		return alerts.Attendance{}, false, nil
	}
	if err != nil {
		return alerts.Attendance{}, false, err
	}
	a, err := row.attendance()
	return a, err == nil, err
}

func (tx deskTx) OpenAttendances(n plans.NHSNumber) ([]alerts.Attendance, error) {
	rows, err := tx.openNumbered(n)
	if err != nil {
		return nil, err
	}
	var more []attendanceRow
	if err := tx.Select(&more, attendanceOpenLed, nil); err != nil {
		return nil, err
	}
	here, err := collect(rows, attendanceRow.attendance)
	if err != nil {
		return nil, err
	}
	told, err := collect(more, attendanceRow.attendance)
	if err != nil {
		return nil, err
	}
	for _, a := range told {
		if a.Patient.NHSNumber != n && a.Records.Name(n) {
			here = append(here, a)
		}
	}
	return here, nil
}

// openNumbered reads the people in a department now who have an NHS number themselves.
func (tx deskTx) openNumbered(n plans.NHSNumber) (rows []attendanceRow, err error) {
	index, before := tx.conn.ring().either(tx.conn.ring().numberIndex(n), n.Reveal())
	people := tx.conn.present()
	if people == nil {
		err = tx.Select(&rows, attendanceOpenOf, Args{"nhs_number": index, "nhs_number_before": before})
		return rows, err
	}
	rows, err = tx.openAmong(people.find(nhsNumbered(index), nhsNumbered(before)))
	return slices.DeleteFunc(rows, func(r attendanceRow) bool { return r.NHSNumber == "" || r.NHSNumber != index && r.NHSNumber != before }), err
}

// writtenRow is an attendance with what only the database reads of it.
type writtenRow struct {
	attendanceRow
	traitsRow
	lookRow
}

// SaveAttendance implements [alerts.Tx].
func (tx deskTx) SaveAttendance(w alerts.Written) error {
	row, err := tx.conn.ring().attendanceRowOf(w.Attendance, w.At)
	if err != nil {
		return err
	}
	written := writtenRow{attendanceRow: row, traitsRow: tx.conn.ring().traitsRowOf(w.Traits)}
	if w.Check != nil {
		written.lookRow = tx.lookRowOf(*w.Check)
	}
	st := attendanceChange
	if w.IsNew {
		st = attendanceAdd
	}
	tx.notePresence(w, written)
	_, err = tx.Exec(st, &written)
	return err
}

// notePresence keeps the writer's memory right, before the row is written.
func (tx deskTx) notePresence(w alerts.Written, row writtenRow) {
	people := tx.conn.present()
	if people == nil {
		return
	}
	if !w.Open() {
		if !w.IsNew {
			people.left()
		}
		return
	}
	signs := signsOf(row.traitsRow, row.Organisation, row.HospitalNumber, row.NHSNumber)
	if w.IsNew {
		people.add(row.ID, signs...)
	} else {
		people.change(row.ID, signs...)
	}
}

var _ alerts.Visits = (*Store)(nil)

// OpenVisits implements [alerts.Visits].
func (s *Store) OpenVisits(ctx context.Context) ([]alerts.Visit, error) {
	var rows []visitRow
	if err := s.db.Select(ctx, &rows, attendanceOpen, nil); err != nil {
		return nil, fmt.Errorf("list the open attendances: %w", err)
	}
	return collect(rows, visitRow.visit)
}

// visitRow is what a visit is called.
type visitRow struct {
	ID           string      `db:"id"`
	Organisation string      `db:"organisation"`
	Visit        string      `db:"visit"`
	Patient      cipherBytes `db:"patient"`
}

func (r visitRow) visit() (alerts.Visit, error) {
	row := attendanceRow{patientRow: patientRow{identityRow{OtherNames: noNames}, r.Patient}}
	_, called, err := row.who(attendancePatient, r.ID, names{visit: r.Visit})
	return alerts.Visit{Organisation: r.Organisation, Number: called.visit}, err
}

// collect reads every row, or none.
func collect[R, V any](rows []R, read func(R) (V, error)) ([]V, error) {
	out := slices.Grow([]V(nil), len(rows))
	for _, r := range rows {
		v, err := read(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

var attendanceQuiet = statement("attendance_quiet")

var _ alerts.QuietVisits = (*Store)(nil)

// QuietVisits implements [alerts.QuietVisits].
func (s *Store) QuietVisits(ctx context.Context, state alerts.State, since time.Time) ([]alerts.Attendance, error) {
	var rows []attendanceRow
	if err := s.db.Select(ctx, &rows, attendanceQuiet, Args{"state": string(state), "since": since}); err != nil {
		return nil, fmt.Errorf("list the attendances in which nothing happened: %w", err)
	}
	return collect(rows, attendanceRow.attendance)
}
