package sql_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// Whoever SQL would find in the tables is found by the writer's memory: whatever was written, undone, left, read again, or started again, and
// in the middle of a transaction. So a plan that is published misses nobody who is here.
func TestTheWritersMemoryMissesNobody(t *testing.T) {
	o := sqltest.SQLite(t)
	db := sqltest.Open(t, o)
	store := sql.NewStore(db)
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		organisation := fmt.Sprint("org-", checks) // whoever is left of the checks before is not looked for
		held := map[string]bool{}
		some := rapid.IntRange(0, 3)
		traits := func() matching.Traits {
			return matching.Traits{Born: matching.Key(some.Draw(rt, "born") + 10*checks), Names: matching.Key(some.Draw(rt, "names") + 10*checks), Post: matching.Key(some.Draw(rt, "post") + 10*checks)}
		}
		number := func() string { return fmt.Sprint("H", some.Draw(rt, "number")) }
		nhsNumber := func() plans.NHSNumber {
			text := rapid.SampledFrom([]string{"9990000018", "9990000026", "9990000034"}).Draw(rt, "NHS number")
			n, err := plans.ParseNHSNumber(text)
			if err != nil {
				rt.Fatal(err)
			}
			return n
		}
		look := func(tx alerts.Tx) error {
			like, n, nhs := traits(), number(), nhsNumber()
			want, err := sql.Searched(tx, like, organisation, n, nhs)
			if err != nil {
				return err
			}
			found, err := tx.OpenAttendancesLike(like)
			if err != nil {
				return err
			}
			same, err := tx.OpenAttendancesOf(organisation, n)
			if err != nil {
				return err
			}
			numbered, err := tx.OpenAttendances(nhs)
			if err != nil {
				return err
			}
			all := slices.Concat(found, same, numbered)
			for _, id := range want {
				if !slices.ContainsFunc(all, func(a alerts.Attendance) bool { return a.ID == id }) {
					rt.Fatalf("%s is here and was not found by %v, %s or %s", id, like, n, nhs.Reveal())
				}
			}
			for _, a := range all {
				if !a.Open() {
					rt.Fatalf("%s was found and is not here", a.ID)
				}
			}
			return nil
		}
		undone := errors.New("undone by its own rule")
		for step := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			visit := fmt.Sprint("V", rapid.IntRange(0, 5).Draw(rt, "visit"))
			what := rapid.SampledFrom([]string{"save", "save", "save", "leave", "traits", "undo", "tire"}).Draw(rt, "what")
			if rapid.IntRange(0, 40).Draw(rt, "restart") == 0 {
				if err := db.Close(); err != nil {
					rt.Fatal(err)
				}
				db = sqltest.Open(t, o)
				store = sql.NewStore(db)
				continue
			}
			keep := what != "undo"
			err := store.Write(t.Context(), func(tx alerts.Tx) error {
				a := alerts.Attendance{ID: organisation + visit, Organisation: organisation, Visit: visit, Department: "RQW-AE", HospitalNumber: number(), State: alerts.InDepartment}
				a.Patient.NHSNumber = nhsNumber()
				if what == "leave" {
					a.State = alerts.Departed
				}
				switch {
				case what == "tire":
					sql.Tire(tx)
				case what == "traits":
					if err := tx.SaveTraits(a.ID, traits()); err != nil {
						return err
					}
				default:
					w := alerts.Written{Attendance: a, IsNew: !held[visit], Traits: traits(), At: time.Unix(int64(step), 0)}
					if err := tx.SaveAttendance(w); err != nil {
						return err
					}
				}
				if err := look(tx); err != nil {
					return err
				}
				if !keep {
					return undone
				}
				return nil
			})
			if err != nil && !errors.Is(err, undone) {
				rt.Fatal(err)
			}
			if err == nil && what != "traits" && what != "tire" {
				held[visit] = true
			}
			if err := store.Write(t.Context(), look); err != nil {
				rt.Fatal(err)
			}
		}
	})
}
