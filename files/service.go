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
	method, path := http.MethodPost, "/fhir"
	if line.Kind == CarePlan {
		method, path = http.MethodPut, "/fhir/CarePlan/"+url.PathEscape(line.ID)
	}
	a, err := s.persist(ctx, method, path, line.Body)
	if err != nil {
		return 0, err
	}
	return read(a)
}

// answer is what the service says.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// persist sends a request, again and again while it fails in passing.
func (s *Service) persist(ctx context.Context, method, path string, body []byte) (answer, error) {
	pause := cmp.Or(s.Pause, 200*time.Millisecond)
	for n := 1; ; n++ {
		a, err := s.send(ctx, method, path, body)
		if err == nil && a.status != http.StatusTooManyRequests && a.status < http.StatusInternalServerError {
			return a, nil
		}
		if err == nil {
			err = fmt.Errorf("the service answered %d %s", a.status, http.StatusText(a.status))
		}
		if n == attempts || ctx.Err() != nil {
			return answer{}, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
		pause *= 2
	}
}

// errNotSignedIn ends an import: no other line would fare better.
var errNotSignedIn = errors.New("the service does not know the token: look at --token-file")

// read says what became of a plan.
func read(a answer) (Fate, error) {
	switch {
	case a.status == http.StatusCreated:
		return Created, nil
	case a.status < http.StatusMultipleChoices:
		return Held, nil
	case a.status == http.StatusUnauthorized:
		return 0, errNotSignedIn
	}
	refusal := &fhir.Outcome{Status: a.status}
	var told struct {
		Issue []struct {
			Code        fhir.Code `json:"code"`
			Diagnostics string    `json:"diagnostics"`
			Expression  []string  `json:"expression"`
		} `json:"issue"`
	}
	if json.Unmarshal(a.body, &told) == nil {
		for _, issue := range told.Issue {
			refusal.Issues = append(refusal.Issues, fhir.Issue{
				Code: issue.Code, Expression: strings.Join(issue.Expression, ", "), Diagnostics: issue.Diagnostics,
			})
		}
	}
	if len(refusal.Issues) == 0 {
		refusal.Issues = []fhir.Issue{{Code: fhir.Exception, Diagnostics: fmt.Sprintf("The service answered %d %s without a reason.", a.status, http.StatusText(a.status))}}
	}
	return 0, refusal
}

func (s *Service) send(ctx context.Context, method, path string, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.Base+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("prepare the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+s.Token)
	if body != nil {
		request.Header.Set("Content-Type", "application/fhir+json")
		request.Header.Set("Prefer", "return=minimal")
	}
	response, err := s.Client.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("ask the service: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return answer{}, fmt.Errorf("read the answer: %w", err)
	}
	return answer{response.StatusCode, response.Header, text}, nil
}
