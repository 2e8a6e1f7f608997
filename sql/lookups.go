package sql

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	planKeyAdd         = statement("plan_key_add")
	planKeyForget      = statement("plan_key_forget")
	planLike           = statement("plan_like")
	attendanceTraits   = statement("attendance_traits")
	attendanceOpenLike = statement("attendance_open_like")
)

// keysAtOnce is how many keys one statement takes. Nearly everybody has seven.
const keysAtOnce = 8

// keyRow names keys; unused places repeat the last one. ID is the plan that is kept under them.
type keyRow struct {
	ID string `db:"id"`
	K1 int64  `db:"k1"`
	K2 int64  `db:"k2"`
	K3 int64  `db:"k3"`
	K4 int64  `db:"k4"`
	K5 int64  `db:"k5"`
	K6 int64  `db:"k6"`
	K7 int64  `db:"k7"`
	K8 int64  `db:"k8"`
}

// eachKeys calls do with the keys, eight at a time. Databases have signed numbers: the bits are kept.
func eachKeys(id string, keys []matching.Key, do func(*keyRow) error) error {
	for len(keys) > 0 {
		now := keys[:min(len(keys), keysAtOnce)]
		keys = keys[len(now):]
		at := func(i int) int64 { return int64(now[min(i, len(now)-1)]) }
		if err := do(&keyRow{id, at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)}); err != nil {
			return err
		}
	}
	return nil
}

// SavePlanKeys implements [alerts.Lookup].
func (tx deskTx) SavePlanKeys(plan string, forget, add []matching.Key) error {
	run := func(st *Statement) func(*keyRow) error {
		return func(row *keyRow) error {
			_, err := tx.Exec(st, row)
			return err
		}
	}
	sieve, ring := tx.conn.sifted(), tx.conn.ring()
	forget, add = ring.blindKeys(forget), ring.blindKeys(add)
	for _, key := range add {
		sieve.note(entryOf(key))
	}
	if err := eachKeys(plan, forget, run(planKeyForget)); err != nil {
		return err
	}
	return eachKeys(plan, add, run(planKeyAdd))
}

// PlansLike implements [alerts.Lookup].
func (tx deskTx) PlansLike(keys []matching.Key) ([]plans.Plan, error) {
	sieve := tx.conn.sifted()
	keys = slices.DeleteFunc(tx.conn.ring().blindKeys(keys), func(k matching.Key) bool { return !sieve.mayHold(entryOf(k)) })
	var all []planRow
	err := eachKeys("", keys, func(args *keyRow) error {
		var rows []planRow
		err := tx.Select(&rows, planLike, args)
		all = append(all, rows...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		seen := make(map[string]bool, len(all))
		all = slices.DeleteFunc(all, func(r planRow) bool {
			again := seen[r.ID]
			seen[r.ID] = true
			return again
		})
	}
	return collect(all, planRow.plan)
}

// The kinds of what is looked up by 64 bits.
const (
	planKey byte = iota
	bornTrait
	namesTrait
	postTrait
)

// blindKeys are the blind indexes of keys: the keys themselves are hashes of names and dates, and whoever has a list of those can find them.
func (r *keyring) blindKeys(keys []matching.Key) []matching.Key {
	blind := make([]matching.Key, len(keys))
	for i, k := range keys {
		blind[i] = matching.Key(r.Blind64(planKey, uint64(k)))
	}
	return blind
}

// traitsRow is the blind indexes of matching.Traits as they stand beside an attendance: NULL for what is not known. Databases have signed numbers: the bits are kept.
type traitsRow struct {
	Born  *int64 `db:"born_key"`
	Names *int64 `db:"names_key"`
	Post  *int64 `db:"post_key"`
}

func (r *keyring) traitsRowOf(t matching.Traits) traitsRow {
	column := func(kind byte, k matching.Key) *int64 {
		if k == 0 {
			return nil
		}
		v := int64(r.Blind64(kind, uint64(k)))
		return &v
	}
	return traitsRow{column(bornTrait, t.Born), column(namesTrait, t.Names), column(postTrait, t.Post)}
}

// SaveTraits implements [alerts.Lookup].
func (tx deskTx) SaveTraits(attendance string, t matching.Traits) error {
	row := tx.conn.ring().traitsRowOf(t)
	if people := tx.conn.present(); people != nil {
		people.change(attendance, row.signs()...)
	}
	_, err := tx.Exec(attendanceTraits, struct {
		ID string `db:"id"`
		traitsRow
	}{attendance, row})
	return err
}

// OpenAttendancesLike implements [alerts.Lookup].
func (tx deskTx) OpenAttendancesLike(t matching.Traits) ([]alerts.Attendance, error) {
	row := tx.conn.ring().traitsRowOf(t)
	var rows []attendanceRow
	var err error
	if people := tx.conn.present(); people != nil {
		rows, err = tx.openAmong(people.find(row.signs()...))
	} else {
		err = tx.Select(&rows, attendanceOpenLike, row)
	}
	if err != nil {
		return nil, err
	}
	return collect(rows, attendanceRow.attendance)
}

// keyRecipe names, in the table meta, the recipe of the keys that are kept.
const keyRecipe = "key recipe"

// HasKeys tells whether everybody is kept under keys of this build's recipe.
func (s *Store) HasKeys(ctx context.Context) (has bool, err error) {
	err = s.db.Write(ctx, func(tx *Tx) error {
		recipe, err := readMeta(tx, keyRecipe)
		has = recipe == strconv.Itoa(matching.KeyRecipe)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for the keys: %w", err)
	}
	return has, nil
}

// KeepRecipe notes that everybody is.
func (s *Store) KeepRecipe(ctx context.Context) error {
	err := s.db.Write(ctx, func(tx *Tx) error { return writeMeta(tx, keyRecipe, strconv.Itoa(matching.KeyRecipe)) })
	if err != nil {
		return fmt.Errorf("note the keys: %w", err)
	}
	return nil
}
