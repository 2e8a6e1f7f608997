package alerts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// storeSequences is how many hospitals are kept in a real database, each with its own sequence. Eight at a time tell theirs.
const (
	storeSequences = 300
	atATime        = 8
)

// TestRandomHospitalsInTheRealStoreEndAsTheOracleSays is the property of [TestARandomHospitalInAnyOrderEndsAsTheOracleSays] through SQL and its
// transactions, with many hospitals at the same time.
func TestRandomHospitalsInTheRealStoreEndAsTheOracleSays(t *testing.T) {
	dir := manyHospitals(t)
	first := rand.IntN(1 << 30)
	t.Logf("the sequences are those from %d on", first)
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		store := sql.NewStore(db)
		desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, func() time.Time { return noon })
		for _, p := range modelPlans(t) {
			if _, _, err := desk.Publish(t.Context(), plans.Publication{Plan: p, Document: []byte(p.ID)}, journal.Actor{Name: "centre", Role: "centre", Organisation: p.Centre}); err != nil {
				t.Fatal(err)
			}
		}
		var next, stood atomic.Int64
		var all sync.WaitGroup
		for range atATime {
			all.Go(func() {
				for {
					i := int(next.Add(1)) - 1
					if i >= storeSequences || t.Failed() {
						return
					}
					stood.Add(int64(tellOne(t, store, dir, hospitalName(i), rapid.Custom(modelSequence).Example(first+i))))
				}
			})
		}
		all.Wait()
		if stood.Load() < storeSequences/10 {
			t.Errorf("only %d alerts stood: the hospitals prove little", stood.Load())
		}
	})
}

func hospitalName(i int) string { return fmt.Sprintf("T%03d", i) }

// manyHospitals is a directory of hospitals that are like that of the model.
func manyHospitals(t *testing.T) *directory.Directory {
	var organisations, sites, departments strings.Builder
	for i := range storeSequences {
		h := hospitalName(i)
		fmt.Fprintf(&organisations, "  - {id: %s, name: Hospital %s, region: QM7, main_site: %sS}\n", h, h, h)
		fmt.Fprintf(&sites, "  - {id: %sS, name: Site of %s, organisation: %s}\n", h, h, h)
		fmt.Fprintf(&departments, "  - {id: %s-AE, name: A&E of %s, site: %sS, main: true, locations: [AE]}\n  - {id: %s-UTC, name: Urgent treatment of %s, site: %sS, locations: [UTC]}\n", h, h, h, h, h, h)
	}
	text := directoryYAML
	for list, more := range map[string]string{"organisations": organisations.String(), "sites": sites.String(), "departments": departments.String()} {
		text = strings.Replace(text, "\n"+list+":\n", "\n"+list+":\n"+more, 1)
	}
	dir, err := directory.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// tellOne tells a sequence in the name of a hospital, compares what stands there, and returns how many alerts that are.
func tellOne(t *testing.T, store *sql.Store, dir *directory.Directory, hospital string, s sequence) int {
	theirs := sequence{told: s.told}
	for _, m := range s.sent {
		m.event.Sender, m.event.Facility = "PAS|"+hospital, hospital
		if m.event.Location.Value.Site != "" {
			m.event.Location.Value.Site = hospital + "S"
		}
		theirs.sent = append(theirs.sent, m)
	}
	if err := theirs.tell(t.Context(), store, dir); err != nil {
		t.Errorf("%s: %v", hospital, err)
		return 0
	}
	var got []string
	for _, department := range []string{hospital + "-AE", hospital + "-UTC"} {
		_, board, err := store.Board(t.Context(), department)
		if err != nil {
			t.Errorf("%s: %v", hospital, err)
			return 0
		}
		for _, sight := range board {
			if sight.Alert.Open() && sight.Alert.Department == department {
				got = append(got, strings.Replace(stands(sight.Attendance.Visit, sight.Alert), hospital, "RQW", 1))
			}
		}
	}
	slices.Sort(got)
	if want := oracle(s.told); !slices.Equal(got, want) {
		t.Errorf("%s\nstand: %s\nshould: %s\nmessages: %s", hospital, strings.Join(got, "; "), strings.Join(want, "; "), modelWords(s.told))
	}
	return len(got)
}
