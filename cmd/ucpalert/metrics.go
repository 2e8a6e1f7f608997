package main

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/web"
)

// registerGauges shows what the stream's hub and the MLLP server count by themselves.
func registerGauges(r *prometheus.Registry, hub *stream.Hub, hospitals *mllp.Server) {
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "ucpalert", Name: name, Help: help}, value))
	}
	gauge("screens", "Screens that are connected now.", func() float64 { return float64(hub.Screens()) })
	for _, c := range []struct {
		name, help string
		value      *atomic.Int64
	}{
		{"mllp_connections", "Connections of hospitals that are open now.", &hospitals.Counters.Open},
		{"mllp_messages", "Whole messages taken from hospitals.", &hospitals.Counters.Messages},
		{"mllp_answers", "Answers written to hospitals.", &hospitals.Counters.Answers},
		{"mllp_failed", "Messages that got no answer because the service could not make one.", &hospitals.Counters.Failed},
		{"mllp_damaged", "Frames without an end, and rubbish between frames.", &hospitals.Counters.Damaged},
		{"mllp_too_large", "Frames over the size limit.", &hospitals.Counters.TooLarge},
		{"mllp_stalled", "Frames that did not arrive in time.", &hospitals.Counters.Stalled},
		{"mllp_refused_connections", "Connections closed on arrival because too many were open.", &hospitals.Counters.Refused},
	} {
		gauge(c.name, c.help, func() float64 { return float64(c.value.Load()) })
	}
}

// registerProof shows the newest report of the proof of no miss, whichever node made it; NaN while there is none or it cannot be read.
func registerProof(r *prometheus.Registry, proofs web.Proofs) {
	gauge := func(name, help string, value func(alerts.Proof) float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "ucpalert", Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), proofScrape)
			defer cancel()
			newest, err := proofs.Proofs(ctx, 1)
			if err != nil || len(newest) == 0 {
				return math.NaN()
			}
			return value(newest[0])
		}))
	}
	gauge("proof_ended_seconds", "When the newest proof of no miss ended, in seconds since 1970.", func(p alerts.Proof) float64 { return float64(p.Ended.UnixMilli()) / 1000 })
	gauge("proof_differences", "Alerts that were not as they should be in the newest proof of no miss; 0 is well.", func(p alerts.Proof) float64 { return float64(len(p.Findings)) })
	gauge("proof_not_mended", "Differences of the newest proof of no miss that could not be mended; 0 is well.", func(p alerts.Proof) float64 { return float64(p.NotMended()) })
}

// proofScrape is how long a scrape waits for the newest report.
const proofScrape = time.Second
