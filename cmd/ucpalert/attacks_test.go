package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
	"github.com/ucpalert/ucpalert/subscribers/stream"
)

// leastAttacks is how many attacks are tried besides forced browsing, which is made from the list of all addresses.
const leastAttacks = 200

// TestAttacksAreRefusedAndStandWhereTheyBelong tries them all on the real program. Afterwards nothing has changed, the journal has every refusal
// that it must have and its chain holds, and the log has a whole line for each and no secret.
func TestAttacksAreRefusedAndStandWhereTheyBelong(t *testing.T) {
	a := newArena(t)
	a.fixation()
	table := a.tokenAttacks()
	for _, more := range [][]attack{a.bearerAttacks(), a.crossSite(), a.foreign(), a.assigned(), a.injected(), a.paths(), a.overridden(), a.oversized()} {
		table = append(table, more...)
	}
	for _, of := range table {
		a.tried(of)
	}
	tried := len(table) + a.wire() + a.streams()
	if tried < leastAttacks {
		t.Errorf("only %d attacks were tried", tried)
	}
	browsed := a.browsed()
	t.Logf("%d attacks, and %d addresses browsed without a right", tried, browsed)
	a.unchanged()
	a.recorded(table)
}

// fixation signs in with a session that somebody planted: it is not the one that comes of it, and is none afterwards.
func (a *arena) fixation() {
	a.t.Helper()
	code := people.Code(a.secrets["nurse"], time.Now())
	body := fmt.Sprintf(`{"name":"nurse","password":%q,"code":%q}`, arenaPassword, code)
	for _, planted := range []string{"planted-by-somebody", a.cookies["lead"]} {
		status, answer, header := a.ask(attack{method: "POST", path: "/api/sign-in", body: body, headers: []string{"Cookie", cookieOfTests + "=" + planted}})
		if planted == a.cookies["lead"] { // the code counts once
			a.judged(attack{class: "fixation", what: "the same code again", want: "401"}, status, answer, nil)
			continue
		}
		given := regexp.MustCompile(cookieOfTests + `=([^;]+)`).FindStringSubmatch(header.Get("Set-Cookie"))
		if status != 204 || given == nil || given[1] == planted || given[1] == a.cookies["nurse"] {
			a.t.Fatalf("signing in is answered %d %s %v", status, answer, header)
		}
		a.cookies["nurse"] = given[1]
	}
	a.tried(attack{class: "fixation", what: "the planted session", method: "GET", path: "/api/session", headers: []string{"Cookie", cookieOfTests + "=planted-by-somebody"}, want: "401"})
	a.tried(attack{class: "fixation", what: "a planted session in front of one's own", method: "GET", path: "/api/session", headers: []string{"Cookie", cookieOfTests + "=planted; " + cookieOfTests + "=" + a.cookies["nurse"]}, want: "401"})
}

// bearerAttacks misuse credentials.
func (a *arena) bearerAttacks() (all []attack) {
	reads, writes, kings := a.token("gosh", "system/*.read"), a.token("gosh", "system/*.write"), a.token("kings", "system/*.read")
	session := func(what, as string, headers ...string) {
		all = append(all, attack{class: "credentials", what: what, method: "GET", path: "/api/session", as: as, headers: headers, want: "401"})
	}
	session("a token cut short", reads[:len(reads)-4])
	session("a token with more behind it", reads+"AAAA")
	session("a token with one bit turned", reads[:20]+flipped(reads[20:21])+reads[21:])
	session("two tokens joined", reads+"."+writes)
	session("the SHA-256 of a token, as it stands in the configuration", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8")
	session("a session as a token", a.cookies["nurse"])
	session("a token in a cookie", "", "Cookie", cookieOfTests+"="+reads)
	session("a password as Basic", "", "Authorization", "Basic bnVyc2U6dHJhbSB2aW9sZXQgYnVja2V0IG5pbmU=")
	session("two Authorization headers", "demo-clinician-RQW", "Authorization", "Bearer demo-clinician-RQW")
	session("a session beside a wrong token", "wrong", "Cookie", cookieOfTests+"="+a.cookies["nurse"])
	session("the cookie of HTTPS in the clear", "", "Cookie", "__Host-ucpalert="+a.cookies["nurse"])
	session("a session that ended", "cookie ended")
	session("a token of another case", "DEMO-CLINICIAN-RQW")
	all = append(all,
		attack{class: "credentials", what: "a token in the address", method: "GET", path: "/api/session?access_token=" + reads, want: "401"},
		attack{class: "credentials", what: "writing with a token to read", method: "PUT", path: "/fhir/CarePlan/plan-1", as: reads, body: string(planJSON("plan-1", killPatients[0], "1980-02-13", "changed", "active")), want: "403", actor: "gosh", subject: "plan-1"},
		attack{class: "credentials", what: "reading with a token to write", method: "GET", path: "/fhir/CarePlan/plan-1", as: writes, want: "403", actor: "gosh", subject: "plan-1"},
		attack{class: "credentials", what: "a centre's token at a board", method: "GET", path: "/api/departments/RQW-AE/alerts", as: reads, want: "403", actor: "gosh", subject: "RQW-AE"},
		attack{class: "credentials", what: "another centre's token at a plan", method: "GET", path: "/fhir/CarePlan/plan-1", as: kings, want: "403 404"},
	)
	return all
}

// flipped is another letter.
func flipped(s string) string {
	if s == "A" {
		return "B"
	}
	return "A"
}

// crossSite asks for changes from pages of other sites, with the cookies of people.
func (a *arena) crossSite() (all []attack) {
	alert := "/api/alerts/" + a.harlow
	for _, row := range []struct{ who, method, path, body string }{
		{"nurse", "POST", alert + "/acknowledgement", ""},
		{"nurse", "POST", alert + "/handover", `{"from":"nurse","to":"nobody"}`},
		{"nurse", "POST", alert + "/identity", `{"answer":"other","seen":"x"}`},
		{"nurse", "POST", alert + "/questions", `{"text":"Q"}`},
		{"nurse", "POST", alert + "/disputes", `{"text":"D"}`},
		{"nurse", "PUT", alert + "/outcome", `{"changed":"not-followed"}`},
		{"nurse", "POST", "/api/sign-out-everywhere", ""},
		{"nurse", "POST", "/api/stream-ticket", ""},
		{"lead", "POST", "/api/wall-approvals", `{"code":"AAAA","department":"RQW-AE","where":"x"}`},
		{"boss", "POST", "/api/people", `{"name":"evil","role":"administrator","organisation":"QM7"}`},
		{"author", "POST", "/api/centre/plans/plan-1/status", `{"status":"revoked","reason":"x"}`},
		{"author", "POST", "/api/centre/drafts", `{}`},
	} {
		of := attack{class: "cross-site", method: row.method, path: row.path, as: "cookie " + row.who, body: row.body, want: "403"}
		for what, headers := range map[string][]string{
			"another site": {"Sec-Fetch-Site", "cross-site"}, "a neighbour": {"Sec-Fetch-Site", "same-site"}, "a sandboxed frame": {"Origin", "null"}, "an old browser": {"Origin", "http://evil.example"},
		} {
			of.what, of.headers = row.path+" from "+what, headers
			all = append(all, of)
		}
	}
	signIn := attack{class: "cross-site", method: "POST", path: "/api/sign-in", body: `{"name":"evil","password":"x","code":"1"}`, headers: []string{"Sec-Fetch-Site", "cross-site"}, want: "403"}
	signIn.what = "signing somebody in as somebody else"
	text := attack{class: "cross-site", what: "a form that looks like JSON", method: "POST", path: "/api/sign-out", as: "cookie nurse", body: `{"a":"="}`, headers: []string{"Content-Type", "text/plain", "Origin", "http://" + a.address + ".evil.example"}, want: "403"}
	return append(all, signIn, text)
}

// foreign asks for what belongs to another hospital, centre or person.
func (a *arena) foreign() (all []attack) {
	add := func(what, method, path, as, body, want, actor, subject string) {
		var headers []string
		if strings.HasPrefix(as, "cookie") {
			headers = []string{"Sec-Fetch-Site", "same-origin"}
		}
		all = append(all, attack{class: "foreign", what: what, method: method, path: path, as: as, body: body, headers: headers, want: want, actor: actor, subject: subject})
	}
	alert := "/api/alerts/" + a.watford
	for path, body := range map[string]string{"/acknowledgement": "", "/handover": `{"from":"x","to":"y"}`, "/recall-seen": "", "/identity": `{"answer":"other","seen":"x"}`, "/questions": `{"text":"Q"}`, "/disputes": `{"text":"D"}`, "/thread/seen": ""} {
		add("another hospital's alert", "POST", alert+path, "demo-clinician-RQW", body, "403 404", "clinician RQW", a.watford)
	}
	for _, path := range []string{"", "/plan", "/thread", "/identity", "/attachments/1"} {
		add("another hospital's alert", "GET", alert+path, "cookie lead", "", "403 404", "lead", a.watford)
	}
	add("what a plan changed elsewhere", "PUT", alert+"/outcome", "demo-clinician-RQW", `{"changed":"not-followed"}`, "403 404", "clinician RQW", a.watford)
	for _, path := range []string{"alerts", "arrivals", "recent", "ruled-out", "checked"} {
		add("another hospital's department", "GET", "/api/departments/RWG-AE/"+path, "cookie nurse", "", "403 404", "nurse", "RWG-AE")
		add("another department's screen", "GET", "/api/departments/RWH-AE/"+path, "demo-screen-RWG-AE", "", "403 404", "screen RWG-AE", "RWH-AE")
	}
	plan := string(planJSON("plan-1", killPatients[0], "1980-02-13", "stolen", "active"))
	add("another centre's plan, revised", "PUT", "/fhir/CarePlan/plan-1", "demo-centre-RJZ", plan, "403", "", "")
	add("another centre's plan, withdrawn", "PUT", "/fhir/CarePlan/plan-1", "demo-centre-RJZ", string(planJSON("plan-1", killPatients[0], "1980-02-13", "stolen", "revoked")), "403", "", "")
	add("another centre's plan in a transaction", "POST", "/fhir", "demo-centre-RJZ", `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":`+plan+`,"request":{"method":"PUT","url":"CarePlan/plan-1"}}]}`, "403", "", "")
	for _, path := range []string{"", "/_history", "/_history/1"} {
		add("another centre's plan, read", "GET", "/fhir/CarePlan/plan-1"+path, "demo-centre-RJZ", "", "403 404", "", "")
	}
	add("a plan at a hospital", "GET", "/fhir/CarePlan/plan-1", "demo-clinician-RQW", "", "403", "clinician RQW", "plan-1")
	add("a plan at a screen", "GET", "/fhir/CarePlan/plan-1", "demo-screen-RQW-AE", "", "403", "screen RQW-AE", "plan-1")
	add("what became of another centre's plan", "GET", "/api/centre/plans/plan-1", "cookie rival", "", "403 404", "", "")
	add("another centre's plan, withdrawn in the browser", "POST", "/api/centre/plans/plan-1/status", "cookie rival", `{"status":"revoked","reason":"x"}`, "403 404 422", "", "")
	add("a draft of another centre's plan", "POST", "/api/centre/drafts", "cookie rival", `{"plan":"plan-1"}`, "403 404", "", "")
	add("an attendance at another trust", "POST", "/fhir/Encounter", "demo-hospital-RQW", `{"resourceType":"Encounter","identifier":[{"value":"VX"}],"status":"finished","class":{"code":"EMER"},"serviceProvider":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RWG"}},"subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"`+killPatients[0]+`"}}}`, "400 403 422", "", "")
	for _, path := range []string{"/api/people", "/api/walls", "/api/operations/now", "/api/operations/quarantine", "/api/operations/feeds"} {
		add("administration by a nurse", "GET", path, "cookie nurse", "", "403", "nurse", "")
	}
	add("an account made by a nurse", "POST", "/api/people", "cookie nurse", `{"name":"evil","role":"administrator","organisation":"QM7"}`, "403", "nurse", "")
	add("a feed silenced by a hospital", "POST", "/api/operations/feeds/mute", "demo-hospital-RQW", `{"feed":"RQW|PAS","until":"2030-01-01T00:00:00Z","reason":"x"}`, "403", "PAS RQW", "")
	add("a session of somebody else", "DELETE", "/api/sessions/1", "cookie nurse", "", "404", "", "")
	add("a screen approved for another hospital", "POST", "/api/wall-approvals", "cookie lead", `{"code":"AAAA","department":"RWG-AE","where":"x"}`, "403 404 422", "", "")
	add("a proof by a screen", "POST", "/api/proofs", "demo-screen-RQW-AE", "", "403", "screen RQW-AE", "")
	return all
}

// assigned names what is not the sender's to say.
func (a *arena) assigned() (all []attack) {
	for _, row := range []struct{ what, method, path, as, body, want string }{
		{"a password of one's choice", "POST", "/api/people", "cookie boss", `{"name":"new.one","role":"clinician","organisation":"RQW","password":"x"}`, "422"},
		{"an id", "POST", "/api/people", "cookie boss", `{"id":"1","name":"new.one","role":"clinician","organisation":"RQW"}`, "422"},
		{"a state", "POST", "/api/people", "cookie boss", `{"name":"new.one","role":"clinician","organisation":"RQW","state":"active"}`, "422"},
		{"a role that there is not", "POST", "/api/people", "cookie boss", `{"name":"new.one","role":"root","organisation":"RQW"}`, "422"},
		{"a role of a system", "POST", "/api/people", "cookie boss", `{"name":"new.one","role":"centre","organisation":"RP4"}`, "422"},
		{"a clinician of a region", "POST", "/api/people", "cookie boss", `{"name":"new.one","role":"clinician","organisation":"QM7"}`, "422"},
		{"another's department", "POST", "/api/people", "cookie boss", `{"name":"new.one","role":"screen","organisation":"RQW","department":"RWG-AE"}`, "422"},
		{"a list for a name", "POST", "/api/people", "cookie boss", `{"name":["new.one"],"role":"clinician","organisation":"RQW"}`, "422"},
		{"a role while signing in", "POST", "/api/sign-in", "", `{"name":"x","password":"x","code":"1","role":"administrator"}`, "422"},
		{"an organisation while signing in", "POST", "/api/sign-in", "", `{"name":"x","password":"x","code":"1","organisation":"QM7"}`, "422"},
		{"a department of a wall that asks", "POST", "/api/wall-claims", "", `{"secret":"x","department":"RQW-AE"}`, "422"},
		{"who acknowledged", "POST", "/api/alerts/" + a.harlow + "/handover", "cookie nurse", `{"from":"nurse","to":"x","by":"lead"}`, "422"},
		{"who asked", "POST", "/api/alerts/" + a.harlow + "/questions", "cookie nurse", `{"text":"Q","by":"lead"}`, "422"},
		{"which centre drafts", "POST", "/api/centre/drafts", "cookie rival", `{"centre":"RP4"}`, "422"},
		{"an operator in place of a value", "POST", "/api/sign-in", "", `{"name":{"$ne":null},"password":{"$ne":null},"code":"1"}`, "422"},
		{"another centre as the author", "POST", "/fhir/CarePlan", "demo-centre-RJZ", strings.Replace(string(planJSON("plan-9", killPatients[1], "1980-02-13", "forged", "active")), `"intent"`, `"author":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RP4"}},"intent"`, 1), "403"},
	} {
		of := attack{class: "assigned", what: row.what, method: row.method, path: row.path, as: row.as, body: row.body, want: row.want}
		if strings.HasPrefix(row.as, "cookie") {
			of.headers = []string{"Sec-Fetch-Site", "same-origin"}
		}
		all = append(all, of)
	}
	return all
}

// browsed asks every address of the service's own description, and those of FHIR, with nothing that gives a right. It returns how many times.
func (a *arena) browsed() int {
	a.t.Helper()
	_, body, _ := a.ask(attack{method: "GET", path: "/api/openapi.json"})
	var described struct {
		Paths map[string]map[string]struct{ Security []any }
	}
	if err := json.Unmarshal([]byte(body), &described); err != nil {
		a.t.Fatal(err)
	}
	var all []attack
	for path, methods := range described.Paths {
		for method, operation := range methods {
			if len(operation.Security) > 0 {
				all = append(all, attack{method: strings.ToUpper(method), path: path})
			}
		}
	}
	for _, of := range []string{"POST /fhir", "POST /fhir/CarePlan", "PUT /fhir/CarePlan/{id}", "GET /fhir/CarePlan/{id}", "GET /fhir/CarePlan", "POST /fhir/CarePlan/_search", "GET /fhir/CarePlan/_history", "GET /fhir/Flag/{id}", "GET /fhir/Patient/{id}", "POST /fhir/Encounter", "PUT /fhir/Encounter/{id}", "POST /fhir/$process-message"} {
		method, path, _ := strings.Cut(of, " ")
		all = append(all, attack{method: method, path: path})
	}
	if len(all) < 70 {
		a.t.Fatalf("only %d addresses are described", len(all))
	}
	named := strings.NewReplacer("{alert}", a.harlow, "{department}", "RQW-AE", "{plan}", "plan-1", "{id}", "plan-1", "{n}", "1", "{version}", "1", "{session}", "1", "{person}", "1", "{draft}", "1", "{line}", "1", "{proof}", "1", "{message}", "abababab", "{file}", "1")
	tried := 0
	for _, of := range all {
		of.class, of.path, of.want = "browsing", named.Replace(of.path), "401"
		for what, as := range map[string]string{"with nothing": "", "with a token that nobody has": "guess", "with a session that ended": "cookie ended"} {
			of.what, of.as = of.method+" "+of.path+" "+what, as
			a.tried(of)
			tried++
		}
	}
	return tried
}

// streams opens streams as pages and programs of others would. It returns how many were tried.
func (a *arena) streams() (tried int) {
	a.t.Helper()
	const board = "/stream/departments/RQW-AE"
	own, nurse := "http://"+a.address, a.cookies["nurse"]
	host, port, _ := strings.Cut(a.address, ":")
	for _, origin := range []string{
		own + ".evil.example", "http://evil.example", "http://" + host, own + "0", "http://" + host + ".nip.io:" + port, "http://localhost:" + port, "http://[::1]:" + port, "http://0.0.0.0:" + port,
		"http://" + host + ":" + port + "@evil.example", "http://evil.example#" + own, own + "/", "null", "file://", "chrome-extension://abcdefgh", "http://evil.example/" + a.address, "ws://" + a.address,
	} {
		tried++
		if code, _ := a.opened(board, origin, nurse, `{"type":"hello","ticket":"`+a.ticket("nurse")+`"}`); code != 403 {
			a.t.Errorf("a page of %s: %d", origin, code)
		}
	}
	hello := func(ticket string) string { return `{"type":"hello","ticket":"` + ticket + `"}` }
	used := a.ticket("nurse")
	if code, _ := a.opened(board, own, nurse, hello(used)); code != 0 {
		a.t.Fatalf("the right one is closed with %d", code)
	}
	for _, row := range []struct {
		what, path, origin, cookie, hello string
		code                              int
	}{
		{"a ticket used twice", board, own, nurse, hello(used), stream.CloseSignIn},
		{"a ticket of somebody else", board, own, nurse, hello(a.ticket("lead")), stream.CloseSignIn},
		{"a ticket without the cookie", board, own, "", hello(a.ticket("nurse")), stream.CloseSignIn},
		{"a ticket with an ended session", board, own, a.cookies["ended"], hello(a.ticket("nurse")), stream.CloseSignIn},
		{"a ticket with no origin", board, "", nurse, hello(a.ticket("nurse")), stream.CloseSignIn},
		{"a ticket in the address", board + "?ticket=" + a.ticket("nurse"), own, nurse, `{"type":"hello"}`, stream.CloseSignIn},
		{"a ticket as a token", board, own, nurse, `{"type":"hello","token":"` + a.ticket("nurse") + `"}`, stream.CloseSignIn},
		{"the cookie alone", board, own, nurse, `{"type":"hello"}`, stream.CloseSignIn},
		{"a token in the address", board + "?token=demo-screen-RQW-AE", "", "", `{"type":"hello"}`, stream.CloseSignIn},
		{"another department", "/stream/departments/RWG-AE", own, nurse, hello(a.ticket("nurse")), stream.CloseForbidden},
		{"another department's screen", board, "", "", `{"type":"hello","token":"demo-screen-RWG-AE"}`, stream.CloseForbidden},
		{"another hospital", "/stream/organisations/RWG", own, nurse, hello(a.ticket("nurse")), stream.CloseForbidden},
		{"a region by a nurse", "/stream/regions/QM7", own, nurse, hello(a.ticket("nurse")), stream.CloseForbidden},
		{"a centre at a board", board, "", "", `{"type":"hello","token":"demo-centre-RP4"}`, stream.CloseForbidden},
		{"an administrator at a board", board, own, a.cookies["boss"], hello(a.ticket("boss")), stream.CloseForbidden},
		{"a command in place of hello", board, own, nurse, `{"type":"acknowledge","alert":"` + a.harlow + `"}`, stream.CloseProtocol},
		{"two departments, one of them another's", "/stream/departments/RQW-AE,RWG-AE", own, nurse, hello(a.ticket("nurse")), stream.CloseForbidden},
	} {
		tried++
		if code, _ := a.opened(row.path, row.origin, row.cookie, row.hello); code != row.code {
			a.t.Errorf("a stream by %s: closed with %d, want %d", row.what, code, row.code)
		}
	}
	_, conn := a.opened(board, "", "", `{"type":"hello","token":"demo-screen-RQW-AE"}`)
	for _, command := range []string{"acknowledge", "hand_over", "confirm_identity", "not_this_patient", "seen", "recall_seen", "__proto__", "cancel", "withdraw"} {
		tried++
		if answer := a.commanded(conn, `{"type":"`+command+`","alert":"`+a.watford+`","from":"x","to":"y","seen":"x"}`); answer != "refused" {
			a.t.Errorf("%s of another hospital's alert: %s", command, answer)
		}
	}
	return tried
}

// unchanged checks that all is as it was before the attacks.
func (a *arena) unchanged() {
	a.t.Helper()
	for department, token := range map[string]string{"RQW-AE": "demo-clinician-RQW", "RWG-AE": "demo-clinician-RWG"} {
		_, board, _ := a.ask(attack{method: "GET", path: "/api/departments/" + department + "/alerts", as: token})
		if strings.Count(board, `"state":"raised"`) != 1 || strings.Contains(board, "acknowledge") && strings.Contains(board, `"acknowledgement":`) {
			a.t.Errorf("the board of %s is %s", department, board)
		}
	}
	if _, plan, header := a.ask(attack{method: "GET", path: "/fhir/CarePlan/plan-1", as: "demo-centre-RP4"}); header.Get("ETag") != `W/"1"` || !strings.Contains(plan, "MARKER headline") {
		a.t.Errorf("the plan is %s", plan)
	}
	if _, list, _ := a.ask(attack{method: "GET", path: "/api/people", as: "cookie boss"}); strings.Count(list, `"full_name"`) != 7 || strings.Contains(list, "evil") || strings.Contains(list, "new.one") {
		a.t.Errorf("the people are %s", list)
	}
	for _, name := range []string{"nurse", "lead", "boss", "author", "rival", "watford"} {
		if status, _, _ := a.ask(attack{method: "GET", path: "/api/session", as: "cookie " + name}); status != 200 {
			a.t.Errorf("the session of %s is over: %d", name, status)
		}
	}
}

// recorded checks the journal and the log.
func (a *arena) recorded(table []attack) {
	a.t.Helper()
	stands := map[string]bool{}
	for _, e := range a.entries() {
		if e.Kind == journal.AccessRefused || e.Kind == journal.SignInRefused {
			stands[e.Actor.Name+"|"+e.Subject], stands[e.Actor.Name+"|"] = true, true
		}
		if strings.ContainsAny(e.Subject+e.Reason, "\r\n\x1b\x00") {
			a.t.Errorf("entry %d holds a control character", e.Number)
		}
	}
	for _, of := range table {
		if (of.actor != "" || of.subject != "") && !stands[of.actor+"|"+of.subject] {
			a.t.Errorf("%s, %s: no refusal of %s about %q is in the journal", of.class, of.what, of.actor, of.subject)
		}
	}
	if !stands["nurse|"] {
		a.t.Error("no refusal of signing in is in the journal")
	}
	log := a.log.String()
	requests := 0
	for line := range strings.Lines(log) {
		var of struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &of); err != nil {
			a.t.Fatalf("the log has a line that is none: %v: %q", err, line)
		}
		if of.Msg == "request" {
			requests++
		}
	}
	if requests < len(table)*3/4 { // what never became a request has no line; pages and files have none at this level
		a.t.Errorf("%d lines of %d attacks are in the log", requests, len(table))
	}
	for _, secret := range []string{killPatients[0], "Testcase", "MARKER", arenaPassword, a.cookies["nurse"], a.cookies["boss"], "demo-clinician-RQW", "X-Injected", "client_assertion", "\\u001b"} {
		if strings.Contains(log, secret) {
			a.t.Errorf("the log holds %q", secret)
		}
	}
}
