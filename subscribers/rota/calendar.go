package rota

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Calendar writes shifts as an iCalendar object (RFC 5545) with one event each; times in which nobody is on are left out. Instants are written
// in UTC, which needs no VTIMEZONE and is never read twice in an autumn night. name is what the calendar is called, who says what a person
// is called, and now is when it was written.
//
// An event keeps its UID as long as its rota, person and beginning stay, so that a calendar program that reads the feed again changes it and
// adds no second one.
func Calendar(rota, name string, shifts []Shift, who func(person string) string, now time.Time) string {
	var b strings.Builder
	line := func(property, value string) { fold(&b, property+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//ucpalert//on call//EN")
	line("CALSCALE", "GREGORIAN")
	line("X-WR-CALNAME", escaped(name))
	for _, s := range shifts {
		if s.Person == "" {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", uid(rota, s))
		line("DTSTAMP", utc(now))
		line("DTSTART", utc(s.Start))
		line("DTEND", utc(s.End))
		line("SUMMARY", escaped("On call: "+who(s.Person)))
		line("DESCRIPTION", escaped(name+", "+s.Why))
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

// utc is form #2 of DATE-TIME (RFC 5545 §3.3.5).
func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// uid is worldwide unique (RFC 5545 §3.8.4.7), and the same for the same shift.
func uid(rota string, s Shift) string {
	sum := sha256.Sum256([]byte(rota + "\x00" + s.Person + "\x00" + strconv.FormatInt(s.Start.Unix(), 10)))
	return hex.EncodeToString(sum[:12]) + "@on-call.ucpalert"
}

// textEscapes are those of TEXT (RFC 5545 §3.3.11). Other control characters may not stand in it.
var textEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

func escaped(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, textEscapes.Replace(strings.ToValidUTF8(text, "\uFFFD")))
}

// longestLine is the longest line in bytes, without its end (RFC 5545 §3.1).
const longestLine = 75

// fold writes a content line in pieces, each further one after a space, and splits no character.
func fold(b *strings.Builder, line string) {
	room := longestLine
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut])
		b.WriteString("\r\n ")
		line, room = line[cut:], longestLine-1
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}
