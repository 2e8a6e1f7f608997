package matching

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed nicknames.txt
var nicknamesText string

//go:embed names.txt
var namesText string

// lexicon is what is known of names in general: which given names are forms of one name, and how often common names are met.
type lexicon struct {
	// lines gives for each given name the lines of nicknames.txt on which it stands, and roots the sound by which all its forms are looked up.
	lines map[string][]form
	roots map[string]sound
	// families and givens give the share of the people, from 0 to 1, who have a common name.
	families, givens map[string]float64
	// also are further given names.
	also map[string]bool
}

// form is a place on a line of nicknames.txt. whole tells that it is the name itself, or a spelling, and no short form.
type form struct {
	line  uint16
	whole bool
}

// known is the lexicon that is built in. A lexicon that cannot be read is a defect of this build; a test reads it before anybody else does.
var known = func() *lexicon {
	l, err := readLexicon(nicknamesText, namesText)
	if err != nil {
		panic("matching: " + err.Error())
	}
	return l
}()

func readLexicon(nicknames, names string) (*lexicon, error) {
	l := &lexicon{lines: map[string][]form{}, roots: map[string]sound{}, families: map[string]float64{}, givens: map[string]float64{}, also: map[string]bool{}}
	if err := l.readNicknames(nicknames); err != nil {
		return nil, fmt.Errorf("read the forms of given names: %w", err)
	}
	if err := l.readNames(names); err != nil {
		return nil, fmt.Errorf("read the shares of names: %w", err)
	}
	return l, nil
}

func (l *lexicon) readNicknames(text string) error {
	parent := map[string]string{}
	number := uint16(0)
	for at, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		var forms []string
		spellings, areSpellings := strings.CutPrefix(line, "=")
		if areSpellings {
			forms = strings.Fields(spellings)
		} else {
			head, rest, ok := strings.Cut(line, ":")
			if !ok {
				return fmt.Errorf("line %d is neither \"name: forms\" nor \"= spellings\"", at+1)
			}
			forms = append([]string{strings.TrimSpace(head)}, strings.Fields(rest)...)
		}
		for i, name := range forms {
			if name == "" || fold(name) != name || strings.Contains(name, " ") {
				return fmt.Errorf("line %d: a form is one word in small letters without marks", at+1)
			}
			l.lines[name] = append(l.lines[name], form{number, areSpellings || i == 0})
			join(parent, forms[0], name)
		}
		number++
	}
	for name := range l.lines {
		l.roots[name] = soundOf(top(parent, name))
	}
	return nil
}

// top and join keep which names are looked up together: all that any chain of lines connects. The root of a set is its first name in the
// alphabet, so that it does not depend on the order of the lines.
func top(parent map[string]string, name string) string {
	for parent[name] != "" && parent[name] != name {
		name = parent[name]
	}
	return name
}

func join(parent map[string]string, a, b string) {
	a, b = top(parent, a), top(parent, b)
	parent[max(a, b)] = min(a, b)
}

func (l *lexicon) readNames(text string) error {
	var into map[string]float64
	for at, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case line == "family":
			into = l.families
			continue
		case line == "given":
			into = l.givens
			continue
		case line == "given too":
			into = nil
			continue
		case into == nil && len(l.givens) > 0:
			for name := range strings.FieldsSeq(line) {
				if fold(name) != name {
					return fmt.Errorf("line %d: a name is not in small letters without marks", at+1)
				}
				l.also[name] = true
			}
			continue
		}
		name, share, ok := strings.Cut(line, " ")
		n, err := strconv.ParseFloat(share, 64)
		if !ok || err != nil || into == nil || n <= 0 || n > 1000 {
			return fmt.Errorf("line %d is not a name and its people in ten thousand", at+1)
		}
		if _, twice := into[name]; twice || fold(name) != name {
			return fmt.Errorf("line %d: the name is there twice, or is not in small letters without marks", at+1)
		}
		into[name] = n / 10_000
	}
	return nil
}

// isGiven tells whether a word is a given name that is known to us, and so rather not another one mistyped.
func (l *lexicon) isGiven(word string) bool {
	return l.lines[word] != nil || l.givens[word] > 0 || l.also[word]
}
