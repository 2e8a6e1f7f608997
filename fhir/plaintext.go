package fhir

import (
	"html"
	"strings"
	"unicode"
)

// block is text of any number of lines, without what would change how other text is read: control characters, and the invisible
// characters that turn the direction of writing ("not for" must not become "for").
func block(s string) string {
	s = lineEnds.Replace(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\u200c', r == '\u200d': // the joiners belong to scripts
			return r
		case r == '\t':
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// line is text on one line.
func line(s string) string { return strings.Join(strings.Fields(block(s)), " ") }

// blocks are the XHTML elements that begin a new line.
var blocks = func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq("address blockquote br caption dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody thead tr ul") {
		out[name] = true
	}
	return out
}()

// plainText takes the words out of a narrative (XHTML). Markup is dropped, never passed on; words that are struck out are marked, because
// without their line they would say the opposite.
func plainText(xhtml string) string {
	var b strings.Builder
	for markup := true; markup; {
		var words string
		words, xhtml, markup = strings.Cut(xhtml, "<")
		b.WriteString(html.UnescapeString(breaks.Replace(words)))
		if markup {
			xhtml = tag(&b, xhtml)
		}
	}
	var lines []string
	for l := range strings.SplitSeq(block(b.String()), "\n") {
		if l = line(l); l != "" && l != "•" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// breaks turns line breaks in the source of a narrative into the spaces that they are.
// lineEnds makes every line end a line feed. Made once: it costs more to make than to use.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n")

var breaks = strings.NewReplacer("\n", " ", "\r", " ")

// tag writes what a tag means in plain text and returns what follows it. What only looks like a tag is text.
func tag(b *strings.Builder, rest string) string {
	if comment, ok := strings.CutPrefix(rest, "!--"); ok {
		_, after, _ := strings.Cut(comment, "-->")
		return after
	}
	closing := strings.HasPrefix(rest, "/")
	name := strings.TrimPrefix(rest, "/")
	length := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if length <= 0 || unicode.IsDigit(rune(name[0])) {
		b.WriteByte('<')
		return rest
	}
	end := tagEnd(rest)
	if end < 0 {
		b.WriteString("<" + rest)
		return ""
	}
	name = strings.ToLower(name[:length])
	after := rest[end+1:]
	switch {
	case !closing && (name == "script" || name == "style") && rest[end-1] != '/':
		return fromClosing(after, name)
	case name == "li" && !closing:
		b.WriteString("\n• ")
	case name == "td" || name == "th":
		b.WriteByte(' ')
	case name == "del" || name == "s" || name == "strike":
		b.WriteString(map[bool]string{false: "[struck out: ", true: "]"}[closing])
	case blocks[name]:
		b.WriteByte('\n')
	}
	return after
}

// fromClosing skips to the closing tag of an element; to the end if it is not closed.
func fromClosing(s, name string) string {
	for {
		at := strings.Index(s, "</")
		if at < 0 {
			return ""
		}
		s = s[at:]
		if len(s) >= len(name)+2 && strings.EqualFold(s[2:len(name)+2], name) {
			return s
		}
		s = s[2:]
	}
}

// tagEnd finds the > that ends a tag, outside of quoted attributes; -1 if there is none.
func tagEnd(s string) int {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}
