package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
)

// lane is what an address is for. Where more is asked than can be done, the lane that stands first here is given up first, and the hospitals'
// attendances last.
type lane uint8

const (
	// unlaned are addresses that take nothing that could run out: pages and their files, health, metrics. So do streams, whose hub has limits of
	// its own.
	unlaned lane = iota
	// reports are what can be asked again later: exports, proofs, accounts, the quarantine, what was published.
	reports
	publishing
	screens
	acknowledgements
	intake
	lanes // how many there are
)

// laneNames are how figures and the pages of operations call the lanes.
var laneNames = [lanes]string{unlaned: "unlaned", reports: "reports", publishing: "publishing", screens: "screens", acknowledgements: "acknowledgements", intake: "intake"}

func (l lane) String() string { return laneNames[l] }

// laneOfAction are the lanes of the actions that are not about a screen.
var laneOfAction = map[access.Action]lane{
	access.SendAttendance: intake,
	access.Acknowledge:    acknowledgements, access.GiveReceipt: acknowledgements, access.CheckIdentity: acknowledgements,
	access.PublishPlan: publishing, access.WriteDraft: publishing, access.ListPlans: publishing, access.ReadPlanUse: publishing, access.AnswerQuestion: publishing,
	access.ReadOwnPlan: reports, access.ReadProofs: reports, access.RunProof: reports, access.ReadScreens: reports, access.ReadFeeds: reports, access.MuteFeed: reports,
	access.ListQuarantine: reports, access.ReadQuarantined: reports, access.ReplayQuarantined: reports, access.DiscardQuarantined: reports,
	access.ManageAccounts: reports, access.ReadAccess: reports, access.SearchAudit: reports,
	access.JudgeOpening: reports, access.ReadExposure: reports, access.AgreeToChange: reports,
	access.ReadRotas: reports, access.KeepRotas: reports, access.OverrideRota: reports, access.SwapShift: reports, access.AgreeToRota: reports,
	access.Subscribe: reports, access.LeadSubscriptions: reports,
}

// laneOf is the lane of an address. Signing in is the first step to a screen.
func laneOf(r route) lane {
	if in, ok := laneOfAction[r.action]; ok {
		return in
	}
	if strings.HasPrefix(r.path, "/calendar/") {
		return reports
	}
	if !strings.HasPrefix(r.path, "/stream/") && (r.action != "" || strings.HasPrefix(r.path, "/api/") || strings.HasPrefix(r.path, "/oauth/") || strings.HasPrefix(r.path, providerPath)) {
		return screens
	}
	return unlaned
}

const (
	// DefaultPlaces is how many requests may be under way at a time.
	DefaultPlaces = 256
	// laneWait is how long a request waits for its turn; its sender has more patience than that.
	laneWait = 2 * time.Second
	// queueTimes is how many requests of a lane may wait, for each that may be under way.
	queueTimes = 4
)

var errOverloaded = refusal{http.StatusServiceUnavailable, fhir.Transient, "The service has more to do than it can. Nothing was done. Try again in a moment."}

// Lanes let so many requests be under way at a time. A request begins while fewer are under way, in all lanes together, than its lane may fill:
// reports an eighth of the places, publishing a quarter, screens a half, acknowledgements three quarters, attendances all. So whatever is asked
// too much is refused before a lane behind it finds no place. Some wait their turn, those of the last lane first.
type Lanes struct {
	mu       sync.Mutex
	most     [lanes]int
	underWay int
	waiting  [lanes][]chan struct{} // each is closed when its turn comes
	// away are those that were turned away in a minute and in the one before it.
	minute       time.Time
	away, before [lanes]int
}

// NewLanes makes lanes with so many places; at least one for each lane more than for the one before it.
func NewLanes(places int) *Lanes {
	if places <= 0 {
		places = DefaultPlaces
	}
	l := &Lanes{}
	for in, eighths := range map[lane]int{reports: 1, publishing: 2, screens: 4, acknowledgements: 6, intake: 8} {
		l.most[in] = max(places*eighths/8, int(in))
	}
	return l
}

// enter waits for the turn of a request and returns what ends it. Errors: errOverloaded, or that of the context.
func (l *Lanes) enter(ctx context.Context, in lane, now time.Time) (leave func(), err error) {
	if in == unlaned {
		return func() {}, nil
	}
	turn, err := l.join(in, now)
	if turn == nil {
		return l.leave, err
	}
	patience := time.NewTimer(laneWait)
	defer patience.Stop()
	select {
	case <-turn:
		return l.leave, nil
	case <-patience.C:
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	at := slices.Index(l.waiting[in], turn)
	if at < 0 { // it came in this very instant
		return l.leave, nil
	}
	l.waiting[in] = slices.Delete(l.waiting[in], at, at+1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.note(in, now)
	return nil, errOverloaded
}

// join begins a request, or has it wait: then it returns what is closed when its turn comes.
func (l *Lanes) join(in lane, now time.Time) (chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.underWay < l.most[in] {
		l.underWay++
		return nil, nil
	}
	if len(l.waiting[in]) >= queueTimes*l.most[in] {
		l.note(in, now)
		return nil, errOverloaded
	}
	turn := make(chan struct{})
	l.waiting[in] = append(l.waiting[in], turn)
	return turn, nil
}

// leave ends a request. Whoever has waited longest in the last lane that may begin takes its place.
func (l *Lanes) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.underWay--
	for in := intake; in > unlaned; in-- {
		if len(l.waiting[in]) > 0 && l.underWay < l.most[in] {
			close(l.waiting[in][0])
			l.waiting[in] = l.waiting[in][1:]
			l.underWay++
			return
		}
	}
}

// turnedAway notes a request that was refused for want of a place or because its sender asks too much.
func (l *Lanes) turnedAway(in lane, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note(in, now)
}

// note counts one that is turned away. The lanes are locked.
func (l *Lanes) note(in lane, now time.Time) {
	l.turn(now)
	l.away[in]++
}

// turn begins a new minute if it is time. The lanes are locked.
func (l *Lanes) turn(now time.Time) {
	minute := now.Truncate(time.Minute)
	switch since := minute.Sub(l.minute); {
	case since == time.Minute:
		l.before, l.away = l.away, [lanes]int{}
	case since != 0:
		l.before, l.away = [lanes]int{}, [lanes]int{}
	}
	l.minute = minute
}

// Busy is how many requests are under way or wait.
func (l *Lanes) Busy() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	busy := l.underWay
	for _, waiting := range l.waiting {
		busy += len(waiting)
	}
	return busy
}

// Check tells whether everything that was asked lately could be done. It is advisory: what was turned away may be asked again.
func (l *Lanes) Check(now time.Time) Check {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(now)
	var words []string
	for in := intake; in > unlaned; in-- {
		if n := l.away[in] + l.before[in]; n > 0 {
			words = append(words, fmt.Sprintf("%s %d", in, n))
		}
	}
	check := Check{Name: "requests", OK: len(words) == 0, Advisory: true}
	if !check.OK {
		check.Reason = "requests were turned away in the last two minutes: " + strings.Join(words, ", ") + "; ucpalert_http_turned_away_total says why"
	}
	return check
}
