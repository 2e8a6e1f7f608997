package stream

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/journal"
)

// step is one thing that happens to a world and its screens. Numbers are taken modulo what there is.
type step struct {
	Do    string
	Which int
	Long  int // seconds, or how many
}

var steps = rapid.Custom(func(t *rapid.T) step {
	return step{
		Do: rapid.SampledFrom([]string{
			"raise", "raise", "raise", "revise", "acknowledge", "withdraw", "close", "move", "move", "elsewhere", "burst",
			"cut", "reconnect", "reconnect", "stall", "read", "wait", "settle", "settle", "restart", "restore", "break", "mend",
		}).Draw(t, "do"),
		Which: rapid.IntRange(0, 20).Draw(t, "which"),
		Long:  rapid.IntRange(0, 12).Draw(t, "long"),
	}
})

// story runs a script in a bubble of its own time.
type story struct {
	t       *testing.T
	w       *world
	s       *service
	screens []*client
	raised  []string
	faults  []string
}

var storyDepartments = []string{"RQW-AE", "RWG-AE", "RQW-UTC"}

func (y *story) play(script []step) {
	y.w = newWorld(y.t)
	y.s = serve(y.t, y.w, nil)
	for _, c := range [][2]string{
		{"RQW-AE", screenToken}, {"RQW-AE", clinicianToken}, {"RWG-AE", watfordToken},
		{"departments/RQW-AE,RQW-UTC", clinicianToken}, {"organisations/RQW", flowToken}, {"regions/QM7", regionalToken}, {"me", clinicianToken},
	} {
		y.screens = append(y.screens, y.s.watch(y.t, c[0], c[1], ""))
	}
	for _, st := range script {
		y.do(st)
	}
	y.end()
}

func (y *story) do(st step) {
	id := "none"
	if len(y.raised) > 0 {
		id = y.raised[st.Which%len(y.raised)]
	}
	department := storyDepartments[st.Which%len(storyDepartments)]
	screen := st.Which % len(y.screens)
	switch st.Do {
	case "raise":
		id = fmt.Sprintf("alert-%d", len(y.raised))
		y.raised = append(y.raised, id)
		y.w.raise(department, id)
	case "revise":
		y.w.revise(id)
	case "acknowledge":
		y.screens[screen].command("acknowledge", id)
	case "withdraw":
		y.w.withdraw(id)
	case "close":
		y.w.close(id)
	case "move":
		y.w.move(id, department)
	case "elsewhere":
		y.w.elsewhere(st.Long)
	case "burst": // longer than what the room keeps in memory, now and then longer than can be resumed
		for range st.Long * 90 {
			y.w.revise(id)
		}
	case "wait":
		time.Sleep(time.Duration(st.Long) * time.Second)
	case "settle":
		synctest.Wait()
	default:
		y.disturb(st.Do, screen)
	}
}

func (y *story) disturb(do string, screen int) {
	switch do {
	case "cut":
		y.screens[screen].cut()
	case "reconnect":
		y.reconnect(screen)
	case "stall":
		y.screens[screen].stall(true)
	case "read":
		y.screens[screen].stall(false)
	case "break":
		y.w.set(func() { y.w.down = errDisk })
	case "mend":
		y.w.set(func() { y.w.down = nil })
	case "restart", "restore":
		if err := y.s.stop(); err != nil {
			y.faults = append(y.faults, err.Error())
		}
		if do == "restore" {
			y.w.set(func() { y.w.epoch += "'" })
		}
		y.w.set(func() { y.w.down = nil })
		y.s = serve(y.t, y.w, nil)
	}
}

// reconnect does what a client does whose stream was closed: it comes back with the position it holds.
func (y *story) reconnect(screen int) {
	c := y.screens[screen]
	code := c.closed()
	if code == 0 {
		return
	}
	if !slices.Contains([]int{websocket.CloseAbnormalClosure, CloseRestart, CloseTryLater, CloseTooSlow}, code) {
		y.faults = append(y.faults, fmt.Sprintf("screen %d was closed with %d", screen+1, code))
	}
	y.screens[screen] = y.s.again(y.t, c)
}

// end lets everything come to rest, and compares every screen with the boards that it shows.
func (y *story) end() {
	y.w.set(func() { y.w.down = nil })
	for _, c := range y.screens {
		c.stall(false)
	}
	time.Sleep(20 * time.Second)
	for i := range y.screens {
		y.reconnect(i)
	}
	time.Sleep(7 * time.Second)
	for i, c := range y.screens {
		if err := c.agrees(y.w); err != nil {
			y.faults = append(y.faults, fmt.Sprintf("screen %d: %v", i+1, err))
		}
		if fault := y.heartbeat(c); fault != "" {
			y.faults = append(y.faults, fmt.Sprintf("screen %d: %s", i+1, fault))
		}
	}
}

// heartbeat says what is wrong with a screen's last one: it must be at the newest entry of the departments that the screen shows.
func (y *story) heartbeat(c *client) string {
	var head int64
	for _, department := range c.covers {
		head = max(head, y.w.heads[department])
	}
	beats := c.all("heartbeat")
	if len(beats) == 0 {
		return "no heartbeat"
	}
	at, err := journal.ParsePosition(beats[len(beats)-1].Position)
	if epoch, _, _ := strings.Cut(at.Epoch, "."); err != nil || epoch != y.w.epoch || at.Number != head {
		return fmt.Sprintf("the last heartbeat is at %v, not at %d", at, head)
	}
	return ""
}

// After any sequence of alerts, cuts, slow reads, restarts, restores and disk errors, every screen, of one department, of several, of a
// hospital, of a region or of a person, shows what the boards show; nothing was skipped, and nothing shown twice.
func TestWhateverHappensAScreenEndsEqualToItsBoard(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		script := rapid.SliceOfN(steps, 1, 40).Draw(rt, "script")
		var y story
		synctest.Test(t, func(t *testing.T) {
			y.t = t
			y.play(script)
		})
		for _, fault := range y.faults {
			rt.Error(fault)
		}
	})
}
