package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers/stream"
)

// arena is the real program with people, systems, plans of two centres and a patient in two hospitals, for those who attack it.
type arena struct {
	t       *testing.T
	folder  string
	address string
	log     *processLog
	stop    func()

	// cookies are the sessions of people by their names, and "ended", which is one no more; secrets are those of their second factors.
	cookies, secrets map[string]string
	keys             systemKeys
	// harlow and watford are the alerts of one plan of RP4 in two hospitals.
	harlow, watford string
}

// attack is one request that must be refused.
type attack struct {
	class, what, method, path string
	// as is a bearer token, or "cookie NAME".
	as, body string
	headers  []string
	// want are the statuses that are a refusal.
	want string
	// actor and subject are those of the refusal that must stand in the journal; none if both are empty.
	actor, subject string
}

const arenaPassword = "tram violet bucket nine"

// cookieOfTests is the session's cookie on plain HTTP from this machine.
const cookieOfTests = "ucpalert-plain-http-this-machine-only"

func newArena(t *testing.T) *arena {
	t.Helper()
	a := &arena{t: t, folder: t.TempDir(), cookies: map[string]string{}, secrets: map[string]string{}, keys: newSystemKeys()}
	a.invite()
	if err := os.WriteFile(filepath.Join(a.folder, "systems.jwks"), a.keys.public(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.folder, "directory.yaml"), demo.DirectoryYAML, 0o600); err != nil {
		t.Fatal(err)
	}
	a.address = freeAddress(t)
	hospitals := freeAddress(t)
	name, err := writeTestConfig(a.folder, a.address, hospitals, "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, "oauth:\n  base_url: %s\n  systems:\n"+
		"    - {id: gosh, role: centre, organisation: RP4, scopes: [system/*.read, system/*.write], jwks_file: systems.jwks}\n"+
		"    - {id: kings, role: centre, organisation: RJZ, scopes: [system/*.read], jwks_file: systems.jwks}\n", arenaBase)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	process, log := serving(t, name)
	a.log = log
	stopped := false
	a.stop = func() {
		if stopped {
			return
		}
		stopped = true
		_ = process.Process.Signal(os.Interrupt)
		if err := process.Wait(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	}
	t.Cleanup(a.stop)
	a.arrive(hospitals)
	return a
}

// invite makes accounts before the service starts. A minute ago each joined with a code, so that there is another one to sign in with.
func (a *arena) invite() {
	a.t.Helper()
	db, err := sql.Open(a.t.Context(), sql.Options{DataDir: filepath.Join(a.folder, "data")})
	if err != nil {
		a.t.Fatal(err)
	}
	past := func() time.Time { return time.Now().Add(-time.Minute) }
	desk := people.NewDesk(sql.NewStore(db), func(access.Account) error { return nil }, past, people.Limits{Idle: time.Hour, Absolute: 2 * time.Hour, Invitation: time.Hour})
	for _, p := range []people.Person{
		{Name: "nurse", Role: access.Clinician, Organisation: "RQW"}, {Name: "watford", Role: access.Clinician, Organisation: "RWG"},
		{Name: "lead", Role: access.NurseInCharge, Organisation: "RQW"}, {Name: "boss", Role: access.Administrator, Organisation: "QM7"},
		{Name: "author", Role: access.CentreLead, Organisation: "RP4"}, {Name: "rival", Role: access.CentreLead, Organisation: "RJZ"}, {Name: "ended", Role: access.Clinician, Organisation: "RQW"},
	} {
		_, link, err := desk.Invite(a.t.Context(), journal.Service, p)
		if err != nil {
			a.t.Fatal(err)
		}
		offer, err := desk.Offer(a.t.Context(), link)
		if err != nil {
			a.t.Fatal(err)
		}
		cookie, session, err := desk.Accept(a.t.Context(), link, "", arenaPassword, people.Code(offer.Secret, past()), people.From{Place: "127.0.0.1", Agent: "test"})
		if err == nil && p.Name == "ended" {
			err = desk.End(a.t.Context(), journal.Service, session.Person, session.ID)
		}
		if err != nil {
			a.t.Fatal(err)
		}
		a.cookies[p.Name], a.secrets[p.Name] = cookie, offer.Secret
	}
	if err := db.Close(); err != nil {
		a.t.Fatal(err)
	}
}

// arrive has the patient come to both hospitals.
func (a *arena) arrive(hospitals string) {
	a.t.Helper()
	if code, body, err := putPlan(a.address, "demo-centre-RP4", "plan-1", planJSON("plan-1", killPatients[0], "1980-02-13", "MARKER headline", "active")); err != nil || code != 201 {
		a.t.Fatalf("publish: %d %s %v", code, body, err)
	}
	client := &mllp.Client{Address: hospitals}
	defer func() { _ = client.Close() }()
	for _, at := range [][2]string{{"RQW", "RQWG0"}, {"RWG", "RWG02"}} {
		if answer, err := client.Send(a.t.Context(), attendance("A04", "C"+at[0], at[0], at[1], "V"+at[0])); answered(answer, err) != "AA" {
			a.t.Fatal(answered(answer, err))
		}
	}
	alert := func(department, token string) string {
		var board struct{ Alerts []struct{ ID string } }
		_, body, _ := a.ask(attack{method: "GET", path: "/api/departments/" + department + "/alerts", as: token})
		if err := json.Unmarshal([]byte(body), &board); err != nil || len(board.Alerts) != 1 {
			a.t.Fatalf("%v: %s", err, body)
		}
		return board.Alerts[0].ID
	}
	a.harlow, a.watford = alert("RQW-AE", "demo-clinician-RQW"), alert("RWG-AE", "demo-clinician-RWG")
}

// ask sends a request as it stands, without tidying its path up, and returns what it is answered.
func (a *arena) ask(of attack) (status int, body string, header http.Header) {
	a.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", of.method, of.path, a.address)
	if name, ok := strings.CutPrefix(of.as, "cookie "); ok {
		fmt.Fprintf(&b, "Cookie: %s=%s\r\n", cookieOfTests, a.cookies[name])
	} else if of.as != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", of.as)
	}
	for i := 0; i < len(of.headers); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", of.headers[i], of.headers[i+1])
	}
	if of.body != "" {
		if !slices.Contains(of.headers, "Content-Type") {
			kind := "application/json"
			if strings.HasPrefix(of.path, "/fhir") {
				kind = "application/fhir+json"
			}
			fmt.Fprintf(&b, "Content-Type: %s\r\n", kind)
		}
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(of.body))
	}
	return a.raw(b.String() + "\r\n" + of.body)
}

// raw sends bytes and returns the first answer to them; status 0 if the connection was closed without one.
func (a *arena) raw(text string) (status int, body string, header http.Header) {
	a.t.Helper()
	conn, err := net.Dial("tcp", a.address)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		a.t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(conn, text) }() // it may be refused before it is read to the end
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			a.t.Fatalf("no answer to %.80q", text)
		}
		return 0, "", nil
	}
	all, _ := io.ReadAll(answer.Body) // cut where the connection is closed on a body that was not read
	_ = answer.Body.Close()
	return answer.StatusCode, string(all), answer.Header
}

// tried checks that an attack was refused and that its answer says nothing.
func (a *arena) tried(of attack) {
	a.t.Helper()
	status, body, header := a.ask(of)
	a.judged(of, status, body, header)
}

func (a *arena) judged(of attack, status int, body string, header http.Header) {
	a.t.Helper()
	if !slices.Contains(strings.Fields(of.want), strconv.Itoa(status)) {
		a.t.Errorf("%s, %s: answered %d, want %s: %.200s", of.class, of.what, status, of.want, body)
	}
	for _, never := range []string{"MARKER", killPatients[0], "Testcase", "argon2", "root:"} {
		if strings.Contains(body, never) {
			a.t.Errorf("%s, %s: the answer holds %s: %.200s", of.class, of.what, never, body)
		}
	}
	for _, cookie := range header.Values("Set-Cookie") {
		if !strings.Contains(cookie, "Max-Age=0") {
			a.t.Errorf("%s, %s: was given a session", of.class, of.what)
		}
	}
	if header.Get("X-Injected") != "" || strings.Contains(header.Get("Location"), "evil") || strings.HasPrefix(header.Get("Location"), "//") {
		a.t.Errorf("%s, %s: the headers are %v", of.class, of.what, header)
	}
}

// ticket is a ticket for a stream of somebody's session.
func (a *arena) ticket(name string) string {
	a.t.Helper()
	status, body, _ := a.ask(attack{method: "POST", path: "/api/stream-ticket", as: "cookie " + name, headers: []string{"Sec-Fetch-Site", "same-origin"}})
	var made struct{ Ticket string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || status != 200 {
		a.t.Fatalf("%d %s", status, body)
	}
	return made.Ticket
}

// opened opens a stream, says hello, and returns the code with which it is closed: 0 if it is welcomed, the status if there is no stream.
func (a *arena) opened(path, origin, cookie, hello string) (code int, conn *websocket.Conn) {
	a.t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	if cookie != "" {
		header.Set("Cookie", cookieOfTests+"="+cookie)
	}
	dialer := websocket.Dialer{Subprotocols: []string{stream.Subprotocol}}
	conn, answer, err := dialer.Dial("ws://"+a.address+path, header)
	if err != nil {
		if answer == nil {
			a.t.Fatal(err)
		}
		return answer.StatusCode, nil
	}
	a.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		a.t.Fatal(err)
	}
	_ = conn.WriteMessage(websocket.TextMessage, []byte(hello)) // the close code tells
	_, frame, err := conn.ReadMessage()
	var closed *websocket.CloseError
	switch {
	case errors.As(err, &closed):
		return closed.Code, conn
	case err != nil:
		a.t.Fatal(err)
	case !bytes.Contains(frame, []byte(`"welcome"`)):
		a.t.Fatalf("the first frame is %s", frame)
	}
	return 0, conn
}

// commanded gives a command on a stream and returns the answer: done or refused.
func (a *arena) commanded(conn *websocket.Conn, command string) string {
	a.t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(command)); err != nil {
		a.t.Fatal(err)
	}
	for {
		var frame struct{ Type string }
		if err := conn.ReadJSON(&frame); err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return fmt.Sprint(closed.Code)
			}
			a.t.Fatal(err)
		}
		if frame.Type == "done" || frame.Type == "refused" {
			return frame.Type
		}
	}
}

// entries is the whole journal, once the service has stopped. The chain of it holds.
func (a *arena) entries() []journal.Entry {
	a.t.Helper()
	a.stop()
	db, err := sql.Open(a.t.Context(), sql.Options{DataDir: filepath.Join(a.folder, "data")})
	if err != nil {
		a.t.Fatal(err)
	}
	entries, err := sql.NewStore(db).After(a.t.Context(), 0, 1_000_000)
	if err := errors.Join(err, db.Close()); err != nil {
		a.t.Fatal(err)
	}
	if err := journal.Verify(0, [32]byte{}, entries); err != nil {
		a.t.Error(err)
	}
	return entries
}

// jwks is a set of public keys.
func jwks(t *testing.T, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return body
}
