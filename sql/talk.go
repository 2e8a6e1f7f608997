package sql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	talkAdd       = statement("talk_add")
	talkChange    = statement("talk_change")
	talkGet       = statement("talk_get")
	talkOfAlert   = statement("talk_of_alert")
	talkOfPlan    = statement("talk_of_plan")
	talkOpen      = statement("talk_open")
	talkOpenCount = statement("talk_open_count")
	talkInSight   = statement("talk_in_sight")
	talkOnBoard   = statement("talk_on_board")
	outcomeGet    = statement("outcome_get")
	outcomeOfPlan = statement("outcome_of_plan")
	outcomeKeep   = statement("outcome_keep")
)

// mostWaiting is how many questions and disputes a centre's list shows.
const mostWaiting = 100

// talkText is the sealed column of what is said.
const talkText = "talk.text"

type lineRow struct {
	ID           string     `db:"id"`
	Alert        string     `db:"alert"`
	Plan         string     `db:"plan"`
	Version      int        `db:"version"`
	Centre       string     `db:"centre"`
	Department   string     `db:"department"`
	Kind         string     `db:"kind"`
	Answers      string     `db:"answers"`
	Text         cipherText `db:"text"`
	Actor        string     `db:"actor"`
	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	At           time.Time  `db:"at"`
	Open         bool       `db:"open"`
	ReadAt       time.Time  `db:"read_at"`
}

func (r lineRow) line() (alerts.Line, error) {
	text, err := r.Text.open(talkText, r.ID)
	return alerts.Line{
		ID: r.ID, Alert: r.Alert, Plan: r.Plan, Version: r.Version, Centre: r.Centre, Department: r.Department, Kind: alerts.LineKind(r.Kind),
		Answers: r.Answers, Text: text, By: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.Organisation}, At: r.At, Open: r.Open, Read: r.ReadAt,
	}, err
}

var _ alerts.TalkTx = deskTx{}

func (tx deskTx) Line(id string) (alerts.Line, error) {
	var row lineRow
	if err := tx.Get(&row, talkGet, Args{"id": id}); err != nil {
		if errors.Is(err, ErrNoRows) {
			err = alerts.ErrNoLine
		}
		return alerts.Line{}, err
	}
	return row.line()
}

func (tx deskTx) Lines(alert string) ([]alerts.Line, error) { return linesOf(tx, alert) }

func linesOf(from Reader, alert string) ([]alerts.Line, error) {
	var rows []lineRow
	if err := from.Select(&rows, talkOfAlert, Args{"alert": alert}); err != nil {
		return nil, err
	}
	return collect(rows, lineRow.line)
}

func (tx deskTx) SaveLine(l alerts.Line, isNew bool) error {
	st := talkChange
	if isNew {
		st = talkAdd
	}
	_, err := tx.Exec(st, &lineRow{
		l.ID, l.Alert, l.Plan, l.Version, l.Centre, l.Department, string(l.Kind), l.Answers, tx.conn.ring().sealText(talkText, l.ID, l.Text), l.By.Name, l.By.Role, l.By.Organisation, l.At, l.Open, l.Read,
	})
	return err
}

type outcomeRow struct {
	Alert        string    `db:"alert"`
	Department   string    `db:"department"`
	Plan         string    `db:"plan"`
	Version      int       `db:"version"`
	Changed      string    `db:"changed"`
	Actor        string    `db:"actor"`
	Role         string    `db:"role"`
	Organisation string    `db:"organisation"`
	At           time.Time `db:"at"`
}

func (r outcomeRow) outcome() (alerts.Effect, error) {
	return alerts.Effect{
		Alert: r.Alert, Department: r.Department, Plan: r.Plan, Version: r.Version, Changed: alerts.Changed(r.Changed),
		By: journal.Actor{Name: r.Actor, Role: r.Role, Organisation: r.Organisation}, At: r.At,
	}, nil
}

func (tx deskTx) Effect(alert, department string) (alerts.Effect, bool, error) {
	return outcomeOf(tx, alert, department)
}

func outcomeOf(from Reader, alert, department string) (o alerts.Effect, found bool, err error) {
	var row outcomeRow
	err = from.Get(&row, outcomeGet, Args{"alert": alert, "department": department})
	if errors.Is(err, ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	o, err = row.outcome()
	return o, true, err
}

func (tx deskTx) SaveEffect(o alerts.Effect) error {
	_, err := tx.Exec(outcomeKeep, &outcomeRow{
		o.Alert, o.Department, o.Plan, o.Version, string(o.Changed), o.By.Name, o.By.Role, o.By.Organisation, o.At,
	})
	return err
}

type talkRow struct {
	Alert      string `db:"alert"`
	Questions  int    `db:"questions"`
	Unanswered int    `db:"unanswered"`
	Unread     int    `db:"unread"`
	Disputes   int    `db:"disputes"`
	Changed    string `db:"changed"`
}

func (r talkRow) talk() alerts.Talk {
	return alerts.Talk{Questions: r.Questions, Unanswered: r.Unanswered, Unread: r.Unread, Disputes: r.Disputes, Outcome: alerts.Changed(r.Changed)}
}

// talkOnBoardOf fills in what was said about the sights of a department's board.
func talkOnBoardOf(from Reader, department string, board []alerts.Sight) error {
	if len(board) == 0 {
		return nil
	}
	var rows []talkRow
	if err := from.Select(&rows, talkOnBoard, Args{"department": department}); err != nil {
		return err
	}
	for _, row := range rows {
		for i := range board {
			if board[i].Alert.ID == row.Alert {
				board[i].Talk = row.talk()
			}
		}
	}
	return nil
}

// talkInSightOf is what was said about one alert, in numbers.
func talkInSightOf(from Reader, alert string) (alerts.Talk, error) {
	var row talkRow
	err := from.Get(&row, talkInSight, Args{"alert": alert})
	return row.talk(), err
}

// Thread is all that was said about an alert, in the order of time, and what its plan changed in a department; the zero outcome if nobody
// there said.
func (s *Store) Thread(ctx context.Context, alert, department string) (lines []alerts.Line, o alerts.Effect, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		if lines, err = linesOf(from, alert); err != nil {
			return err
		}
		o, _, err = outcomeOf(from, alert, department)
		return err
	})
	if err != nil {
		return nil, o, fmt.Errorf("read what was said about alert %s: %w", alert, err)
	}
	return lines, o, nil
}

type waitingRow struct {
	Line       lineRow     `db:"line"`
	Family     string      `db:"family"`
	Given      string      `db:"given"`
	Patient    cipherBytes `db:"patient"`
	Headline   cipherText  `db:"headline"`
	Version    int         `db:"version"` // of the plan now
	Department string      `db:"department"`
}

func (r waitingRow) waiting() (subscribers.Waiting, error) {
	line, err := r.Line.line()
	if err != nil {
		return subscribers.Waiting{}, err
	}
	row := patientRow{identityRow{Family: r.Family, Given: r.Given, OtherNames: noNames}, r.Patient}
	patient, _, err := row.who(planPatient, line.Plan, names{})
	if err != nil {
		return subscribers.Waiting{}, err
	}
	headline, err := r.Headline.open(versionHeadline, versionName(line.Plan, r.Version))
	return subscribers.Waiting{Line: line, Family: patient.Family, Given: patient.Given, Headline: headline, Department: r.Department}, err
}

// Waiting is what waits for a centre's answer, the oldest first, at most a hundred. The centre has it before it from now on: that is kept, and
// told to the departments that asked.
func (s *Store) Waiting(ctx context.Context, centre string, reader journal.Actor, at time.Time) (all []subscribers.Waiting, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		var rows []waitingRow
		if err := tx.Select(&rows, talkOpen, Args{"centre": centre, "limit": mostWaiting}); err != nil {
			return err
		}
		if all, err = collect(rows, waitingRow.waiting); err != nil {
			return err
		}
		var told []journal.Entry
		for i := range all {
			l := &all[i].Line
			if !l.Read.IsZero() {
				continue
			}
			l.Read = at
			if err := (deskTx{Tx: tx}).SaveLine(*l, false); err != nil {
				return err
			}
			told = append(told, journal.Entry{Time: at, Kind: journal.QuestionSeen, Actor: reader, Room: all[i].Department, Subject: l.Alert, Version: l.Version})
		}
		for _, e := range told {
			if err := appendEntry(tx, e); err != nil {
				return err
			}
		}
		return appendEntry(tx, journal.Entry{Time: at, Kind: journal.ThreadRead, Actor: reader, Subject: centre})
	})
	if err != nil {
		return nil, fmt.Errorf("list what waits for %s: %w", centre, err)
	}
	return all, nil
}

type waitingCountRow struct {
	Plan   string    `db:"plan"`
	Kind   string    `db:"kind"`
	N      int       `db:"n"`
	Newest time.Time `db:"newest"`
}

// WaitingFor tells how much waits for a centre's answer, by plan, and when the newest of it was said.
func (s *Store) WaitingFor(ctx context.Context, centre string) (by map[string]subscribers.WaitingCount, newest time.Time, err error) {
	var rows []waitingCountRow
	if err := s.db.Select(ctx, &rows, talkOpenCount, Args{"centre": centre}); err != nil {
		return nil, newest, fmt.Errorf("count what waits for %s: %w", centre, err)
	}
	by = map[string]subscribers.WaitingCount{}
	for _, r := range rows {
		c := by[r.Plan]
		if alerts.LineKind(r.Kind) == alerts.Dispute {
			c.Disputes += r.N
		} else {
			c.Questions += r.N
		}
		by[r.Plan] = c
		if r.Newest.After(newest) {
			newest = r.Newest
		}
	}
	return by, newest, nil
}

// talkAbout adds what was said to the uses of a plan, and what it changed.
func talkAbout(from Reader, plan string, uses []subscribers.Use) error {
	args := Args{"plan": plan, "limit": mostReceipts}
	var rows []lineRow
	if err := from.Select(&rows, talkOfPlan, args); err != nil {
		return err
	}
	lines, err := collect(rows, lineRow.line)
	if err != nil {
		return err
	}
	var given []outcomeRow
	if err := from.Select(&given, outcomeOfPlan, args); err != nil {
		return err
	}
	outcomes, err := collect(given, outcomeRow.outcome)
	if err != nil {
		return err
	}
	for i := range uses {
		for _, l := range lines {
			if l.Alert == uses[i].Alert.ID {
				uses[i].Lines = append(uses[i].Lines, l)
			}
		}
		for _, o := range outcomes {
			if o.Alert == uses[i].Alert.ID {
				uses[i].Effects = append(uses[i].Effects, o)
			}
		}
	}
	return nil
}
