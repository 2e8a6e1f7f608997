package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// A plan a request, as a centre publishes them, by sixteen senders at a time; what a plan costs in processor time is told beside.
func BenchmarkPublish(b *testing.B) {
	s := newService(b)
	var n atomic.Int64
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			body := wholeTransaction(fmt.Sprint("plan-", i), fmt.Sprint("p-", i), "9990000026")
			r := httptest.NewRequest("POST", "/fhir", strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer centre-RP4")
			r.Header.Set("Content-Type", "application/fhir+json")
			answer := httptest.NewRecorder()
			s.handler.ServeHTTP(answer, r)
			if answer.Code != http.StatusCreated {
				b.Errorf("answered %d: %s", answer.Code, answer.Body)
				return
			}
		}
	})
	b.StopTimer()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(spent)/float64(b.N)/1000, "cpu-µs/op")
}
