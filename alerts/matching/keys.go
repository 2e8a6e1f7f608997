package matching

import (
	"slices"

	"github.com/ucpalert/ucpalert/plans"
)

// Key is something that two records of one person have in common although parts of them differ, such as the date of birth together with how
// the family name sounds. Keys mean nothing but equality: who keeps them may keep a keyed hash of each instead. A key is no secret by
// itself: it can be computed from a name and a date.
type Key uint64

// KeyRecipe is the number of the way in which keys and traits are made. Those that were made by another recipe are not comparable: whoever
// keeps keys keeps this beside them, and makes them again when it has changed.
const KeyRecipe = 2

// MaxKeys is the most keys that a person has. Nearly everybody has seven.
const MaxKeys = 16

// Keys gives the blocking keys of an identity, each once: a pair that is a possible match without an NHS number has one in common, up to
// the loss in docs/matching.md. Who is hardly known has few, or none.
func Keys(i plans.Identity) []Key {
	p := Prepare(i)
	return p.Keys()
}

// Traits are the few things of which every key has one: two people who have a key in common have a trait in common, though not the other way
// round. Whoever keeps many people for a short time keeps them under these three, and compares the keys of those that are found.
type Traits struct {
	// Born is the whole date of birth, Names is how the two present names sound, whichever is which, and Post is the whole postcode. What is
	// not known is zero.
	Born, Names, Post Key
}

// Traits gives the traits of a person who is prepared already.
func (p *Person) Traits() Traits {
	var t Traits
	if p.born.whole() {
		t.Born = keyOf(bornAndName, keyText(p.born.digits))
	}
	family, given := uint64(p.soundOfFamily()), uint64(p.lookUpGiven())
	t.Names = keyOf(dayAndNames, min(family, given), max(family, given))
	if p.post.full != "" {
		t.Post = keyOf(postAndName, keyText(p.post.full))
	}
	return t
}

// The kinds of keys. A name is a name whichever field it stands in, so that swapped ones meet.
const (
	bornAndName byte = iota + 1
	bornAndPost
	yearAndNames
	dayAndNames
	postAndName
)

// Keys is the package's [Keys] for a person who is prepared already.
func (p *Person) Keys() []Key {
	k := keys{made: make([]Key, 0, 8)}
	family, given := p.soundOfFamily(), p.lookUpGiven()
	if p.born.whole() {
		day := keyText(p.born.digits)
		for i := range p.families {
			for _, part := range p.families[i].orParts() {
				k.add(bornAndName, day, uint64(part.sound))
			}
		}
		for i := range p.givens {
			k.add(bornAndName, day, uint64(lookUp(p.givens[i].words[0])))
		}
		if p.post.full != "" {
			k.add(bornAndPost, day, keyText(p.post.full))
		}
	}
	if family != 0 && given != 0 {
		low, high := min(family, given), max(family, given)
		if p.born.known() {
			k.add(yearAndNames, keyText(p.born.digits[:4]), uint64(low), uint64(high))
		}
		if p.born.whole() {
			k.add(dayAndNames, keyText(p.born.digits[4:]), uint64(low), uint64(high))
		}
	}
	if p.post.full != "" {
		where := keyText(p.post.full)
		k.add(postAndName, where, uint64(family))
		k.add(postAndName, where, uint64(given))
	}
	return k.made
}

// soundOfFamily is the sound by which the present family name is looked up together with others.
func (p *Person) soundOfFamily() sound {
	if len(p.families) == 0 {
		return 0
	}
	return p.families[0].whole.sound
}

func (p *Person) lookUpGiven() sound {
	if len(p.givens) == 0 {
		return 0
	}
	return lookUp(p.givens[0].words[0])
}

// lookUp is the sound of the name under which all forms of a given name are looked up.
func lookUp(w word) sound {
	if root, ok := known.roots[w.text]; ok {
		return root
	}
	return w.sound
}

type keys struct{ made []Key }

// add makes a key of a kind and values; none if a value is missing.
func (k *keys) add(kind byte, values ...uint64) {
	made := keyOf(kind, values...)
	if made != 0 && !slices.Contains(k.made, made) && len(k.made) < MaxKeys {
		k.made = append(k.made, made)
	}
}

// keyOf is the key of a kind and values; zero if a value is missing.
func keyOf(kind byte, values ...uint64) Key {
	h := uint64(kind) * 0x9e3779b97f4a7c15
	for _, v := range values {
		if v == 0 {
			return 0
		}
		h = mix(h ^ v)
	}
	return Key(h)
}

// mix spreads a value over 64 bits (the finaliser of SplitMix64: G. Steele, D. Lea, C. Flood, 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// keyText packs a short text: up to eight bytes as they are, longer ones mixed.
func keyText(s string) uint64 {
	var v uint64
	for i := range len(s) {
		if i > 0 && i%8 == 0 {
			v = mix(v)
		}
		v = v<<8 ^ uint64(s[i])
	}
	return v
}
