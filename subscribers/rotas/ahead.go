package rotas

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// Ahead is what of the next eight weeks of a rota somebody should look at.
type Ahead struct {
	Rota Shown
	Gaps []rota.Shift
	// Absent are those who are on and whom nothing reaches.
	Absent []Absent
}

// Ahead looks eight weeks ahead in every rota. Rotas in which nothing was found are left out.
func (b Book) Ahead() (all []Ahead) {
	for _, s := range b.rotas {
		shifts := s.Between(b.Now, b.Now.Add(rota.Ahead))
		if a := (Ahead{s, gapsOf(shifts), b.Unreachable(shifts)}); len(a.Gaps)+len(a.Absent) > 0 {
			all = append(all, a)
		}
	}
	return all
}

// Notice is something that was told of a rota.
type Notice struct{ Rota, What string }

// mostTold is how many findings of a rota are told by themselves.
const mostTold = 20

// notices are the findings by their names, which stay while they are so, with the words for each.
func (a Ahead) notices(now time.Time) map[Notice]string {
	out := map[Notice]string{}
	for _, gap := range a.Gaps[:min(len(a.Gaps), mostTold)] {
		name := "gap " + instant(gap.Start)
		if !gap.Start.After(now) {
			name = "gap now" // its beginning moves with the clock
		}
		out[Notice{a.Rota.ID, name}] = "nobody is on from " + instant(gap.Start) + " to " + instant(gap.End)
	}
	for _, p := range a.Absent[:min(len(a.Absent), mostTold)] {
		out[Notice{a.Rota.ID, "absent " + p.ID}] = "nothing reaches " + p.ID + ", who is on from " + instant(p.First)
	}
	return out
}

// TellAhead journals what is found of the next eight weeks and was not told yet, each once, whatever nodes do so; and forgets what is so no more. It
// returns what it told: the words by the id of the rota.
func (d *Desk) TellAhead(ctx context.Context) (told map[string][]string, err error) {
	b, err := d.Book(ctx, d.o.Now().Add(-lately))
	if err != nil {
		return nil, err
	}
	found := map[Notice]string{}
	for _, a := range b.Ahead() {
		for notice, words := range a.notices(b.Now) {
			found[notice] = words
		}
	}
	before, err := d.o.Store.Notices(ctx)
	if err != nil {
		return nil, err
	}
	if added, gone := compare(before, found); len(added)+len(gone) == 0 {
		return nil, nil
	}
	err = d.o.Store.ChangeRotas(ctx, func(tx Tx) error {
		before, err := tx.Notices()
		if err != nil {
			return err
		}
		added, gone := compare(before, found)
		for _, notice := range gone {
			err = errors.Join(err, tx.DropNotice(notice))
		}
		told = map[string][]string{}
		for _, notice := range added {
			err = errors.Join(err, tx.AddNotice(notice, b.Now))
			told[notice.Rota] = append(told[notice.Rota], found[notice])
		}
		for _, s := range b.rotas {
			if words := told[s.ID]; len(words) > 0 {
				err = errors.Join(err, tx.Append(journal.Entry{Time: b.Now, Kind: journal.RotaGap, Actor: journal.Service, Subject: s.ID, Reason: strings.Join(words, "; ")}))
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tell what is found of the next eight weeks: %w", err)
	}
	return told, nil
}

// compare finds what is new and what is gone, in order.
func compare(before []Notice, found map[Notice]string) (added, gone []Notice) {
	for notice := range found {
		if !slices.Contains(before, notice) {
			added = append(added, notice)
		}
	}
	for _, notice := range before {
		if _, is := found[notice]; !is {
			gone = append(gone, notice)
		}
	}
	slices.SortFunc(added, func(x, y Notice) int { return strings.Compare(x.Rota+" "+x.What, y.Rota+" "+y.What) })
	return added, gone
}
