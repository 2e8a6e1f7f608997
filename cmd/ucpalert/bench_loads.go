package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/demo"
)

// publishers is how many clients publish at the same time.
const publishers = 16

// publish sends every plan as a Bundle of its own over HTTP.
func (c benchCommand) publish(ctx context.Context, s *benchServer, r *benchReport) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: publishers}, Timeout: time.Minute}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for range publishers {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= c.Plans {
					return nil
				}
				if err := publishOne(ctx, client, s.http, i); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.more(fmt.Sprintf("publish, %d clients", publishers), float64(c.Plans)/time.Since(began).Seconds(), "plans/s", 1000)
	return nil
}

func publishOne(ctx context.Context, client *http.Client, address string, i int) error {
	p, err := demo.PlanBundle(i)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/fhir", bytes.NewReader(p.Bundle))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer demo-centre-"+p.Centre)
	request.Header.Set("Content-Type", "application/fhir+json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("plan %d was answered %s: %s", i, response.Status, body)
	}
	return nil
}

func (c benchCommand) load(s *benchServer, connections int) demo.Load {
	return demo.Load{
		Address: s.mllp, Connections: connections, Duration: c.Each, Plans: c.Plans, Flagged: 0.02, Seed: c.Seed + uint64(connections),
	}
}

// intake sends arrivals over stop-and-wait connections: each sends the next message when the last is answered.
func (c benchCommand) intake(ctx context.Context, s *benchServer, r *benchReport) error {
	for _, row := range []struct {
		connections int
		rate, p99   float64
	}{{1, 1500, 0}, {8, 0, 0}, {64, 10_000, 30}} {
		sent, err := c.load(s, row.connections).Send(ctx)
		if err != nil {
			return err
		}
		if sent.Refused+sent.Unanswered > 0 {
			return fmt.Errorf("%d messages were refused and %d not answered", sent.Refused, sent.Unanswered)
		}
		name := fmt.Sprintf("intake, %d connections", row.connections)
		r.more(name, sent.Rate(), "messages/s", row.rate)
		r.milliseconds(name+", answer p50", sent.Latency.Quantile(0.5), 0)
		r.milliseconds(name+", answer p99", sent.Latency.Quantile(0.99), row.p99)
		r.milliseconds(name+", answer max", sent.Latency.Max(), 0)
	}
	return nil
}

// benchDepartments are where the load's patients arrive.
var benchDepartments = []string{"RQW-AE", "RWG-AE", "RWH-AE"}

// latency measures from the last byte of an arrival to the alert's frame at a screen, with screens connected in every department. One
// screen of each department reads what it gets; the others only take it.
func (c benchCommand) latency(ctx context.Context, s *benchServer, r *benchReport) error {
	for _, connections := range []int{1, 64} {
		w := &stopwatch{sent: map[string]time.Time{}}
		screens, err := connectScreens(s.http, c.Screens, w)
		if err != nil {
			return err
		}
		load := c.load(s, connections)
		load.Seed += 1000
		load.OnFlagged = w.begin
		report, err := load.Send(ctx)
		if err != nil {
			return errors.Join(err, screens.close())
		}
		missed := w.wait(10 * time.Second)
		if err := screens.close(); err != nil {
			return err
		}
		if missed > 0 {
			return fmt.Errorf("%d alerts did not reach the screen", missed)
		}
		name := fmt.Sprintf("A04 sent → alert at the screen, %d screens, %.0f messages/s", c.Screens, report.Rate())
		p50, p99 := 5.0, 25.0
		if connections > 1 {
			p50, p99 = 0, 0 // at full load: no target was set
		}
		r.milliseconds(name+", p50", w.taken.Quantile(0.5), p50)
		r.milliseconds(name+", p99", w.taken.Quantile(0.99), p99)
		r.milliseconds(name+", max", w.taken.Max(), 0)
	}
	return nil
}

// memory reads the server's memory with many idle screens.
func (c benchCommand) memory(_ context.Context, s *benchServer, r *benchReport) error {
	screens, err := connectScreens(s.http, c.Idle, nil)
	if err != nil {
		return err
	}
	used, err := s.memory()
	r.less(fmt.Sprintf("server memory, %d plans, %d screens", c.Plans, c.Idle), used, "MB", 150)
	return errors.Join(err, screens.close())
}

// stopwatch times alerts from the arrival of their patient.
type stopwatch struct {
	mu    sync.Mutex
	sent  map[string]time.Time // by NHS number
	taken demo.Histogram
}

func (w *stopwatch) begin(s demo.Sent, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[s.NHSNumber] = at
}

func (w *stopwatch) end(nhsNumber string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if began, ok := w.sent[nhsNumber]; ok {
		w.taken.Record(at.Sub(began))
		delete(w.sent, nhsNumber)
	}
}

// wait waits until every alert has come, and says how many did not.
func (w *stopwatch) wait(most time.Duration) int {
	deadline := time.Now().Add(most)
	for {
		w.mu.Lock()
		missing := len(w.sent)
		w.mu.Unlock()
		if missing == 0 || time.Now().After(deadline) {
			return missing
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// benchScreens are open streams; each has a goroutine that reads until it is closed.
type benchScreens struct {
	conns []*websocket.Conn
	all   errgroup.Group
}

func connectScreens(address string, n int, w *stopwatch) (*benchScreens, error) {
	s := &benchScreens{}
	dialer := websocket.Dialer{Subprotocols: []string{"ucpalert.v1"}, ReadBufferSize: 1024, WriteBufferSize: 512}
	for i := range n {
		department := benchDepartments[i%len(benchDepartments)]
		conn, response, err := dialer.Dial("ws://"+address+"/stream/departments/"+department, nil)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("connect screen %d: %w", i, err), s.close())
		}
		_ = response.Body.Close()
		s.conns = append(s.conns, conn)
		if err := conn.WriteJSON(map[string]string{"type": "hello", "token": "demo-screen-" + department}); err != nil {
			return nil, errors.Join(fmt.Errorf("greet screen %d: %w", i, err), s.close())
		}
		if err := readUntil(conn, "snapshot"); err != nil {
			return nil, errors.Join(fmt.Errorf("start screen %d: %w", i, err), s.close())
		}
		timed := w != nil && i < len(benchDepartments)
		s.all.Go(func() error { return readOn(conn, timed, w) })
	}
	return s, nil
}

// readUntil reads frames up to one of a type.
func readUntil(conn *websocket.Conn, frameType string) error {
	for {
		var f struct{ Type string }
		if err := conn.ReadJSON(&f); err != nil {
			return err
		}
		if f.Type == frameType {
			return nil
		}
	}
}

// readOn takes frames until the screen is closed by us.
func readOn(conn *websocket.Conn, timed bool, w *stopwatch) error {
	for {
		_, reader, err := conn.NextReader()
		if err != nil {
			return nil //nolint:nilerr // we closed it; a screen that the server closed shows as a missed alert
		}
		if !timed {
			if _, err := io.Copy(io.Discard, reader); err != nil {
				return nil //nolint:nilerr // as above
			}
			continue
		}
		var f struct {
			Type, Change string
			Alert        struct {
				Patient struct {
					NHSNumber string `json:"nhs_number"`
				}
			}
		}
		if err := json.NewDecoder(reader).Decode(&f); err != nil {
			return fmt.Errorf("read a frame: %w", err)
		}
		if f.Type == "alert" {
			w.end(f.Alert.Patient.NHSNumber, time.Now())
		}
	}
}

func (s *benchScreens) close() error {
	for _, conn := range s.conns {
		_ = conn.Close()
	}
	return s.all.Wait()
}
