package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jmoiron/sqlx"

	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/subscribers/stream"
)

// tap stands before the service for one of those who speak to it, and keeps every byte that the service sends them.
type tap struct {
	name, to string
	listener net.Listener
	all      sync.WaitGroup

	mu       sync.Mutex
	received bytes.Buffer
	open     map[net.Conn]bool
}

func newTap(t *testing.T, name, to string) *tap {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tap{name: name, to: to, listener: listener, open: map[net.Conn]bool{}}
	p.all.Go(p.accept)
	t.Cleanup(func() { _ = listener.Close(); p.cut(); p.all.Wait() })
	return p
}

func (p *tap) accept() {
	for {
		here, err := p.listener.Accept()
		if err != nil {
			return
		}
		there, err := net.Dial("tcp", p.to)
		if err != nil { // the service is away
			_ = here.Close()
			continue
		}
		p.mu.Lock()
		p.open[here], p.open[there] = true, true
		p.mu.Unlock()
		p.all.Go(func() { _, _ = io.Copy(there, here); _ = there.Close() })
		p.all.Go(func() { _, _ = io.Copy(io.MultiWriter(p, here), there); _ = here.Close() })
	}
}

// Write implements [io.Writer]: what was received.
func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.received.Write(b)
}

// cut drops every connection.
func (p *tap) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		_ = conn.Close()
		delete(p.open, conn)
	}
}

func (p *tap) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.received.String()
}

// tainted is a patient of one department with a plan of one centre. Every word of theirs is a marker: it stands nowhere else in the world.
type tainted struct{ trust, site, department, centre, nhs, born, postcode, family, headline, text string }

func taintedPatients() (all []tainted) {
	for i, at := range [][3]string{{"RQW", "RQWG0", "RRV"}, {"RWG", "RWG02", "RAL"}, {"RWH", "RWH01", "RJZ"}, {"RAJ", "RAJ12", "RP4"}} {
		all = append(all, tainted{
			trust: at[0], site: at[1], department: at[0] + "-AE", centre: at[2], nhs: killPatients[i], born: fmt.Sprintf("1937-03-1%d", i), postcode: fmt.Sprintf("ZZ9%d 7QX", i),
			family: "Taintfamily" + at[0], headline: "Taintheadline" + at[0], text: "Tainttext" + at[0],
		})
	}
	return all
}

// identity is what says who it is.
func (p tainted) identity() []string {
	spaced := p.nhs[:3] + " " + p.nhs[3:6] + " " + p.nhs[6:]
	return []string{p.nhs, spaced, p.born, strings.ReplaceAll(p.born, "-", ""), p.postcode, p.family, strings.ToUpper(p.family)}
}

func (p tainted) plan(version string) []byte {
	b := planJSON("plan-"+p.trust, p.nhs, p.born, p.headline, "active")
	b = bytes.ReplaceAll(b, []byte(`"family":"Testcase"`), []byte(`"family":"`+p.family+`"`))
	b = bytes.Replace(b, []byte(`"birthDate"`), []byte(`"address":[{"postalCode":"`+p.postcode+`"}],"birthDate"`), 1)
	return bytes.Replace(b, []byte("First: "+p.headline), []byte(version+" "+p.text), 1)
}

func (p tainted) message(event, control string) []byte {
	at := time.Now().UTC().Format("20060102150405.000")
	return fmt.Appendf(nil, "MSH|^~\\&|PAS|%s|UCPALERT|UCPALERT|%s+0000||ADT^%s|%s|P|2.4\rEVN|%s|%s+0000\rPID|1||%s^^^NHS||%s^Ann||%s|2|||^^^^%s\rPV1|1|E|AE^^^%s||||||||||||||||V-%s\r",
		p.trust, at, event, control, event, at, p.nhs, p.family, strings.ReplaceAll(p.born, "-", ""), p.postcode, p.site, p.trust)
}

// taintRun is the real program between its taps.
type taintRun struct {
	t          *testing.T
	folder     string
	config     string
	http, mllp string
	patients   []tainted
	taps       map[string]*tap
	logs       []*processLog
	stop       func(os.Signal)
	errors     bytes.Buffer // the bodies of answers of 400 and above
	alerts     map[string]string
}

// start starts the program, for the first time or again.
func (r *taintRun) start() {
	r.t.Helper()
	process, log := serving(r.t, r.config)
	r.logs = append(r.logs, log)
	r.stop = func(how os.Signal) {
		r.stop = func(os.Signal) {}
		_ = process.Process.Signal(how)
		if err := process.Wait(); err != nil && how == os.Interrupt {
			r.t.Errorf("the program ended with %v", err)
		}
	}
}

// by is the tap of somebody, which is made when they first speak.
func (r *taintRun) by(name, to string) *tap {
	if r.taps[name] == nil {
		r.taps[name] = newTap(r.t, name, to)
	}
	return r.taps[name]
}

// ask asks over HTTP as the holder of a token; "stranger" has none.
func (r *taintRun) ask(who, method, path, body string) (int, []byte) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, "http://"+r.by(who, r.http).listener.Addr().String()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if who != "stranger" {
		request.Header.Set("Authorization", "Bearer "+who)
	}
	if body != "" {
		request.Header.Set("Content-Type", map[bool]string{true: "application/fhir+json", false: "application/json"}[strings.HasPrefix(path, "/fhir")])
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}} // so that the tap sees the words
	answer, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	all, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		r.t.Fatal(err)
	}
	if answer.StatusCode >= 400 {
		r.errors.Write(all)
	}
	return answer.StatusCode, all
}

// send sends as a hospital and returns the code of the answer.
func (r *taintRun) send(p tainted, event, control string) string {
	within := 30 * time.Second
	if control == "REFUSED" { // nothing comes
		within = time.Second
	}
	client := &mllp.Client{Address: r.by("hospital "+p.trust, r.mllp).listener.Addr().String(), Timeout: within}
	defer func() { _ = client.Close() }()
	answer, err := client.Send(r.t.Context(), p.message(event, control))
	if err != nil {
		return "no answer"
	}
	return answered(answer, nil)
}

// watch opens a stream and reads it until the tap is cut.
func (r *taintRun) watch(who, path string) {
	r.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{stream.Subprotocol}}
	conn, _, err := dialer.Dial("ws://"+r.by(who, r.http).listener.Addr().String()+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := conn.WriteJSON(map[string]any{"type": "hello", "token": who, "status": true, "visible": true}); err != nil {
		r.t.Fatal(err)
	}
	tap := r.taps[who]
	tap.all.Go(func() {
		defer func() { _ = conn.Close() }()
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	})
}

// everybodyAsks asks, as everybody, for what is theirs, and for what is not.
func (r *taintRun) everybodyAsks() {
	r.t.Helper()
	for _, p := range r.patients {
		clinician, alert := "demo-clinician-"+p.trust, "/api/alerts/"+r.alerts[p.trust]
		for _, path := range []string{"", "/plan", "/thread", "/identity"} {
			for _, other := range r.patients {
				r.ask("demo-clinician-"+other.trust, "GET", alert+path, "")
			}
			r.ask("demo-centre-"+p.centre, "GET", alert+path, "")
			r.ask("demo-operator", "GET", alert+path, "")
			r.ask("stranger", "GET", alert+path, "")
		}
		for _, path := range []string{"alerts", "arrivals", "recent", "ruled-out", "checked"} {
			for _, other := range r.patients {
				r.ask("demo-clinician-"+other.trust, "GET", "/api/departments/"+p.department+"/"+path, "")
				r.ask("demo-screen-"+other.department, "GET", "/api/departments/"+p.department+"/"+path, "")
			}
			r.ask("demo-coordinator-QM7", "GET", "/api/departments/"+p.department+"/"+path, "")
		}
		for _, other := range r.patients {
			for _, path := range []string{"/fhir/CarePlan/plan-" + p.trust, "/fhir/CarePlan/plan-" + p.trust + "/_history", "/api/centre/plans/plan-" + p.trust, "/api/centre/export"} {
				r.ask("demo-centre-"+other.centre, "GET", path, "")
			}
			r.ask("demo-centre-"+other.centre, "PUT", "/fhir/CarePlan/plan-"+p.trust, string(bytes.Replace(p.plan("Stolen"), []byte("active"), []byte("unheard-of"), 1)))
			r.ask("demo-hospital-"+other.trust, "POST", "/fhir/Encounter", `{"resourceType":"Encounter","status":"`+p.family+`","identifier":[{"value":"`+p.nhs+`"}]}`)
		}
		// Words of theirs stand in addresses, bodies and headers that are refused: none of it comes back, or is logged.
		r.ask(clinician, "GET", "/api/alerts/"+p.family+"/plan?q="+p.nhs, "")
		r.ask(clinician, "POST", alert+"/handover", `{"from":"`+p.family+`","to":"`+p.headline+`","x":"`+p.text+`"}`)
		r.ask("demo-centre-"+p.centre, "POST", "/fhir/CarePlan", `{"resourceType":"`+p.text+`","id":"`+p.nhs+`"}`)
		r.ask("demo-centre-"+p.centre, "GET", "/fhir/CarePlan?identifier="+p.nhs+"&family="+p.family, "")
		r.ask("stranger", "POST", "/api/sign-in", `{"name":"`+p.family+`","password":"`+p.text+`","code":"`+p.nhs+`"}`)
	}
	for _, path := range []string{"/metrics", "/readyz", "/healthz", "/api/departments", "/api/openapi.json", "/fhir/metadata", "/", "/board/RQW-AE", "/nothing"} {
		r.ask("stranger", "GET", path, "")
	}
	for _, path := range []string{"now", "quarantine", "feeds", "screens"} {
		r.ask("demo-operator", "GET", "/api/operations/"+path, "")
	}
	r.ask("demo-operator", "GET", "/api/proofs", "")
	r.ask("demo-administrator", "GET", "/api/people", "")
	r.ask("demo-coordinator-QM7", "GET", "/api/session", "")
}

// TestNoWordOfAPatientIsOutsideItsPlace has a patient with a plan come to each of four hospitals while connections are cut, the program is
// killed and a write is refused by the storage. Everything that the service sent to anybody, logged, counted or wrote beside its database is kept
// and searched for their words.
func TestNoWordOfAPatientIsOutsideItsPlace(t *testing.T) {
	r := &taintRun{t: t, folder: t.TempDir(), patients: taintedPatients(), taps: map[string]*tap{}, alerts: map[string]string{}, http: freeAddress(t), mllp: freeAddress(t)}
	var err error
	if r.config, err = writeTestConfig(r.folder, r.http, r.mllp, ""); err != nil {
		t.Fatal(err)
	}
	r.start()
	t.Cleanup(func() { r.stop(os.Kill) })
	for i, p := range r.patients {
		if status, _ := r.ask("demo-centre-"+p.centre, "PUT", "/fhir/CarePlan/plan-"+p.trust, string(p.plan("First"))); status != 201 {
			t.Fatalf("publish: %d", status)
		}
		r.watch("demo-screen-"+p.department, "/stream/departments/"+p.department)
		if code := r.send(p, "A04", fmt.Sprint("C", i)); code != "AA" {
			t.Fatal(code)
		}
		var board struct{ Alerts []struct{ ID string } }
		if _, body := r.ask("demo-clinician-"+p.trust, "GET", "/api/departments/"+p.department+"/alerts", ""); json.Unmarshal(body, &board) != nil || len(board.Alerts) != 1 {
			t.Fatalf("the board is %s", body)
		}
		r.alerts[p.trust] = board.Alerts[0].ID
	}
	r.watch("demo-coordinator-QM7", "/stream/regions/QM7")
	r.everybodyAsks()

	// A fault each: cut connections, a killed program, a write that the storage refuses. Meanwhile all goes on.
	for _, name := range []string{"demo-screen-RQW-AE", "demo-screen-RWH-AE", "demo-coordinator-QM7"} {
		r.taps[name].cut()
	}
	for i, p := range r.patients {
		if status, _ := r.ask("demo-centre-"+p.centre, "PUT", "/fhir/CarePlan/plan-"+p.trust, string(p.plan("Second"))); status != 200 {
			t.Errorf("revise: %d", status)
		}
		r.send(p, "A08", fmt.Sprint("D", i))
	}
	r.stop(os.Kill)
	r.refuseMessages("REFUSED")
	r.start()
	for _, p := range r.patients {
		if code := r.send(p, "A08", "REFUSED"); code == "AA" {
			t.Error("a message is answered AA that the storage refused")
		}
		r.watch("demo-screen-"+p.department, "/stream/departments/"+p.department)
		if code := r.send(p, "ZZZ", "E1"); code == "AA" {
			t.Error("an event that there is not is answered AA")
		}
	}
	r.watch("demo-coordinator-QM7", "/stream/regions/QM7")
	r.everybodyAsks()
	soon(t, "every screen shows the revision", func() bool {
		return !slices.ContainsFunc(r.patients, func(p tainted) bool {
			return !strings.Contains(r.taps["demo-screen-"+p.department].text(), p.headline)
		})
	})
	if status, _ := r.ask("stranger", "GET", "/readyz", ""); status != 200 {
		t.Errorf("not ready in the end: %d", status)
	}
	r.stop(os.Interrupt)
	r.judge()
}

// refuseMessages has the database refuse to keep the messages with a control id, in words that could be a patient's.
func (r *taintRun) refuseMessages(control string) {
	r.t.Helper()
	db, err := sqlx.Open("sqlite3", filepath.Join(r.folder, "data", "ucpalert.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	_, err = db.Exec(`CREATE TRIGGER refuse BEFORE INSERT ON message WHEN NEW.control_id = '` + control + `' BEGIN SELECT RAISE(ABORT, 'refused by the test'); END`)
	if err := errors.Join(err, db.Close()); err != nil {
		r.t.Fatal(err)
	}
}

// judge searches everything.
func (r *taintRun) judge() {
	r.t.Helper()
	places := map[string]string{"the answers that refuse": r.errors.String()}
	for name, tap := range r.taps {
		places[name] = tap.text()
	}
	refused := 0
	for i, log := range r.logs {
		places[fmt.Sprint("log ", i)] = log.String()
		refused += strings.Count(log.String(), "refused by the test")
	}
	if refused == 0 {
		r.t.Error("no write was refused: the fault was none")
	}
	err := filepath.WalkDir(r.folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasPrefix(entry.Name(), "ucpalert.db") {
			return nil // its place; what of it is encrypted is tried elsewhere
		}
		b, err := os.ReadFile(name)
		places["file "+name] = string(b)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if len(places) < 25 {
		r.t.Errorf("only %d places were searched", len(places))
	}
	for _, p := range r.patients {
		for where, text := range places {
			readsPlan := where == "demo-clinician-"+p.trust || where == "demo-centre-"+p.centre
			seesWho := readsPlan || where == "demo-screen-"+p.department
			inRegion := where == "demo-coordinator-QM7" && p.trust != "RAJ" // a region is told what stands where, not who it is
			for kind, of := range map[string]struct {
				words []string
				may   bool
			}{"who it is": {p.identity(), seesWho}, "the headline": {[]string{p.headline}, seesWho || inRegion}, "what the plan says": {[]string{p.text}, readsPlan}} {
				for _, word := range of.words {
					if at := strings.Index(text, word); at >= 0 && !of.may {
						r.t.Errorf("%s of %s stands in %s: …%.120q", kind, p.trust, where, text[max(0, at-60):])
					}
				}
			}
			if readsPlan && !strings.Contains(text, p.text) || (seesWho || inRegion) && !strings.Contains(text, p.headline) || seesWho && !strings.Contains(text, p.family) {
				r.t.Errorf("%s was never sent what it may be sent: that nobody else was proves nothing", where)
			}
		}
	}
}
