package stream

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/journal"
)

// chain makes entries of one room with every number from first to last; before is the number of the entry before the first.
func chain(first, last int64) []journal.Entry {
	var of []journal.Entry
	for n := first; n <= last; n++ {
		of = append(of, journal.Entry{Number: n, Before: n - 1, Kind: journal.AlertUpdated, Room: "RQW-AE", Subject: string(rune('a' + n%3))})
	}
	return of
}

func numbers(items []*item) []int64 {
	var of []int64
	for _, it := range items {
		of = append(of, it.number)
	}
	return of
}

func TestARoomKeepsItsNewestEntriesOnly(t *testing.T) {
	r := newRoom("RQW-AE")
	for _, e := range chain(1, tailLength+10) {
		r.add(e)
	}
	same(t, "length", len(r.tail), tailLength)
	if _, hole := r.after(5); !hole {
		t.Error("entries that were dropped are not known to be missing")
	}
	items, hole := r.after(tailLength + 8)
	same(t, "items", numbers(items), []int64{tailLength + 9, tailLength + 10})
	same(t, "hole", hole, false)
	for position, behind := range map[int64]int{tailLength + 10: 0, tailLength + 7: 3, 5: tailLength} {
		same(t, "behind", r.behind(position), behind)
	}
	same(t, "behind in an empty room", newRoom("RQW-AE").behind(0), 0)
}

func TestAnEntryThatAScreenBroughtIsStillAnnouncedToTheOthers(t *testing.T) {
	r := newRoom("RQW-AE")
	r.keep(chain(1, 3)) // from the journal, before the feed handed it over
	for _, e := range chain(1, 3) {
		if r.add(e) != (e.Number == 1) { // the first starts the announcer; it finds the others
			t.Errorf("entry %d", e.Number)
		}
	}
	if it, more := r.next(); !more || it == nil || it.number != 1 {
		t.Errorf("announced %v", it)
	}
	if it, more := r.next(); more {
		t.Errorf("announced %v again", it)
	}
	if !r.add(chain(4, 4)[0]) {
		t.Error("the next entry starts no announcer")
	}
}

func TestAFrameIsNotSharedPastANewerEntryAboutTheAlert(t *testing.T) {
	r := newRoom("RQW-AE")
	for _, e := range chain(1, 5) { // subjects b c a b c
		r.add(e)
	}
	for i, newest := range []int64{4, 5, 3, 4, 5} {
		same(t, "newest entry about the same alert", r.newestOf(r.tail[i]), newest)
	}
}

// Whatever pieces of the journal a room is given, from the feed and from readings, what it says to follow a position is what does.
func TestARoomNeverTellsOfAnEntryWithoutTheOneBeforeIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := chain(1, 400)
		r := newRoom("RQW-AE")
		fed := rapid.IntRange(0, 100).Draw(rt, "head when the room was made")
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "feed") {
				for range rapid.IntRange(1, 100).Draw(rt, "handed over") {
					if fed < len(all) {
						r.add(all[fed])
						fed++
					}
				}
			} else {
				from := rapid.IntRange(0, len(all)-1).Draw(rt, "read from")
				piece := all[from:min(len(all), from+rapid.IntRange(1, 150).Draw(rt, "entries"))]
				items := r.keep(piece)
				if len(items) != len(piece) || items[0].number != piece[0].Number || items[len(items)-1].number != piece[len(piece)-1].Number {
					rt.Fatalf("%d entries became %d items", len(piece), len(items))
				}
			}
			if len(r.tail) > tailLength {
				rt.Fatalf("the tail has %d items", len(r.tail))
			}
			for i, it := range r.tail {
				if i > 0 && it.before != r.tail[i-1].number {
					rt.Fatalf("a hole before %d", it.number)
				}
				want := it.number
				for _, later := range r.tail[i:] {
					if later.alert == it.alert {
						want = later.number
					}
				}
				if it.newest != want {
					rt.Fatalf("the newest entry about the alert of %d is %d, not %d", it.number, want, it.newest)
				}
			}
			position := int64(rapid.IntRange(0, 400).Draw(rt, "position"))
			items, hole := r.after(position)
			if !hole && len(items) > 0 && items[0].number != position+1 {
				rt.Fatalf("after %d comes %d", position, items[0].number)
			}
		}
	})
}

// several is a journal of four departments, of which a room shows the first three, and those entries of it that the room shows.
func several(n int) (all, shown []journal.Entry) {
	heads := map[string]int64{}
	for i := range n {
		e := journal.Entry{Number: int64(i) + 1, Room: [...]string{"A", "B", "C", "elsewhere"}[i*7%11%4], Subject: fmt.Sprint(i % 3)}
		e.Before = heads[e.Room]
		heads[e.Room] = e.Number
		all = append(all, e)
		if e.Room != "elsewhere" {
			shown = append(shown, e)
		}
	}
	return all, shown
}

// The same of a room of several departments: whatever it is given, it tells of the next entry in any of them, or that it must be read; it
// never keeps quiet about one that the feed handed over.
func TestARoomOfSeveralNeverTellsOfAnEntryWithoutTheOneBeforeItNorKeepsOneBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all, shown := several(400)
		r := newRoom("several", "A", "B", "C")
		r.several = true
		fed := rapid.IntRange(0, 100).Draw(rt, "head when the room was made")
		stored, given := fed, int64(0)
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			stored = rapid.IntRange(stored, min(len(all), stored+100)).Draw(rt, "committed")
			switch rapid.SampledFrom([]string{"feed", "feed", "read", "snapshot"}).Draw(rt, "do") {
			case "feed":
				for range rapid.IntRange(1, 100).Draw(rt, "handed over") {
					if fed < stored {
						if all[fed].Room != "elsewhere" {
							r.add(all[fed])
							given = all[fed].Number
						}
						fed++
					}
				}
			case "read":
				from := rapid.IntRange(0, len(shown)).Draw(rt, "read from")
				var position int64
				if from > 0 {
					position = shown[from-1].Number
				}
				piece := slices.Clone(shown[from:min(len(shown), from+100)])
				piece = slices.DeleteFunc(piece, func(e journal.Entry) bool { return e.Number > int64(stored) })
				if !r.chain(position, piece) {
					rt.Fatalf("what was read after %d does not follow", position)
				}
				r.keep(piece)
			case "snapshot":
				r.reach(headAt(shown, int64(stored)))
			}
			if len(r.tail) > tailLength {
				rt.Fatalf("the tail has %d items", len(r.tail))
			}
			for i := range shown {
				position := shown[i].Number
				items, hole := r.after(position)
				switch {
				case hole:
				case len(items) > 0 && (i+1 == len(shown) || items[0].number != shown[i+1].Number || items[0].before != position):
					rt.Fatalf("after %d comes %d, after %d", position, items[0].number, items[0].before)
				case len(items) == 0 && given > position:
					rt.Fatalf("nothing comes after %d, but %d was handed over", position, given)
				}
			}
		}
	})
}

// headAt is the newest entry of a room at or before a number.
func headAt(shown []journal.Entry, number int64) (head int64) {
	for _, e := range shown {
		if e.Number <= number {
			head = e.Number
		}
	}
	return head
}

func TestEntriesOfSeveralThatDoNotFollowOneAnotherAreNoChain(t *testing.T) {
	entry := func(number, before int64, room string) journal.Entry {
		return journal.Entry{Number: number, Before: before, Room: room}
	}
	for _, row := range []struct {
		what    string
		several bool
		entries []journal.Entry
		ok      bool
	}{
		{"two departments in turn", true, []journal.Entry{entry(5, 1, "A"), entry(6, 3, "B"), entry(8, 5, "A")}, true},
		{"one is missing in the middle", true, []journal.Entry{entry(5, 1, "A"), entry(6, 3, "B"), entry(8, 7, "A")}, false},
		{"the first of a department is missing", true, []journal.Entry{entry(5, 1, "A"), entry(7, 6, "B")}, false},
		{"one comes twice", true, []journal.Entry{entry(5, 1, "A"), entry(5, 1, "A")}, false},
		{"one department", false, []journal.Entry{entry(5, 4, "A"), entry(6, 5, "A")}, true},
		{"one department, the first is missing", false, []journal.Entry{entry(5, 1, "A")}, false},
	} {
		r := newRoom("room", "A", "B")
		r.several = row.several
		if ok := r.chain(4, row.entries); ok != row.ok {
			t.Errorf("%s: %v", row.what, ok)
		}
	}
}
