package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// parts are the values of a message about the patient who has the plan; each row changes what it is about.
type parts struct {
	event, control, charset, pid3, name, born, visit, at, location string
}

func arrivesWith(change func(*parts)) []byte {
	p := parts{event: "A04", control: "1", pid3: killPatients[0] + "^^^NHS^NH", name: "Testcase^Ann", born: "19800213", visit: "V1", at: "20261122120000", location: "AE^^^RQWG0"}
	if change != nil {
		change(&p)
	}
	return fmt.Appendf(nil, "MSH|^~\\&|PAS|RQW|UCPALERT|UCPALERT|%s||ADT^%s|%s|P|2.4||||||%s\rEVN|%s|%s\rPID|1||%s||%s||%s|2\rPV1|1|E|%s||||||||||||||||%s\r",
		p.at, p.event, p.control, p.charset, p.event, p.at, p.pid3, p.name, p.born, p.location, p.visit)
}

// merges says that the record of a hospital number is that of another from an instant on.
func merges(control, at, from, into string) []byte {
	return fmt.Appendf(nil, "MSH|^~\\&|PAS|RQW|UCPALERT|UCPALERT|%s||ADT^A40|%s|P|2.4\rEVN|A40|%s\rPID|1||%s^^^RQW^MR\rMRG|%s^^^RQW^MR\r", at, control, at, into, from)
}

func framed(messages ...[]byte) []byte {
	var b []byte
	for _, m := range messages {
		b = mllp.AppendFrame(b, m)
	}
	return b
}

// littleEndian writes a text in UTF-16 with its mark.
func littleEndian(text []byte) []byte {
	b := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(string(text))) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return b
}

// conversation sends pieces over one connection and returns the codes of the answers, and "closed" if the service ended it. It stops
// reading when it has as many as are wanted.
func conversation(t *testing.T, address string, wanted int, pieces ...[]byte) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for i, piece := range pieces {
		if i > 0 {
			time.Sleep(20 * time.Millisecond) // so that each is a segment of its own
		}
		if _, err := conn.Write(piece); err != nil {
			break // it was closed meanwhile: the answers tell
		}
	}
	answers := mllp.NewReader(conn, mllp.Limits{})
	var codes []string
	for len(codes) < wanted {
		answer, err := answers.Next()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			t.Fatalf("no more answers after %v", codes)
		case err != nil:
			return strings.Join(append(codes, "closed"), " ")
		}
		codes = append(codes, answered(answer, nil))
	}
	return strings.Join(codes, " ")
}

// operatorAsks asks the quarantine.
func operatorAsks(t *testing.T, address, path string) []byte {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+address+"/api/operations/quarantine"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer demo-operator")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %v: %s", response.Status, err, body)
	}
	return body
}

// quarantineOf is what is in quarantine, byte for byte, the newest first.
func quarantineOf(t *testing.T, address string) (messages [][]byte) {
	t.Helper()
	var list struct{ Messages []struct{ ID string } }
	if err := json.Unmarshal(operatorAsks(t, address, ""), &list); err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Messages {
		messages = append(messages, operatorAsks(t, address, "/"+m.ID+"/bytes"))
	}
	return messages
}

// TestInputsThatRealSystemsHaveSent sends each through a real listener of the real program, in its own database.
func TestInputsThatRealSystemsHaveSent(t *testing.T) {
	control := func(id string) func(*parts) { return func(p *parts) { p.control, p.visit = id, "V"+id } }
	named := func(name, charset string) []byte {
		return arrivesWith(func(p *parts) { p.name, p.charset = name, charset })
	}
	notHL7 := []byte("GET / HTTP/1.1\r\n\r\n")
	noVisit := arrivesWith(func(p *parts) { p.visit, p.pid3 = "", "^^^NHS" })
	var backlog [][]byte
	for i := range 200 {
		backlog = append(backlog, arrivesWith(func(p *parts) { p.control, p.visit = fmt.Sprint(i), fmt.Sprint("V", i%20) }))
	}
	for _, row := range []struct {
		name   string
		pieces [][]byte
		want   string
		alerts int    // open afterwards
		shows  string // what the board says of the patient
		kept   [][]byte
	}{
		{name: "a byte-order mark before 0x0B", pieces: [][]byte{append([]byte("\xEF\xBB\xBF"), framed(arrivesWith(nil))...)}, want: "AA", alerts: 1},
		{name: "bytes before the start byte", pieces: [][]byte{append([]byte("hello?\r\n\x00"), framed(arrivesWith(nil))...)}, want: "AA", alerts: 1},
		{name: "no start byte", pieces: [][]byte{framed(arrivesWith(nil))[1:]}, want: "AA", alerts: 1},
		{name: "an LF after the final CR", pieces: [][]byte{append(append(framed(arrivesWith(control("1"))), '\n'), framed(arrivesWith(control("2")))...)}, want: "AA AA", alerts: 2},
		{name: "an LF after every CR", pieces: [][]byte{framed(bytes.ReplaceAll(arrivesWith(nil), []byte("\r"), []byte("\r\n")))}, want: "AA", alerts: 1},
		{name: "the two end bytes in two TCP segments", pieces: [][]byte{framed(arrivesWith(nil))[:len(framed(arrivesWith(nil)))-1], []byte("\r")}, want: "AA", alerts: 1},
		{name: "every byte in a TCP segment of its own", pieces: singly(framed(arrivesWith(nil))[:40], framed(arrivesWith(nil))[40:]), want: "AA", alerts: 1},
		{name: "several messages in one segment", pieces: [][]byte{framed(arrivesWith(control("1")), arrivesWith(control("2")), arrivesWith(control("3")))}, want: "AA AA AA", alerts: 3},
		{name: "0x0B inside a message", pieces: [][]byte{framed(named("Test\x0Bcase^Ann", ""))}, want: "AA", alerts: 1, shows: "Ann"},
		{name: "0x1C inside a message", pieces: [][]byte{framed(named("Test\x1Ccase^Ann", ""))}, want: "AA", alerts: 1, shows: "Ann"},
		{name: "a message without its end, then another", pieces: [][]byte{framed(arrivesWith(control("1")))[:120], framed(arrivesWith(control("2")))}, want: "AE ^^^207 AA", alerts: 1},
		{name: "a message cut in its control id, then another", pieces: [][]byte{framed(arrivesWith(control("1")))[:60], framed(arrivesWith(control("2")))}, want: "AA", alerts: 1},
		{name: "UTF-16", pieces: [][]byte{framed(littleEndian(named("Siân^Zoë", "UNICODE UTF-16")))}, want: "AA", alerts: 1, shows: "Siân"},
		{name: "a wrong MSH-18 label: UTF-8 under the name of ISO 8859-1", pieces: [][]byte{framed(named("Siân^Zoë", "8859/1"))}, want: "AA", alerts: 1, shows: "Siân"},
		{name: "a wrong MSH-18 label: windows-1252 under the name of UTF-8", pieces: [][]byte{framed(named("Si\xE2n^Zo\xEB", "UNICODE UTF-8"))}, want: "AA", alerts: 1, shows: "Siân"},
		{name: "windows-1252 names", pieces: [][]byte{framed(named("O\x92Neill^Zo\xEB", ""))}, want: "AA", alerts: 1, shows: "O’Neill"},
		{name: "ISO 8859-15 by its name", pieces: [][]byte{framed(named("\xA8aban^Zo\xEB", "8859/15"))}, want: "AA", alerts: 1, shows: "šaban"},
		{name: "month 13", pieces: [][]byte{framed(arrivesWith(func(p *parts) { p.born = "19801302" }))}, want: "AA", alerts: 1, shows: "possible"},
		{name: "the same MSH-10 for two different messages", pieces: [][]byte{framed(arrivesWith(nil), arrivesWith(func(p *parts) { p.visit = "V2" }))}, want: "AA AA", alerts: 2},
		{name: "the same message three times", pieces: [][]byte{framed(arrivesWith(nil), arrivesWith(nil), arrivesWith(nil))}, want: "AA AA AA", alerts: 1},
		{name: "A08 before A04", pieces: [][]byte{framed(
			arrivesWith(func(p *parts) { p.event, p.control, p.at = "A08", "2", "20261122120500" }), arrivesWith(nil))}, want: "AA AA", alerts: 1},
		{name: "A03 before A04", pieces: [][]byte{framed(
			arrivesWith(func(p *parts) { p.event, p.control, p.at = "A03", "2", "20261122120500" }), arrivesWith(nil))}, want: "AA AA", alerts: 0},
		{name: "A11 after the alert", pieces: [][]byte{framed(arrivesWith(nil),
			arrivesWith(func(p *parts) { p.event, p.control, p.at = "A11", "2", "20261122120500" }))}, want: "AA AA", alerts: 0},
		{name: "A40 both ways", pieces: [][]byte{framed(arrivesWith(func(p *parts) { p.pid3 = "H1^^^RQW^MR~" + p.pid3 }),
			merges("2", "20261122120100", "H1", "H2"), merges("3", "20261122120200", "H2", "H1"), merges("4", "20261122120300", "H1", "H2"))}, want: "AA AA AA AA", alerts: 1, shows: "confirmed"},
		{name: "a day-old replay", pieces: [][]byte{framed(append(backlog, backlog...)...)}, want: strings.TrimSpace(strings.Repeat("AA ", 400)), alerts: 20},
		{name: "PID-3 with the NHS number third", pieces: [][]byte{framed(arrivesWith(func(p *parts) {
			p.pid3 = "H1^^^RQW^MR~L2^^^LAB^PI~" + killPatients[0] + "^^^NHS^NH"
		}))}, want: "AA", alerts: 1, shows: "confirmed"},
		{name: "family name Unknown", pieces: [][]byte{framed(named("Unknown^", ""))}, want: "AA", alerts: 1},
		{name: "names with markup", pieces: [][]byte{framed(named("<b onclick=x>Testcase</b>^<script>", ""))}, want: "AA", alerts: 1, shows: "Testcase"},
		{name: "names with CR and LF", pieces: [][]byte{framed(named("Test\ncase^A\rnn", ""))}, want: "AA", alerts: 1},
		{name: "names with ANSI escapes", pieces: [][]byte{framed(named("\x1b[31mTestcase^\x1b]0;title\x07Ann", ""))}, want: "AA", alerts: 1, shows: "Testcase"},
		{name: "names with bidirectional controls", pieces: [][]byte{framed(named("Test\u202Ecase^\u2066Ann", ""))}, want: "AA", alerts: 1, shows: "Testcase"},
		{name: "an escape that nobody knows", pieces: [][]byte{framed(named("Test\\Zq\\case^Ann\\", ""))}, want: "AA", alerts: 1},
		{name: "a 1 GB frame without an end", pieces: append([][]byte{{0x0B}}, slices.Repeat([][]byte{bytes.Repeat([]byte("x"), 1<<20)}, 1<<10)...), want: "closed"},
		{name: "a message over the limit", pieces: [][]byte{framed(append(arrivesWith(nil), bytes.Repeat([]byte("NTE|1||text\r"), 20_000)...))}, want: "AR ^^^207 closed"},
		{name: "one byte a minute", pieces: [][]byte{framed(arrivesWith(nil))[:120]}, want: "AE ^^^207 closed"},
		{name: "rubbish without end", pieces: [][]byte{bytes.Repeat([]byte("rubbish\r\n"), 10_000)}, want: "closed"},
		{name: "a TLS greeting to a plain listener", pieces: [][]byte{append([]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), bytes.Repeat([]byte{0x5a}, 8<<10)...)}, want: "closed"},
		{name: "a frame that holds no message, and the next is taken", pieces: [][]byte{framed(notHL7, arrivesWith(nil))}, want: "AE MSH^1^^100 AA", alerts: 1, kept: [][]byte{notHL7}},
		{name: "an empty frame", pieces: [][]byte{framed([]byte{}, arrivesWith(nil))}, want: "AE MSH^1^^100 AA", alerts: 1, kept: [][]byte{{}}},
		{name: "no visit and no patient, twice", pieces: [][]byte{framed(noVisit, noVisit, arrivesWith(nil))}, want: "AE PV1^1^19^101 AE PV1^1^19^101 AA", alerts: 1, kept: [][]byte{noVisit}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			where := freeAddress(t)
			address, log := serveWith(t, t.TempDir(), fmt.Sprintf(`mllp:
  listeners:
    - {name: hostile, address: %q, message_bytes: 131072, frame_idle: 2s}
`, where), demo.DirectoryYAML)
			if code, body, err := putPlan(address, "demo-centre-RP4", "plan-1", planJSON("plan-1", killPatients[0], "1980-02-13", "Headline", "active")); err != nil || code != 201 {
				t.Fatalf("publish: %d %s %v", code, body, err)
			}
			wanted := strings.Count(row.want, "^^^") + strings.Count(row.want, "closed")
			for _, code := range []string{"AA", "AE M", "AE P"} {
				wanted += strings.Count(row.want, code)
			}
			if got := conversation(t, where, wanted, row.pieces...); got != row.want {
				t.Errorf("answered %s, want %s", got, row.want)
			}
			board := boardOf(t, address, "RQW-AE")
			if n := strings.Count(board, `"state"`); n != row.alerts {
				t.Errorf("%d alerts are open, want %d: %s", n, row.alerts, board)
			}
			if !strings.Contains(board, row.shows) {
				t.Errorf("the board does not say %q: %s", row.shows, board)
			}
			for _, unfit := range []string{"\\u001b", "\\u202e", "\\u2066", "\u202E", "\u2066", "\\u0007", "\\u000b", "\\u001c"} {
				if strings.Contains(board, unfit) {
					t.Errorf("the board holds %q: %s", unfit, board)
				}
			}
			kept := quarantineOf(t, address)
			if len(kept) != len(row.kept) {
				t.Fatalf("%d messages in quarantine, want %d", len(kept), len(row.kept))
			}
			for i := range kept {
				if !bytes.Equal(kept[i], row.kept[i]) {
					t.Errorf("kept %q, sent %q", kept[i], row.kept[i])
				}
			}
			for _, secret := range []string{killPatients[0], "Testcase", "19800213"} {
				if strings.Contains(log.String(), secret) {
					t.Errorf("the log holds %s: %s", secret, log)
				}
			}
		})
	}
}

// singly cuts bytes into single ones, and appends the rest.
func singly(b, rest []byte) (pieces [][]byte) {
	for i := range b {
		pieces = append(pieces, b[i:i+1])
	}
	return append(pieces, rest)
}

// boardOf is a department's board as JSON.
func boardOf(t *testing.T, address, department string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/api/departments/"+department+"/alerts", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer demo-clinician-RQW")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}
