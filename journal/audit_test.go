package journal_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
)

// held is a journal in memory, to be tampered with.
type held struct {
	entries []journal.Entry
	counted int64
	cut     journal.Cut
}

func (h *held) Cut(context.Context) (journal.Cut, error) { return h.cut, nil }

func (h *held) Head(context.Context) (int64, error) { return h.counted, nil }
func (h *held) After(_ context.Context, number int64, limit int) ([]journal.Entry, error) {
	var out []journal.Entry
	for _, e := range h.entries {
		if e.Number > number && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

// seal makes all hashes fit from an entry on, as somebody would who can write to the database.
func (h *held) seal(from int) {
	for i := from; i < len(h.entries); i++ {
		if i > 0 {
			h.entries[i].Previous = h.entries[i-1].Hash
		}
		h.entries[i].Hash = h.entries[i].Seal()
	}
	h.counted = int64(len(h.entries))
}

func (h *held) renumber() {
	for i := range h.entries {
		h.entries[i].Number = int64(i + 1)
	}
}

// written is a journal of some entries, and a signed head of every tenth.
func written(n int, key ed25519.PrivateKey) (*held, []journal.Head) {
	h := &held{}
	for i := range n {
		h.entries = append(h.entries, journal.Entry{
			Number: int64(i + 1), Time: time.Date(2026, 11, 22, 14, 0, i, 0, time.UTC), Kind: journal.PlanRead, Actor: journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"},
			Subject: fmt.Sprint("plan-", i%7), Version: 1 + i%3, Reason: "opened",
		})
	}
	h.seal(0)
	var heads []journal.Head
	for i := 9; i < n; i += 10 {
		e := h.entries[i]
		heads = append(heads, journal.Head{Epoch: "k3v9q2", Number: e.Number, Hash: e.Hash, Time: e.Time}.Sign(key))
	}
	return h, heads
}

// Whatever is done to the journal is found, and the first entry that does not fit is named.
func TestEveryMutationIsFound(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const n = 2500 // more than two pages
	for _, row := range []struct {
		what  string
		do    func(*held)
		names string
	}{
		{"nothing", func(*held) {}, ""},
		{"a reason is changed", func(h *held) { h.entries[1233].Reason = "sealed" }, "entry 1234 was changed"},
		{"an actor is changed", func(h *held) { h.entries[0].Actor.Name = "nobody" }, "entry 1 was changed"},
		{"an organisation is changed", func(h *held) { h.entries[2499].Actor.Organisation = "RWG" }, "entry 2500 was changed"},
		{"letters move from one field to the next", func(h *held) { h.entries[5].Actor.Name, h.entries[5].Actor.Role = "doctorc", "linician" }, "entry 6 was changed"},
		{"a time is moved by a microsecond", func(h *held) { h.entries[77].Time = h.entries[77].Time.Add(time.Microsecond) }, "entry 78 was changed"},
		{"a version is changed", func(h *held) { h.entries[77].Version++ }, "entry 78 was changed"},
		{"a bit of a hash is flipped", func(h *held) { h.entries[999].Hash[31] ^= 1 }, "entry 1000 was changed"},
		{"an entry is changed and sealed anew", func(h *held) { h.entries[1003].Reason = "x"; h.entries[1003].Hash = h.entries[1003].Seal() }, "entry 1005 does not continue"},
		{"an entry is deleted", func(h *held) { h.entries = slices.Delete(h.entries, 999, 1000) }, "entry 1001 follows entry 999"},
		{"the first is deleted", func(h *held) { h.entries = h.entries[1:] }, "entry 2 follows entry 0"},
		{"an entry is deleted and the rest numbered anew", func(h *held) { h.entries = slices.Delete(h.entries, 999, 1000); h.renumber() }, "entry 1000 does not continue"},
		{"an entry is inserted", func(h *held) {
			h.entries = slices.Insert(h.entries, 500, journal.Entry{Kind: journal.PlanRead})
			h.renumber()
		}, "entry 501 does not continue"},
		{"an entry is doubled", func(h *held) { h.entries = slices.Insert(h.entries, 500, h.entries[499]) }, "entry 500 follows entry 500"},
		{"two are swapped", func(h *held) { h.entries[7], h.entries[8] = h.entries[8], h.entries[7] }, "entry 9 follows entry 7"},
		{"two are swapped with their numbers", func(h *held) {
			h.entries[7], h.entries[8] = h.entries[8], h.entries[7]
			h.renumber()
		}, "entry 8 does not continue"},
		{"the last is cut off", func(h *held) { h.entries = h.entries[:2499] }, "entry 2500 is missing: the journal counts 2500"},
		{"the tail is cut off and the counter set back", func(h *held) { h.entries = h.entries[:2000]; h.counted = 2000 }, "entry 2001 is missing: there were 2500"},
		{"everything is gone", func(h *held) { *h = held{} }, "entry 1 is missing: there were 2500"},
		{"an entry is changed and the chain written anew from it", func(h *held) { h.entries[1233].Reason = "x"; h.seal(1233) }, "entry 1231 or one after it, up to 1240"},
		{"an entry is deleted and the chain written anew", func(h *held) { h.entries = slices.Delete(h.entries, 999, 1000); h.renumber(); h.seal(999) }, "entry 991 or one after it, up to 1000"},
		{"an entry is inserted and the chain written anew", func(h *held) {
			h.entries = slices.Insert(h.entries, 3, journal.Entry{Kind: journal.PlanRead})
			h.renumber()
			h.seal(3)
		}, "entry 1 or one after it, up to 10"},
		{"the last is changed and sealed anew", func(h *held) { h.entries[2499].Subject = "y"; h.seal(2499) }, "entry 2491 or one after it, up to 2500"},
	} {
		t.Run(row.what, func(t *testing.T) {
			h, heads := written(n, key)
			row.do(h)
			done, err := journal.Audit(t.Context(), h, heads)
			switch {
			case row.names == "":
				if err != nil || done.Entries != n || done.Heads != n/10 || !done.Last.Equal(h.entries[n-1].Time) {
					t.Errorf("%v, %+v", err, done)
				}
			case !errors.Is(err, journal.ErrBroken) || !strings.Contains(err.Error(), row.names):
				t.Errorf("found %v; want it to name %q", err, row.names)
			}
		})
	}
}

// The beginning of the journal may be let go, if an entry says so: what is left is checked as before, from there on.
func TestAJournalWhoseBeginningWasLetGoIsChecked(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const n, gone = 2500, 1205
	letGo := func(h *held) {
		h.cut = journal.CutAt(h.entries[gone-1])
		h.entries = append(h.entries[gone:], journal.Entry{Number: n + 1, Kind: journal.JournalCut, Subject: h.cut.String(), Previous: h.entries[n-1].Hash})
		h.entries[len(h.entries)-1].Hash = h.entries[len(h.entries)-1].Seal()
		h.counted = n + 1
	}
	for _, row := range []struct {
		what  string
		do    func(*held, []journal.Head)
		names string
	}{
		{"nothing else is done", func(*held, []journal.Head) {}, ""},
		{"one more is deleted", func(h *held, _ []journal.Head) { h.entries = h.entries[1:] }, "entry 1207 follows entry 1205"},
		{"one more is deleted, and the cut moved", func(h *held, _ []journal.Head) { h.cut = journal.CutAt(h.entries[0]); h.entries = h.entries[1:] }, "no entry says that those before were let go"},
		{"the first that is left is changed", func(h *held, _ []journal.Head) { h.entries[0].Reason = "x" }, "entry 1206 was changed"},
		{"the entry that tells of it is changed", func(h *held, _ []journal.Head) { h.entries[len(h.entries)-1].Subject = "1204 00" }, "entry 2501 was changed"},
		{"the entry that tells of it is cut off", func(h *held, _ []journal.Head) { h.entries = h.entries[:n-gone]; h.counted = n }, "no entry says"},
		{"the tail is cut off", func(h *held, _ []journal.Head) { h.entries = h.entries[:100]; h.counted = 1305 }, "no entry says"},
		{"all after the cut is written anew", func(h *held, _ []journal.Head) { h.entries[5].Reason = "x"; h.seal(5); h.counted = n + 1 }, "entry 1211"},
		{"a head of the entry at the cut was of another one", func(_ *held, heads []journal.Head) { heads[119].Number, heads[119].Hash[0] = gone, 1 }, "entry 1205, after which it was cut"},
	} {
		t.Run(row.what, func(t *testing.T) {
			h, heads := written(n, key)
			letGo(h)
			row.do(h, heads)
			done, err := journal.Audit(t.Context(), h, heads)
			switch {
			case row.names == "":
				if err != nil || done.Entries != n+1 || done.Cut != gone || done.Heads != (n-gone)/10+1 {
					t.Errorf("%v, %+v", err, done)
				}
			case !errors.Is(err, journal.ErrBroken) || !strings.Contains(err.Error(), row.names):
				t.Errorf("found %v; want it to name %q", err, row.names)
			}
		})
	}
	for _, text := range []string{"", "x", "12", "12 zz", "0 " + strings.Repeat("00", 32), "12 " + strings.Repeat("00", 31)} {
		if _, err := journal.ParseCut(text); !errors.Is(err, journal.ErrBroken) {
			t.Errorf("%q is read as a cut: %v", text, err)
		}
	}
}

func TestHeadsAreSignedByOneKeyOnly(t *testing.T) {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, heads := written(30, key)
	var file bytes.Buffer
	for _, h := range heads {
		file.Write(h.Line())
	}
	read, err := journal.ReadHeads(bytes.NewReader(file.Bytes()), public)
	if err != nil || len(read) != 3 || read[2].Number != 30 || read[2].Hash != heads[2].Hash || !read[2].Time.Equal(heads[2].Time) || read[2].Epoch != "k3v9q2" {
		t.Fatalf("%v %+v", err, read)
	}
	cut := file.Bytes()[:file.Len()-20]
	if read, err := journal.ReadHeads(bytes.NewReader(cut), public); err != nil || len(read) != 2 {
		t.Errorf("a line whose writing was cut short: %v, %d", err, len(read))
	}
	for what, row := range map[string]struct {
		text string
		key  ed25519.PublicKey
	}{
		"another key":        {file.String(), stranger},
		"another number":     {strings.Replace(file.String(), `"number":20`, `"number":21`, 1), public},
		"another epoch":      {strings.Replace(file.String(), `k3v9q2`, `k3v9q3`, 1), public},
		"another time":       {strings.Replace(file.String(), `2026-11-22T14:00:19`, `2026-11-22T14:00:18`, 1), public},
		"no signature":       {`{"epoch":"k3v9q2","number":1}` + "\n", public},
		"what is no head":    {"hello\n", public},
		"a line of no end":   {strings.Repeat("x", 10000) + "\n", public},
		"a hash cut to half": {strings.Replace(file.String(), `"hash":"`, `"hash":"00`, 1), public},
	} {
		if _, err := journal.ReadHeads(strings.NewReader(row.text), row.key); !errors.Is(err, journal.ErrHeads) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
