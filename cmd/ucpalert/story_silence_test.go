package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ucpalert/ucpalert/silence"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers/stream"
	"github.com/ucpalert/ucpalert/vault"
)

// taught writes what the service would have learnt of a feed in three months, before it starts: taught ORGANISATION APPLICATION RATE [PART], in
// messages an hour; PART is event=GROUP or site=CODE. A story cannot wait for weeks; from here on the clock is the real one, and the silence is told after two seconds instead
// of minutes.
func (s *story) taught(_ *testscript.TestScript, _ bool, args []string) error {
	if len(args) != 3 && len(args) != 4 {
		return fmt.Errorf("taught ORGANISATION APPLICATION RATE [PART]")
	}
	rate, err := strconv.ParseFloat(args[2], 64)
	if err != nil {
		return err
	}
	options := sql.Options{PostgresURL: s.postgres, Key: &vault.Source{File: filepath.Join(s.folder, "ucpalert.key")}}
	if s.postgres == "" {
		options.DataDir, options.Key = filepath.Join(s.folder, "data"), nil
		if err := os.MkdirAll(options.DataDir, 0o700); err != nil {
			return err
		}
	}
	ctx := context.Background()
	db, err := sql.Open(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	store, now := sql.NewStore(db), time.Now().UTC()
	feed := silence.Feed{Organisation: args[0], Application: args[1]}
	if len(args) == 4 {
		feed.Event, _ = strings.CutPrefix(args[3], "event=")
		if site, ok := strings.CutPrefix(args[3], "site="); ok {
			feed.Event, feed.Site = "", site
		}
	}
	long := now.AddDate(0, -3, 0)
	if err := store.AddHeard(ctx, []silence.Heard{{Feed: feed, Minute: silence.Minute{At: long, First: long, Last: long, Stale: 1}}}); err != nil {
		return err
	}
	known, err := store.Known(ctx)
	if err != nil {
		return err
	}
	known = slices.DeleteFunc(known, func(k silence.Known) bool { return k.Feed != feed })
	m := known[0].Model
	m.Began, m.Last, m.Learnt, m.Cursor, m.Hour, m.Messages = long, now, now, now.Add(-time.Hour).Truncate(time.Minute), now.Truncate(time.Hour), 1e6
	m.Excess, m.Square = 0.02, 1
	for i := range m.Cells {
		m.Cells[i] = silence.Cell{Mean: rate, Weeks: 12}
	}
	_, err = store.KeepKnown(ctx, now, known)
	return err
}

// keeps sends a message again and again, three times a second for a minute at most, each with a control id of its own in place of CONTROL. The
// service need not take all of them: it may be stopped meanwhile.
func (s *story) keeps(ts *testscript.TestScript, _ bool, args []string) error {
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	message := strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\r")
	conn, err := net.Dial("tcp", s.mllp)
	if err != nil {
		return err
	}
	ts.Defer(func() { _ = conn.Close() })
	go func() {
		answers := bufio.NewReader(conn)
		for i := range 180 {
			if _, err := fmt.Fprintf(conn, "\x0b%s\r\x1c\r", strings.ReplaceAll(message, "CONTROL", fmt.Sprint("K", i))); err != nil {
				return
			}
			if _, err := answers.ReadString('\x1c'); err != nil {
				return
			}
			time.Sleep(time.Second / 3)
		}
	}()
	return nil
}

// feeds asks how the feeds stand until the answer holds a text: feeds TEXT.
func (s *story) feeds(_ *testscript.TestScript, _ bool, args []string) error {
	return s.until("/api/operations/feeds", "demo-operator", args[0])
}

// readyz asks until the answer holds a text.
func (s *story) readyz(_ *testscript.TestScript, _ bool, args []string) error {
	return s.until("/readyz", "", args[0])
}

func (s *story) until(path, token, text string) error {
	var body []byte
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(100 * time.Millisecond) {
		request, err := http.NewRequest(http.MethodGet, "http://"+s.http+path, nil)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		body, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			return err
		}
		if bytes.Contains(body, []byte(text)) {
			return nil
		}
	}
	return fmt.Errorf("%s did not say %q within 30 s; it says %s", path, text, body)
}

// standing opens a board that asks for the department's status, and reads until it holds a text: standing DEPARTMENT TEXT.
func (s *story) standing(_ *testscript.TestScript, _ bool, args []string) error {
	dialer := websocket.Dialer{Subprotocols: []string{stream.Subprotocol}}
	conn, response, err := dialer.Dial("ws://"+s.http+"/stream/departments/"+args[0], nil)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	defer func() { _ = conn.Close() }()
	if err := conn.WriteJSON(map[string]any{"type": "hello", "token": "demo-screen-" + args[0], "status": true}); err != nil {
		return err
	}
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return fmt.Errorf("the board was not told %q: %w", args[1], err)
		}
		if bytes.Contains(frame, []byte(`"type":"status"`)) && bytes.Contains(frame, []byte(args[1])) {
			return nil
		}
	}
}
