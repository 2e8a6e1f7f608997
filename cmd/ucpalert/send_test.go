package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/hl7/mllp"
)

func TestTheMessagesOfAFile(t *testing.T) {
	one, two := "MSH|^~\\&|A|RQW\rPID|1\r", "MSH|^~\\&|B|RQW\rPID|2\r"
	for _, row := range []struct {
		what, content string
		want          []string
		fails         string
	}{
		{"one after the other", one + two, []string{one, two}, ""},
		{"with blank lines between them", "\n" + strings.ReplaceAll(one+"\r\r"+two, "\r", "\n"), []string{one, two}, ""},
		{"with a byte-order mark and CRLF", "\xEF\xBB\xBF" + strings.ReplaceAll(one, "\r", "\r\n"), []string{one}, ""},
		{"in frames: byte for byte", "\x0b" + one + "\n\x00x\x1c\r\n\x0bnot HL7\x1c\r", []string{one + "\n\x00x", "not HL7"}, ""},
		{"in frames, the last cut", "\x0b" + one + "\x1c\r\x0bMSH|", nil, "message 2"},
		{"a line of JSON each", `"MSH|^~\\&|A|RQW\rPID|1\r"` + "\n" + `{"id":7,"message":"MSH|^~\\&|B|RQW\nPID|2"}`, []string{one, two}, ""},
		{"JSON of something else", `{"text":"x"}`, nil, "message 1"},
		{"JSON that is cut", `{"message":"MSH`, nil, "no JSON"},
		{"nothing", "", nil, "no HL7 message"},
		{"no message", "hello\n", nil, "no HL7 message"},
	} {
		t.Run(row.what, func(t *testing.T) {
			messages, err := messagesIn([]byte(row.content))
			if (err == nil) != (row.fails == "") || err != nil && !strings.Contains(err.Error(), row.fails) {
				t.Fatalf("got %v, want %q", err, row.fails)
			}
			var got []string
			for _, m := range messages {
				got = append(got, string(m))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// runSend runs the command in a process of its own.
func runSend(t *testing.T, arguments ...string) (out, log string, err error) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, append([]string{"send"}, arguments...)...)
	command.Args[0] = "ucpalert"
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err = command.Run()
	return stdout.String(), stderr.String(), err
}

func TestSendOverTLSWithACertificate(t *testing.T) {
	folder := t.TempDir()
	ca := newAuthority(t, "hospitals")
	files := tlsConfig{ClientCA: []string{ca.write(filepath.Join(folder, "ca.pem"))}}
	files.Certificate, files.Key = writePair(t, folder, "service", ca.server("service"))
	own, ownKey := writePair(t, folder, "own", ca.client("sender", nil))
	stranger, strangerKey := writePair(t, folder, "stranger", newAuthority(t, "others").client("stranger", nil))
	held, err := newCertificates(files, nil, newLogTo(os.Stderr))
	if err != nil {
		t.Fatal(err)
	}
	address := listenAndAnswer(t, held.config(), func(int) string { return "AA" })
	message := filepath.Join(folder, "message.hl7")
	if err := os.WriteFile(message, attendance("A04", "42", "RQW", "", "V1"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what      string
		arguments []string
		fails     string
	}{
		{"right", []string{"--to", address, "--ca", files.ClientCA[0], "--certificate", own, "--key", ownKey}, ""},
		{"right, by the listener's name", []string{"--to", address, "--server-name", "localhost", "--ca", files.ClientCA[0], "--certificate", own, "--key", ownKey}, ""},
		{"without a certificate", []string{"--to", address, "--ca", files.ClientCA[0]}, "certificate required"},
		{"with a stranger's", []string{"--to", address, "--ca", files.ClientCA[0], "--certificate", stranger, "--key", strangerKey}, "tls:"},
		{"to a listener of another name", []string{"--to", "127.0.0.1:" + port, "--server-name", "elsewhere.example", "--ca", files.ClientCA[0], "--certificate", own, "--key", ownKey}, "elsewhere.example"},
		{"to a listener that is not trusted", []string{"--to", address, "--tls"}, "unknown authority"},
		{"a certificate without its key", []string{"--to", address, "--certificate", own}, "--key"},
	} {
		t.Run(row.what, func(t *testing.T) {
			out, log, err := runSend(t, append(row.arguments, "--retries", "0", message)...)
			if (err == nil) != (row.fails == "") || row.fails != "" && !strings.Contains(log, row.fails) {
				t.Errorf("%v\n%s%s", err, out, log)
			}
			if row.fails == "" && (!strings.HasPrefix(out, "AA 42 ") || !strings.Contains(log, "sent 1 messages in") || !strings.Contains(log, ": 1 AA")) {
				t.Errorf("printed %q, said %q", out, log)
			}
		})
	}
}

// listenAndAnswer answers the n-th message, from 0, with a code; "" closes the connection instead.
func listenAndAnswer(t *testing.T, config *tls.Config, code func(n int) string) string {
	t.Helper()
	var mu sync.Mutex
	n := 0
	h := hospitals{{listenerConfig: listenerConfig{Name: "test", Address: "127.0.0.1:0"}, server: &mllp.Server{
		TLS: config, Handler: func(_ context.Context, _ mllp.Peer, message []byte) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			answer := code(n)
			n++
			if answer == "" {
				return nil, errors.New("closed on purpose")
			}
			control := strings.Split(string(message), "|")[9]
			return fmt.Appendf(nil, "MSH|^~\\&|T|T|T|T|||ACK|1|P|2.4\rMSA|%s|%s|because\r", answer, control), nil
		},
	}}}
	return served(t, h)
}

func TestSendRepeatsWhatIsNotAnsweredAndReportsWhatIsRefused(t *testing.T) {
	folder := t.TempDir()
	several := filepath.Join(folder, "several.hl7")
	text := append(attendance("A04", "1", "RQW", "", "V1"), append(attendance("A04", "2", "RQW", "", "V2"), attendance("A04", "3", "RQW", "", "V3")...)...)
	if err := os.WriteFile(several, text, 0o600); err != nil {
		t.Fatal(err)
	}
	address := listenAndAnswer(t, nil, func(n int) string { return []string{"AA", "", "AE", "AA"}[n] })
	out, log, err := runSend(t, "--to", address, "--rate", "1000", several)
	if err == nil || !strings.Contains(log, errNotAll.Error()) {
		t.Errorf("%v: %s", err, log)
	}
	var lines []string
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		lines = append(lines, strings.Join(append(fields[:2:2], fields[3:]...), " "))
	}
	if diff := cmp.Diff([]string{"AA 1 because", "AE 2 because", "AA 3 because"}, lines); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"again in 1s", "sent 3 messages", "1 AE, 2 AA; 1 sent again"} {
		if !strings.Contains(log, want) {
			t.Errorf("it does not say %q: %s", want, log)
		}
	}

	silent := listenAndAnswer(t, nil, func(int) string { return "" })
	out, log, err = runSend(t, "--to", silent, "--retries", "0", several)
	if err == nil || out != "" || !strings.Contains(log, "message 1 of ") || !strings.Contains(log, "none answered") {
		t.Errorf("nothing is answered: %v %q %q", err, out, log)
	}
}
