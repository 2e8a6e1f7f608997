package matching

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxLetters bounds what is read of one name: nobody's is longer, and a hostile one must not cost more than any other.
const maxLetters = 60

// letters are Latin letters that Unicode does not take apart into a letter and a mark (NFD), and how English-speaking clerks write them.
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ŋ': "n", 'ı': "i", 'ŧ': "t", 'ĸ': "k", 'ƙ': "k",
	'ɓ': "b", 'ɗ': "d", 'ɛ': "e", 'ɔ': "o",
}

// fold writes a name in lower case without marks: "Siân" is sian, "Łukasz" lukasz. Letters and digits stay, an apostrophe vanishes
// ("O'Brien" is obrien), and whatever else stands between letters becomes one space. Folding what is folded changes nothing.
func fold(s string) string {
	s = strings.ToValidUTF8(s, " ")
	if !isASCII(s) {
		s = norm.NFKD.String(firstLetters(s))
	}
	b := make([]byte, 0, min(len(s), 2*maxLetters))
	count, gap := 0, false
	for _, r := range s {
		if count == maxLetters {
			break
		}
		switch r = unicode.ToLower(r); {
		case r == '\'' || r == '’' || r == '‘' || r == '`' || r == 'ʼ' || r == '.' || unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = len(b) > 0
			continue
		}
		if gap {
			b, gap = append(b, ' '), false
		}
		count++
		if plain, ok := letters[r]; ok {
			b = append(b, plain...)
			continue
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// firstLetters cuts a text that is far too long before it is taken apart.
func firstLetters(s string) string {
	count := 0
	for i := range s {
		if count == 4*maxLetters {
			return s[:i]
		}
		count++
	}
	return s
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// runesOf reads a word into a buffer of the caller's, so that nothing is allocated; letters past its end are left out.
func runesOf(s string, into *[maxLetters]rune) []rune {
	n := 0
	for _, r := range s {
		if n == len(into) {
			break
		}
		into[n] = r
		n++
	}
	return into[:n]
}
