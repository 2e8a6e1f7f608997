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

// frameOf returns the frame of an entry, with the alert as it stands now. A hasty hand draws nothing: where the frame is not there it gets errWait.
func (h *Hub) frameOf(r *room, it *item, as hand) (*websocket.PreparedMessage, error) {
	newest := r.newestOf(it)
	good := func(d drawn) bool { return d.upTo >= newest && !d.stale() }
	if as == hasty {
		if d, there := it.frame.have(good); there {
			return d.frame, nil
		}
		return nil, errWait
	}
	d, err := it.frame.get(h.ctx, good, func() (drawn, error) { return h.drawAlert(r, it, newest) })
	return d.frame, err
}

// seen is an alert as it was read.
type seen struct {
	sight alerts.Sight
	// held: the alert is held still.
	held bool
	// upTo is the newest entry about the alert that was known before it was read; at is when it was.
	upTo int64
	at   time.Time
}

// drawAlert reads an alert and draws the frame of an entry about it.
func (h *Hub) drawAlert(r *room, it *item, upTo int64) (drawn, error) {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	sight, err := h.o.Boards.Sight(ctx, it.alert)
	gone := errors.Is(err, alerts.ErrNoAlert)
	if err != nil && !gone {
		return drawn{}, fmt.Errorf("draw alert %s: %w", it.alert, err)
	}
	return h.draw(ctx, r, it, seen{sight, !gone, upTo, time.Now()})
}

// draw draws the frame of an entry about an alert.
func (h *Hub) draw(ctx context.Context, r *room, it *item, read seen) (drawn, error) {
	view, left, err := h.view(ctx, r, it, read)
	if err != nil {
		return drawn{}, fmt.Errorf("draw alert %s: %w", it.alert, err)
	}
	frame, err := prepare(alertFrame{
		Type: "alert", Position: h.position(r, it.number), Previous: h.position(r, it.before),
		Change: change(it.kind, left), Alert: view,
	})
	if err != nil {
		return drawn{}, fmt.Errorf("draw alert %s: %w", it.alert, err)
	}
	return drawn{frame, read.upTo, read.at}, nil
}

// view draws the alert of an entry as the room may see it now, and tells whether it has left the department. One that is not held any more has
// left: it must go from the boards.
func (h *Hub) view(ctx context.Context, r *room, it *item, read seen) (v subscribers.View, left bool, err error) {
	if !read.held {
		return subscribers.View{
			ID: it.alert, Department: it.department, State: string(alerts.Withdrawn), StateReason: "the alert is no longer held",
		}, true, nil
	}
	views, err := h.project(ctx, r, it.department, []alerts.Sight{read.sight})
	if err != nil {
		return subscribers.View{}, false, err
	}
	return views[0], !read.sight.Alert.ShownIn(it.department), nil
}

// project draws alerts of a department as the screens of a room may see them.
func (h *Hub) project(ctx context.Context, r *room, department string, sights []alerts.Sight) ([]subscribers.View, error) {
	did := map[string][]journal.Kind{}
	if r.reader != nil && len(sights) > 0 {
		ids := make([]string, len(sights))
		for i, sight := range sights {
			ids[i] = sight.Alert.ID
		}
		var err error
		if did, err = h.o.Areas.Concerns(ctx, *r.reader, ids); err != nil {
			return nil, err
		}
	}
	views := make([]subscribers.View, len(sights))
	dir, now := h.o.Directory(), h.o.Now()
	for i, sight := range sights {
		v := subscribers.Draw(sight, department, dir, now)
		if !r.named {
			v = v.Unnamed()
		}
		if r.wall {
			v = v.OnWall()
		}
		if r.reader != nil {
			v = v.For(*r.reader, did[v.ID], h.o.Interests != nil && h.o.Interests.Subscribed(*r.reader, sight))
		}
		views[i] = v
	}
	return views, nil
}

// pictureOf returns the snapshot of a room. It is at least as new as every entry that the room knows of.
func (h *Hub) pictureOf(r *room) (picture, error) {
	head := r.head()
	return r.board.get(h.ctx,
		func(p picture) bool { return p.number >= head && !p.stale() },
		func() (picture, error) { return h.drawBoards(r) })
}

// drawBoards reads and draws all open alerts of a room's departments, as they are at one moment.
func (h *Hub) drawBoards(r *room) (picture, error) {
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	number, open, err := h.o.Areas.BoardsOf(ctx, r.departments)
	if err != nil {
		return picture{}, fmt.Errorf("read the boards of %s: %w", r.key, err)
	}
	at := time.Now()
	message := snapshot{Type: "snapshot", Position: h.position(r, number), Alerts: []subscribers.View{}}
	for _, department := range r.departments {
		views, err := h.project(ctx, r, department, open[department])
		if err != nil {
			return picture{}, fmt.Errorf("draw the board of %s: %w", department, err)
		}
		message.Alerts = append(message.Alerts, views...)
	}
	frame, err := prepare(message)
	if err != nil {
		return picture{}, fmt.Errorf("draw the boards of %s: %w", r.key, err)
	}
	return picture{frame, number, at}, nil
}

// position writes a number of this epoch as clients of a room see it.
func (h *Hub) position(r *room, number int64) string {
	return journal.Position{Epoch: h.o.Log.Epoch() + r.mark, Number: number}.String()
}
