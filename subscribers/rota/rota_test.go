package rota

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// must makes a rota of layers in London.
func must(t *testing.T, s Spec) *Rota {
	t.Helper()
	if s.Zone == "" {
		s.Zone = "Europe/London"
	}
	r, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// on reads an instant in UTC.
func on(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func daily(handover string, people ...string) Layer {
	return Layer{Name: "days", Handover: handover, People: people, First: "2026-01-01"}
}

func TestWhoIsOn(t *testing.T) {
	weekend := Layer{Name: "weekend", Handover: "0 8 * * 6", People: []string{"cat"}, First: "2026-01-01", Windows: []Window{{Weekdays: []Weekday{"sat", "sun"}}}}
	holiday := Layer{Name: "bank holidays", Handover: "0 0 * * *", People: []string{"dan"}, First: "2026-01-01", Windows: []Window{{Holidays: OnlyHolidays}}}
	night := Layer{Name: "nights", Handover: "0 20 * * *", People: []string{"eve", "fay"}, First: "2026-01-01", Windows: []Window{{From: "20:00", To: "08:00", Holidays: NoHolidays}}}
	for _, row := range []struct {
		name   string
		layers []Layer
		at     string
		want   string
	}{
		{"before the first handover nobody is", []Layer{daily("0 8 * * *", "ann", "ben")}, "2026-01-01T07:59:59Z", ""},
		{"from the first handover on, the first is", []Layer{daily("0 8 * * *", "ann", "ben")}, "2026-01-01T08:00:00Z", "ann"},
		{"to the last second", []Layer{daily("0 8 * * *", "ann", "ben")}, "2026-01-02T07:59:59Z", "ann"},
		{"handover in the middle of an alert: the next second is the next person's", []Layer{daily("0 8 * * *", "ann", "ben")}, "2026-01-02T08:00:00Z", "ben"},
		{"clocks go forward at 01:00 UTC, handover still 08:00 local", []Layer{daily("0 8 * * *", "ann", "ben")}, "2026-03-29T06:59:59Z", "ann"},
		{"… which is 07:00 UTC", []Layer{daily("0 8 * * *", "ann", "ben")}, "2026-03-29T07:00:00Z", "ben"},
		{"spring night: a handover at 01:30 is skipped by the clock, and happens when it is put forward", []Layer{daily("30 1 * * *", "ann", "ben")}, "2026-03-29T00:59:59Z", "ann"},
		{"… the second in which it shows 02:00", []Layer{daily("30 1 * * *", "ann", "ben")}, "2026-03-29T01:00:00Z", "ben"},
		{"October night: a handover at 01:30 happens the first time the clock shows it", []Layer{daily("30 1 * * *", "ann", "ben")}, "2026-10-25T00:29:59Z", "ann"},
		{"… which is in summer time", []Layer{daily("30 1 * * *", "ann", "ben")}, "2026-10-25T00:30:00Z", "ben"},
		{"… and not again an hour later", []Layer{daily("30 1 * * *", "ann", "ben")}, "2026-10-25T01:30:00Z", "ben"},
		{"a later layer covers the ground in its window", []Layer{daily("0 8 * * *", "ann"), weekend}, "2026-01-04T12:00:00Z", "cat"},
		{"and only there", []Layer{daily("0 8 * * *", "ann"), weekend}, "2026-01-05T00:00:00Z", "ann"},
		{"a bank holiday is somebody's own", []Layer{daily("0 8 * * *", "ann"), holiday}, "2026-12-25T12:00:00Z", "dan"},
		{"a night belongs to the day on which it begins", []Layer{daily("0 8 * * *", "ann"), night}, "2026-01-02T03:00:00Z", "eve"},
		{"the night after the holiday night", []Layer{daily("0 8 * * *", "ann"), night}, "2026-12-27T03:00:00Z", "fay"},
		{"the holiday's own night is the ground's", []Layer{daily("0 8 * * *", "ann"), night}, "2026-12-26T03:00:00Z", "ann"},
		{"an empty rota has nobody", nil, "2026-01-04T12:00:00Z", ""},
	} {
		r := must(t, Spec{ID: "r", Layers: row.layers, Holidays: []Date{"2026-12-25"}})
		got := r.At(on(t, row.at))
		if got.Person != row.want || got.Why == "" {
			t.Errorf("%s: %+v, want %q", row.name, got, row.want)
		}
	}
}

func TestARotaThatCouldNotBeReadIsRefused(t *testing.T) {
	for _, row := range []struct {
		name string
		spec Spec
		want string
	}{
		{"no zone", Spec{}, "time zone"},
		{"this machine's zone", Spec{Zone: "Local"}, "time zone"},
		{"a zone inside the handover", Spec{Zone: "UTC", Layers: []Layer{daily("CRON_TZ=Asia/Tokyo 0 8 * * *", "ann")}}, "zone"},
		{"a word for a handover", Spec{Zone: "UTC", Layers: []Layer{daily("@daily", "ann")}}, "handover"},
		{"handovers every five minutes", Spec{Zone: "UTC", Layers: []Layer{daily("*/5 * * * *", "ann")}}, "an hour apart"},
		{"two close handovers around midnight", Spec{Zone: "UTC", Layers: []Layer{daily("30,59 23 * * *", "ann")}}, "an hour apart"},
		{"the 30th of February", Spec{Zone: "UTC", Layers: []Layer{daily("0 8 30 2 *", "ann")}}, "no such time"},
		{"nobody in a layer", Spec{Zone: "UTC", Layers: []Layer{daily("0 8 * * *")}}, "people"},
		{"a formula for a name", Spec{Zone: "UTC", Layers: []Layer{daily("0 8 * * *", "=1+1")}}, "person"},
		{"two layers of one name", Spec{Zone: "UTC", Layers: []Layer{daily("0 8 * * *", "ann"), daily("0 8 * * *", "ben")}}, "name of its own"},
		{"a day that does not exist", Spec{Zone: "UTC", Holidays: []Date{"2026-02-30"}}, "date"},
		{"an override that ends before it begins", Spec{Zone: "UTC", Overrides: []Override{{ID: "o", Start: on(t, "2026-01-02T00:00:00Z"), End: on(t, "2026-01-01T00:00:00Z"), By: "ann"}}}, "end after"},
		{"a swap with oneself", Spec{Zone: "UTC", Swaps: []Swap{{ID: "s", Asks: "ann", Takes: "ann"}}}, "themselves"},
	} {
		if _, err := New(row.spec); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want an error about %q", row.name, err, row.want)
		}
	}
}

// TestASwapHoldsAsAWholeOnceAccepted: Ann asks Ben to take her Monday and would take his Tuesday. Half accepted is not accepted.
func TestASwapHoldsAsAWholeOnceAccepted(t *testing.T) {
	monday, tuesday, wednesday := on(t, "2026-01-05T08:00:00Z"), on(t, "2026-01-06T08:00:00Z"), on(t, "2026-01-07T08:00:00Z")
	swap := Swap{ID: "s1", Asks: "ann", Takes: "ben", Start: monday, End: tuesday, BackStart: tuesday, BackEnd: wednesday, Asked: on(t, "2026-01-02T12:00:00Z")}
	who := func(swaps ...Swap) []string {
		r := must(t, Spec{ID: "r", Layers: []Layer{daily("0 8 * * *", "ann", "ben")}, Swaps: swaps})
		return []string{r.At(monday).Person, r.At(tuesday).Person}
	}
	if got := who(swap); !slices.Equal(got, []string{"ann", "ben"}) {
		t.Errorf("only asked: %v are on", got)
	}
	if _, err := swap.Accept("ann", swap.Asked); !errors.Is(err, ErrNotTheirs) {
		t.Errorf("Ann accepted her own wish: %v", err)
	}
	if _, err := swap.Accept("ben", monday); !errors.Is(err, ErrTooLate) {
		t.Errorf("accepted once it had begun: %v", err)
	}
	closed, err := swap.Close("ann", swap.Asked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := closed.Accept("ben", swap.Asked); !errors.Is(err, ErrSettled) {
		t.Errorf("accepted after it was taken back: %v", err)
	}
	if got := who(closed); !slices.Equal(got, []string{"ann", "ben"}) {
		t.Errorf("taken back: %v are on", got)
	}
	accepted, err := swap.Accept("ben", swap.Asked.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got := who(accepted); !slices.Equal(got, []string{"ben", "ann"}) {
		t.Errorf("accepted: %v are on", got)
	}
	r := must(t, Spec{ID: "r", Layers: []Layer{daily("0 8 * * *", "ann", "ben")}, Swaps: []Swap{accepted}})
	if why := r.At(monday).Why; why != "swap s1, instead of ann" {
		t.Errorf("why: %q", why)
	}
}

func TestOfTwoOverridesTheOneDecidedLastHolds(t *testing.T) {
	at := on(t, "2026-01-05T12:00:00Z")
	over := func(id, instead, by string, hour int) Override {
		return Override{ID: id, Start: at, End: at.Add(time.Hour), Instead: instead, By: by, Decided: at.Add(time.Duration(hour-24) * time.Hour)}
	}
	for _, row := range []struct {
		name string
		over []Override
		want string
	}{
		{"one", []Override{over("1", "", "cat", 0)}, "cat"},
		{"two", []Override{over("2", "", "dan", 1), over("1", "", "cat", 0)}, "dan"},
		{"whoever took it over hands it on", []Override{over("1", "ann", "cat", 0), over("2", "cat", "dan", 1)}, "dan"},
		{"it was not theirs any more", []Override{over("1", "ann", "cat", 0), over("2", "ann", "dan", 1)}, "cat"},
	} {
		r := must(t, Spec{ID: "r", Layers: []Layer{daily("0 8 * * *", "ann")}, Overrides: row.over})
		if got := r.At(at).Person; got != row.want {
			t.Errorf("%s: %q is on, want %q", row.name, got, row.want)
		}
		if got := r.At(at.Add(time.Hour)).Person; got != "ann" {
			t.Errorf("%s: %q is on afterwards", row.name, got)
		}
	}
}

func TestGapsAreFoundEightWeeksAhead(t *testing.T) {
	l := daily("0 8 * * *", "ann")
	l.Windows = []Window{{Holidays: NoHolidays}}
	r := must(t, Spec{ID: "r", Layers: []Layer{l}, Holidays: []Date{"2026-02-25", "2026-02-27"}})
	now := on(t, "2026-01-01T12:00:00Z")
	var got []string
	for _, g := range r.Gaps(now) {
		got = append(got, g.Start.Format(time.RFC3339)+" "+g.End.Format(time.RFC3339))
	}
	if diff := cmp.Diff([]string{"2026-02-25T00:00:00Z 2026-02-26T00:00:00Z"}, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if got := must(t, Spec{ID: "empty"}).Gaps(now); len(got) != 1 || got[0].End.Sub(got[0].Start) != Ahead {
		t.Errorf("an empty rota has the gaps %v", got)
	}
}
