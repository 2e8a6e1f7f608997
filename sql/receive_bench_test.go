package sql_test

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// BenchmarkReceive takes messages at the desk, from 64 senders, of patients without a plan.
func BenchmarkReceive(b *testing.B) {
	dir, err := directory.Parse([]byte(twoRegions))
	if err != nil {
		b.Fatal(err)
	}
	store := sql.NewStore(sqltest.Open(b, sqltest.SQLite(b)))
	desk := alerts.NewDesk(store, func() *directory.Directory { return dir }, time.Now)
	numbers := validNumbers(4096)
	var next atomic.Int64
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		sender := fmt.Sprint("PAS|RQW|", next.Add(1))
		for n := 0; pb.Next(); n++ {
			e := message(alerts.Arrive, fmt.Sprintf("%s-%d", sender[8:], n), fmt.Sprint(n), "", n%1000)
			e.Sender, e.NHSNumber = sender, alerts.Stated(numbers[int(next.Add(1))%len(numbers)])
			e.Hash = sha256.Sum256(fmt.Append(nil, sender, n))
			if _, err := desk.Receive(b.Context(), e); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func validNumbers(n int) []plans.NHSNumber {
	var out []plans.NHSNumber
	for base := 999_100_000; len(out) < n; base++ {
		for check := range 10 {
			if number, err := plans.ParseNHSNumber(fmt.Sprint(base*10 + check)); err == nil {
				out = append(out, number)
			}
		}
	}
	return out
}
