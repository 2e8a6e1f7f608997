package stream

import "time"

const (
	// slots spread the heartbeats of all screens over the interval: the scheduler wakes one slot at a time, of 18,000 screens 180, and an
	// alert waits behind no more.
	slots = 100
	// pingEvery is how many heartbeats a screen gets for each WebSocket ping.
	pingEvery = 4
	// silence is how long a client may say nothing, not even a pong, before it is taken for gone: three pings.
	silence = 60 * time.Second
)

// tick wakes the screens whose heartbeat is due and those that are late, and every round lets go of old drawings.
func (h *Hub) tick() {
	h.mu.Lock()
	h.slot++
	if h.slot == slots {
		h.slot = 0
		h.round++
		for _, r := range h.rooms {
			r.sweep()
		}
	}
	d := beatDue
	if (h.round+h.slot)%pingEvery == 0 {
		d |= pingDue
	}
	due := make([]*screen, 0, len(h.slots[h.slot])+len(h.late))
	for s := range h.slots[h.slot] {
		due = append(due, s)
	}
	beats := len(due)
	for s := range h.late {
		due = append(due, s)
	}
	clear(h.late)
	h.mu.Unlock()

	h.wakeAll(due[:beats], d)
	h.wakeAll(due[beats:], 0)
}
