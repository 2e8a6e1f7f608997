package sql_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// BenchmarkProof proves over 100,000 plans and 5,000 open attendances of invented people, every fiftieth with a plan. Multiply by ten for a
// million plans. It does not rest; what it takes of the processor is told beside.
func BenchmarkProof(b *testing.B) {
	const held, present = 100_000, 5_000
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		b.Fatal(err)
	}
	db := sqltest.Open(b, sqltest.SQLite(b))
	store := sql.NewStore(db)
	desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
	for from := 0; from < held; from += 1000 {
		pubs := make([]plans.Publication, 0, 1000)
		for i := from; i < from+1000; i++ {
			p := plans.Plan{ID: fmt.Sprintf("plan-%07d", i), Centre: "RAL", Status: plans.Active, Urgency: plans.Urgent, Headline: "held", Patient: invented(b, i)}
			pubs = append(pubs, plans.Publication{Plan: p, Document: []byte("{}")})
		}
		if _, err := desk.PublishAll(b.Context(), pubs, centre); err != nil {
			b.Fatal(err)
		}
	}
	for i := range present {
		who := invented(b, held+i)
		if i%50 == 0 {
			who = invented(b, i)
		}
		e := message(alerts.Arrive, fmt.Sprint("V", i), fmt.Sprint(i), who.NHSNumber.Reveal(), 0)
		e.Sent, e.Name = time.Now(), alerts.Stated(alerts.Name{Family: who.Family, Given: who.Given})
		e.BirthDate, e.Sex, e.Postcode = alerts.Stated(who.BirthDate), alerts.Stated(who.Sex), alerts.Stated(who.Postcode)
		if _, err := desk.Receive(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime(b)
	longest := time.Duration(0)
	for range b.N {
		report, err := desk.Prove(b.Context(), store, alerts.ProofRequest{ID: alerts.NewProofID(), Pause: func(_ context.Context, took time.Duration) error {
			longest = max(longest, took)
			return nil
		}})
		if err != nil || len(report.Findings) > 0 || report.Plans != held || report.Visits != present || report.Expected < present/50 {
			b.Fatalf("%+v, %v", report, err)
		}
	}
	b.ReportMetric((processorTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(longest.Microseconds())/1000, "longest-slice-ms")
}

// invented is a person of the demo.
func invented(b *testing.B, i int) plans.Identity {
	b.Helper()
	p := demo.PersonAt(i)
	n, err := plans.ParseNHSNumber(p.NHSNumber)
	if err != nil {
		b.Fatal(err)
	}
	return plans.Identity{NHSNumber: n, Family: p.Family, Given: p.Given, BirthDate: plans.Date(p.Born.Format(time.DateOnly)), Sex: plans.Sex(p.Sex), Postcode: p.Postcode}
}

// processorTime is what this process has taken of the processors so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
