package rotas

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers/rota"
)

// AskedSwap is a swap and the rota that it is of.
type AskedSwap struct {
	Rota, RotaName string
	rota.Swap
}

// AskSwap asks somebody to take a time of whoever asks. Both sides must be of people who are on then. Errors: ErrNone, ErrOfFile, ErrNotOn,
// rota.ErrTooLate, a FaultsError.
func (d *Desk) AskSwap(ctx context.Context, by journal.Actor, id string, s rota.Swap) (made AskedSwap, err error) {
	err = d.change(ctx, func(tx Tx, b Book) error {
		r, err := b.keptRota(id)
		if err != nil {
			return err
		}
		s.ID, s.Asks, s.Asked, s.Accepted, s.Closed = newID(), by.Name, b.Now.UTC(), time.Time{}, time.Time{}
		for _, t := range []*time.Time{&s.Start, &s.End, &s.BackStart, &s.BackEnd} {
			if !t.IsZero() {
				*t = t.UTC().Truncate(time.Second)
			}
		}
		if !b.Now.Before(s.Start) || !s.BackStart.IsZero() && !b.Now.Before(s.BackStart) {
			return rota.ErrTooLate
		}
		if s.End.Sub(s.Start) > longestOverride || s.BackEnd.Sub(s.BackStart) > longestOverride {
			return FaultsError{{"end", "A swap is for a year at most."}}
		}
		if faults := b.strangers("takes", r.Organisation, []string{s.Takes}); len(faults) > 0 {
			return FaultsError(faults)
		}
		r.Swaps = append(slices.Clone(r.Swaps), s)
		if _, err := r.Timeline(); err != nil {
			return FaultsError{{"start", "Each of the two times must end after it begins, they must not overlap, and nobody swaps with themselves."}}
		}
		shown, _ := b.Rota(id)
		if err := isOn(shown, s.Asks, s.Start, s.End); err != nil {
			return err
		}
		if !s.BackStart.IsZero() {
			if err := isOn(shown, s.Takes, s.BackStart, s.BackEnd); err != nil {
				return err
			}
		}
		made = AskedSwap{id, shown.Name, s}
		return keepSwap(tx, id, s, journal.RotaSwapAsked, by, b.Now)
	})
	if err != nil {
		return AskedSwap{}, fmt.Errorf("ask for a swap in rota %s: %w", id, err)
	}
	return made, nil
}

// isOn refuses a time in which somebody is not on throughout.
func isOn(of Answers, person string, from, to time.Time) error {
	for _, s := range of.Between(from, to) {
		if s.Person != person {
			return ErrNotOn
		}
	}
	return nil
}

func keepSwap(tx Tx, rotaID string, s rota.Swap, kind journal.Kind, by journal.Actor, now time.Time) error {
	if err := tx.KeepSwap(rotaID, s); err != nil {
		return err
	}
	reason := "swap " + s.ID + ": " + s.Takes + " instead of " + s.Asks + " from " + instant(s.Start) + " to " + instant(s.End)
	if !s.BackStart.IsZero() {
		reason += ", and back from " + instant(s.BackStart) + " to " + instant(s.BackEnd)
	}
	return tx.Append(journal.Entry{Time: now, Kind: kind, Actor: by, Subject: rotaID, Reason: reason})
}

// AnswerSwap accepts or refuses a swap, as whoever was asked. What was on when it was asked must be so still. Errors: ErrNone, ErrNotOn, those of
// [rota.Swap.Accept].
func (d *Desk) AnswerSwap(ctx context.Context, by journal.Actor, id string, accepts bool) (AskedSwap, error) {
	return d.settleSwap(ctx, id, func(b Book, shown Shown, s rota.Swap) (rota.Swap, journal.Kind, journal.Actor, error) {
		if by.Name != s.Takes {
			return s, "", by, rota.ErrNotTheirs
		}
		if !accepts {
			s, err := s.Close(by.Name, b.Now.UTC())
			return s, journal.RotaSwapClosed, by, err
		}
		s, err := s.Accept(by.Name, b.Now.UTC())
		if err == nil {
			err = isOn(shown, s.Asks, s.Start, s.End)
		}
		if err == nil && !s.BackStart.IsZero() {
			err = isOn(shown, s.Takes, s.BackStart, s.BackEnd)
		}
		return s, journal.RotaSwapAccepted, by, err
	})
}

// TakeBackSwap takes a swap back, as whoever asked. Errors: ErrNone, those of [rota.Swap.Close].
func (d *Desk) TakeBackSwap(ctx context.Context, by journal.Actor, id string) (AskedSwap, error) {
	return d.settleSwap(ctx, id, func(b Book, _ Shown, s rota.Swap) (rota.Swap, journal.Kind, journal.Actor, error) {
		if by.Name != s.Asks {
			return s, "", by, rota.ErrNotTheirs
		}
		s, err := s.Close(by.Name, b.Now.UTC())
		return s, journal.RotaSwapClosed, by, err
	})
}

func (d *Desk) settleSwap(ctx context.Context, id string, how func(Book, Shown, rota.Swap) (rota.Swap, journal.Kind, journal.Actor, error)) (settled AskedSwap, err error) {
	err = d.change(ctx, func(tx Tx, b Book) error {
		of, ok := b.Swap(id)
		if !ok {
			return ErrNone
		}
		shown, _ := b.Rota(of.Rota)
		s, kind, by, err := how(b, shown, of.Swap)
		if err != nil {
			return err
		}
		settled = AskedSwap{of.Rota, of.RotaName, s}
		return keepSwap(tx, of.Rota, s, kind, by, b.Now)
	})
	if err != nil {
		return AskedSwap{}, fmt.Errorf("settle swap %s: %w", id, err)
	}
	return settled, nil
}

// Swap finds a swap of a rota that stands.
func (b Book) Swap(id string) (AskedSwap, bool) {
	for _, s := range b.rotas {
		for _, swap := range s.Rota.Swaps {
			if swap.ID == id {
				return AskedSwap{s.ID, s.Name, swap}, true
			}
		}
	}
	return AskedSwap{}, false
}

// SwapsOf are the swaps that somebody asked for or was asked for: those that they can answer first, then the newest first.
func (b Book) SwapsOf(person string) (all []AskedSwap) {
	for _, s := range b.rotas {
		for _, swap := range s.Rota.Swaps {
			if swap.Asks == person || swap.Takes == person {
				all = append(all, AskedSwap{s.ID, s.Name, swap})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y AskedSwap) int {
		if a, b := x.answerable(person, b.Now), y.answerable(person, b.Now); a != b {
			if a {
				return -1
			}
			return 1
		}
		return y.Asked.Compare(x.Asked)
	})
	return all
}

func (s AskedSwap) answerable(person string, now time.Time) bool {
	return s.Takes == person && SwapState(s.Swap, now) == SwapAsked
}

// How a swap stands.
const (
	SwapAsked    = "asked"
	SwapAccepted = "accepted"
	SwapRefused  = "refused"
	SwapTooLate  = "too_late"
)

// SwapState is how a swap stands at an instant. One that was taken back is refused, too.
func SwapState(s rota.Swap, now time.Time) string {
	switch {
	case !s.Accepted.IsZero():
		return SwapAccepted
	case !s.Closed.IsZero():
		return SwapRefused
	case !now.Before(s.Start) || !s.BackStart.IsZero() && !now.Before(s.BackStart):
		return SwapTooLate
	}
	return SwapAsked
}
