package files

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
)

// Service publishes to a service that runs, over its FHIR endpoint. It is for any number of goroutines.
type Service struct {
	// Base is the address of the service, without /fhir.
	Base string
	// Token is the bearer token of the centre.
	Token  string
	Client *http.Client
	// Pause is how long it waits before it tries again what failed in passing, at first; it doubles each time. 0 is 200 ms.
	Pause time.Duration
}

// attempts is how often a line is sent while the service cannot be reached or is too busy: with the pauses, about half a minute.
const attempts = 8

// longestAnswer bounds what is read of an answer: a plan comes back whole.
const longestAnswer = 2 * LongestLine

// Publish sends one line: a CarePlan to its own address, a Bundle to the base. The same line again makes no new version, so that it may
// be sent again when its answer was lost.
func (s *Service) Publish(ctx context.Context, line Line) (Fate, error) {
	pause := cmp.Or(s.Pause, 200*time.Millisecond)
	for n := 1; ; n++ {
		status, answer, err := s.send(ctx, line)
		passing := err != nil || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
		if !passing {
			return read(status, answer)
		}
		if err == nil {
			err = fmt.Errorf("the service answered %d %s", status, http.StatusText(status))
		}
		if n == attempts || ctx.Err() != nil {
			return 0, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		pause *= 2
	}
}

// errNotSignedIn ends an import: no other line would fare better.
var errNotSignedIn = errors.New("the service does not know the token: look at --token-file")

// read says what an answer means.
func read(status int, answer []byte) (Fate, error) {
	switch {
	case status == http.StatusCreated:
		return Created, nil
	case status < http.StatusMultipleChoices:
		return Held, nil
	case status == http.StatusUnauthorized:
		return 0, errNotSignedIn
	}
	refusal := &fhir.Outcome{Status: status}
	var told struct {
		Issue []struct {
			Code        fhir.Code `json:"code"`
			Diagnostics string    `json:"diagnostics"`
			Expression  []string  `json:"expression"`
		} `json:"issue"`
	}
	if json.Unmarshal(answer, &told) == nil {
		for _, issue := range told.Issue {
			refusal.Issues = append(refusal.Issues, fhir.Issue{
				Code: issue.Code, Expression: strings.Join(issue.Expression, ", "), Diagnostics: issue.Diagnostics,
			})
		}
	}
	if len(refusal.Issues) == 0 {
		refusal.Issues = []fhir.Issue{{Code: fhir.Exception, Diagnostics: fmt.Sprintf("The service answered %d %s without a reason.", status, http.StatusText(status))}}
	}
	return 0, refusal
}

func (s *Service) send(ctx context.Context, line Line) (status int, answer []byte, err error) {
	method, address := http.MethodPost, s.Base+"/fhir"
	if line.Kind == CarePlan {
		method, address = http.MethodPut, s.Base+"/fhir/CarePlan/"+url.PathEscape(line.ID)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(line.Body))
	if err != nil {
		return 0, nil, fmt.Errorf("prepare the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+s.Token)
	request.Header.Set("Content-Type", "application/fhir+json")
	request.Header.Set("Prefer", "return=minimal")
	response, err := s.Client.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("send the plan: %w", err)
	}
	answer, err = io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return 0, nil, fmt.Errorf("read the answer: %w", err)
	}
	return response.StatusCode, answer, nil
}
