package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"runtime"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/subscribers/stream"
)

// signInCommand measures how long it takes somebody to come from a password and a code to a live board, on loopback.
type signInCommand struct {
	Out    string `default:"bench-out" help:"Folder for the figures as JSON."`
	Data   string `help:"Folder to make the server's database in; the system's folder for temporary files if empty."`
	People int    `default:"100" help:"How many people sign in, one after the other: a code holds once."`
}

func (c signInCommand) Run(ctx context.Context) error {
	r := &benchReport{Began: time.Now().UTC(), Version: version, Go: runtime.Version(), CPUs: runtime.NumCPU()}
	bench := benchCommand{Out: c.Out, Data: c.Data}
	if err := bench.onServer(ctx, r, demoServer, []benchStep{{"start", startServer}, {"sign-in", c.signIns}}); err != nil {
		return err
	}
	return r.write(c.Out)
}

// benchPassword is the password of all who sign in.
const benchPassword = "tram violet bucket nine"

// signIns invites people, has each set a password and a second factor, and then sign in and open a board.
func (c signInCommand) signIns(ctx context.Context, s *benchServer, r *benchReport) error {
	var hashed, whole []time.Duration
	for n := range c.People {
		name := fmt.Sprintf("nurse-%d", n)
		secret, err := joinBench(ctx, s, name)
		if err != nil {
			return err
		}
		began := time.Now()
		b := newBrowser(s)
		if err := b.post(ctx, "/api/sign-in", "", map[string]string{"name": name, "password": benchPassword, "code": people.Code(secret, began.Add(30*time.Second))}, nil); err != nil {
			return err
		}
		hashed = append(hashed, time.Since(began))
		if err := b.board(ctx, "RQW-AE"); err != nil {
			return err
		}
		whole = append(whole, time.Since(began))
	}
	for _, figures := range []struct {
		name  string
		taken []time.Duration
		below float64
	}{{"sign-in with a password and a code, answered", hashed, 0}, {"sign-in to board", whole, 500}} {
		slices.Sort(figures.taken)
		r.milliseconds(figures.name+", p50", figures.taken[len(figures.taken)/2], figures.below)
		r.milliseconds(figures.name+", p99", figures.taken[len(figures.taken)*99/100], figures.below)
	}
	return nil
}

// joinBench makes an account and returns the secret of its second factor. The present code is used then; the next signs in.
func joinBench(ctx context.Context, s *benchServer, name string) (secret string, err error) {
	b := newBrowser(s)
	var link struct{ Link string }
	if err := b.post(ctx, "/api/people", "demo-administrator", map[string]string{"name": name, "role": "clinician", "organisation": "RQW"}, &link); err != nil {
		return "", err
	}
	var offer struct{ Secret string }
	if err := b.post(ctx, "/api/invitation", "", map[string]string{"link": link.Link}, &offer); err != nil {
		return "", err
	}
	code := people.Code(offer.Secret, time.Now())
	return offer.Secret, b.post(ctx, "/api/invitation/acceptance", "", map[string]string{"link": link.Link, "password": benchPassword, "code": code}, nil)
}

// browser asks as a page does: with its cookies, and on connections of its own.
type browser struct {
	server *benchServer
	client *http.Client
}

func newBrowser(s *benchServer) browser {
	jar, _ := cookiejar.New(nil) // it returns no error
	return browser{s, &http.Client{Jar: jar, Transport: &http.Transport{}, Timeout: 30 * time.Second}}
}

// post sends a body and reads the answer into another, if one is wanted.
func (b browser) post(ctx context.Context, path, token string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.server.http+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return b.do(r, into)
}

func (b browser) do(r *http.Request, into any) error {
	answer, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: answered %d: %s", r.URL.Path, answer.StatusCode, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// board does what the page does until a board is there: asks who it is for, fetches a ticket, opens the stream and waits for the snapshot.
func (b browser) board(ctx context.Context, department string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.server.http+"/api/session", nil)
	if err != nil {
		return err
	}
	if err := b.do(r, nil); err != nil {
		return err
	}
	var ticket struct{ Ticket string }
	if err := b.post(ctx, "/api/stream-ticket", "", nil, &ticket); err != nil {
		return err
	}
	dialer := websocket.Dialer{Subprotocols: []string{stream.Subprotocol}, Jar: b.client.Jar}
	conn, _, err := dialer.DialContext(ctx, "ws://"+b.server.http+"/stream/departments/"+department, http.Header{"Origin": {"http://" + b.server.http}})
	if err != nil {
		return fmt.Errorf("open the stream: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.WriteJSON(map[string]string{"type": "hello", "ticket": ticket.Ticket}); err != nil {
		return err
	}
	return readUntil(conn, "snapshot")
}
