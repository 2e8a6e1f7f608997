package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// openLine is one connection of a sender, which is never made again.
type openLine struct {
	t       *testing.T
	conn    *tls.Conn
	answers *mllp.Reader
	sent    int
}

func dialTLS(t *testing.T, address string, a *authority, shows tls.Certificate) *openLine {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: a.pool(), ServerName: "localhost", Certificates: []tls.Certificate{shows}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &openLine{t: t, conn: conn, answers: mllp.NewReader(conn, mllp.Limits{})}
}

// says sends an arrival of the trust and returns what it was answered.
func (l *openLine) says(who string) string {
	l.t.Helper()
	l.sent++
	id := fmt.Sprint(who, l.sent)
	if err := l.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.conn.Write(mllp.AppendFrame(nil, attendance("A04", id, "RQW", "RQWG0", id))); err != nil {
		l.t.Fatal(err)
	}
	return answered(l.answers.Next())
}

func TestNewSendersAreTakenAndOpenConnectionsGoOn(t *testing.T) {
	folder := t.TempDir()
	ca := newAuthority(t, "hospitals")
	certificate, key := writePair(t, folder, "service", ca.server("localhost"))
	first, second := ca.client("first", nil), ca.client("second", nil)
	secure := freeAddress(t)
	sender := func(name string, c tls.Certificate, organisation string) string {
		return fmt.Sprintf("    - {name: %s, subject: %q, organisation: %s}\n", name, c.Leaf.Subject.String(), organisation)
	}
	_, log := serveWith(t, folder, fmt.Sprintf("mllp:\n  listeners:\n    - {name: secure, address: %q, tls: {certificate: %s, key: %s, client_ca: [%s]}}\n  senders:\n%s",
		secure, filepath.Base(certificate), filepath.Base(key), filepath.Base(ca.write(filepath.Join(folder, "ca.pem"))), sender("first", first, "RQW")), demo.DirectoryYAML)
	config := filepath.Join(folder, "ucpalert.yaml")
	before, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(with, says string) {
		t.Helper()
		said := strings.Count(log.String(), says)
		if err := os.WriteFile(config+".new", bytes.Replace(before, []byte(sender("first", first, "RQW")), []byte(with), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(config+".new", config); err != nil {
			t.Fatal(err)
		}
		for begun := time.Now(); strings.Count(log.String(), says) == said; time.Sleep(50 * time.Millisecond) {
			if time.Since(begun) > 30*time.Second {
				t.Fatalf("the log does not say %q: %s", says, log)
			}
		}
	}
	one, two := dialTLS(t, secure, ca, first), dialTLS(t, secure, ca, second)
	expect := func(when, ofOne, ofTwo string) {
		t.Helper()
		if a, b := one.says("one"), two.says("two"); a != ofOne || b != ofTwo {
			t.Errorf("%s: answered %s and %s, want %s and %s", when, a, b, ofOne, ofTwo)
		}
	}
	const not = "AR MSH^1^4^103"
	expect("at first", "AA", not)
	replace(sender("first", first, "NOBODY"), "the new senders cannot be used; those before go on")
	expect("an organisation that is not in the directory", "AA", not)
	replace(sender("first", first, "RQW")+"    - {name: x, colour: red}\n", "the new senders cannot be used; those before go on")
	expect("a key that nobody knows", "AA", not)
	replace(sender("first", first, "RQW")+sender("second", second, "RQW"), "Sender second is new: the certificate "+second.Leaf.Subject.String()+" speaks for RQW, all sites.")
	expect("the second is entered", "AA", "AA")
	replace(sender("second", second, "RQW"), "Sender first may not send any more.")
	expect("the first is removed", not, "AA")
	replace(sender("first", first, "RQW")+sender("second", second, "RWG"), "Sender second: the certificate "+second.Leaf.Subject.String()+" speaks for RWG, all sites; before,")
	expect("the second is another trust's", "AA", not)
	if strings.Contains(log.String(), "at its next start") {
		t.Errorf("nothing but the senders changed: %s", log)
	}
	replace(sender("first", first, "RQW")+"log_level: warn\n", "only mllp.senders is taken while the service runs")
}
