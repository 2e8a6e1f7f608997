package matching

import "math"

// named is what comparing a name found, and its weight.
type named struct {
	found  finding
	weight float64
}

// better keeps the finding that says more; of two that say the same, the one that is first in the list, so that no order of names matters.
func (n named) better(o named) named {
	if n.found == notKnown || o.found != notKnown && (o.weight > n.weight || o.weight == n.weight && o.found < n.found) {
		return o
	}
	return n
}

// weigh gives the weight of a finding about names: agreeing on a common one says less, in whatever way it agrees.
func (r *Rules) weigh(f finding, a, b word) named {
	c := r.chances[f]
	if common := max(a.share, b.share); f == familyAgrees && common > 0 || f == givenAgrees && common > 0 || common > c.U {
		c.U = common
	}
	// However common a name is, agreeing on it never says less than nothing.
	return named{f, math.Max(0, c.weight())}
}

// compareFamilies compares the family names of two people, former ones too.
func (r *Rules) compareFamilies(a, b *Person) named {
	var best named
	for i := range a.families {
		for j := range b.families {
			n := r.compareFamily(&a.families[i], &b.families[j])
			if i > 0 || !a.presentFamily || j > 0 || !b.presentFamily {
				if n.found == familyAgrees {
					n = r.weigh(familyFormer, a.families[i].whole, b.families[j].whole)
				}
			}
			best = best.better(n)
		}
	}
	return best
}

func (r *Rules) compareFamily(a, b *family) named {
	if a.whole.text == b.whole.text {
		return r.weigh(familyAgrees, a.whole, b.whole)
	}
	best := named{familyDiffers, r.weights[familyDiffers]}
	for _, x := range a.orParts() {
		for _, y := range b.orParts() {
			if x.text == y.text {
				best = best.better(r.weigh(familyPart, x, y))
			}
		}
	}
	alike := a.whole.sound == b.whole.sound && a.whole.sound.letters() >= 2
	if alike {
		best = best.better(r.weigh(familySounds, a.whole, b.whole))
	}
	// Two listed names that do not sound alike are two names: Harris is not Harrison mistyped.
	if (alike || !a.whole.known || !b.whole.known) && similar(a.whole.text, b.whole.text) {
		best = best.better(r.weigh(familySimilar, a.whole, b.whole))
	}
	return best
}

// orParts gives the parts of a double-barrelled name, and the whole of any other.
func (f *family) orParts() []word {
	if len(f.parts) > 0 {
		return f.parts
	}
	return []word{f.whole}
}

// compareGivens compares the given names of two people, former ones too.
func (r *Rules) compareGivens(a, b *Person) named {
	var best named
	for i := range a.givens {
		for j := range b.givens {
			n := r.compareGiven(&a.givens[i], &b.givens[j])
			if i > 0 || !a.presentGiven || j > 0 || !b.presentGiven {
				if n.found == givenAgrees {
					n = r.weigh(givenFormer, a.givens[i].words[0], b.givens[j].words[0])
				}
			}
			best = best.better(n)
		}
	}
	return best
}

func (r *Rules) compareGiven(a, b *given) named {
	x, y := a.words[0], b.words[0]
	if a.joined == b.joined {
		return r.weigh(givenAgrees, x, y)
	}
	best := r.compareFirst(x, y)
	if best.found != givenDiffers && furtherDiffer(a.words[1:], b.words[1:]) {
		return r.weigh(givenFirstOnly, x, y)
	}
	if best.found == givenDiffers && (len(a.words) > 1 || len(b.words) > 1) && min(len(a.joined), len(b.joined)) > slipLetters+1 && oneSlip(a.joined, b.joined) {
		best = r.weigh(givenSimilar, x, y)
	}
	if best.found != givenDiffers {
		return best
	}
	if calledBy(x, b.words[1:]) || calledBy(y, a.words[1:]) {
		return r.weigh(givenFurther, x, y)
	}
	return best
}

// calledBy tells whether the first given name of one is a further one of the other, who is called by it. Brothers and sisters often share a
// further name: that says nothing.
func calledBy(first word, further []word) bool {
	if len(first.text) < 3 || shared[first.text] {
		return false
	}
	for _, w := range further {
		if first.text == w.text {
			return true
		}
	}
	return false
}

func (r *Rules) compareFirst(x, y word) named {
	switch {
	case x.text == y.text && len(x.text) > 1:
		return r.weigh(givenAgrees, x, y)
	case formsOfOne(x, y) != notKnown:
		return r.weigh(formsOfOne(x, y), x, y)
	case isInitial(x.text, y.text) || isInitial(y.text, x.text):
		return r.weigh(givenInitial, x, y)
	case x.known && y.known:
		break // two names that are known are two names: Jane is not Jean mistyped
	case similarGiven(x.text, y.text):
		return r.weigh(givenSimilar, x, y)
	case x.text[0] == y.text[0] && x.sound == y.sound && x.sound.letters() >= 2 && jaroWinkler(x.text, y.text) >= soundsEnough:
		return r.weigh(givenSounds, x, y)
	}
	return named{givenDiffers, r.weights[givenDiffers]}
}

// similarGiven tells whether one given name may be the other, mistyped. It asks for more than similar does: of names with four letters many
// differ in one, few slips are in the first letter (Hayden is not Jayden), and many long names begin alike (Christina is not Christine).
func similarGiven(a, b string) bool {
	return a[0] == b[0] && min(len(a), len(b)) > slipLetters && (oneSlip(a, b) || jaroWinkler(a, b) >= similarEnoughGiven)
}

const similarEnoughGiven = 0.95

// soundsEnough is how alike two given names must be besides sounding alike: with the vowels left out, Sean and Shona sound alike.
const soundsEnough = 0.87

// formsOfOne tells whether two given names are forms of one name: a name and its short form, two spellings, or two short forms. A family
// may well call two children by two short forms of one name (Alfie and Freddie), or by two that were one name long ago.
func formsOfOne(x, y word) finding {
	found := notKnown
	for _, a := range x.lines {
		for _, b := range y.lines {
			switch {
			case a.line != b.line:
			case a.whole || b.whole:
				return givenShort
			default:
				found = givenShorts
			}
		}
	}
	return found
}

// furtherDiffer tells whether both have further given names and none of them agrees, not even by an initial.
func furtherDiffer(a, b []word) bool {
	for _, x := range a {
		for _, y := range b {
			if x.text == y.text || formsOfOne(x, y) == givenShort || isInitial(x.text, y.text) || isInitial(y.text, x.text) || similar(x.text, y.text) {
				return false
			}
		}
	}
	return len(a) > 0 && len(b) > 0
}

// isInitial tells whether one word is the first letter of the other.
func isInitial(a, b string) bool {
	var buffer [maxLetters]rune
	x := runesOf(a, &buffer)
	if len(x) != 1 {
		return false
	}
	for _, first := range b {
		return first == x[0]
	}
	return false
}

// swapped tells whether the family name of one stands as the given name of the other, and the other way round.
func swapped(a, b *Person) bool {
	if !a.presentFamily || !b.presentFamily || !a.presentGiven || !b.presentGiven {
		return false
	}
	across := func(f *family, g *given) (same, alike bool) {
		same = f.whole.text == g.joined || f.whole.text == g.words[0].text
		return same, same || similar(f.whole.text, g.words[0].text)
	}
	same1, alike1 := across(&a.families[0], &b.givens[0])
	same2, alike2 := across(&b.families[0], &a.givens[0])
	return alike1 && alike2 && (same1 || same2)
}
