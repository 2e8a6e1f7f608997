package sql

import (
	"hash/maphash"
	"slices"
)

var (
	attendanceHere      = statement("attendance_here")
	attendanceOpenAmong = statement("attendance_open_among")
)

// presence finds the people in a department by what they are like and by their hospital number, in memory, for the one writer of an SQLite
// database. As four indexes this was more than half of all pages that an arrival wrote, each at random.
//
// It names too many, never too few: whoever asks reads the rows themselves. Whoever is written as open is noted before the commit, and the
// note stays if the transaction is undone. Notes go away only when everybody is read again, which is done while nothing is uncommitted.
type presence struct {
	heads map[uint64]int32 // by sign: the newest of its notes
	notes []note
	ids   []string
	idle  int  // how many saves since everybody was read left a note behind that may be of no use
	read  bool // everybody was read
}

// note is that a sign is somebody's.
type note struct {
	who  int32 // a place in ids
	next int32 // an older note of the same sign, or noNote
}

const noNote = -1

// mostIdle is how many notes of no use there may be at least, however few people are here.
const mostIdle = 4096

// presenceRow is what somebody is noted by.
type presenceRow struct {
	ID             string `db:"id"`
	Organisation   string `db:"organisation"`
	HospitalNumber string `db:"hospital_number"`
	traitsRow
}

// sign is one thing that people are found by. Two that share a hash cost time only.
type sign struct {
	kind                 byte
	trait                int64
	organisation, number string
}

var signSeed = maphash.MakeSeed()

func (s sign) hash() uint64 { return maphash.Comparable(signSeed, s) }

// signs are those of the traits that are known.
func (t traitsRow) signs() []sign {
	var out []sign
	for kind, trait := range []*int64{t.Born, t.Names, t.Post} {
		if trait != nil {
			out = append(out, sign{kind: byte(kind), trait: *trait})
		}
	}
	return out
}

// numbered is the sign of a hospital number.
func numbered(organisation, number string) sign {
	const kind = 3 // after the traits
	return sign{kind: kind, organisation: organisation, number: number}
}

// due tells that everybody is to be read (again).
func (p *presence) due() bool { return !p.read || p.idle > len(p.ids)/2+mostIdle }

// fill reads everybody who is here. Nothing may be uncommitted: it could be undone.
func (p *presence) fill(s *liteSession) error {
	rows, err := s.query(attendanceHere, nil)
	if err != nil {
		return err
	}
	*p = presence{heads: map[uint64]int32{}}
	var row presenceRow
	err = attendanceHere.each(s.ring(), &row, rows, func() error {
		p.add(row.ID, append(row.signs(), numbered(row.Organisation, row.HospitalNumber))...)
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
		key := s.hash()
		older, ok := p.heads[key]
		if !ok {
			older = noNote
		}
		p.heads[key] = int32(len(p.notes))
		p.notes = append(p.notes, note{who, older})
	}
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
	for n := p.newest(s); n != noNote; n = p.notes[n].next {
		if p.ids[p.notes[n].who] == id {
			return true
		}
	}
	return false
}

func (p *presence) newest(s sign) int32 {
	if n, ok := p.heads[s.hash()]; ok {
		return n
	}
	return noNote
}

// find returns the ids of whoever may have one of the signs, each once.
func (p *presence) find(signs ...sign) []string {
	var found []string
	for _, s := range signs {
		for n := p.newest(s); n != noNote; n = p.notes[n].next {
			found = append(found, p.ids[p.notes[n].who])
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
