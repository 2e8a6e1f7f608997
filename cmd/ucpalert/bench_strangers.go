package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/plans"
)

// metStrangers is what became of arrivals who have no plan and no NHS number, looked up by keys among plans that are held.
type metStrangers struct {
	plans, arrivals int
	// possible are arrivals with at least one possible match; compared are the plans that shared a key with an arrival.
	possible, compared int
	keys               int
	// weights are the greatest weight that each arrival met.
	weights []float64
}

// meetStrangers looks people up who are of the same population as those with a plan, and are none of them.
func (c matchingCommand) meetStrangers() (*metStrangers, error) {
	register := demo.Population{Seed: c.Seed}
	held, err := holdKeys(register, c.Plans)
	if err != nil {
		return nil, err
	}
	m := &metStrangers{plans: c.Plans, arrivals: c.Strangers, keys: len(held)}
	for i := range c.Strangers {
		arrived, err := identityOf(register.At(c.Plans + i))
		if err != nil {
			return nil, err
		}
		arrived.NHSNumber = plans.NHSNumber{}
		best, compared, err := held.look(register, arrived)
		if err != nil {
			return nil, err
		}
		m.compared += compared
		m.weights = append(m.weights, best.Weight)
		if best.Tier != matching.None {
			m.possible++
		}
	}
	return m, nil
}

// keyed is a key and the number of a plan's patient in the register.
type keyed struct {
	key   matching.Key
	whose int
}

// heldKeys is an index: sorted by key.
type heldKeys []keyed

func holdKeys(register demo.Population, count int) (heldKeys, error) {
	held := make(heldKeys, 0, 9*count)
	for i := range count {
		who, err := identityOf(register.At(i))
		if err != nil {
			return nil, err
		}
		for _, key := range matching.Keys(who) {
			held = append(held, keyed{key, i})
		}
	}
	slices.SortFunc(held, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return a.whose - b.whose
	})
	return held, nil
}

// look finds the plans that share a key with an arrival, compares each of them once and returns the one that is most alike.
func (h heldKeys) look(register demo.Population, arrived plans.Identity) (best matching.Comparison, compared int, err error) {
	best.Tier = matching.None
	a := matching.Prepare(arrived)
	var seen []int
	for _, key := range a.Keys() {
		at, _ := slices.BinarySearchFunc(h, key, func(k keyed, key matching.Key) int {
			switch {
			case k.key < key:
				return -1
			case k.key > key:
				return 1
			}
			return 0
		})
		for ; at < len(h) && h[at].key == key; at++ {
			seen = append(seen, h[at].whose)
		}
	}
	slices.Sort(seen)
	for _, i := range slices.Compact(seen) {
		who, err := identityOf(register.At(i))
		who.NHSNumber = plans.NHSNumber{} // the arrival has none to compare
		if err != nil {
			return best, 0, err
		}
		planned := matching.Prepare(who)
		compared++
		if c := a.Compare(&planned, matching.Trust{}); compared == 1 || c.Weight > best.Weight {
			best = c
		}
	}
	return best, compared, nil
}

func (m *metStrangers) figures(r *benchReport) {
	name := fmt.Sprintf("%d arrivals of strangers, %d plans", m.arrivals, m.plans)
	r.less(name+": possible matches in 2,000", 2000*float64(m.possible)/float64(max(m.arrivals, 1)), "arrivals", 1)
	r.more(name+": plans compared for each", float64(m.compared)/float64(max(m.arrivals, 1)), "plans", 0)
	r.more("keys of a plan", float64(m.keys)/float64(max(m.plans, 1)), "keys", 0)
}

// speed times preparing, keys and comparing on one core.
func (c matchingCommand) speed(r *benchReport) {
	const people = 2000
	var identities [people]plans.Identity
	var prepared [people]matching.Person
	register := demo.Population{Seed: c.Seed}
	for i := range identities {
		identities[i], _ = identityOf(register.At(i)) // read before, all of them
	}
	timed := func(name string, do func(i int)) {
		began := time.Now()
		count := 0
		for time.Since(began) < time.Second {
			for i := range people {
				do(i)
			}
			count += people
		}
		r.more(name, float64(count)/time.Since(began).Seconds(), "/s", 0)
	}
	timed("identities made ready, one core", func(i int) { prepared[i] = matching.Prepare(identities[i]) })
	timed("keys of an identity, one core", func(i int) { matching.Keys(identities[i]) })
	timed("comparisons, one core", func(i int) { prepared[i].Compare(&prepared[(i+7)%people], matching.Trust{}) })
}

// estimate counts findings: of labelled pairs of one person, and of strangers.
func (c matchingCommand) estimate() error {
	one, two := map[string]int{}, map[string]int{}
	known := [2]map[string]int{{}, {}}
	pairs, register := demo.NewPairs(c.Seed), demo.Population{Seed: c.Seed}
	count := func(of int, into map[string]int, a, b demo.Described) error {
		arrived, err := identityOf(a)
		if err != nil {
			return err
		}
		planned, err := identityOf(b)
		if err != nil {
			return err
		}
		for _, f := range matching.Compare(arrived, planned, matching.Trust{}).Fields {
			if f.Degree != matching.NotKnown {
				into[f.Name+"\t"+f.Agreement]++
				known[of][f.Name]++
			}
		}
		return nil
	}
	for i := range c.Pairs {
		pair := pairs.Next()
		if pair.Same {
			if err := count(0, one, pair.Arrived, pair.Planned); err != nil {
				return err
			}
		}
		if err := count(1, two, register.At(i), register.At(c.Pairs+i)); err != nil {
			return err
		}
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "field\tfinding\tm\tu")
	for _, finding := range matching.Findings() {
		field, words := finding[0], finding[1]
		key := field + "\t" + words
		fmt.Fprintf(table, "%s\t%.5f\t%.7f\n", key, float64(one[key])/float64(max(known[0][field], 1)), float64(two[key])/float64(max(known[1][field], 1)))
	}
	return table.Flush()
}
