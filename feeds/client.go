package feeds

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How a server that fails is treated.
const (
	// attempts is how often one page is asked for in one poll; the next poll begins with it again.
	attempts = 5
	// firstWait is the longest pause after the first failure; each further one may be twice as long, up to patience.
	firstWait = time.Second
	// patience is the longest that a poll waits for a server that says when to come back; for longer, the poll ends and the feed rests.
	patience = time.Minute
	// longestRest bounds what a server can ask for.
	longestRest = 24 * time.Hour
	// maxRedirects is how many redirects within the server are followed.
	maxRedirects = 3
)

// The failures of a server. None of them quotes an answer or an address.
var (
	errTooLong   = errors.New("the answer is longer than is read; the page is asked for again with fewer resources")
	errMediaType = errors.New("the answer is not FHIR JSON")
	errElsewhere = errors.New("the server sent us to another address than the one that is configured")
	errTruncated = errors.New("the answer ended too early")
	errTimeout   = errors.New("the server did not answer in time")
	errNetwork   = errors.New("the server cannot be reached")
)

// statusError is an answer other than 200.
type statusError struct {
	status int
	// retry is when the server asks to be asked again; zero if it does not say.
	retry time.Duration
}

func (e statusError) Error() string {
	return strings.TrimSpace("the server answered " + strconv.Itoa(e.status) + " " + http.StatusText(e.status))
}

// restError ends a poll: the server asked to be left alone for longer than a poll waits.
type restError struct {
	statusError
	rest time.Duration
}

// client asks one server.
type client struct {
	feed  *Feed
	http  *http.Client
	sleep func(ctx context.Context, d time.Duration) error
	now   func() time.Time
}

func newClient(f *Feed, now func() time.Time) *client {
	c := &client{feed: f, now: now, sleep: sleep}
	c.http = &http.Client{Transport: f.Transport, CheckRedirect: func(to *http.Request, before []*http.Request) error {
		if !c.within(to.URL) || len(before) > maxRedirects {
			return errElsewhere
		}
		return nil
	}}
	return c
}

// within tells whether an address is one of the configured server: nothing that a server answers can send us elsewhere, and our token
// with us.
func (c *client) within(u *url.URL) bool {
	base := c.feed.Base
	path, root := u.EscapedPath(), strings.TrimSuffix(base.EscapedPath(), "/")
	return u.Scheme == base.Scheme && strings.EqualFold(u.Host, base.Host) && u.User == nil && !strings.Contains(path, "..") &&
		(path == root || strings.HasPrefix(path, root+"/"))
}

// address makes an address below the base.
func (c *client) address(path string, query url.Values) string {
	u := *c.feed.Base
	u.Path = strings.TrimSuffix(u.Path, "/") + path
	u.RawPath, u.RawQuery = "", query.Encode()
	return u.String()
}

// follow resolves a page link against the base (RFC 3986 §5), and refuses one that leads elsewhere.
func (c *client) follow(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", errElsewhere
	}
	root := *c.feed.Base
	root.Path, root.RawPath = strings.TrimSuffix(root.Path, "/")+"/", ""
	if u = root.ResolveReference(u); !c.within(u) {
		return "", errElsewhere
	}
	return u.String(), nil
}

// get asks until there is an answer, pausing longer after each failure. before is called before each attempt.
func (c *client) get(ctx context.Context, address string, before func(context.Context) error) ([]byte, error) {
	var failure error
	for n := range attempts {
		if n > 0 {
			pause, err := c.pause(failure, n)
			if err != nil {
				return nil, err
			}
			if err := c.sleep(ctx, pause); err != nil {
				return nil, err
			}
		}
		if err := before(ctx); err != nil {
			return nil, err
		}
		body, err := c.once(ctx, address)
		if err == nil || ctx.Err() != nil || !passing(err) {
			return body, err
		}
		failure = err
	}
	if _, err := c.pause(failure, attempts); err != nil {
		return nil, err // the last answer may have asked for a rest, too
	}
	return nil, failure
}

// passing tells whether a failure may pass by itself within seconds.
func passing(err error) bool {
	if s, ok := errors.AsType[statusError](err); ok {
		return s.status >= 500 && s.status != http.StatusNotImplemented || s.status == http.StatusTooManyRequests || s.status == http.StatusRequestTimeout
	}
	return errors.Is(err, errTruncated) || errors.Is(err, errTimeout) || errors.Is(err, errNetwork)
}

// pause is how long to wait before attempt n: as long as the server asks, else any time up to a bound that doubles ("full jitter"), so
// that those who failed together do not come back together.
func (c *client) pause(failure error, n int) (time.Duration, error) {
	longest := min(firstWait<<(n-1), patience)
	s, ok := errors.AsType[statusError](failure)
	switch {
	case ok && s.retry > patience:
		return 0, restError{s, min(s.retry, longestRest)}
	case ok && s.retry > 0:
		return s.retry + upTo(firstWait), nil
	}
	return upTo(longest), nil
}

// upTo is a random duration from 0 to d.
func upTo(d time.Duration) time.Duration {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand, since Go 1.24)
	return time.Duration(binary.BigEndian.Uint64(b[:]) % uint64(d+1))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// once asks once.
func (c *client) once(ctx context.Context, address string) ([]byte, error) {
	within, cancel := context.WithTimeout(ctx, c.feed.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(within, http.MethodGet, address, nil)
	if err != nil {
		return nil, errElsewhere
	}
	request.Header.Set("Accept", "application/fhir+json")
	if c.feed.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.feed.Token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, failureOf(ctx, within, err, errNetwork)
	}
	defer func() { _ = response.Body.Close() }() // what was read of it was read whole, or is an error already
	if response.StatusCode != http.StatusOK {
		return nil, statusError{response.StatusCode, c.retryAfter(response.Header.Get("Retry-After"))}
	}
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != "application/fhir+json" && kind != "application/json" && kind != "text/json" {
		return nil, errMediaType
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, c.feed.PageBytes+1))
	switch {
	case err != nil:
		return nil, failureOf(ctx, within, err, errTruncated)
	case int64(len(body)) > c.feed.PageBytes:
		return nil, errTooLong
	}
	return body, nil
}

// failureOf names what went wrong without the address, which could be a page link that says more than it should.
func failureOf(ctx, within context.Context, err, otherwise error) error {
	var from *url.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errElsewhere):
		return errElsewhere
	case within.Err() != nil:
		return errTimeout
	case errors.As(err, &from):
		err = from.Err
	}
	return fmt.Errorf("%w: %w", otherwise, err)
}

// retryAfter reads Retry-After in either of its forms (RFC 9110 §10.2.3).
func (c *client) retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return time.Duration(min(max(seconds, 0), int(longestRest/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(c.now()), 0)
	}
	return 0
}
