package main

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/subscribers/stream"
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
