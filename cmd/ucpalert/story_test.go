package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
	"github.com/ucpalert/ucpalert/subscribers/channels/mailtest"
)

// TestMain lets the test binary be the program itself, so that stories run the real wiring in a process of its own.
func TestMain(m *testing.M) {
	if _, set := os.LookupEnv("UCPALERT_ADMIN_ADDRESS"); !set { // programs run side by side, and its default is one port
		if err := os.Setenv("UCPALERT_ADMIN_ADDRESS", ""); err != nil {
			panic(err)
		}
	}
	testscript.Main(m, map[string]func(){"ucpalert": main})
}

// TestStories runs each file of testdata/stories on the real program over real sockets, on both engines.
//
// The words of a story:
//
//	service start | stop | kill | copy | restore copy and restore are what a backup does, while the service is stopped
//	plan CENTRE ID NHS BORN HEADLINE [STATUS]    publishes over FHIR; prefixed with ! it must be refused
//	fhir CENTRE|TOKEN METHOD ADDRESS STATUS [@FILE] [TEXT…]  sends over FHIR and wants this status and an answer that holds every text
//	adt FILE CODE                                sends over MLLP and wants this answer from every message; YESTERDAY in the file is a date
//	screen NAME DEPARTMENT [TOKEN]               connects a board; with the name alone: it comes back
//	away NAME                                    cuts its connection
//	see NAME CHANGE [TEXT…]                      waits for a frame with this change whose alert holds every text (!TEXT: does not)
//	quiet NAME                                   nothing came that was not seen: proved by an alert of the story's own behind it
//	shows NAME N                                 the board shows this many alerts
//	answer NAME COMMAND done|refused [TEXT]      gives a command about the newest alert and wants this answer
//	rules NAME same|other [TEXT…]                a clinician looks at the newest alert side by side, sees every text, and says so
//	resumed NAME true|false                      whether the last connection went on where it was
//	reads NAME STATUS [TEXT…]                    asks for the plan of the newest alert and wants this HTTP status and answer (!TEXT: not)
//
//	talk ACCOUNT METHOD PATH STATUS BODY [TEXT…] asks for something about the first alert (/api/alerts/ID and PATH) and wants this (!TEXT: not)
//	mailserver                                   starts a mail server, for the next service start
//	mailed ADDRESS [TEXT…]                       waits for a mail there that holds every text (!TEXT: does not)
//	joins NAME NUMBER                            makes an account of a clinician at RQW with a phone, which signs in
//	subscribes NAME JSON                         keeps a subscription of theirs; with ! it is refused
//	told NUMBER COUNT [TEXT…]                    waits for so many text messages about alerts, and no more, each of which holds every text
//	keeps FILE                                   sends a message again and again, each with a control id of its own in place of CONTROL
//	gateway                                      starts a gateway of SMS, for the next service start
//	reach ACCOUNT NUMBER                         adds a phone as an account, and enters the code that it was sent
//	texted NUMBER ACCOUNT [TEXT…]                waits for an SMS there that holds every text (!TEXT: does not), and follows its link as an account
//	centre CENTRE METHOD PATH STATUS BODY [TEXT…] asks for something as a centre; LINE in the path is the line that waits for it
//
// What follows HEADLINE may also be category=CODE, consent=dissent or only=ORGANISATION. A story that has a directory.yaml of its own runs
// with that in place of the demo's; one that has a folder profiles, with the profiles in it; one that has an on_call.yaml, with who is on call.
// Other commands of the program are run with exec; $SERVICE and $MLLP are where the one that runs listens.
func TestStories(t *testing.T) {
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		if o.PostgresURL != "" && os.Getenv("UCPALERT_TEST_SIMULATIONS") == "apart" {
			t.Skip("the stories on PostgreSQL are run apart, without the race detector, which has seen them on SQLite")
		}
		testscript.Run(t, testscript.Params{
			Dir: "testdata/stories",
			Condition: func(name string) (bool, error) {
				return name == "sqlite" && o.DataDir != "", nil
			},
			Setup: func(env *testscript.Env) error {
				options := o
				if o.PostgresURL != "" {
					options = sqltest.Postgres(t)
				}
				s := &story{postgres: options.PostgresURL, folder: env.WorkDir, screens: map[string]*testScreen{}, seen: map[string]int{}}
				env.Values[storyKey{}], env.Values[testKey{}] = s, testing.TB(t)
				env.Defer(s.end)
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"service": command((*story).service), "plan": command((*story).plan), "adt": command((*story).adt), "screen": command((*story).screen),
				"away": command((*story).away), "see": command((*story).see), "quiet": command((*story).quiet), "shows": command((*story).shows),
				"answer": command((*story).answer), "resumed": command((*story).resumed), "rules": command((*story).rules),
				"talk": command((*story).talk), "centre": command((*story).centre),
				"reads": command((*story).reads), "fhir": command((*story).fhir),
				"mailserver": command((*story).mailserver), "mailed": command((*story).mailed),
				"gateway": command((*story).gateway), "texted": command((*story).texted), "reach": command((*story).reach),
				"taught": command((*story).taught), "keeps": command((*story).keeps), "joins": command((*story).joins), "subscribes": command((*story).subscribes), "told": command((*story).told), "feeds": command((*story).feeds), "readyz": command((*story).readyz), "standing": command((*story).standing),
			},
		})
	})
}

type storyKey struct{}

// story is one run of the program and the people around it.
type story struct {
	postgres, folder string
	http, mllp       string
	process          *exec.Cmd
	log              *processLog
	screens          map[string]*testScreen
	seen             map[string]int // how many frames of each screen the story has accounted for
	fences           int
	lastFHIR         string // the last answer to the word fhir
	mail             *mailtest.Server
	browsers         map[string]browser // of those who joined, signed in
	texts            *textGateway
	talked, line     string // the alert that is talked about, and the line that waits for the centre
}

func command(do func(*story, *testscript.TestScript, bool, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s, _ := ts.Value(storyKey{}).(*story)
		if err := do(s, ts, neg, args); err != nil {
			ts.Fatalf("%v\nlog of the service:\n%s", err, s.tail())
		}
	}
}

func (s *story) tail() string {
	if s.log == nil {
		return "(not started)"
	}
	lines := strings.Split(s.log.String(), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

func (s *story) end() {
	for _, screen := range s.screens {
		screen.disconnect()
	}
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
	}
}

func (s *story) service(ts *testscript.TestScript, _ bool, args []string) error {
	switch args[0] {
	case "start":
		return s.start(ts)
	case "stop":
		if err := s.process.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		err := s.process.Wait() // a data race found by the detector ends the process with an error, too
		s.process = nil
		return err
	case "kill":
		if err := s.process.Process.Kill(); err != nil {
			return err
		}
		_ = s.process.Wait() // it was killed; that is its error
		s.process = nil
		return nil
	case "copy":
		return os.CopyFS(filepath.Join(s.folder, "copy"), os.DirFS(filepath.Join(s.folder, "data")))
	case "restore":
		if err := os.RemoveAll(filepath.Join(s.folder, "data")); err != nil {
			return err
		}
		return os.CopyFS(filepath.Join(s.folder, "data"), os.DirFS(filepath.Join(s.folder, "copy")))
	}
	return fmt.Errorf("service %s?", args[0])
}

// start writes a configuration with the demo's directory and accounts and runs `ucpalert serve` until it says that it is ready.
func (s *story) start(ts *testscript.TestScript) error {
	if s.http == "" {
		s.http, s.mllp = freeAddress(ts), freeAddress(ts)
	}
	name, err := writeTestConfig(s.folder, s.http, s.mllp, s.postgres)
	if err != nil {
		return err
	}
	program, err := exec.LookPath("ucpalert")
	if err != nil {
		return err
	}
	s.process = exec.Command(program, "serve", "--config", name)
	s.process.Env = os.Environ()
	if minimum := ts.Getenv("SILENCE_MINIMUM"); minimum != "" {
		s.process.Env = append(s.process.Env, "UCPALERT_SILENCE_MINIMUM="+minimum)
	}
	if s.texts != nil {
		s.process.Env = append(s.process.Env, "UCPALERT_ON_CALL_SMS_GATEWAY_URL="+s.texts.URL, "UCPALERT_ON_CALL_ADDRESS=http://"+s.http)
	}
	if s.mail != nil {
		s.process.Env = append(s.process.Env, "UCPALERT_ON_CALL_MAIL_ADDRESS="+s.mail.Address, "UCPALERT_ON_CALL_MAIL_ENCRYPTION=none", "UCPALERT_ON_CALL_MAIL_FROM=ucpalert@example.nhs.uk")
	}
	s.log, err = startAndWait(s.process)
	ts.Setenv("SERVICE", "http://"+s.http)
	ts.Setenv("MLLP", s.mllp)
	return err
}

// The ports from 10,000 to 19,999 are given one after the other, from any of them: connections take theirs from above.
var (
	firstPort  = rand.Int32N(10_000)
	portsGiven atomic.Int32
)

// freeAddress is an address on loopback on which nobody listens, and which no other test is given.
func freeAddress(t interface{ Fatalf(string, ...any) }) string {
	for range 1_000 {
		port := 10_000 + (firstPort+portsGiven.Add(1))%10_000
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if err != nil {
			continue // somebody has it
		}
		_ = l.Close()
		return l.Addr().String()
	}
	t.Fatalf("no port is free")
	return ""
}

// plan publishes with PUT and a contained Patient, as the simplest of centres does.
func (s *story) plan(_ *testscript.TestScript, neg bool, args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("plan CENTRE ID NHS BORN HEADLINE [STATUS]")
	}
	status := "active"
	with := map[string]string{}
	for _, arg := range args[5:] {
		if key, value, ok := strings.Cut(arg, "="); ok {
			with[key] = value
		} else {
			status = arg
		}
	}
	code, body, err := putPlan(s.http, "demo-centre-"+args[0], args[1], planWith(planJSON(args[1], args[2], args[3], args[4], status), with))
	if err != nil {
		return err
	}
	if (code >= 300) != neg {
		return fmt.Errorf("publishing was answered %d: %s", code, body)
	}
	return nil
}

func planJSON(id, nhs, born, headline, status string) []byte {
	resource := map[string]any{
		"resourceType": "CarePlan", "id": id, "status": status, "intent": "plan", "title": headline, "subject": map[string]any{"reference": "#patient"},
		"description": "First: " + headline,
		"contained": []any{
			map[string]any{"resourceType": "Patient", "id": "patient", "birthDate": born, "name": []any{map[string]any{"family": "Testcase", "given": []any{"Ann"}}},
				"identifier": []any{map[string]any{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs}}},
			map[string]any{"resourceType": "Flag", "id": "flag", "status": "active", "code": map[string]any{"text": "Urgent care plan"}, "subject": map[string]any{"reference": "#patient"},
				"extension": []any{map[string]any{"url": "http://hl7.org/fhir/StructureDefinition/flag-priority",
					"valueCodeableConcept": map[string]any{"coding": []any{map[string]any{"system": "http://hl7.org/fhir/flag-priority-code", "code": "PH"}}}}}},
		},
	}
	b, err := json.Marshal(resource)
	if err != nil {
		panic(err) // strings and maps always marshal
	}
	return b
}

func putPlan(address, token, id string, body []byte) (int, string, error) {
	request, err := http.NewRequest(http.MethodPut, "http://"+address+"/fhir/CarePlan/"+id, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/fhir+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// adt sends with the program's own client and compares the codes.
func (s *story) adt(ts *testscript.TestScript, _ bool, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("adt FILE CODE")
	}
	codes, out, err := s.send(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	if len(codes) == 0 || slices.ContainsFunc(codes, func(c string) bool { return c != args[1] }) {
		return fmt.Errorf("answers %v, want %s: %s", codes, args[1], out)
	}
	return nil
}

// dated writes a day into a file of messages where it says YESTERDAY.
func dated(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	day := time.Now().UTC().AddDate(0, 0, -1).Format("20060102")
	return os.WriteFile(file, bytes.ReplaceAll(text, []byte("YESTERDAY"), []byte(day)), 0o600)
}

func (s *story) send(file string) (codes []string, out string, err error) {
	program, err := exec.LookPath("ucpalert")
	if err != nil {
		return nil, "", err
	}
	if err := dated(file); err != nil {
		return nil, "", err
	}
	b, _ := exec.Command(program, "send", "--to", s.mllp, file).CombinedOutput() // its exit code is about AA; the story names its own
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		code, _, ok := strings.Cut(line, " ")
		if ok && len(code) == 2 {
			codes = append(codes, code)
		}
	}
	return codes, string(b), nil
}

func (s *story) screen(_ *testscript.TestScript, _ bool, args []string) error {
	switch len(args) {
	case 2:
		s.screens[args[0]] = newScreen(args[1], "demo-screen-"+args[1])
	case 3:
		s.screens[args[0]] = newScreen(args[1], args[2])
	}
	return s.screens[args[0]].connect(s.http)
}

func (s *story) away(_ *testscript.TestScript, _ bool, args []string) error {
	s.screens[args[0]].disconnect()
	return nil
}

// see wants the next frame that the story has not accounted for.
func (s *story) see(_ *testscript.TestScript, neg bool, args []string) error {
	if neg {
		return fmt.Errorf("say quiet instead of ! see")
	}
	screen, n := s.screens[args[0]], s.seen[args[0]]
	if err := screen.wait("the frame "+strings.Join(args[1:], " "), func() bool { return len(screen.frames) > n }); err != nil {
		return err
	}
	screen.mu.Lock()
	defer screen.mu.Unlock()
	s.seen[args[0]]++
	f := screen.frames[n]
	text := fmt.Sprintf("%+v", f.Alert)
	if f.Change != args[1] {
		return fmt.Errorf("saw %s, want %s: %s", f.Change, args[1], text)
	}
	for _, want := range args[2:] {
		unwanted, not := strings.CutPrefix(want, "!")
		if strings.Contains(text, unwanted) == not {
			return fmt.Errorf("the alert and %q: %s", want, text)
		}
	}
	return nil
}

// fenceNumbers are patients of the harness itself; each fence is another visit.
const fenceNumber = "9992000007"

// quiet raises an alert of its own in the screen's department: frames of a department come in the order of the commits, so when that
// one is next, nothing else came before it.
func (s *story) quiet(ts *testscript.TestScript, _ bool, args []string) error {
	screen := s.screens[args[0]]
	organisation := strings.TrimSuffix(screen.department, "-AE")
	s.fences++
	plan := fmt.Sprint("fence-", s.fences)
	if code, body, err := putPlan(s.http, "demo-centre-RP4", plan, planJSON(plan, fenceNumber, "1970-01-01", "Fence", "active")); err != nil || code >= 300 {
		return fmt.Errorf("the fence's plan: %d %s %v", code, body, err)
	}
	visit := fmt.Sprint("FENCE", s.fences)
	arrival := fmt.Sprintf("MSH|^~\\&|STORY|%s|UCPALERT|UCPALERT|20261122120000||ADT^A04|%s|P|2.4\rEVN|A04|20261122120000\rPID|1||%s^^^NHS||Fence^Fay||19700101|2\rPV1|1|E|AE||||||||||||||||%s\r",
		organisation, visit, fenceNumber, visit)
	departure := strings.NewReplacer("A04", "A03", "20261122120000", "20261122120001", "|"+visit+"|P", "|"+visit+"D|P").Replace(arrival)
	for _, step := range []struct{ message, change string }{{arrival, "raised"}, {departure, "closed"}} {
		file := ts.MkAbs("fence.hl7")
		if err := os.WriteFile(file, []byte(step.message), 0o600); err != nil {
			return err
		}
		if codes, out, err := s.send(file); err != nil || !slices.Equal(codes, []string{"AA"}) {
			return fmt.Errorf("the fence was answered %v: %s %v", codes, out, err)
		}
		// Every fence's patient has the plans of all fences before.
		for range s.fences {
			if err := s.see(ts, false, []string{args[0], step.change, fenceNumber}); err != nil {
				return fmt.Errorf("not quiet: %w", err)
			}
		}
	}
	return nil
}

// shows waits: what a screen is told by another screen's deed comes in its own time.
func (s *story) shows(_ *testscript.TestScript, _ bool, args []string) error {
	screen := s.screens[args[0]]
	return screen.wait("a board with "+args[1]+" alerts", func() bool { return fmt.Sprint(len(screen.open)) == args[1] })
}

func (s *story) answer(_ *testscript.TestScript, _ bool, args []string) error {
	screen := s.screens[args[0]]
	screen.mu.Lock()
	id := "none"
	if n := len(screen.frames); n > 0 {
		id = screen.frames[n-1].Alert.ID
	}
	screen.mu.Unlock()
	got, err := screen.send(args[1], id)
	if err != nil {
		return err
	}
	if got.Type != args[2] || got.Command != args[1] || got.AlertID != id {
		return fmt.Errorf("answered %+v, want %s", got, args[2])
	}
	if len(args) > 3 && !strings.Contains(got.Reason, args[3]) {
		return fmt.Errorf("the reason %q does not hold %q", got.Reason, args[3])
	}
	return nil
}

func (s *story) resumed(_ *testscript.TestScript, _ bool, args []string) error {
	screen := s.screens[args[0]]
	screen.mu.Lock()
	defer screen.mu.Unlock()
	if got := fmt.Sprint(screen.resumed); got != args[1] {
		return fmt.Errorf("resumed is %s", got)
	}
	return screen.fault
}

// writeTestConfig writes the demo's directory and accounts as a configuration of serve.
func writeTestConfig(folder, httpAddress, mllpAddress, postgresURL string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "http:\n  address: %s\nmllp:\n  address: %s\ndirectory: directory.yaml\nallow_test_patients: true\nstorage:\n", httpAddress, mllpAddress)
	if postgresURL != "" {
		fmt.Fprintf(&b, "  postgres_url: %q\n", postgresURL)
	} else {
		fmt.Fprintf(&b, "  data_folder: data\n")
	}
	fmt.Fprintf(&b, "mdm: {headline: [HEADLINE], urgency: [URGENCY], what_to_do: [DO], what_not_to_do: [DONOT], sections: [{identifier: AIRWAY, title: Airway}]}\n")
	if _, err := os.Stat(filepath.Join(folder, "profiles")); err == nil {
		fmt.Fprintf(&b, "profiles: profiles\n")
	}
	if _, err := os.Stat(filepath.Join(folder, "on_call.yaml")); err == nil {
		fmt.Fprintf(&b, "on_call: {file: on_call.yaml}\n")
	}
	fmt.Fprintf(&b, "tokens:\n")
	for _, a := range demo.Accounts() {
		fmt.Fprintf(&b, "  - {name: %q, sha256: %x, role: %s, organisation: %s, department: %q}\n", a.Name, sha256.Sum256([]byte(a.Token)), a.Role, a.Organisation, a.Department)
	}
	fmt.Fprintf(&b, "  - {name: sister.able, sha256: %x, role: nurse in charge, organisation: RQW}\n", sha256.Sum256([]byte("demo-sister"))) // a name that a rota can have
	directoryName := filepath.Join(folder, "directory.yaml")
	if _, err := os.Stat(directoryName); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(directoryName, demo.DirectoryYAML, 0o600); err != nil {
			return "", err
		}
	}
	name := filepath.Join(folder, "ucpalert.yaml")
	return name, os.WriteFile(name, []byte(b.String()), 0o600)
}

// startAndWait starts the program and waits for the line that says it is ready.
func startAndWait(process *exec.Cmd) (*processLog, error) {
	log := &processLog{ready: make(chan struct{})}
	process.Stderr = log
	if err := process.Start(); err != nil {
		return log, err
	}
	select {
	case <-log.ready:
		return log, nil
	case <-time.After(60 * time.Second):
		_ = process.Process.Kill()
		_ = process.Wait()
		return log, fmt.Errorf("not ready within 60 s")
	}
}

// serving runs the program on a configuration, with further variables, and waits until it is ready.
func serving(t *testing.T, config string, variables ...string) (*exec.Cmd, *processLog) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(program, "serve", "--config", config)
	process.Args[0] = "ucpalert" // the test binary is the program under this name
	process.Env = append(os.Environ(), variables...)
	log, err := startAndWait(process)
	if err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	return process, log
}

// processLog keeps what the program says on standard error, and notices when it is ready.
type processLog struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	said  bool
}

func (l *processLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.text.Write(p)
	if !l.said && bytes.Contains(l.text.Bytes(), []byte(`"msg":"ready"`)) {
		l.said = true
		close(l.ready)
	}
	return n, err
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
