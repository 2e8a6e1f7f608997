package alerts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
)

func TestAnAlertIsTalkedAboutWhileItStandsAndSomeDaysAfter(t *testing.T) {
	raised := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		what  string
		state alerts.AlertState
		match alerts.Match
		after time.Duration
		may   bool
	}{
		{"it stands", alerts.Raised, alerts.Confirmed, 30 * 24 * time.Hour, true},
		{"it is answered", alerts.Acknowledged, alerts.Confirmed, 0, true},
		{"the match is only possible", alerts.Raised, alerts.Possible, 0, false},
		{"the patient left this week", alerts.Closed, alerts.Confirmed, alerts.TalkFor - time.Second, true},
		{"the patient left longer ago", alerts.Closed, alerts.Confirmed, alerts.TalkFor, false},
		{"it is withdrawn", alerts.Withdrawn, alerts.Confirmed, 0, false},
	} {
		s := alerts.Sight{Alert: alerts.Alert{State: row.state, Match: row.match, Raised: raised}}
		if may := s.Talking(raised.Add(row.after)); may != row.may {
			t.Errorf("%s: talking is %v", row.what, may)
		}
	}
}

func TestALineIsTextWithoutWhatAScreenWouldObey(t *testing.T) {
	for typed, want := range map[string]string{
		" one\r\ntwo\tthree ":             "one\ntwo three",
		"\x1b[31mred\x00\u0085\x7f":       "[31mred",
		"<b>bold</b> \u202eright to left": "<b>bold</b> \u202eright to left",
		"\xff\xfebroken":                  "broken",
	} {
		if text, err := alerts.ReadLine(typed); err != nil || text != want {
			t.Errorf("%q is read as %q, %v", typed, text, err)
		}
	}
	for _, typed := range []string{"", " \n ", "\x00", strings.Repeat("x", alerts.MaxLine+1)} {
		if _, err := alerts.ReadLine(typed); !errors.Is(err, alerts.ErrLine) {
			t.Errorf("%.10q is taken: %v", typed, err)
		}
	}
}
