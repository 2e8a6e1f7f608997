package matching

import "strings"

// placeholder is what stands for a name that is not known.
type placeholder struct{ any, baby, twin bool }

// Words that stand where a name should. Source: HL7 and PAS practice ("Unknown", "Baby", "Boy of …", "Twin one"); the family name Unknown
// is named in the NHS ITK HL7 v2 specifications.
var (
	nobody   = set("unknown unk unkn nk anon anonymous unidentified unspecified unnamed noname notknown xx xxx xxxx")
	newborns = set("baby infant newborn neonate boy girl babyboy babygirl male female twin triplet")
	ordinals = set("one two three four 1 2 3 4 i ii iii a b c first second third")
)

// withoutPlaceholder takes a folded name apart that begins as a placeholder does. What is left of it is somebody's name: for a newborn the
// mother's. A name that is no placeholder is left whole.
func withoutPlaceholder(text string) (string, placeholder) {
	first, rest, _ := strings.Cut(text, " ")
	first = strings.TrimRight(first, "0123456789") // Twin1
	switch {
	case nobody[first] && isAbout(rest):
		return "", placeholder{any: true}
	case text == "not known" || text == "not stated" || text == "no name" || text == "not given" || text == "n k" || text == "b o":
		return "", placeholder{any: true}
	case strings.HasPrefix(text, "b o "):
		return strings.TrimPrefix(text, "b o "), placeholder{any: true, baby: true}
	case !newborns[first]:
		return text, placeholder{}
	}
	kind := placeholder{any: true, baby: true}
	words := strings.Fields(apart(text))
	for len(words) > 0 && (newborns[words[0]] || words[0] == "of" || ordinals[words[0]]) {
		kind.twin = kind.twin || words[0] == "twin" || words[0] == "triplet" || ordinals[words[0]]
		words = words[1:]
	}
	if last := len(words) - 1; last >= 0 && ordinals[words[last]] {
		kind.twin, words = true, words[:last]
	}
	return strings.Join(words, " "), kind
}

// isAbout tells whether what follows a placeholder only says more about somebody who is not known: "Unknown male", "Unknown 1".
func isAbout(rest string) bool {
	for word := range strings.FieldsSeq(rest) {
		if !newborns[word] && !ordinals[word] && !nobody[word] && word != "adult" && word != "patient" && word != "child" {
			return false
		}
	}
	return true
}

// apart writes a space before the digits that follow a word without one.
func apart(text string) string {
	b := make([]byte, 0, len(text)+2)
	for i := range len(text) {
		if c := text[i]; i > 0 && c >= '0' && c <= '9' && text[i-1] >= 'a' && text[i-1] <= 'z' {
			b = append(b, ' ')
		}
		b = append(b, text[i])
	}
	return string(b)
}
