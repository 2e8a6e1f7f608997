package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// attempts is how often one request is tried while the server is not there or too busy: with the growing pauses, about two minutes.
const attempts = 70

// requestTimeout bounds one request with its answer.
const requestTimeout = 10 * time.Second

// Publish sends the twenty plans over FHIR, each with its centre's token, and returns when all are held. A plan that the server holds
// already, in whatever version or state, is left as it is. While the server cannot be reached or is busy it tries again, for about two
// minutes; any other refusal is an error at once. It returns nil when ctx ends.
func Publish(ctx context.Context, o Options) error {
	o = o.withDefaults()
	published, held := 0, 0
	for _, p := range Plans() {
		isNew, err := o.ensure(ctx, p)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("publish plan %s of %s: %w", p.ID, p.Centre, err)
		case isNew:
			published++
		default:
			held++
		}
	}
	o.Log.Info("centres have published their plans", "new", published, "held_before", held)
	return nil
}

// ensure publishes one plan unless it is held, and tells whether it was new.
func (o Options) ensure(ctx context.Context, p Plan) (isNew bool, err error) {
	bundle, err := p.Bundle()
	if err != nil {
		return false, err
	}
	err = o.persist(ctx, func() error {
		isNew = false
		switch err := o.request(ctx, p, http.MethodGet, "/CarePlan/"+p.ID, nil); {
		case err == nil:
			return nil
		case !statusIs(err, http.StatusNotFound):
			return err
		}
		isNew = true
		return o.request(ctx, p, http.MethodPost, "", bundle)
	})
	return isNew, err
}

// persist repeats what fails in passing, with pauses that grow from 50 ms to 2 s.
func (o Options) persist(ctx context.Context, do func() error) error {
	pause := 50 * time.Millisecond
	for n := 1; ; n++ {
		err := do()
		if err == nil || !isPassing(err) || n == attempts || ctx.Err() != nil {
			return err
		}
		if n == 1 {
			o.Log.Info("the FHIR server does not answer yet; trying again", "reason", err)
		}
		if err := o.sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, 2*time.Second)
	}
}

// statusError is an HTTP answer other than success.
type statusError struct{ status int }

func (e statusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the server answered %d %s", e.status, http.StatusText(e.status)))
}

func statusIs(err error, status int) bool {
	var s statusError
	return errors.As(err, &s) && s.status == status
}

// isPassing tells whether the same request may succeed later: no answer at all, too busy, or the server's own fault.
func isPassing(err error) bool {
	var s statusError
	if !errors.As(err, &s) {
		return true
	}
	return s.status == http.StatusTooManyRequests || s.status >= http.StatusInternalServerError
}

// request does one FHIR request as the plan's centre. It returns nil for a 2xx answer, and a statusError for another.
func (o Options) request(ctx context.Context, p Plan, method, path string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(o.FHIRBase, "/")+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("prepare %s: %w", method, err)
	}
	req.Header.Set("Authorization", "Bearer "+centreToken(p.Centre))
	req.Header.Set("Accept", "application/fhir+json")
	if body != nil {
		req.Header.Set("Content-Type", "application/fhir+json")
	}
	resp, err := o.HTTPClient.Do(req)
	if err != nil {
		return fmt.Errorf("send request: %w", err)
	}
	defer o.closeBody(resp.Body)
	// Read to the end, so that the connection can be used again.
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return statusError{resp.StatusCode}
	}
	return nil
}

func (o Options) closeBody(body io.Closer) {
	if err := body.Close(); err != nil {
		o.Log.Debug("close the answer's body", "error", err)
	}
}

// discard is a log that nobody reads.
var discard = slog.New(slog.DiscardHandler)
