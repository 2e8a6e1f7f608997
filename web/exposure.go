package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/subscribers"
)

type exposureBody struct {
	Account string    `json:"account" maxLength:"200"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

type exposedView struct {
	Name      string    `json:"name"`
	NHSNumber string    `json:"nhs_number,omitempty"`
	BirthDate string    `json:"birth_date,omitempty"`
	Plans     []string  `json:"plans" nullable:"false" doc:"Ids"`
	What      []string  `json:"what" nullable:"false" doc:"The kinds of entries by which they were seen"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Times     int       `json:"times"`
}

type exposureView struct {
	Account  string        `json:"account"`
	Patients []exposedView `json:"patients" nullable:"false" doc:"In the order in which they were first seen"`
	Unknown  []EntryView   `json:"unknown" nullable:"false" doc:"What was read and cannot be said to be anybody's any more: look at each"`
	Entries  int           `json:"entries" doc:"How many entries of the account were looked at"`
	More     bool          `json:"more" doc:"There are more than were looked at: choose a shorter time"`
}

func (s *server) exposure(ctx context.Context, in *struct{ Body *exposureBody }) (*body[exposureView], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errPeriod
	}
	view, err := s.exposed(ctx, *in.Body)
	if err != nil {
		return nil, err
	}
	return &body[exposureView]{view}, nil
}

// exposed finds everybody whose details an account had before it while it acted for an organisation that the caller looks after, and journals
// that this was shown.
func (s *server) exposed(ctx context.Context, b exposureBody) (exposureView, error) {
	if b.Account == "" || b.From.IsZero() || !b.From.Before(b.To) {
		return exposureView{}, errPeriod
	}
	kept := func(e journal.Entry) bool { return s.looksAfter(ctx, e.Actor.Organisation) }
	found, err := privacy.Expose(ctx, s.Trail, names{s}, privacy.Query{Actor: b.Account, From: b.From, To: b.To}, kept)
	if err != nil {
		return exposureView{}, err
	}
	visitOf(ctx).why = "from " + instantWords(b.From) + " to " + instantWords(b.To)
	if err := s.noteReading(ctx, journal.ExposureRead, s.accountNamed(b.Account), 0); err != nil {
		return exposureView{}, err
	}
	view := exposureView{Account: b.Account, Patients: make([]exposedView, 0, len(found.Patients)), Unknown: make([]EntryView, 0, len(found.Unknown)), Entries: found.Entries, More: found.More}
	for _, p := range found.Patients {
		one := exposedView{
			Name: subscribers.DrawIdentity(p.Patient, s.Now()).Name, NHSNumber: p.Patient.NHSNumber.Reveal(), BirthDate: string(p.Patient.BirthDate),
			Plans: append([]string{}, p.Plans...), First: p.First.UTC(), Last: p.Last.UTC(), Times: p.Times,
		}
		for _, kind := range p.What {
			one.What = append(one.What, string(kind))
		}
		view.Patients = append(view.Patients, one)
	}
	for _, e := range found.Unknown {
		view.Unknown = append(view.Unknown, s.drawEntry(e))
	}
	return view, nil
}

// getExposureCSV gives the same as a file (RFC 4180) for whoever has to write to those concerned.
func (s *server) getExposureCSV(w http.ResponseWriter, r *http.Request) {
	view, err := s.exposureOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var out strings.Builder
	sheet := csv.NewWriter(&out)
	sheet.UseCRLF = true
	rows := [][]string{{"name", "nhs_number", "birth_date", "plans", "seen_by", "first", "last", "times"}}
	for _, p := range view.Patients {
		rows = append(rows, []string{p.Name, p.NHSNumber, p.BirthDate, strings.Join(p.Plans, " "), strings.Join(p.What, " "), p.First.Format(time.RFC3339), p.Last.Format(time.RFC3339), strconv.Itoa(p.Times)})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
	}
	if err := sheet.WriteAll(rows); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="exposure.csv"`)
	write(w, http.StatusOK, "text/csv; charset=utf-8; header=present", []byte(out.String()))
}

// exposureOf reads what a request for the file asks for.
func (s *server) exposureOf(r *http.Request) (exposureView, error) {
	var b exposureBody
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	unread := decoder.Decode(&b)
	var tooLong *http.MaxBytesError
	if errors.As(unread, &tooLong) {
		return exposureView{}, unread
	}
	if err := s.authorise(r.Context(), ofTheirs(r.Context()), ""); err != nil {
		return exposureView{}, err
	}
	if unread != nil {
		return exposureView{}, errPeriod
	}
	return s.exposed(r.Context(), b)
}

// cell keeps a spreadsheet from taking a text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// names finds out who entries are about.
type names struct{ *server }

var _ privacy.Names = names{}

// PatientsOf implements [privacy.Names].
func (n names) PatientsOf(ctx context.Context, subject string) ([]plans.Identity, string, error) {
	if !isAlertID(subject) {
		return nil, "", nil
	}
	held, err := n.Plans.Plan(ctx, subject)
	if err == nil {
		return []plans.Identity{held.Plan.Patient}, held.Plan.ID, nil
	}
	if !errors.Is(err, plans.ErrNotFound) {
		return nil, "", err
	}
	sight, err := n.Boards.Sight(ctx, subject)
	if errors.Is(err, alerts.ErrNoAlert) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	who := []plans.Identity{sight.Plan.Patient} // as the plan has them, so that they are listed once
	if sight.Alert.Match != alerts.Confirmed {
		who = append(who, sight.Attendance.Patient)
	}
	return who, sight.Plan.ID, nil
}

// ArrivedOn implements [privacy.Names].
func (n names) ArrivedOn(ctx context.Context, department, day string) ([]plans.Identity, error) {
	zone := subscribers.Zone(department, n.Directory())
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return nil, fmt.Errorf("read the day of a list of arrivals: %w", err)
	}
	q := subscribers.ArrivalQuery{Department: department, Limit: mostArrivals}
	q.From, q.Before = subscribers.Day(at.Add(time.Hour), zone)
	page, err := n.Arrivals.Arrivals(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make([]plans.Identity, 0, len(page))
	for _, a := range page {
		all = append(all, a.Attendance.Patient)
	}
	return slices.Clip(all), nil
}

// mostArrivals is more than any department has in a day.
const mostArrivals = 5000
