package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

var (
	alertGet          = statement("alert_get")
	alertOfAttendance = statement("alert_of_attendance")
	alertAdd          = statement("alert_add")
	alertChange       = statement("alert_change")
	boardOf           = statement("board")
	concernOf         = statement("concern")
	sightOf           = statement("sight")
	besideOf          = statement("beside")
	receiptKeep       = statement("receipt_keep")
)

type alertRow struct {
	ID                  string    `db:"id"`
	Attendance          string    `db:"attendance"`
	Plan                string    `db:"plan"`
	Version             int       `db:"version"`
	Centre              string    `db:"centre"`
	Department          string    `db:"department"`
	Match               string    `db:"match"`
	Reason              string    `db:"reason"`
	Urgency             string    `db:"urgency"`
	Open                bool      `db:"open"`
	State               string    `db:"state"`
	StateReason         string    `db:"state_reason"`
	Raised              time.Time `db:"raised"`
	AcknowledgedAt      time.Time `db:"acknowledged_at"`
	AcknowledgedBy      string    `db:"acknowledged_by"`
	AcknowledgedRole    string    `db:"acknowledged_role"`
	AcknowledgedOrg     string    `db:"acknowledged_org"`
	AcknowledgedVersion int       `db:"acknowledged_version"`
	AcknowledgedDone    string    `db:"acknowledged_done"`
	AcknowledgedScreen  string    `db:"acknowledged_screen"`
	HandedTo            string    `db:"handed_to"`
	HandedBy            string    `db:"handed_by"`
	HandedRole          string    `db:"handed_role"`
	HandedOrg           string    `db:"handed_org"`
	HandedAt            time.Time `db:"handed_at"`
	Show                string    `db:"show"`
	Also                string    `db:"also"`
	Whereabouts         string    `db:"whereabouts"`
	RecalledAt          time.Time `db:"recalled_at"`
	RecallVersion       int       `db:"recall_version"`
	RecallSeenAt        time.Time `db:"recall_seen_at"`
	OnBoard             bool      `db:"on_board"`
}

func alertRowOf(a alerts.Alert) alertRow {
	row := alertRow{
		ID: a.ID, Attendance: a.Attendance, Plan: a.Plan, Version: a.Version, Centre: a.Centre, Department: a.Department,
		Match: string(a.Match), Reason: a.Reason, Urgency: string(a.Urgency), Open: a.Open(), State: string(a.State),
		StateReason: a.StateReason, Raised: a.Raised, Show: string(a.Show), Also: a.Also, Whereabouts: a.Whereabouts, OnBoard: a.OnBoard(),
	}
	if a.Recall != nil {
		row.RecalledAt, row.RecallVersion, row.RecallSeenAt = a.Recall.At, a.Recall.Version, a.Recall.Seen
	}
	if ack := a.Acknowledgement; ack != nil {
		row.AcknowledgedAt, row.AcknowledgedVersion = ack.At, ack.Version
		row.AcknowledgedBy, row.AcknowledgedRole, row.AcknowledgedOrg = ack.By.Name, ack.By.Role, ack.By.Organisation
		row.AcknowledgedDone, row.AcknowledgedScreen = string(ack.Done), ack.Screen
		if h := ack.Handed; h != nil {
			row.HandedTo, row.HandedBy, row.HandedRole, row.HandedOrg, row.HandedAt = h.To, h.By.Name, h.By.Role, h.By.Organisation, h.At
		}
	}
	return row
}

func (r alertRow) alert() alerts.Alert {
	a := alerts.Alert{
		ID: r.ID, Attendance: r.Attendance, Plan: r.Plan, Version: r.Version, Centre: r.Centre, Department: r.Department,
		Match: alerts.Match(r.Match), Reason: r.Reason, Urgency: plans.Urgency(r.Urgency), State: alerts.AlertState(r.State),
		StateReason: r.StateReason, Raised: r.Raised, Show: directory.Show(r.Show), Also: r.Also, Whereabouts: r.Whereabouts,
	}
	if !r.RecalledAt.IsZero() {
		a.Recall = &alerts.Recall{At: r.RecalledAt, Version: r.RecallVersion, Seen: r.RecallSeenAt}
	}
	if !r.AcknowledgedAt.IsZero() {
		a.Acknowledgement = &alerts.Acknowledgement{
			By: journal.Actor{Name: r.AcknowledgedBy, Role: r.AcknowledgedRole, Organisation: r.AcknowledgedOrg},
			At: r.AcknowledgedAt, Version: r.AcknowledgedVersion, Done: alerts.Done(r.AcknowledgedDone), Screen: r.AcknowledgedScreen,
		}
		if r.HandedTo != "" {
			a.Acknowledgement.Handed = &alerts.Handover{To: r.HandedTo, By: journal.Actor{Name: r.HandedBy, Role: r.HandedRole, Organisation: r.HandedOrg}, At: r.HandedAt}
		}
	}
	return a
}

func (tx deskTx) AlertsOf(attendance string) ([]alerts.Alert, error) {
	var rows []alertRow
	if err := tx.Select(&rows, alertOfAttendance, Args{"attendance": attendance}); err != nil {
		return nil, err
	}
	return collect(rows, func(r alertRow) (alerts.Alert, error) { return r.alert(), nil })
}

func (tx deskTx) Alert(id string) (alerts.Alert, error) {
	var row alertRow
	err := tx.Get(&row, alertGet, Args{"id": id})
	if errors.Is(err, ErrNoRows) {
		return alerts.Alert{}, alerts.ErrNoAlert
	}
	return row.alert(), err
}

func (tx deskTx) SaveAlert(a alerts.Alert, isNew bool) error {
	st := alertChange
	if isNew {
		st = alertAdd
	}
	row := alertRowOf(a)
	_, err := tx.Exec(st, &row)
	return err
}

// sightRow joins an alert with its visit and the newest version of its plan.
type sightRow struct {
	Alert      alertRow      `db:"alert"`
	Attendance attendanceRow `db:"attendance"`
	Plan       wholePlanRow  `db:"plan"`
	More       moreRow       `db:"more"`
}

// moreRow tells what there is to be read of an alert besides its sightRow.
type moreRow struct {
	Recalls bool `db:"recalls"`
	Talk    bool `db:"talk"`
	Before  bool `db:"before"`
	Beside  bool `db:"beside"`
}

func (r sightRow) sight() (alerts.Sight, error) {
	a, err := r.Attendance.attendance()
	if err != nil {
		return alerts.Sight{}, err
	}
	p, err := r.Plan.plan()
	if err != nil {
		return alerts.Sight{}, err
	}
	return alerts.Sight{Alert: r.Alert.alert(), Attendance: a, Plan: p}, nil
}

var (
	_ subscribers.Boards = (*Store)(nil)
	_ subscribers.Areas  = (*Store)(nil)
)

// Board implements [subscribers.Boards].
func (s *Store) Board(ctx context.Context, department string) (number int64, open []alerts.Sight, err error) {
	number, boards, err := s.BoardsOf(ctx, []string{department})
	return number, boards[department], err
}

// BoardsOf implements [subscribers.Areas].
func (s *Store) BoardsOf(ctx context.Context, departments []string) (number int64, open map[string][]alerts.Sight, err error) {
	open = make(map[string][]alerts.Sight, len(departments))
	err = s.db.Read(ctx, func(from Reader) error {
		heads, err := roomHeads(from, departments)
		if err != nil {
			return err
		}
		for _, department := range departments {
			number = max(number, heads[department])
			if open[department], err = board(from, department); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("read the board of %s: %w", strings.Join(departments, ", "), err)
	}
	return number, open, nil
}

// board is what stands on a department's board.
func board(from Reader, department string) ([]alerts.Sight, error) {
	var rows []sightRow
	if err := from.Select(&rows, boardOf, Args{"department": department}); err != nil {
		return nil, err
	}
	open, err := collect(rows, sightRow.sight)
	if err != nil {
		return nil, err
	}
	if err := recallsOnBoard(from, department, open); err != nil {
		return nil, err
	}
	alerts.SideBySide(open)
	for i := range open {
		if !rows[i].More.Before {
			continue
		}
		if err := fillBefore(from, &open[i]); err != nil {
			return nil, err
		}
	}
	return open, talkOnBoardOf(from, department, open)
}

// Concerns implements [subscribers.Areas].
func (s *Store) Concerns(ctx context.Context, who journal.Actor, ids []string) (map[string][]journal.Kind, error) {
	did := map[string][]journal.Kind{}
	err := s.db.Read(ctx, func(from Reader) error {
		for _, id := range ids {
			var kinds []string
			if err := from.Select(&kinds, concernOf, Args{"alert": id, "actor": who.Name, "role": who.Role, "organisation": who.Organisation}); err != nil {
				return err
			}
			for _, kind := range kinds {
				did[id] = append(did[id], journal.Kind(kind))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find what concerns %s: %w", who.Name, err)
	}
	return did, nil
}

// Sight implements [subscribers.Boards].
func (s *Store) Sight(ctx context.Context, alert string) (sight alerts.Sight, err error) {
	err = s.db.Read(ctx, func(from Reader) error {
		sight, err = sightIn(from, alert)
		return err
	})
	if err != nil {
		return alerts.Sight{}, fmt.Errorf("read alert %s: %w", alert, err)
	}
	return sight, nil
}

// Sights implements [subscribers.Areas]. After each commit a reader begins with an empty cache: what many alerts share of the database's pages
// is read once.
func (s *Store) Sights(ctx context.Context, ids []string) (map[string]alerts.Sight, error) {
	sights := make(map[string]alerts.Sight, len(ids))
	err := s.db.Read(ctx, func(from Reader) error {
		found, err := sightsIn(from, ids...)
		for _, sight := range found {
			sights[sight.Alert.ID] = sight
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %d alerts: %w", len(ids), err)
	}
	return sights, nil
}

// sightIn reads one alert, or returns alerts.ErrNoAlert.
func sightIn(from Reader, alert string) (alerts.Sight, error) {
	found, err := sightsIn(from, alert)
	if err != nil {
		return alerts.Sight{}, err
	}
	if len(found) == 0 {
		return alerts.Sight{}, alerts.ErrNoAlert
	}
	return found[0], nil
}

// sightsIn reads those of some alerts that are held.
func sightsIn(from Reader, ids ...string) ([]alerts.Sight, error) {
	rows, err := selectAmong[sightRow](from, sightOf, ids)
	if err != nil {
		return nil, err
	}
	sights, err := collect(rows, sightRow.sight)
	if err != nil {
		return nil, err
	}
	for i := range sights {
		if err := rows[i].More.fill(from, &sights[i]); err != nil {
			return nil, err
		}
	}
	return sights, nil
}

// fill reads what there is.
func (m moreRow) fill(from Reader, sight *alerts.Sight) (err error) {
	if m.Recalls {
		if sight.Recalls, err = recallsOf(from, sight.Alert.ID); err != nil {
			return err
		}
	}
	if m.Talk {
		if sight.Talk, err = talkInSightOf(from, sight.Alert.ID); err != nil {
			return err
		}
	}
	if m.Before {
		if err := fillBefore(from, sight); err != nil {
			return err
		}
	}
	if !m.Beside || !sight.Certain() {
		return nil
	}
	var beside []wholePlanRow
	if err := from.Select(&beside, besideOf, Args{"attendance": sight.Alert.Attendance, "id": sight.Alert.ID}); err != nil {
		return err
	}
	sight.Beside, err = collect(beside, wholePlanRow.plan)
	return err
}

// KeepReceipt implements [subscribers.Receipts].
func (s *Store) KeepReceipt(ctx context.Context, r subscribers.Receipt) error {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if _, err := (deskTx{Tx: tx}).Alert(r.Alert); err != nil {
			return err
		}
		isNew, err := keepReceipt(tx, r)
		if err != nil || !isNew {
			return err
		}
		return appendEntry(tx, journal.Entry{Time: r.At, Kind: r.Kind, Actor: r.Actor, Subject: r.Alert, Version: r.Version, Reason: onScreen(r.Screen)})
	})
	if err != nil {
		return fmt.Errorf("keep the receipt of alert %s: %w", r.Alert, err)
	}
	return nil
}

// onScreen says in words on which screen something was done; nothing if it has no name.
func onScreen(screen string) string {
	if screen == "" {
		return ""
	}
	return "on screen " + screen
}

// keepReceipt notes a receipt, and tells whether it is new.
func keepReceipt(tx *Tx, r subscribers.Receipt) (isNew bool, err error) {
	n, err := tx.Exec(receiptKeep, Args{
		"alert": r.Alert, "version": r.Version, "kind": string(r.Kind), "actor": r.Actor.Name, "screen": r.Screen, "role": r.Actor.Role,
		"organisation": r.Actor.Organisation, "at": r.At,
	})
	return n == 1, err
}

var attendanceBefore = statement("attendance_before")

// fillBefore reads the visits before the one of a sight, where it is certain whose they are.
func fillBefore(from Reader, s *alerts.Sight) error {
	if !s.Certain() {
		return nil
	}
	var rows []attendanceRow
	if err := from.Select(&rows, attendanceBefore, Args{"plan": s.Alert.Plan, "attendance": s.Alert.Attendance}); err != nil {
		return err
	}
	var err error
	s.Before, err = collect(rows, attendanceRow.attendance)
	return err
}
