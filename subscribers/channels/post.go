package channels

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/subscribers"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 4 << 10

// post sends a body and returns the status of the answer. The errors quote no address: neither the URL, which may hold a secret, nor where its
// name led.
func post(ctx context.Context, client *http.Client, url, contentType string, header http.Header, body []byte) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("%w: it is no URL", subscribers.ErrRefused)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "ucpalert")
	for name, values := range header {
		r.Header[name] = values
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, unreached(ctx, err)
	}
	return drained(answer), nil
}

// drained is the status of an answer, whose body is read so that the connection can be used again.
func drained(answer *http.Response) int {
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, answerLimit)) // what it says does not matter
	_ = answer.Body.Close()
	return answer.StatusCode
}

// unreached says why there was no answer.
func unreached(ctx context.Context, err error) error {
	late, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, outbound.ErrAddress):
		return fmt.Errorf("%w: this service does not connect there", subscribers.ErrRefused)
	case ctx.Err() != nil, isNet && late.Timeout():
		return errors.New("there was no answer in time")
	case strings.Contains(err.Error(), "tls:"), strings.Contains(err.Error(), "x509:"):
		return errors.New("its certificate is not trusted")
	}
	return errors.New("it could not be reached")
}

// took is nil for an answer that says that a message was taken.
func took(status int) error {
	if status >= 200 && status < 300 {
		return nil
	}
	return fmt.Errorf("the answer was %d", status)
}
