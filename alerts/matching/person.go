package matching

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// Person is an identity made ready for comparing: folded, taken apart, with its sounds. Making one costs as much as a few comparisons, so
// who compares one arrival with many plans makes the arrival's once. It is not changed by anything, and masks itself when printed.
type Person struct {
	number plans.NHSNumber
	// digits are those of the number, for comparing place by place; they are never given out.
	digits  string
	tracing plans.Tracing
	// families are the family names, the present one first where there is one, then those of further names, each once. givens likewise.
	families []family
	givens   []given
	// presentFamily and presentGiven tell that the first of them is the present one, and no further name.
	presentFamily, presentGiven bool
	// baby tells that a child is entered under a placeholder, and so perhaps under its mother's family name; twin that it is one of several.
	baby, twin bool
	born       born
	sex        plans.Sex
	post       post
}

// String masks the person.
func (p Person) String() string { return "patient " + p.number.String() }

// GoString masks the person in %#v.
func (p Person) GoString() string { return p.String() }

// word is one name, folded.
type word struct {
	text  string
	sound sound
	// share is how much of the people have it, 0 if that is not known.
	share float64
	lines []form
	// known tells of a given name that it is one, and of a family name that it is listed.
	known bool
}

// family is a family name; parts are the halves of a double-barrelled one, nil for others.
type family struct {
	whole word
	parts []word
}

// given are the given names that stand together, the first one first. joined is all of them without spaces: Mary Ann may be Maryann.
type given struct {
	words  []word
	joined string
}

// Prepare makes an identity ready for comparing.
func Prepare(i plans.Identity) Person {
	p := Person{number: i.NHSNumber, digits: i.NHSNumber.Reveal(), tracing: i.Tracing, born: readBorn(i.BirthDate), post: readPost(i.Postcode)}
	if i.Sex == plans.Male || i.Sex == plans.Female {
		p.sex = i.Sex
	}
	p.presentFamily = p.addFamily(i.Family)
	p.presentGiven = p.addGiven(i.Given)
	slices.SortFunc(i.Others[:], func(a, b plans.PersonName) int { // their order must not matter
		return cmp.Or(strings.Compare(a.Family, b.Family), strings.Compare(a.Given, b.Given))
	})
	for _, other := range i.Others {
		p.addFamily(other.Family)
		p.addGiven(other.Given)
	}
	return p
}

// maxParts bounds how many parts of one name are looked at.
const maxParts = 4

func (p *Person) addFamily(s string) bool {
	text := fold(s)
	if text == "" {
		return false
	}
	text, kind := withoutPlaceholder(text)
	p.baby, p.twin = p.baby || kind.baby, p.twin || kind.twin
	text = strings.TrimSpace(withoutTitles(text))
	if text == "" {
		return false
	}
	f := family{whole: familyWord(strings.ReplaceAll(text, " ", ""))}
	if strings.Contains(text, " ") {
		for part := range strings.FieldsSeq(text) {
			if len(part) > 2 && !particles[part] && len(f.parts) < maxParts {
				f.parts = append(f.parts, familyWord(part))
			}
		}
	}
	for _, known := range p.families {
		if known.whole.text == f.whole.text {
			return false
		}
	}
	p.families = append(p.families, f)
	return true
}

func familyWord(text string) word {
	share := known.families[text]
	return word{text: text, sound: soundOf(text), share: share, known: share > 0}
}

func (p *Person) addGiven(s string) bool {
	text := fold(s)
	if text == "" {
		return false
	}
	text, kind := withoutPlaceholder(text)
	p.baby, p.twin = p.baby || kind.baby, p.twin || kind.twin
	if kind.baby {
		return false // what is left is the mother's
	}
	text = strings.TrimSpace(withoutTitles(text))
	if text == "" {
		return false
	}
	g := given{joined: strings.ReplaceAll(text, " ", "")}
	for part := range strings.FieldsSeq(text) {
		if len(g.words) < maxParts {
			g.words = append(g.words, word{text: part, sound: soundOf(part), share: known.givens[part], lines: known.lines[part], known: known.isGiven(part)})
		}
	}
	for _, held := range p.givens {
		if held.joined == g.joined {
			return false
		}
	}
	p.givens = append(p.givens, g)
	return true
}

// particles are parts of family names that many share and that are no half of a double-barrelled name.
var particles = set("van von der den del della dela las los bin ben ibn bint abu abd mac saint san")

// shared are given names that many brothers and sisters have besides their own.
var shared = set("singh kaur begum bibi khatun khanum bano mohammed mohammad muhammad mohamed muhammed md abdul abdullah syed sayed sheikh shaikh mary maria")

// titles are written before or after a name by some systems.
var titles = set("mr mrs ms miss mx dr prof rev sir lady dame jr jnr snr esq")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// withoutTitles leaves out titles at the beginning and the end, unless nothing else is there.
func withoutTitles(text string) string {
	words := strings.Fields(text)
	for len(words) > 1 && titles[words[0]] {
		words = words[1:]
	}
	for len(words) > 1 && titles[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}
