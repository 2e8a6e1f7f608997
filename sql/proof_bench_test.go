package sql_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// BenchmarkProof proves over 100,000 plans and 500 open attendances, every fourth with a plan. Multiply by ten for a million.
func BenchmarkProof(b *testing.B) {
	const held, present = 100_000, 500
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		b.Fatal(err)
	}
	db := sqltest.Open(b, sqltest.SQLite(b))
	store := sql.NewStore(db)
	desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
	numbers := validNumbers(held)
	for from := 0; from < held; from += 1000 {
		pubs := make([]plans.Publication, 0, 1000)
		for i := from; i < from+1000; i++ {
			p := plans.Plan{ID: fmt.Sprintf("plan-%07d", i), Centre: "RAL", Status: plans.Active, Urgency: plans.Urgent, Headline: "held",
				Patient: plans.Identity{NHSNumber: numbers[i], Family: "Testcase", BirthDate: "1980-02-13"}}
			pubs = append(pubs, plans.Publication{Plan: p, Document: []byte("{}")})
		}
		if _, err := desk.PublishAll(b.Context(), pubs, centre); err != nil {
			b.Fatal(err)
		}
	}
	for i := range present {
		number := numbers[rand.IntN(held)].Reveal()
		if i%4 != 0 {
			number = fmt.Sprint(9_990_000_018)
		}
		e := message(alerts.Arrive, fmt.Sprint("V", i), fmt.Sprint(i), number, 0)
		e.Sent = time.Now()
		if _, err := desk.Receive(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		var rested time.Duration
		report, err := desk.Prove(b.Context(), store, alerts.ProofRequest{ID: alerts.NewProofID(), Pause: func(_ context.Context, took time.Duration) error {
			rested += 2 * took
			return nil
		}})
		if err != nil || len(report.Findings) > 0 || report.Plans != held {
			b.Fatalf("%+v, %v", report, err)
		}
		b.ReportMetric(rested.Seconds(), "s-of-rest/op")
	}
}
