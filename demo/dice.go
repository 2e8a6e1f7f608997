package demo

import "math/bits"

// dice is a small source of chance that gives the same sequence for the same seed in every release of Go: invented people must stay who
// they are. (SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.)
type dice struct{ state uint64 }

// newDice makes dice for a purpose: the same seed for two purposes gives unrelated sequences.
func newDice(seed uint64, purpose string) *dice {
	d := dice{state: seed}
	for i := range len(purpose) {
		d.state = d.next() ^ uint64(purpose[i])
	}
	return &d
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from 0 to n-1.
func (d *dice) below(n int) int {
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int(high)
}

// between draws from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// chance is true a times in b.
func (d *dice) chance(a, b int) bool { return d.below(b) < a }

// weighted draws an index as often as its weight says.
func (d *dice) weighted(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := d.below(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// shuffled draws an order of the numbers from 0 to n-1.
func (d *dice) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := d.below(i + 1)
		order[i] = order[j]
		order[j] = i
	}
	return order
}

func pick[T any](d *dice, from []T) T { return from[d.below(len(from))] }
