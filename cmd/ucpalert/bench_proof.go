package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ucpalert/ucpalert/demo"
)

const (
	// proofPresent is how many people are in a department at least while a proof is measured.
	proofPresent = 5000
	// steadyRate is how many messages a second come meanwhile: a hundred times what all A&E departments of England send in their busiest hour.
	steadyRate = 200
)

// proofBeside measures a proof, and whether hospitals notice it: arrivals come at a steady rate before, while, and after it runs.
func (c benchCommand) proofBeside(ctx context.Context, s *benchServer, r *benchReport) error {
	load := c.load(s, 8)
	load.Plans = min(c.Held, planned)
	load.Seed += 3000
	fill := load
	fill.Messages, fill.Duration = max(proofPresent-int(steadyRate*c.Each.Seconds()), 1), 0 // the others come with the load before the proof
	if _, err := steady(ctx, fill); err != nil {
		return err
	}
	load.Rate = steadyRate
	quiet, err := steady(ctx, load)
	if err != nil {
		return err
	}
	beside, report, most, err := c.besideProof(ctx, s, load)
	if err != nil {
		return err
	}
	load.Seed += 100
	after, err := steady(ctx, load)
	if err != nil {
		return err
	}
	quiet.Merge(after)
	if report.Differences > 0 {
		return fmt.Errorf("the proof found %d differences", report.Differences)
	}
	name := fmt.Sprintf("proof, %d plans, %d open attendances", report.Plans, report.Visits)
	r.less(name, report.Ended.Sub(report.Began).Seconds(), "s", 60)
	r.milliseconds(fmt.Sprintf("intake, %d messages/s, no proof, answer p99", steadyRate), quiet.Quantile(0.99), 0)
	r.milliseconds(fmt.Sprintf("intake, %d messages/s, beside the proof, answer p50", steadyRate), beside.Quantile(0.5), 0)
	r.milliseconds(fmt.Sprintf("intake, %d messages/s, beside the proof, answer p99", steadyRate), beside.Quantile(0.99), 0)
	r.less("intake beside the proof, answer p99, of that without", 100*beside.Quantile(0.99).Seconds()/quiet.Quantile(0.99).Seconds(), "%", 120)
	r.less(fmt.Sprintf("server memory beside the proof, %d plans", report.Plans), most, "MB", 300)
	return nil
}

// steady sends a load and returns how long its answers took. When the context ends, what was under way need not be answered.
func steady(ctx context.Context, load demo.Load) (*demo.Histogram, error) {
	sent, err := load.Send(ctx)
	if err != nil {
		return nil, err
	}
	if sent.Refused > 0 || sent.Unanswered > 0 && ctx.Err() == nil {
		return nil, fmt.Errorf("%d messages were refused and %d not answered", sent.Refused, sent.Unanswered)
	}
	return &sent.Latency, nil
}

// provenReport is what the service says of a proof.
type provenReport struct {
	State, ID                  string
	Began, Ended               time.Time
	Visits, Plans, Differences int
}

// besideProof has a proof made, sends the load until that has ended, and looks how much memory the server took at most.
func (c benchCommand) besideProof(ctx context.Context, s *benchServer, load demo.Load) (taken *demo.Histogram, report provenReport, most float64, err error) {
	load.Seed += 50
	load.Duration = 10 * time.Minute
	if err := askProof(ctx, s, http.MethodPost, "", &report); err != nil {
		return nil, report, 0, err
	}
	sending, stop := context.WithCancel(ctx)
	defer stop()
	sent := make(chan error, 1)
	go func() { // waited for below
		var err error
		taken, err = steady(sending, load)
		sent <- err
	}()
	id := report.ID
	for report.State != "ended" && err == nil {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case err = <-sent:
			return nil, report, most, errors.Join(err, errors.New("the load ended before the proof"))
		case <-time.After(250 * time.Millisecond):
			var used float64
			used, err = s.memory()
			most = max(most, used)
			err = errors.Join(err, askProof(ctx, s, http.MethodGet, "/"+id, &report))
		}
	}
	stop()
	return taken, report, most, errors.Join(err, <-sent)
}

// askProof asks the service for a proof or for its report.
func askProof(ctx context.Context, s *benchServer, method, path string, into *provenReport) error {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+s.http+"/api/proofs"+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer demo-centre-RP4")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("asked for a proof, the service answered %s: %s", response.Status, body)
	}
	return json.Unmarshal(body, into)
}
