package sql

import (
	"context"
	"fmt"
	"strconv"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	planKeyAdd          = statement("plan_key_add")
	planKeyForget       = statement("plan_key_forget")
	planLike            = statement("plan_like")
	attendanceKeyAdd    = statement("attendance_key_add")
	attendanceKeyForget = statement("attendance_key_forget")
	attendanceOpenLike  = statement("attendance_open_like")
)

// keysAtOnce is how many keys one statement takes. Nearly everybody has seven.
const keysAtOnce = 8

// keyRow names keys; unused places repeat the last one. ID is the plan or the attendance that is kept under them.
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

func (tx deskTx) saveKeys(id string, forget, add []matching.Key, forgetting, adding *Statement) error {
	run := func(st *Statement) func(*keyRow) error {
		return func(row *keyRow) error {
			_, err := tx.Exec(st, row)
			return err
		}
	}
	if err := eachKeys(id, forget, run(forgetting)); err != nil {
		return err
	}
	return eachKeys(id, add, run(adding))
}

// SavePlanKeys implements [alerts.Lookup].
func (tx deskTx) SavePlanKeys(plan string, forget, add []matching.Key) error {
	return tx.saveKeys(plan, forget, add, planKeyForget, planKeyAdd)
}

// SaveAttendanceKeys implements [alerts.Lookup].
func (tx deskTx) SaveAttendanceKeys(attendance string, forget, add []matching.Key) error {
	return tx.saveKeys(attendance, forget, add, attendanceKeyForget, attendanceKeyAdd)
}

// PlansLike implements [alerts.Lookup].
func (tx deskTx) PlansLike(keys []matching.Key) ([]plans.Plan, error) {
	return like(tx, planLike, keys, planRow.plan, func(r planRow) string { return r.ID })
}

// OpenAttendancesLike implements [alerts.Lookup].
func (tx deskTx) OpenAttendancesLike(keys []matching.Key) ([]alerts.Attendance, error) {
	return like(tx, attendanceOpenLike, keys, attendanceRow.attendance, func(r attendanceRow) string { return r.ID })
}

// like reads the rows that are kept under keys, each once.
func like[R, V any](tx deskTx, st *Statement, keys []matching.Key, read func(R) (V, error), id func(R) string) ([]V, error) {
	var all []R
	err := eachKeys("", keys, func(args *keyRow) error {
		var rows []R
		err := tx.Select(&rows, st, args)
		all = append(all, rows...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		seen := make(map[string]bool, len(all))
		once := all[:0]
		for _, r := range all {
			if !seen[id(r)] {
				seen[id(r)] = true
				once = append(once, r)
			}
		}
		all = once
	}
	return collect(all, read)
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
