package main

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// printer writes lines that are no wider than a terminal.
type printer struct{ bytes.Buffer }

// line writes a text; what does not fit goes on in lines that stand two further in. Words longer than a line are not cut.
func (p *printer) line(indent, text string) {
	width, first := 0, true
	begin := func() {
		if !first {
			p.WriteString("\n" + indent + "  ")
			width = len(indent) + 2
			return
		}
		p.WriteString(indent)
		width, first = len(indent), false
	}
	for _, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case first:
			begin()
		case width+1+n > lineWidth:
			begin()
		default:
			p.WriteByte(' ')
			width++
		}
		p.WriteString(word)
		width += n
	}
	p.WriteByte('\n')
}

// pair writes a name and what stands for it; nothing if nothing does.
func (p *printer) pair(name, text string) {
	if text != "" {
		p.line("  ", name+strings.Repeat(" ", max(1, 12-len(name)))+text)
	}
}

// section begins a part.
func (p *printer) section(title string) {
	p.WriteByte('\n')
	p.line("", title)
}
