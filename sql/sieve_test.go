package sql_test

import (
	"errors"
	"fmt"
	"regexp"
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

// sift writes until the keys of all plans are in the writer's memory.
func sift(t testing.TB, store *sql.Store) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		ready := false
		err := store.Write(t.Context(), func(tx alerts.Tx) error {
			ready, _ = sql.Sifted(tx, 1)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if ready {
			return
		}
	}
	t.Fatal("the keys were not read within 30 s")
}

// Whatever plan SQL would find by a key or a number is found, however the writer came to know of it: before it started, while it read what was
// there, since, in a transaction that was undone, or in the one that looks.
func TestTheSieveHoldsNoPlanBack(t *testing.T) {
	o := sqltest.SQLite(t)
	db := sqltest.Open(t, o)
	store := sql.NewStore(db)
	numbers := validNumbers(12)
	undone := errors.New("undone by its own rule")
	version, sifted := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		key := func(what string) matching.Key { // far apart, and such as have the highest bit
			return matching.Key(uint64(rapid.IntRange(0, 30).Draw(rt, what)) * 0x9E3779B97F4A7C15)
		}
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			what := rapid.SampledFrom([]string{"publish", "publish", "undo", "look", "look", "overfill", "restart", "sift"}).Draw(rt, "what")
			switch what {
			case "restart":
				if err := db.Close(); err != nil {
					rt.Fatal(err)
				}
				db = sqltest.Open(t, o)
				store = sql.NewStore(db)
				continue
			case "sift":
				sift(t, store)
				continue
			}
			version++
			p := plans.Plan{ID: fmt.Sprint("plan-", rapid.IntRange(0, 40).Draw(rt, "plan")), Version: version, Centre: "RAL", Status: plans.Active, Urgency: plans.Critical, Published: time.Unix(1, 0)}
			p.Patient.NHSNumber = rapid.SampledFrom(numbers).Draw(rt, "number")
			forget, add := []matching.Key{key("forget")}, []matching.Key{key("add"), key("add too")}
			keys, n := []matching.Key{key("one"), key("two")}, rapid.SampledFrom(numbers).Draw(rt, "of")
			err := store.Write(t.Context(), func(tx alerts.Tx) error {
				if what == "overfill" {
					sql.Overfill(tx)
				}
				if what == "publish" || what == "undo" {
					if err := tx.SavePlan(p, []byte("{}")); err != nil {
						return err
					}
					if err := tx.SavePlanKeys(p.ID, forget, add); err != nil {
						return err
					}
				}
				want, err := sql.HeldUnder(tx, keys, n)
				if err != nil {
					return err
				}
				like, err := tx.PlansLike(keys)
				if err != nil {
					return err
				}
				of, err := tx.PlansOf(n)
				if err != nil {
					return err
				}
				for _, id := range want {
					if !slices.ContainsFunc(append(like, of...), func(p plans.Plan) bool { return p.ID == id }) {
						rt.Fatalf("%s is held and was not found by %v or %s", id, keys, n)
					}
				}
				if ready, _ := sql.Sifted(tx, 1); ready {
					sifted++
				}
				if what == "undo" {
					return undone
				}
				return nil
			})
			if err != nil && !errors.Is(err, undone) {
				rt.Fatal(err)
			}
		}
	})
	if sifted == 0 {
		t.Error("the sieve was never in use")
	}
}

// The sieve is of use: nearly no key of somebody without a plan is looked up, also with more plans than one part that is read holds.
func TestWhoeverHasNoPlanIsNotLookedUp(t *testing.T) {
	store := sql.NewStore(sqltest.Open(t, sqltest.SQLite(t)))
	const held = 10_000
	at := func(i int) matching.Key { return matching.Key(uint64(i+1) * 0x9E3779B97F4A7C15) }
	err := store.Write(t.Context(), func(tx alerts.Tx) error {
		for i := range held {
			if err := tx.SavePlanKeys(fmt.Sprint(i), nil, []matching.Key{at(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sift(t, store)
	missed := 0
	err = store.Write(t.Context(), func(tx alerts.Tx) error {
		for i := range held {
			if _, looks := sql.Sifted(tx, at(i)); !looks {
				t.Fatalf("key %d has a plan and is not looked up", i)
			}
			if _, looks := sql.Sifted(tx, at(held+i)); looks {
				missed++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if missed > held/100 {
		t.Errorf("%d of %d keys without a plan are looked up", missed, held)
	}
}

var writesPlans = regexp.MustCompile(`(?i)(INTO|UPDATE)\s+(plan|plan_key)\b`)

// Whatever puts a plan under a key or a number must tell the sieve: there is one statement for each, and one that seals plans again. The others
// that write to these tables only say who is restricted.
func TestOnlyThreeStatementsPutPlansUnderKeysAndNumbers(t *testing.T) {
	names, err := sql.QueryFiles()
	if err != nil {
		t.Fatal(err)
	}
	var write []string
	for _, name := range names {
		if writesPlans.MatchString(sql.QueryText(name)) {
			write = append(write, name)
		}
	}
	if want := []string{"person_plans_restrict", "person_plans_unrestrict", "plan_keep", "plan_key_add", "seal_plan_keep"}; !slices.Equal(write, want) {
		t.Errorf("%v write to plan and plan_key, not only %v: sql/sieve.go must be told", write, want)
	}
}
