package stream

import (
	"context"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
)

// news is the first entry of a room that its screens were not told of. Without an item it is only known that there is one.
type news struct {
	room *room
	item *item
	// newest is the newest entry about the alert that was known before the alert was read.
	newest int64
}

// announce tells the screens of some rooms what is new, until nothing is.
func (h *Hub) announce(rooms []*room) {
	for {
		var all []news
		for _, r := range rooms {
			if it, more := r.next(); more {
				all = append(all, news{room: r, item: it})
			}
		}
		if len(all) == 0 {
			return
		}
		h.drawAll(all)
		rooms = rooms[:0]
		var screens []*screen
		for _, n := range all {
			rooms = append(rooms, n.room)
			screens = append(screens, n.room.present()...)
		}
		h.wakeAll(screens, 0)
	}
}

// drawAll draws the frames of what is new, so that the screens find them ready: the alerts of all are read together. What cannot be drawn is
// tried again by each screen.
func (h *Hub) drawAll(all []news) {
	ids := make([]string, 0, len(all))
	for i, n := range all {
		if n.item != nil {
			all[i].newest = n.room.newestOf(n.item)
			ids = append(ids, n.item.alert)
		}
	}
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(h.ctx, drawWithin)
	defer cancel()
	sights, err := h.o.Areas.Sights(ctx, ids)
	if err != nil {
		h.undrawn("alerts could not be drawn; trying again", "alerts", len(ids), "error", err)
		return
	}
	at := time.Now()
	for _, n := range all {
		if n.item == nil {
			continue
		}
		if err := h.drawSeen(ctx, n, sights, at); err != nil {
			h.undrawn("an alert could not be drawn; trying again", "department", n.item.department, "alert", n.item.alert, "error", err)
		}
	}
}

// drawSeen draws the frame of an entry with its alert as it was read at an instant; a screen may have drawn a newer one meanwhile.
func (h *Hub) drawSeen(ctx context.Context, n news, sights map[string]alerts.Sight, at time.Time) error {
	_, err := n.item.frame.get(ctx,
		func(d drawn) bool { return d.upTo >= n.newest && !d.stale() },
		func() (drawn, error) {
			sight, held := sights[n.item.alert]
			return h.draw(ctx, n.room, n.item, seen{sight, held, n.newest, at})
		})
	return err
}

func (h *Hub) undrawn(message string, about ...any) {
	if h.ctx.Err() == nil {
		h.o.Slog.Warn(message, about...)
	}
}
