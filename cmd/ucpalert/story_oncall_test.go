package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ucpalert/ucpalert/subscribers/channels/mailtest"
)

// mailserver starts a mail server for the service that starts next.
func (s *story) mailserver(ts *testscript.TestScript, _ bool, _ []string) error {
	t, ok := ts.Value(testKey{}).(testing.TB)
	if !ok {
		return fmt.Errorf("the story has no test")
	}
	s.mail = mailtest.New(t)
	return nil
}

// testKey is where a story finds the test that it is run by.
type testKey struct{}

// mailed waits for a mail to an address that holds every text (!TEXT: does not).
func (s *story) mailed(_ *testscript.TestScript, _ bool, args []string) error {
	for range 600 {
		for _, m := range s.mail.Got() {
			if m.To != args[0] {
				continue
			}
			for _, want := range args[1:] {
				unwanted, not := strings.CutPrefix(want, "!")
				if strings.Contains(m.Text, unwanted) == not {
					return fmt.Errorf("the mail and %q: %s", want, m.Text)
				}
			}
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("no mail to %s; the server got %v", args[0], s.mail.Got())
}
