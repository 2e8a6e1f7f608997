package sql

import (
	"hash/maphash"
	"iter"
	"slices"
)

var (
	attendanceHere      = statement("attendance_here")
	attendanceOpenAmong = statement("attendance_open_among")
)

// presence finds the people in a department by what they are like and by their hospital and NHS numbers, in memory, for the one writer of an
// SQLite database. As five indexes this was most of the pages that an arrival wrote, each at random.
//
// It names too many, never too few: whoever asks reads the rows themselves. Whoever is written as open is noted before the commit, and the
// note stays if the transaction is undone. Notes go away only when everybody is read again, which is done while nothing is uncommitted.
type presence struct {
	heads []int32 // the newest note of the signs whose hash begins alike; as many as a power of two, and at least as many as notes
	notes []note
	ids   []string
	idle  int  // how many saves since everybody was read left a note behind that may be of no use
	read  bool // everybody was read
}

// note is that a sign is somebody's.
type note struct {
	who  int32  // a place in ids
	next int32  // an older note under the same head, or noNote
	sign uint32 // its hash
}

const noNote = -1

// fewestHeads is how many heads there are at the beginning.
const fewestHeads = 1 << 12

// mostIdle is how many notes of no use there may be at least, however few people are here.
const mostIdle = 4096

// presenceRow is what somebody is noted by.
type presenceRow struct {
	ID             string `db:"id"`
	Organisation   string `db:"organisation"`
	HospitalNumber string `db:"hospital_number"`
	NHSNumber      string `db:"nhs_number"`
	traitsRow
}

// sign is one thing that people are found by. Two that share a hash cost time only.
type sign struct {
	kind                 byte
	trait                int64
	organisation, number string
}

var signSeed = maphash.MakeSeed()

func (s sign) hash() uint32 { return uint32(maphash.Comparable(signSeed, s)) }

// signs are those of the traits that are known.
func (t traitsRow) signs() []sign {
	out := make([]sign, 0, nhsSign+1) // room for the numbers, too
	for kind, trait := range []*int64{t.Born, t.Names, t.Post} {
		if trait != nil {
			out = append(out, sign{kind: byte(kind), trait: *trait})
		}
	}
	return out
}

// The kinds of signs beside the traits.
const (
	hospitalSign = 3 + iota // after the traits
	nhsSign
)

// numbered is the sign of a hospital number.
func numbered(organisation, number string) sign {
	return sign{kind: hospitalSign, organisation: organisation, number: number}
}

// nhsNumbered is the sign of an NHS number.
func nhsNumbered(nhsNumber string) sign { return sign{kind: nhsSign, number: nhsNumber} }

// signsOf are all signs of somebody.
func signsOf(t traitsRow, organisation, hospitalNumber, nhsNumber string) []sign {
	signs := append(t.signs(), numbered(organisation, hospitalNumber))
	if nhsNumber != "" {
		signs = append(signs, nhsNumbered(nhsNumber))
	}
	return signs
}

// due tells that everybody is to be read (again).
func (p *presence) due() bool { return !p.read || p.idle > len(p.ids)/2+mostIdle }

// fill reads everybody who is here. Nothing may be uncommitted: it could be undone.
func (p *presence) fill(s *liteSession) error {
	rows, err := s.query(attendanceHere, nil)
	if err != nil {
		return err
	}
	*p = presence{}
	var row presenceRow
	err = attendanceHere.each(s.ring(), &row, rows, func() error {
		p.add(row.ID, signsOf(row.traitsRow, row.Organisation, row.HospitalNumber, row.NHSNumber)...)
		return nil
	})
	p.read = err == nil
	return err
}

// add notes somebody who has not been noted by any of the signs.
func (p *presence) add(id string, signs ...sign) {
	who := int32(len(p.ids))
	p.ids = append(p.ids, id)
	for _, s := range signs {
		if len(p.notes) == len(p.heads) {
			p.grow()
		}
		p.notes = append(p.notes, note{who: who, sign: s.hash()})
		p.link(int32(len(p.notes) - 1))
	}
}

// grow doubles the heads.
func (p *presence) grow() {
	p.heads = make([]int32, max(2*len(p.heads), fewestHeads))
	for i := range p.heads {
		p.heads[i] = noNote
	}
	for n := range p.notes {
		p.link(int32(n))
	}
}

// link puts a note under its head, before those that are there.
func (p *presence) link(n int32) {
	head := &p.heads[p.notes[n].sign&uint32(len(p.heads)-1)]
	p.notes[n].next, *head = *head, n
}

// change notes somebody who may have been noted before.
func (p *presence) change(id string, signs ...sign) {
	missing := slices.DeleteFunc(signs, func(s sign) bool { return p.knows(s, id) })
	if len(missing) > 0 {
		p.idle++
		p.add(id, missing...)
	}
}

// left says that somebody is no longer here.
func (p *presence) left() { p.idle++ }

func (p *presence) size() int { return len(p.ids) }

// undone says that whoever was noted after the first known is not written after all. Their notes stay until everybody is read again.
func (p *presence) undone(known int) { p.idle += len(p.ids) - known }

func (p *presence) knows(s sign, id string) bool {
	for who := range p.whose(s) {
		if p.ids[who] == id {
			return true
		}
	}
	return false
}

// whose goes through those who may have a sign, as places in ids, the newest first.
func (p *presence) whose(s sign) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if len(p.heads) == 0 {
			return
		}
		hash := s.hash()
		for n := p.heads[hash&uint32(len(p.heads)-1)]; n != noNote; n = p.notes[n].next {
			if p.notes[n].sign == hash && !yield(p.notes[n].who) {
				return
			}
		}
	}
}

// find returns the ids of whoever may have one of the signs, each once.
func (p *presence) find(signs ...sign) []string {
	var found []string
	for _, s := range signs {
		for who := range p.whose(s) {
			found = append(found, p.ids[who])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// amongRow names visits; unused places repeat the last one.
type amongRow struct {
	A1 string `db:"a1"`
	A2 string `db:"a2"`
	A3 string `db:"a3"`
	A4 string `db:"a4"`
	A5 string `db:"a5"`
	A6 string `db:"a6"`
	A7 string `db:"a7"`
	A8 string `db:"a8"`
}

// openAmong reads those of the visits that are open.
func (tx deskTx) openAmong(ids []string) ([]attendanceRow, error) {
	return selectAmong[attendanceRow](tx, attendanceOpenAmong, ids)
}

// selectAmong selects the rows of all ids, eight at a time.
func selectAmong[T any](from Reader, st *Statement, ids []string) ([]T, error) {
	const atOnce = 8
	var all []T
	for some := range slices.Chunk(ids, atOnce) {
		at := func(i int) string { return some[min(i, len(some)-1)] }
		var rows []T
		if err := from.Select(&rows, st, &amongRow{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)}); err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}
