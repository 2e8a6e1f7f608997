package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/plans"
)

// matchingCommand measures how well people are told apart, with invented people of whom it is known who is who.
type matchingCommand struct {
	Out       string `default:"bench-out" help:"Folder for the figures as JSON."`
	Seed      uint64 `default:"2" help:"Decides who the people are and how their records differ. The weights were set on seed 1."`
	Pairs     int    `default:"1000000" help:"How many labelled pairs are compared."`
	Plans     int    `default:"100000" help:"How many plans are held while strangers arrive."`
	Strangers int    `default:"100000" help:"How many arrivals of people without a plan and without an NHS number are looked up."`
	Estimate  bool   `help:"Count how often each finding is made of one person and of two, for weights.yaml, instead of measuring."`
}

// Run prints one line for each kind of pair, then the figures with what was to be reached.
func (c matchingCommand) Run(_ context.Context) error {
	if c.Estimate {
		return c.estimate()
	}
	began := time.Now()
	told, err := c.tellApart()
	if err != nil {
		return err
	}
	if err := told.print(); err != nil {
		return err
	}
	met, err := c.meetStrangers()
	if err != nil {
		return err
	}
	if err := printThresholds(told, met); err != nil {
		return err
	}
	r := &benchReport{
		Began: began.UTC(), Version: version, Go: runtime.Version(), CPUs: runtime.NumCPU(), Seed: c.Seed, Plans: c.Plans,
		Seconds: time.Since(began).Seconds(),
	}
	told.figures(r)
	met.figures(r)
	c.speed(r)
	return r.write(c.Out)
}

// outcome counts what became of the pairs of one kind.
type outcome struct {
	same bool
	// confirmed, possible and none are pairs in which the hospital has an NHS number; of those without, found ones are possible, lost ones none.
	confirmed, possible, none int
	found, lost               int
	// unreachable are found ones that have no key in common: a look-up would not have met them.
	unreachable int
}

// toldApart is what became of all pairs.
type toldApart struct {
	pairs int
	kinds map[string]*outcome
	// weights are those of the pairs of one person of whom the hospital has no NHS number.
	weights []float64
}

func (c matchingCommand) tellApart() (*toldApart, error) {
	t := &toldApart{pairs: c.Pairs, kinds: map[string]*outcome{}}
	pairs := demo.NewPairs(c.Seed)
	for range c.Pairs {
		pair := pairs.Next()
		arrived, err := identityOf(pair.Arrived)
		if err != nil {
			return nil, err
		}
		planned, err := identityOf(pair.Planned)
		if err != nil {
			return nil, err
		}
		a, p := matching.Prepare(arrived), matching.Prepare(planned)
		o := t.kinds[pair.Kind]
		if o == nil {
			o = &outcome{same: pair.Same}
			t.kinds[pair.Kind] = o
		}
		compared := a.Compare(&p, matching.Trust{})
		if pair.Same && arrived.NHSNumber.IsZero() {
			t.weights = append(t.weights, compared.Weight)
		}
		o.count(arrived.NHSNumber.IsZero(), compared.Tier, func() bool { return meet(a.Keys(), p.Keys()) })
	}
	return t, nil
}

func (o *outcome) count(noNumber bool, tier matching.Tier, meet func() bool) {
	switch {
	case noNumber && tier == matching.None:
		o.lost++
	case noNumber:
		o.found++
		if !meet() {
			o.unreachable++
		}
	case tier == matching.Confirmed:
		o.confirmed++
	case tier == matching.Possible:
		o.possible++
	default:
		o.none++
	}
}

// meet tells whether two people have a key in common.
func meet(a, b []matching.Key) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

// identityOf reads a record as the doors of the service do: what is not valid is not there.
func identityOf(d demo.Described) (plans.Identity, error) {
	i := plans.Identity{Family: d.Family, Given: d.Given, BirthDate: plans.Date(d.Born), Sex: plans.Sex(d.Sex), Postcode: d.Postcode}
	if d.NHSNumber != "" {
		n, err := plans.ParseNHSNumber(d.NHSNumber)
		if err != nil {
			return i, fmt.Errorf("read an invented NHS number: %w", err)
		}
		i.NHSNumber = n
	}
	if d.Former != "" || d.Alias != "" {
		i.Others[0] = plans.PersonName{Family: d.Former, Given: d.Alias}
	}
	return i, nil
}

// print writes what became of each kind.
func (t *toldApart) print() error {
	same, different := demo.PairKinds()
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "one person\tpairs\twith number: confirmed\tpossible\tnone\twithout: possible\tnone\tno key in common\t\n")
	for _, kind := range same {
		if o := t.kinds[kind]; o != nil {
			with, without := o.confirmed+o.possible+o.none, o.found+o.lost
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t\n", kind, with+without, share(o.confirmed, with), share(o.possible, with), share(o.none, with),
				share(o.found, without), share(o.lost, without), o.unreachable)
		}
	}
	fmt.Fprintf(table, "\t\t\t\t\t\t\t\t\ntwo people\tpairs\tconfirmed\tpossible\tnone\t\t\t\t\n")
	for _, kind := range different {
		if o := t.kinds[kind]; o != nil {
			all := o.confirmed + o.possible + o.none + o.found + o.lost
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t\t\t\t\n", kind, all, o.confirmed, share(o.possible+o.found, all), share(o.none+o.lost, all))
		}
	}
	fmt.Fprintln(table)
	return table.Flush()
}

// printThresholds tells what other thresholds than the one in force would have given.
func printThresholds(told *toldApart, met *metStrangers) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "threshold\tone person, no number: found\tstrangers with a possible match, in 2,000\t\n")
	inForce := matching.BuiltIn().Threshold
	for threshold := inForce - 4; threshold <= inForce+4; threshold++ {
		fmt.Fprintf(table, "%g\t%s\t%.2f\t\n", threshold, share(atLeast(told.weights, threshold), len(told.weights)),
			2000*float64(atLeast(met.weights, threshold))/float64(max(met.arrivals, 1)))
	}
	fmt.Fprintln(table)
	return table.Flush()
}

func atLeast(weights []float64, threshold float64) int {
	n := 0
	for _, w := range weights {
		if w >= threshold {
			n++
		}
	}
	return n
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f %%", 100*float64(n)/float64(of))
}

// sums adds up all kinds.
func (t *toldApart) sums() (one, two outcome) {
	for _, o := range t.kinds {
		into := &two
		if o.same {
			into = &one
		}
		into.confirmed += o.confirmed
		into.possible += o.possible
		into.none += o.none
		into.found += o.found
		into.lost += o.lost
		into.unreachable += o.unreachable
	}
	return one, two
}

func (t *toldApart) figures(r *benchReport) {
	one, two := t.sums()
	percent := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	with := one.confirmed + one.possible + one.none
	r.less(fmt.Sprintf("confirmed wrong patients in %d pairs", t.pairs), float64(two.confirmed), "pairs", 1)
	r.more("one person, no NHS number: found as possible", percent(one.found, one.found+one.lost), "%", 97)
	r.more("one person, no NHS number: found as possible, and met by a key", percent(one.found-one.unreachable, one.found+one.lost), "%", 97)
	r.less("of those found, no key in common", percent(one.unreachable, one.found), "%", 0.5)
	r.more("one person, NHS number agrees: confirmed", percent(one.confirmed, with), "%", 0)
	r.more("one person, NHS number agrees: confirmed or possible", percent(one.confirmed+one.possible, with), "%", 0)
	r.more("precision of confirmed", percent(one.confirmed, one.confirmed+two.confirmed), "%", 0)
	r.more("precision of possible, among pairs chosen to be confused", percent(one.possible+one.found, one.possible+one.found+two.possible+two.found), "%", 0)
}
