package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const directoryFile = `
regions:
  - {id: Y56, name: London}
  - {id: QM7, name: Hertfordshire and West Essex}
organisations:
  - {id: RP4, name: Great Ormond Street, region: Y56, centre: true}
  - {id: RQW, name: Princess Alexandra, region: QM7, main_site: RQWG0}
  - {id: RWG, name: West Hertfordshire, region: QM7, main_site: RWG02}
sites:
  - {id: RQWG0, name: Princess Alexandra Hospital, organisation: RQW}
  - {id: RWG02, name: Watford General Hospital, organisation: RWG}
departments:
  - {id: RQW-AE, name: Princess Alexandra A&E, site: RQWG0, main: true}
  - {id: RQW-UTC, name: Princess Alexandra urgent treatment, site: RQWG0}
  - {id: RWG-AE, name: Watford A&E, site: RWG02, main: true}
  - {id: RWG-OLD, name: Watford's old A&E, site: RWG02, last_day: "1999-12-31"}
agreements:
  - {from: Y56, to: QM7}
`

// Tokens of the accounts that the tests know.
const (
	screenToken    = "screen-RQW-AE"
	utcToken       = "screen-RQW-UTC"
	watfordToken   = "screen-RWG-AE"
	clinicianToken = "clinician-RQW"
	watfordDoctor  = "clinician-RWG"
	centreToken    = "centre-RP4"
	flowToken      = "coordinator-RQW"
	regionalToken  = "coordinator-QM7"
)

func accounts() access.Book {
	book := map[access.Token]access.Account{}
	for _, a := range []access.Account{
		{Name: screenToken, Role: access.Screen, Organisation: "RQW", Department: "RQW-AE"},
		{Name: utcToken, Role: access.Screen, Organisation: "RQW", Department: "RQW-UTC"},
		{Name: watfordToken, Role: access.Screen, Organisation: "RWG", Department: "RWG-AE"},
		{Name: clinicianToken, Role: access.Clinician, Organisation: "RQW"},
		{Name: watfordDoctor, Role: access.Clinician, Organisation: "RWG"},
		{Name: centreToken, Role: access.Centre, Organisation: "RP4"},
		{Name: flowToken, Role: access.Coordinator, Organisation: "RQW"},
		{Name: regionalToken, Role: access.Coordinator, Organisation: "QM7"},
	} {
		book[access.HashToken(a.Name)] = a
	}
	return access.NewBook(book)
}

// world is a journal and the alerts that it tells of, in memory.
type world struct {
	mu       sync.Mutex
	dir      *directory.Directory
	epoch    string
	entries  []journal.Entry
	heads    map[string]int64
	sights   map[string]alerts.Sight
	receipts []subscribers.Receipt
	recorded []journal.Entry
	reads    int   // of alerts, one by one
	searches int   // of the journal, for what a screen missed
	down     error // what every reading and writing answers, if not nil
	feed     *journal.Feed
	unfresh  bool
	wanted   map[string]bool // alerts that the clinician subscribed to
	mark     int64
}

// Subscribed and Mark implement [subscribers.Interests] for the clinician.
func (w *world) Subscribed(who journal.Actor, s alerts.Sight) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return who.Name == clinicianToken && w.wanted[s.Alert.ID]
}

func (w *world) Mark(name string) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if name != clinicianToken {
		return 0
	}
	return w.mark
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dir, err := directory.Parse([]byte(directoryFile))
	if err != nil {
		t.Fatal(err)
	}
	return &world{dir: dir, epoch: "first", heads: map[string]int64{}, sights: map[string]alerts.Sight{}}
}

// options are those of a hub in this world; a test changes what it is about.
func (w *world) options() Options {
	return Options{
		Log: w, Boards: w, Areas: w, Receipts: w, Acknowledger: w, Accounts: accounts(),
		Directory: func() *directory.Directory { w.mu.Lock(); defer w.mu.Unlock(); return w.dir },
		Record:    w.record, Fresh: w.fresh, Now: time.Now, Slog: slog.New(slog.DiscardHandler),
	}
}

func (w *world) fresh() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.unfresh && (w.feed == nil || time.Since(w.feed.LastRead()) < 5*time.Second)
}

func (w *world) now() time.Time { return time.Now() }

// set changes the world under its lock.
func (w *world) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// append writes an entry. The world is locked.
func (w *world) append(kind journal.Kind, room, subject string, by ...journal.Actor) {
	e := journal.Entry{Number: int64(len(w.entries)) + 1, Time: time.Now(), Kind: kind, Room: room, Subject: subject}
	if len(by) > 0 {
		e.Actor = by[0]
	}
	if room != "" {
		e.Before = w.heads[room]
		w.heads[room] = e.Number
	}
	w.entries = append(w.entries, e)
	if w.feed != nil {
		w.feed.Wake()
	}
}

// elsewhere writes entries that concern no board.
func (w *world) elsewhere(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range n {
		w.append(journal.PlanPublished, "", "plan")
	}
}

// raise puts a patient with a plan into a department. Names and headline carry the department's name, to be found where they must not be.
func (w *world) raise(department, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sights[id] = alerts.Sight{
		Alert: alerts.Alert{
			ID: id, Attendance: "attendance-" + id, Plan: "plan-" + id, Version: 1, Centre: "RP4", Department: department,
			Match: alerts.Confirmed, Reason: "NHS number and date of birth agree", Urgency: plans.Critical, State: alerts.Raised, Raised: time.Now(),
		},
		Attendance: alerts.Attendance{ID: "attendance-" + id, Department: department, Patient: plans.Identity{Family: "MARKER-" + department, Given: "Ada", BirthDate: "1980-02-13"}},
		Plan:       plans.Plan{Status: plans.Active, ID: "plan-" + id, Version: 1, Centre: "RP4", Headline: "HEADLINE-" + department},
	}
	w.append(journal.AlertRaised, department, id)
}

// change alters an open alert and tells its room. It tells whether there was one.
func (w *world) change(id string, kind journal.Kind, how func(*alerts.Alert)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sights[id]
	if !ok || !s.Alert.Open() {
		return false
	}
	how(&s.Alert)
	w.sights[id] = s
	w.append(kind, s.Alert.Department, id)
	return true
}

func (w *world) revise(id string) bool {
	return w.change(id, journal.AlertUpdated, func(a *alerts.Alert) { a.Version++ })
}

func (w *world) withdraw(id string) bool {
	return w.change(id, journal.AlertWithdrawn, func(a *alerts.Alert) { a.State, a.StateReason = alerts.Withdrawn, "the centre withdrew the plan" })
}

func (w *world) close(id string) bool {
	return w.change(id, journal.AlertClosed, func(a *alerts.Alert) { a.State, a.StateReason = alerts.Closed, "the patient has left the department" })
}

// move takes the patient to another department.
func (w *world) move(id, to string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sights[id]
	if !ok || !s.Alert.Open() || s.Alert.Department == to {
		return false
	}
	from := s.Alert.Department
	s.Alert.Department, s.Alert.State, s.Alert.Acknowledgement = to, alerts.Raised, nil
	s.Attendance.Department, s.Attendance.Patient.Family, s.Plan.Headline = to, "MARKER-"+to, "HEADLINE-"+to
	w.sights[id] = s
	w.append(journal.AlertWithdrawn, from, id)
	w.append(journal.AlertRaised, to, id)
	return true
}

// Acknowledge implements Acknowledger with the promises of the desk.
func (w *world) Acknowledge(_ context.Context, id, department string, _ alerts.Answering, actor journal.Actor) (alerts.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sights[id]
	switch {
	case w.down != nil:
		return alerts.Alert{}, w.down
	case !ok:
		return alerts.Alert{}, alerts.ErrNoAlert
	case !s.Alert.Open(), s.Alert.Department != department:
		return alerts.Alert{}, alerts.ErrNotOpen
	case s.Alert.Acknowledgement != nil && s.Alert.Acknowledgement.By == actor:
		return s.Alert, nil
	case s.Alert.Acknowledgement != nil:
		return alerts.Alert{}, fmt.Errorf("acknowledge alert %s: %w", id, alerts.AcknowledgedError{Acknowledgement: *s.Alert.Acknowledgement})
	}
	s.Alert.State, s.Alert.Acknowledgement = alerts.Acknowledged, &alerts.Acknowledgement{By: actor, At: time.Now(), Version: s.Alert.Version}
	w.sights[id] = s
	w.append(journal.AlertAcknowledged, s.Alert.Department, id, actor)
	return s.Alert, nil
}

// HandOver implements Acknowledger.
func (w *world) HandOver(_ context.Context, id, department, from, to string, actor journal.Actor) (alerts.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sights[id]
	switch {
	case !ok:
		return alerts.Alert{}, alerts.ErrNoAlert
	case s.Alert.Acknowledgement == nil || s.Alert.Department != department:
		return alerts.Alert{}, alerts.ErrNotAnswered
	case s.Alert.Acknowledgement.Holder() != from:
		return alerts.Alert{}, alerts.HeldError{Holder: s.Alert.Acknowledgement.Holder()}
	}
	ack := *s.Alert.Acknowledgement
	ack.Handed = &alerts.Handover{To: to, By: actor, At: time.Now()}
	s.Alert.Acknowledgement = &ack
	w.sights[id] = s
	w.append(journal.AlertHandedOver, department, id, actor)
	return s.Alert, nil
}

// SeeRecall implements Acknowledger.
func (w *world) SeeRecall(_ context.Context, id, department string, _ journal.Actor) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sights[id]
	switch {
	case !ok:
		return alerts.ErrNoAlert
	case s.Alert.Recall == nil || s.Alert.Department != department:
		return alerts.ErrNotOpen
	}
	return nil
}

func (w *world) KeepReceipt(_ context.Context, r subscribers.Receipt) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.receipts = append(w.receipts, r)
	return w.down
}

func (w *world) record(_ context.Context, e journal.Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down != nil {
		return w.down
	}
	w.recorded = append(w.recorded, e)
	return nil
}

func (w *world) Board(_ context.Context, department string) (int64, []alerts.Sight, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heads[department], w.board(department), w.down
}

// BoardsOf implements subscribers.Areas.
func (w *world) BoardsOf(_ context.Context, departments []string) (number int64, open map[string][]alerts.Sight, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	open = map[string][]alerts.Sight{}
	for _, department := range departments {
		number = max(number, w.heads[department])
		open[department] = w.board(department)
	}
	return number, open, w.down
}

// Concerns implements subscribers.Areas.
func (w *world) Concerns(_ context.Context, who journal.Actor, ids []string) (map[string][]journal.Kind, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	did := map[string][]journal.Kind{}
	for _, id := range ids {
		did[id] = w.did(who, id)
	}
	return did, w.down
}

// did is what somebody did about an alert. The world is locked.
func (w *world) did(who journal.Actor, id string) []journal.Kind {
	var kinds []journal.Kind
	for _, e := range w.entries {
		if e.Actor == who && e.Subject == id && !slices.Contains(kinds, e.Kind) {
			kinds = append(kinds, e.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// board lists the open alerts of a department by id. The world is locked.
func (w *world) board(department string) []alerts.Sight {
	var open []alerts.Sight
	for _, s := range w.sights {
		if s.Alert.Open() && s.Alert.Department == department {
			open = append(open, s)
		}
	}
	slices.SortFunc(open, func(a, b alerts.Sight) int {
		if a.Alert.ID < b.Alert.ID {
			return -1
		}
		return 1
	})
	return open
}

// Sights implements subscribers.Areas.
func (w *world) Sights(ctx context.Context, ids []string) (map[string]alerts.Sight, error) {
	return sightsOf(ctx, w, ids)
}

// sightsOf reads alerts one after the other.
func sightsOf(ctx context.Context, from subscribers.Boards, ids []string) (map[string]alerts.Sight, error) {
	sights := map[string]alerts.Sight{}
	for _, id := range ids {
		s, err := from.Sight(ctx, id)
		if errors.Is(err, alerts.ErrNoAlert) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sights[id] = s
	}
	return sights, nil
}

func (w *world) Sight(_ context.Context, id string) (alerts.Sight, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	s, ok := w.sights[id]
	switch {
	case w.down != nil:
		return alerts.Sight{}, w.down
	case !ok:
		return alerts.Sight{}, fmt.Errorf("find alert %s: %w", id, alerts.ErrNoAlert)
	}
	return s, nil
}

func (w *world) Epoch() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.epoch
}

func (w *world) Head(context.Context) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return int64(len(w.entries)), w.down
}

func (w *world) After(_ context.Context, number int64, limit int) ([]journal.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down != nil || number >= int64(len(w.entries)) {
		return nil, w.down
	}
	rest := w.entries[number:]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (w *world) RoomHeads(_ context.Context, rooms []string) (map[string]int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	heads := map[string]int64{}
	for _, room := range rooms {
		heads[room] = w.heads[room]
	}
	return heads, w.down
}

func (w *world) RoomsAfter(_ context.Context, rooms []string, number int64, limit int) ([]journal.Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.searches++
	if w.down != nil {
		return nil, w.down
	}
	var of []journal.Entry
	for _, e := range w.entries[min(number, int64(len(w.entries))):] {
		if slices.Contains(rooms, e.Room) && len(of) < limit {
			of = append(of, e)
		}
	}
	return of, nil
}

var errDisk = errors.New("the disk does not answer")

// Rule implements Acknowledger: what was seen is the alert's id.
func (w *world) Rule(_ context.Context, id, department string, answer alerts.Identification, seen string, _ journal.Actor) (alerts.Alert, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.sights[id]
	switch {
	case !ok:
		return alerts.Alert{}, alerts.ErrNoAlert
	case !s.Alert.Open(), s.Alert.Department != department:
		return alerts.Alert{}, alerts.ErrNotOpen
	case seen != id:
		return alerts.Alert{}, alerts.ErrNotSeen
	}
	s.Alert.Match = alerts.Confirmed
	if answer == alerts.OtherPatient {
		s.Alert.State = alerts.Withdrawn
	}
	w.sights[id] = s
	return s.Alert, nil
}
