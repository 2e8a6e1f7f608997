package main

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/web"
)

// registerGauges shows what the stream's hub and the MLLP listeners count by themselves.
func registerGauges(r *prometheus.Registry, hub *stream.Hub, hospitals hospitals) {
	gauge := func(name, help string, labels prometheus.Labels, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "ucpalert", Name: name, Help: help, ConstLabels: labels}, value))
	}
	gauge("screens", "Screens that are connected now.", nil, func() float64 { return float64(hub.Screens()) })
	gauge("screens_visible", "Screens of this node that somebody can see, as their clients say.", nil, func() float64 {
		visible := 0
		for _, s := range hub.Connected() {
			if s.Visible {
				visible++
			}
		}
		return float64(visible)
	})
	gauge("boards_unseen", "Departments whose board could be seen and no longer can, on all nodes; 0 is well.", nil, func() float64 { return float64(hub.Unseen()) })
	for _, l := range hospitals {
		at, of, said := prometheus.Labels{"listener": l.Name}, &l.server.Counters, &l.receiver.Counters
		for _, c := range []struct {
			name, help string
			value      *atomic.Int64
		}{
			{"mllp_connections", "Connections of hospitals that are open now.", &of.Open},
			{"mllp_messages", "Whole messages taken from hospitals.", &of.Messages},
			{"mllp_answers", "Answers written to hospitals.", &of.Answers},
			{"mllp_failed", "Messages that got no answer because the service could not make one.", &of.Failed},
			{"mllp_damaged", "Frames without an end, and rubbish between frames.", &of.Damaged},
			{"mllp_too_large", "Frames over the size limit.", &of.TooLarge},
			{"mllp_stalled", "Frames that did not arrive in time.", &of.Stalled},
			{"mllp_refused_connections", "Connections closed because too many were open, in all or of one sender.", &of.Refused},
			{"mllp_no_handshake", "Connections whose TLS handshake failed.", &of.NoHandshake},
			{"mllp_foreign", "Messages refused because their sender may not speak for whom they name.", &said.Foreign},
			{"mllp_quarantined", "Messages that were not understood and are kept.", &said.Quarantined},
		} {
			gauge(c.name, c.help, at, func() float64 { return float64(c.value.Load()) })
		}
		if l.certificates != nil {
			gauge("mllp_certificate_ends", "When the listener's own certificate ends, in seconds since 1970.", at,
				func() float64 { return float64(l.certificates.ends.Load().Unix()) })
		}
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
