package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ucpalert/ucpalert/people"
)

// joins makes an account of a clinician at RQW, has it sign in with its password and second factor, and adds a phone with the code that it was
// sent: joins NAME NUMBER.
func (s *story) joins(_ *testscript.TestScript, _ bool, args []string) error {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	server := &benchServer{http: s.http}
	secret, err := joinBench(ctx, server, args[0])
	if err != nil {
		return err
	}
	b := newBrowser(server)
	if err := b.post(ctx, "/api/sign-in", "", map[string]string{"name": args[0], "password": benchPassword, "code": people.Code(secret, time.Now().Add(30*time.Second))}, nil); err != nil {
		return err
	}
	err = s.addPhone(args[1], func(path string, body map[string]string, into any) error { return b.post(ctx, path, "", body, into) })
	if err != nil {
		return err
	}
	if s.browsers == nil {
		s.browsers = map[string]browser{}
	}
	s.browsers[args[0]] = b
	return nil
}

// subscribes keeps a subscription of somebody who joined: subscribes NAME JSON; with ! it is refused.
func (s *story) subscribes(_ *testscript.TestScript, neg bool, args []string) error {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	err := s.browsers[args[0]].post(ctx, "/api/subscriptions", "", json.RawMessage(args[1]), nil)
	if (err != nil) != neg {
		return fmt.Errorf("subscribing was answered with %v", err)
	}
	return nil
}

// told waits for so many text messages about alerts to a number, and no more, each of which holds every text (!TEXT: does not): told NUMBER COUNT [TEXT…].
func (s *story) told(_ *testscript.TestScript, _ bool, args []string) error {
	want, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	var all []string
	for range 600 {
		if all = s.texts.about(args[0]); len(all) >= want {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(all) != want {
		return fmt.Errorf("%d text messages to %s, want %d: %q", len(all), args[0], want, all)
	}
	for _, text := range all {
		for _, part := range args[2:] {
			unwanted, not := strings.CutPrefix(part, "!")
			if strings.Contains(text, unwanted) == not {
				return fmt.Errorf("the text message and %q: %s", part, text)
			}
		}
	}
	return nil
}

// about are the texts about alerts to a number.
func (g *textGateway) about(number string) (all []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.got {
		if m["to"] == number && strings.Contains(m["text"], "UCP alert,") {
			all = append(all, m["text"])
		}
	}
	return all
}
