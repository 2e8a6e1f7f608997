package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/demo"
)

// socketsCommand measures the program that is running with very many screens: idle, told of many alerts, some that do not read, all that
// come back at once after the server was killed, with TLS and without, and all told of one alert.
type socketsCommand struct {
	Out     string        `default:"bench-out" help:"Folder for the figures as JSON."`
	Data    string        `help:"Folder to make the servers' databases in; the system's folder for temporary files if empty."`
	Screens int           `default:"10000" help:"How many screens are connected; each takes an open file here and one in the server."`
	Each    time.Duration `default:"10s" name:"each" help:"How long each load lasts."`
	Only    []string      `default:"alerts,stuck,storm,broadcast,tls" enum:"alerts,stuck,storm,broadcast,tls" help:"Which loads. Idle screens come before in any case; stuck is compared with alerts, before and after."`
}

// socketBench is a run of it.
type socketBench struct {
	socketsCommand
	bench benchCommand
	crowd *crowd
	next  int // the number of the next arrival, and of the person who arrives
	// freely is what was measured of many alerts while nobody was stuck, from the last byte sent to each screen.
	freely demo.Histogram
}

// Run prints a line for each figure.
func (c socketsCommand) Run(ctx context.Context) error {
	// Everybody who arrives has a plan: three loads, two storms, and those of whom all are told.
	held := 3*c.messages() + 3*c.stormMessages()
	b := &socketBench{socketsCommand: c, bench: benchCommand{Data: c.Data, Held: held}}
	r := &benchReport{Began: time.Now().UTC(), Version: version, Go: runtime.Version(), CPUs: runtime.NumCPU(), Plans: held, Seconds: c.Each.Seconds()}
	steps := []benchStep{{"plans", b.fill}, {"start", startServer}, {"idle screens", b.idle}}
	for _, load := range []struct {
		name  string
		steps []benchStep
	}{
		{"alerts", []benchStep{{"many alerts", b.many}}}, {"stuck", []benchStep{{"stuck screens", b.stuck}}}, {"storm", []benchStep{{"storm", b.storm}}},
		{"broadcast", []benchStep{{"leave", b.left}, {"one alert to all", b.broadcast}}},
	} {
		if c.measures(load.name) {
			steps = append(steps, load.steps...)
		}
	}
	err := b.bench.onServer(ctx, r, crowdServer(false), append(steps, benchStep{"leave", b.left}))
	b.leave()
	if err != nil || !c.measures("tls") {
		return errors.Join(err, r.write(c.Out))
	}
	b.next = 0
	err = b.bench.onServer(ctx, r, crowdServer(true), []benchStep{
		{"plans", b.fill}, {"start", startServer}, {"idle screens over TLS", b.idle}, {"storm over TLS", b.storm}, {"leave", b.left},
	})
	b.leave()
	if err != nil {
		return err
	}
	return r.write(c.Out)
}

// measures tells whether a load is asked for.
func (c socketsCommand) measures(load string) bool { return slices.Contains(c.Only, load) }

// messages is how many alerts a load raises.
func (c socketsCommand) messages() int { return int(c.Each.Seconds() * rateOfMany) }

// rateOfMany is how many alerts a second are raised among the crowd's departments, and rateInStorm how many arrivals come while it returns.
const (
	rateOfMany  = 1000
	rateInStorm = 200
)

// stormMessages is how many arrive while a storm is measured.
func (c socketsCommand) stormMessages() int {
	return int(3 * max(c.Each, time.Second).Seconds() * rateInStorm) // they must still come when the service is back
}

// fill publishes a plan for everybody who will arrive.
func (b *socketBench) fill(ctx context.Context, s *benchServer, _ *benchReport) error {
	at, err := openToPublish(ctx, s.config())
	if err != nil {
		return err
	}
	return errors.Join(b.bench.fill(ctx, at.desk(), benchLimits(at)), at.db.Close())
}

// idle connects the crowd, ten screens to a department, and asks what a screen costs.
func (b *socketBench) idle(_ context.Context, s *benchServer, r *benchReport) error {
	before, err := s.memory()
	if err != nil {
		return err
	}
	began := time.Now()
	b.crowd = newCrowd(s.http, s.trust)
	if err := b.crowd.gather(b.Screens, func(i int) (string, string) { return crowdDepartment(i), crowdToken(i, 0) }); err != nil {
		return err
	}
	took := time.Since(began)
	time.Sleep(min(12*time.Second, b.Each)) // two heartbeats to everybody, if there is time
	after, err := s.memory()
	name := fmt.Sprintf("%d idle screens%s", b.Screens, s.overTLS())
	target := 12.0
	if s.trust != nil {
		target = 0 // a TLS connection costs more, and no target was set
	}
	r.less(name+", memory of each", (after-before)*1e6/1024/float64(b.Screens), "KB", target)
	r.more(name+", connected", float64(b.Screens)/took.Seconds(), "screens/s", 0)
	return err
}

// load raises alerts in departments for a while and returns what was measured.
func (b *socketBench) load(ctx context.Context, s *benchServer, rate, n int, place, expect func(int) int) (*arrivals, error) {
	a := newArrivals(s.mllp, rate)
	a.place, a.expect = place, expect
	b.crowd.watched.Store(a)
	if err := a.send(ctx, b.next, n); err != nil {
		return nil, err
	}
	b.next += n
	if missed := a.settle(10 * time.Second); missed > 0 {
		return nil, fmt.Errorf("%d frames did not come within ten seconds", missed)
	}
	return a, nil
}

// everywhere takes arrivals to one department after the other.
func everywhere(number int) int { return number % crowdDepartments }

// inEach is how many screens of the crowd stand in a department.
func (b *socketBench) inEach(department int) int {
	n := b.Screens / crowdDepartments
	if department < b.Screens%crowdDepartments {
		n++
	}
	return n
}

// many raises alerts everywhere.
func (b *socketBench) many(ctx context.Context, s *benchServer, r *benchReport) error {
	before, err := s.processor()
	if err != nil {
		return err
	}
	a, err := b.load(ctx, s, rateOfMany, b.messages(), everywhere, b.inEach)
	if err != nil {
		return err
	}
	after, err := s.processor()
	if err != nil {
		return err
	}
	b.freely = a.taken
	name := fmt.Sprintf("%d alerts/s to %d departments, %d screens", rateOfMany, crowdDepartments, b.Screens)
	r.milliseconds(name+", commit → screen, p50", a.after.Quantile(0.5), 0)
	r.milliseconds(name+", commit → screen, p99", a.after.Quantile(0.99), 25)
	r.milliseconds(name+", A04 sent → screen, p50", a.taken.Quantile(0.5), 0)
	r.milliseconds(name+", A04 sent → screen, p99", a.taken.Quantile(0.99), 0)
	r.milliseconds(name+", the server's processor time for each alert, heartbeats included", (after-before)/time.Duration(b.messages()), 0)
	return nil
}

// stuckPart is the part of the crowd that stops reading: one of so many.
const stuckPart = 100

// isStuck tells which screens stop reading: one of stuckPart, each in another department, whose other screens read on.
func isStuck(i int) bool { return i%stuckPart == (i/crowdDepartments*10+5)%stuckPart }

// stuck lets some screens stop reading, and compares the others with when nobody did: before, and again afterwards, because boards grow.
func (b *socketBench) stuck(ctx context.Context, s *benchServer, r *benchReport) error {
	stuck := make([]int, crowdDepartments)
	for i, screen := range b.crowd.screens {
		if isStuck(i) {
			screen.stuck.Store(true)
			stuck[i%crowdDepartments]++
		}
	}
	time.Sleep(min(6*time.Second, b.Each)) // each reads what it waits for, the next heartbeat, and no more
	a, err := b.load(ctx, s, rateOfMany, b.messages(), everywhere, func(department int) int { return b.inEach(department) - stuck[department] })
	if err != nil {
		return err
	}
	b.crowd.watched.Store(nil)
	for _, screen := range b.crowd.screens {
		screen.stuck.Store(false)
	}
	if err := b.crowd.together(); err != nil {
		return err
	}
	again, err := b.load(ctx, s, rateOfMany, b.messages(), everywhere, b.inEach)
	if err != nil {
		return err
	}
	b.freely.Merge(&again.taken)
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	p99, freely := milliseconds(a.taken.Quantile(0.99)), milliseconds(b.freely.Quantile(0.99))
	name := fmt.Sprintf("the same, 1 of %d screens stuck, A04 sent → the others' screens, p99", stuckPart)
	r.less(name, p99, "ms", 0)
	r.less(name+", of that before and after", 100*p99/freely, "%", 110)
	return nil
}

// storm kills the server under the crowd, starts it again, and lets everybody come back at the same moment, while arrivals go on.
func (b *socketBench) storm(ctx context.Context, s *benchServer, r *benchReport) error {
	a := newArrivals(s.mllp, rateInStorm)
	for number := b.next; number < b.next+b.stormMessages(); number++ {
		a.await(number, b.inEach(everywhere(number)))
	}
	b.crowd.watched.Store(a)
	loading, cancel := context.WithCancel(ctx)
	defer cancel()
	hospitals, err := sendOutside(loading, s.mllp, rateInStorm, b.next, b.stormMessages())
	if err != nil {
		return err
	}
	b.next += b.stormMessages()
	time.Sleep(min(2*time.Second, b.Each))

	release := b.crowd.hold()
	defer release()
	if err := s.kill(); err != nil {
		return err
	}
	killed := time.Now()
	if err := s.start(ctx); err != nil {
		return err
	}
	ready := time.Now()
	for b.crowd.current.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	before, err := s.processor()
	if err != nil {
		return err
	}
	if err := hospitals.order(countOrder); err != nil {
		return err
	}
	release()
	released := time.Now()
	if err := b.crowd.together(); err != nil {
		return err
	}
	back := time.Since(released)
	after, err := s.processor()
	if err != nil {
		return err
	}
	_ = hospitals.order(stopOrder) // fails only when all have been answered
	answered, err := hospitals.wait()
	if err != nil {
		return err
	}
	if missed := a.settle(10 * time.Second); missed > 0 {
		return fmt.Errorf("%d alerts were not shown on a screen after the storm", missed)
	}
	name := fmt.Sprintf("storm of %d screens%s", b.Screens, s.overTLS())
	target := 5.0
	if s.trust != nil {
		target = 12
	}
	r.less(name+", killed → ready again", ready.Sub(killed).Seconds(), "s", 0)
	r.less(name+", all current again", back.Seconds(), "s", target)
	r.milliseconds(name+", answers to hospitals meanwhile, p99", answered.P99, 1000)
	r.milliseconds(name+", answers to hospitals meanwhile, the longest", answered.Longest, 0)
	r.milliseconds(name+", the server's processor time for each screen", (after-before)/time.Duration(b.Screens), 0)
	r.more(name+", messages sent again", float64(answered.Resent), "", 0)
	return nil
}

// broadcasts is how many alerts are shown to everybody.
const broadcasts = 20

// broadcast puts the whole crowd into one department and raises an alert there, some times.
func (b *socketBench) broadcast(ctx context.Context, s *benchServer, r *benchReport) error {
	b.crowd = newCrowd(s.http, s.trust)
	if err := b.crowd.gather(b.Screens, func(i int) (string, string) { return crowdDepartment(0), crowdToken(0, i%sharedAccounts) }); err != nil {
		return err
	}
	before, err := s.processor()
	if err != nil {
		return err
	}
	var last []time.Duration
	for range broadcasts {
		a, err := b.load(ctx, s, 1, 1, func(int) int { return 0 }, func(int) int { return b.Screens })
		if err != nil {
			return err
		}
		last = append(last, a.last...)
		time.Sleep(200 * time.Millisecond)
	}
	after, err := s.processor()
	if err != nil {
		return err
	}
	slices.Sort(last)
	name := fmt.Sprintf("one alert to %d screens, A04 sent → the last screen", b.Screens)
	r.milliseconds(name+", p50", last[len(last)/2], 150)
	r.milliseconds(name+", max", last[len(last)-1], 250)
	told := float64(broadcasts * b.Screens)
	r.less(name+", the server's processor time for each screen, heartbeats included", float64((after-before).Microseconds())/told, "µs", 0)
	return nil
}

func (b *socketBench) left(context.Context, *benchServer, *benchReport) error {
	b.leave()
	return nil
}

func (b *socketBench) leave() {
	if b.crowd != nil {
		b.crowd.close()
		b.crowd = nil
	}
}
