package sql

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// compile turns a statement with :name parameters into what one engine takes. It refuses what would mean different things to the two
// engines: positional parameters, dollar quotes, escape strings, backticks, nested comments, a second statement.
func compile(d dialect, text string) (compiled, error) {
	c := compiler{dialect: d, in: text}
	for c.at < len(c.in) {
		if err := c.step(); err != nil {
			return compiled{}, fmt.Errorf("line %d: %w", 1+strings.Count(c.in[:min(c.at, len(c.in))], "\n"), err)
		}
	}
	if c.inside {
		return compiled{}, errors.New("a dialect comment is not closed")
	}
	out := strings.TrimSpace(c.out.String())
	if out == "" {
		return compiled{}, errors.New("no statement")
	}
	return compiled{text: out, params: c.params}, nil
}

type compiler struct {
	dialect dialect
	in      string
	at      int
	out     strings.Builder
	params  []string
	inside  bool // in a comment that is text for this dialect
	ended   bool // after the semicolon
}

// step takes one token: a literal, an identifier, a comment, a parameter, or one other byte.
func (c *compiler) step() error {
	rest := c.in[c.at:]
	switch ch := rest[0]; {
	case strings.HasPrefix(rest, "--"):
		return c.lineComment(rest)
	case c.inside && strings.HasPrefix(rest, "*/"):
		c.inside = false
		c.space(2)
		return nil
	case strings.HasPrefix(rest, "/*"):
		return c.blockComment(rest)
	case ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r':
		c.space(1)
		return nil
	case c.ended:
		return errors.New("text after the semicolon: one statement a file")
	case ch == ';':
		c.ended = true
		c.at++
		return nil
	case ch == '\'' || ch == '"':
		return c.quoted(rest, ch)
	case wordStart(ch):
		return c.word(rest)
	case strings.HasPrefix(rest, "::"):
		c.copy(2)
		return nil
	case ch == ':' && len(rest) > 1 && wordStart(rest[1]):
		c.param(rest)
		return nil
	case ch == '?' || ch == '$' || ch == '`':
		return fmt.Errorf("%q: parameters are written :name, identifiers in double quotes", ch)
	case ch == '@' && len(rest) > 1 && wordStart(rest[1]):
		return errors.New("@name is a parameter to SQLite: parameters are written :name")
	}
	c.copy(1)
	return nil
}

func (c *compiler) copy(n int) {
	c.out.WriteString(c.in[c.at : c.at+n])
	c.at += n
}

// space passes over n bytes and writes one blank, however many passed before.
func (c *compiler) space(n int) {
	if s := c.out.String(); s != "" && s[len(s)-1] != ' ' {
		c.out.WriteByte(' ')
	}
	c.at += n
}

func (c *compiler) lineComment(rest string) error {
	if c.inside {
		return errors.New("a line comment inside a dialect comment would swallow its end")
	}
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		end = len(rest)
	}
	c.space(end)
	return nil
}

// blockComment passes over a comment, or enters it if it is text for this dialect.
func (c *compiler) blockComment(rest string) error {
	end := strings.Index(rest[2:], "*/") + 2 // behind the opening: "/*/" is not a whole comment
	switch {
	case end < 2:
		return errors.New("a comment is not closed")
	case c.inside || strings.Contains(rest[2:end], "/*"):
		return errors.New("comments inside comments mean different things to the two engines")
	}
	if opening := "/*" + c.dialect.String() + " "; strings.HasPrefix(rest, opening) {
		c.inside = true
		c.space(len(opening))
		return nil
	}
	c.space(end + 2)
	return nil
}

// quoted copies a literal or a quoted identifier; a doubled quote inside is a quote.
func (c *compiler) quoted(rest string, quote byte) error {
	for i := 1; i < len(rest); i++ {
		if rest[i] != quote {
			continue
		}
		if i+1 < len(rest) && rest[i+1] == quote {
			i++
			continue
		}
		c.copy(i + 1)
		return nil
	}
	return fmt.Errorf("a %c is not closed", quote)
}

// word copies a keyword, a name or a number, so that E'…', X'…' and the like are seen as one.
func (c *compiler) word(rest string) error {
	n := wordLen(rest)
	if n < len(rest) && rest[n] == '\'' {
		return fmt.Errorf("%s'…' is a literal to one engine only: pass the value as a parameter", rest[:n])
	}
	c.copy(n)
	return nil
}

func (c *compiler) param(rest string) {
	n := wordLen(rest[1:])
	name := rest[1 : 1+n]
	i := slices.Index(c.params, name)
	if i < 0 {
		i = len(c.params)
		c.params = append(c.params, name)
	}
	mark := "?"
	if c.dialect == postgres {
		mark = "$"
	}
	c.out.WriteString(mark + strconv.Itoa(i+1))
	c.at += 1 + n
}

func wordStart(b byte) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

func wordLen(s string) int {
	n := 0
	for n < len(s) && (wordStart(s[n]) || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}
