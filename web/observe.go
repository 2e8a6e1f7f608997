package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// contentPolicy lets a page load nothing but its own files and talk to nobody but this service (Content Security Policy Level 3).
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// secure sets the headers that every answer has. What is not a page's file is never stored.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
}

// observe is what happens around every request: the headers of the answer, the limits of the request, one log line and two measures, and
// an answer even where a handler panics.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now() // a duration is measured by the machine's own clock
		v := &visit{route: route{path: "none", edge: problemEdge}}
		answer := &recorder{ResponseWriter: w}
		ctx, cancel := s.within(context.WithValue(r.Context(), visitKey{}, v))
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, int64(s.BodyLimit))
		secure(answer.Header())
		if overTLS(r) {
			answer.Header().Set("Strict-Transport-Security", "max-age=31536000") // RFC 6797: a year
		}
		defer func() {
			if p := recover(); p != nil {
				s.recovered(answer, r, p)
			}
			s.logged(r, v, answer.code(), time.Since(began))
		}()
		next.ServeHTTP(answer, r)
	})
}

// recovered answers for a handler that panicked. What a handler panics with may hold a payload, so only its type is logged, and the words
// only of faults of the runtime.
func (s *server) recovered(w *recorder, r *http.Request, p any) {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p) // asked for: the server closes the connection
	}
	words := fmt.Sprintf("%T", p)
	var fault runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &fault) {
		words = fault.Error()
	}
	s.Log.LogAttrs(r.Context(), slog.LevelError, "a handler panicked", slog.String("panic", words), slog.String("stack", string(debug.Stack())))
	if w.status == 0 {
		s.fail(w, r, errFailed)
	}
}

// logged writes the line of one request: the route's pattern, never the address itself.
func (s *server) logged(r *http.Request, v *visit, status int, took time.Duration) {
	level := slog.LevelInfo
	if v.route.who == everybody && status < http.StatusBadRequest {
		level = slog.LevelDebug // files and probes
	}
	s.Log.LogAttrs(r.Context(), level, "request",
		slog.String("method", method(r.Method)), slog.String("route", v.route.path), slog.Int("status", status), slog.String("took", took.String()), slog.String("actor", v.account.Name))
	s.counts.request(v.route.path, method(r.Method), status, took)
}

// method is a request's method as it may stand in a label: one of the known ones.
func method(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS":
		return m
	}
	return "other"
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection, for streams.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// code is the status for the log. A stream takes the connection over and writes its own 101.
func (w *recorder) code() int {
	if w.status == 0 {
		return http.StatusSwitchingProtocols
	}
	return w.status
}

// counts are the measures of this package. None has a label about a patient.
type counts struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	plans     *prometheus.CounterVec
	answers   *prometheus.CounterVec
	visits    *prometheus.CounterVec
	away      *prometheus.CounterVec
}

func newCounts(to prometheus.Registerer) (counts, error) {
	c := counts{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ucpalert_http_requests_total", Help: "HTTP requests by route, method and status.",
		}, []string{"route", "method", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ucpalert_http_request_duration_seconds", Help: "How long HTTP requests took, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		plans: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ucpalert_plans_published_total", Help: "Publications of plans by outcome: created, updated, unchanged, refused, failed.",
		}, []string{"outcome"}),
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ucpalert_http_acknowledgements_total", Help: "Acknowledgements over HTTP by outcome: done, refused, failed.",
		}, []string{"outcome"}),
		visits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ucpalert_fhir_attendances_total", Help: "Attendances over FHIR by outcome: taken, resent, refused, failed.",
		}, []string{"outcome"}),
		away: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ucpalert_http_turned_away_total", Help: "Requests that were not begun, by what they are for and why: full (no place), address or account (asked too much).",
		}, []string{"lane", "why"}),
	}
	if to == nil {
		return c, nil
	}
	for _, collector := range []prometheus.Collector{c.requests, c.durations, c.plans, c.answers, c.visits, c.away} {
		if err := to.Register(collector); err != nil {
			return counts{}, err
		}
	}
	return c, nil
}

func (c counts) request(route, method string, status int, took time.Duration) {
	c.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	c.durations.WithLabelValues(route).Observe(took.Seconds())
}

func (c counts) published(outcome string) { c.plans.WithLabelValues(outcome).Inc() }

func (c counts) turnedAway(in lane, why string) { c.away.WithLabelValues(in.String(), why).Inc() }

func (c counts) attended(outcome string) { c.visits.WithLabelValues(outcome).Inc() }

func (c counts) acknowledged(outcome string) { c.answers.WithLabelValues(outcome).Inc() }
