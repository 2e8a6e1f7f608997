package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

const (
	// shareFor is how long a drawing may be given to other screens of the room: permission and version were checked when it was drawn.
	shareFor = 2 * time.Second
	// drawWithin bounds one reading of the database.
	drawWithin = 5 * time.Second
)

// drawn is the frame of one entry.
type drawn struct {
	frame *websocket.PreparedMessage
	// upTo is the newest entry about the alert that was known when the drawing began; at is when the alert had been read.
	upTo int64
	at   time.Time
}

func (d drawn) stale() bool { return time.Since(d.at) >= shareFor }

// picture is the snapshot frame of a room.
type picture struct {
	frame  *websocket.PreparedMessage
	number int64
	at     time.Time
}

func (p picture) stale() bool { return time.Since(p.at) >= shareFor }

// frameOf returns the frame of an entry, with the alert as it stands now.
func (h *Hub) frameOf(r *room, it *item) (*websocket.PreparedMessage, error) {
	newest := r.newestOf(it)
	d, err := it.frame.get(h.ctx,
		func(d drawn) bool { return d.upTo >= newest && !d.stale() },
		func() (drawn, error) { return h.drawAlert(r.department, it, newest) })
	return d.frame, err
}

// drawAlert reads an alert and draws the frame of an entry about it.
func (h *Hub) drawAlert(department string, it *item, upTo int64) (drawn, error) {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	view, left, err := h.view(ctx, department, it.alert)
	if err != nil {
		return drawn{}, fmt.Errorf("draw alert %s: %w", it.alert, err)
	}
	at := time.Now()
	frame, err := prepare(alertFrame{
		Type: "alert", Position: h.position(it.number), Previous: h.position(it.before),
		Change: change(it.kind, left), Alert: view,
	})
	if err != nil {
		return drawn{}, fmt.Errorf("draw alert %s: %w", it.alert, err)
	}
	return drawn{frame, upTo, at}, nil
}

// view draws an alert as the department may see it now, and tells whether it has left the department. One that is not held any more has
// left: it must go from the boards.
func (h *Hub) view(ctx context.Context, department, alert string) (v subscribers.View, left bool, err error) {
	sight, err := h.o.Boards.Sight(ctx, alert)
	if errors.Is(err, alerts.ErrNoAlert) {
		return subscribers.View{
			ID: alert, Department: department, State: string(alerts.Withdrawn), StateReason: "the alert is no longer held",
		}, true, nil
	}
	if err != nil {
		return subscribers.View{}, false, err
	}
	return subscribers.Draw(sight, department, h.o.Directory(), h.o.Now()), !sight.Alert.ShownIn(department), nil
}

// pictureOf returns the snapshot of a room. It is at least as new as every entry that the room knows of.
func (h *Hub) pictureOf(r *room) (picture, error) {
	head := r.head()
	return r.board.get(h.ctx,
		func(p picture) bool { return p.number >= head && !p.stale() },
		func() (picture, error) { return h.drawBoard(r.department) })
}

// drawBoard reads and draws all open alerts of a department.
func (h *Hub) drawBoard(department string) (picture, error) {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	number, open, err := h.o.Boards.Board(ctx, department)
	if err != nil {
		return picture{}, fmt.Errorf("read the board of %s: %w", department, err)
	}
	at := time.Now()
	message := snapshot{Type: "snapshot", Position: h.position(number), Alerts: make([]subscribers.View, len(open))}
	dir, now := h.o.Directory(), h.o.Now()
	for i, sight := range open {
		message.Alerts[i] = subscribers.Draw(sight, department, dir, now)
	}
	frame, err := prepare(message)
	if err != nil {
		return picture{}, fmt.Errorf("draw the board of %s: %w", department, err)
	}
	return picture{frame, number, at}, nil
}

// position writes a number of this epoch as clients see it.
func (h *Hub) position(number int64) string {
	return journal.Position{Epoch: h.o.Log.Epoch(), Number: number}.String()
}
