package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
)

// Every address, who may come to it, and what they must be allowed to do there. A new route without a row here fails.
var listed = []string{
	"GET /fhir/metadata · everybody · ",
	"POST /fhir · signed in · publish a plan",
	"POST /fhir/{$} · signed in · publish a plan",
	"POST /fhir/CarePlan · signed in · publish a plan",
	"PUT /fhir/CarePlan · signed in · publish a plan",
	"GET /fhir/CarePlan · signed in · read a plan as published",
	"POST /fhir/CarePlan/_search · signed in · read a plan as published",
	"GET /fhir/CarePlan/_history · signed in · read a plan as published",
	"GET /fhir/CarePlan/{id}/_history · signed in · read a plan as published",
	"GET /fhir/{part}/{id} · signed in · read a plan as published",
	"GET /fhir/{part}/{id}/_history/{version} · signed in · read a plan as published",
	"PUT /fhir/CarePlan/{id} · signed in · publish a plan",
	"GET /fhir/CarePlan/{id} · signed in · read a plan as published",
	"GET /fhir/CarePlan/{id}/_history/{version} · signed in · read a plan as published",
	"POST /fhir/Encounter · signed in · send an attendance",
	"PUT /fhir/Encounter/{id} · signed in · send an attendance",
	"POST /fhir/$process-message · signed in · send an attendance",
	"GET /stream/departments/{department} · own door · watch a board",
	"GET /stream/organisations/{organisation} · own door · watch the boards of an area",
	"GET /stream/regions/{region} · own door · watch the boards of an area",
	"GET /stream/me · own door · watch the boards of an area",
	"GET /.well-known/smart-configuration · everybody · ",
	"GET /fhir/.well-known/smart-configuration · everybody · ",
	"POST /oauth/token · own door · ",
	"GET /sign-in/with/{provider} · everybody · ",
	"GET /sign-in/callback/{provider} · everybody · ",
	"POST /sign-in/logout/{provider} · own door · ",
	"GET /api/sign-in-ways · everybody · ",
	"POST /api/session/role · signed in · ",
	"GET /healthz · everybody · ",
	"GET /readyz · everybody · ",
	"GET /metrics · everybody · ",
	"GET /{$} · everybody · ",
	"GET /board/{department} · everybody · ",
	"GET /board/{department}/recent · everybody · ",
	"GET /board/{department}/wall · everybody · ",
	"GET /board/{department}/plan/{alert} · everybody · ",
	"GET /board/{department}/practice · everybody · ",
	"GET /practice · everybody · ",
	"GET /api/departments/{department}/arrivals · signed in · read the arrivals",
	"GET /api/departments/{department}/recent · signed in · read the arrivals",
	"GET /api/departments/{department}/checked · signed in · watch a board",
	"GET /centre · everybody · ",
	"GET /centre/plans/{plan} · everybody · ",
	"GET /centre/plans/{plan}/edit · everybody · ",
	"GET /proofs · everybody · ",
	"GET /overview · everybody · ",
	"GET /operations · everybody · ",
	"GET /assets/{file...} · everybody · ",
	"GET /sign-in · everybody · ",
	"GET /join · everybody · ",
	"GET /sessions · everybody · ",
	"GET /people · everybody · ",
	"GET /open · everybody · ",
	"GET /privacy · everybody · ",
	"GET /privacy/looks · everybody · ",
	"GET /privacy/exposure · everybody · ",
	"GET /audit · everybody · ",
	"GET /on-call · everybody · ",
	"GET /on-call/mine · everybody · ",
	"GET /on-call/policies · everybody · ",
	"GET /on-call/new-rota · everybody · ",
	"GET /on-call/rotas/{rota} · everybody · ",
	"GET /changes · everybody · ",
	"GET /api/changes · signed in · agree to a change that could silence an alert",
	"POST /api/changes/{change}/decision · signed in · agree to a change that could silence an alert",
	"GET /api/contacts · signed in · say how one is reached",
	"POST /api/contacts · signed in · say how one is reached",
	"PUT /api/contacts · signed in · say how one is reached",
	"PUT /api/contacts/{contact} · signed in · say how one is reached",
	"DELETE /api/contacts/{contact} · signed in · say how one is reached",
	"POST /api/contacts/{contact}/code · signed in · say how one is reached",
	"POST /api/contacts/{contact}/verification · signed in · say how one is reached",
	"POST /api/contacts/{contact}/test · signed in · say how one is reached",
	"GET /api/answers/{token} · signed in · ",
	"POST /api/answers/{token} · signed in · acknowledge an alert",
	"GET /api/alerts/{alert}/trail · signed in · see who was told of an alert",
	"POST /api/alerts/{alert}/reason · signed in · open a plan",
	"GET /api/alerts/{alert}/plan/holds · signed in · open a plan",
	"POST /api/openings · signed in · open a plan without an arrival",
	"GET /api/openings/{opening}/plan · signed in · open a plan without an arrival",
	"GET /api/openings/{opening}/holds · signed in · open a plan without an arrival",
	"GET /api/openings/{opening}/attachments/{n} · signed in · open a plan without an arrival",
	"GET /api/privacy/openings · signed in · judge who opened a plan without an arrival",
	"POST /api/privacy/openings/{opening}/finding · signed in · judge who opened a plan without an arrival",
	"POST /api/privacy/looks · signed in · see who looked at a plan",
	"POST /api/privacy/exposure · signed in · see whom an account was shown",
	"POST /api/privacy/exposure.csv · signed in · see whom an account was shown",
	"POST /api/audit/search · signed in · search the journal",
	"GET /screen · everybody · ",
	"GET /on-call/me · everybody · ",
	"GET /on-call/subscriptions · everybody · ",
	"GET /me · everybody · ",
	"GET /answer/{token} · everybody · ",
	"GET /answer/{token}/ask · everybody · ",
	"GET /sw.js · everybody · ",
	"POST /api/sign-in · everybody · ",
	"POST /api/invitation · everybody · ",
	"POST /api/invitation/acceptance · everybody · ",
	"POST /api/sign-out · signed in · ",
	"GET /api/sessions · signed in · ",
	"DELETE /api/sessions/{session} · signed in · ",
	"POST /api/sign-out-everywhere · signed in · ",
	"POST /api/stream-ticket · signed in · ",
	"GET /api/people · signed in · say who has an account",
	"POST /api/people · signed in · say who has an account",
	"POST /api/people/{person}/reset · signed in · say who has an account",
	"POST /api/people/{person}/disable · signed in · say who has an account",
	"POST /api/people/{person}/enable · signed in · say who has an account",
	"PUT /api/people/{person}/role · signed in · say who has an account",
	"POST /api/walls · everybody · ",
	"POST /api/wall-claims · everybody · ",
	"GET /api/walls · signed in · let a screen in",
	"POST /api/wall-approvals · signed in · let a screen in",
	"DELETE /api/walls/{person} · signed in · let a screen in",
	"GET /api/departments · everybody · ",
	"GET /api/session · signed in · ",
	"GET /api/demo/accounts · everybody · ",
	"GET /api/departments/{department}/alerts · signed in · watch a board",
	"GET /api/alerts/{alert} · signed in · watch a board",
	"GET /api/alerts/{alert}/attachments/{n} · signed in · open a plan",
	"GET /api/alerts/{alert}/identity · signed in · check who a patient is",
	"POST /api/alerts/{alert}/identity · signed in · check who a patient is",
	"GET /api/departments/{department}/ruled-out · signed in · check who a patient is",
	"GET /api/alerts/{alert}/plan · signed in · open a plan",
	"POST /api/alerts/{alert}/acknowledgement · signed in · acknowledge an alert",
	"POST /api/alerts/{alert}/handover · signed in · acknowledge an alert",
	"POST /api/alerts/{alert}/recall-seen · signed in · give a receipt",
	"GET /api/centre/export · signed in · read a plan as published",
	"POST /api/centre/search · signed in · list a centre's plans",
	"GET /api/centre/plans/{plan} · signed in · see what became of a plan",
	"POST /api/centre/plans/{plan}/status · signed in · publish a plan",
	"GET /api/centre/drafts · signed in · write a draft",
	"POST /api/centre/drafts · signed in · write a draft",
	"PUT /api/centre/drafts/{draft} · signed in · write a draft",
	"DELETE /api/centre/drafts/{draft} · signed in · write a draft",
	"POST /api/centre/drafts/{draft}/publication · signed in · publish a plan",
	"GET /api/alerts/{alert}/thread · signed in · read what was asked and answered",
	"POST /api/alerts/{alert}/thread/seen · signed in · read what was asked and answered",
	"POST /api/alerts/{alert}/questions · signed in · ask a centre",
	"POST /api/alerts/{alert}/disputes · signed in · ask a centre",
	"PUT /api/alerts/{alert}/outcome · signed in · say what a plan changed",
	"POST /api/centre/drafts/{draft}/attachments · signed in · write a draft",
	"GET /api/centre/drafts/{draft}/attachments/{file} · signed in · write a draft",
	"GET /api/centre/plans/{plan}/versions/{version}/attachments/{n} · signed in · read a plan as published",
	"GET /api/centre/talk · signed in · answer a question",
	"GET /api/centre/talk/counts · signed in · answer a question",
	"POST /api/centre/talk/{line}/answer · signed in · answer a question",
	"GET /api/subscriptions · signed in · subscribe to what happens",
	"POST /api/subscriptions · signed in · subscribe to what happens",
	"PUT /api/subscriptions/kept/{subscription} · signed in · subscribe to what happens",
	"DELETE /api/subscriptions/kept/{subscription} · signed in · subscribe to what happens",
	"GET /api/subscriptions/choices · signed in · subscribe to what happens",
	"POST /api/subscriptions/preview · signed in · subscribe to what happens",
	"GET /api/subscriptions/told · signed in · subscribe to what happens",
	"GET /api/subscriptions/lists · signed in · subscribe to what happens",
	"POST /api/subscriptions/lists · signed in · subscribe to what happens",
	"PUT /api/subscriptions/lists/kept/{list} · signed in · subscribe to what happens",
	"DELETE /api/subscriptions/lists/kept/{list} · signed in · subscribe to what happens",
	"GET /api/proofs · signed in · read the proofs",
	"GET /api/proofs/{proof} · signed in · read the proofs",
	"POST /api/proofs · signed in · prove now",
	"GET /api/operations/quarantine · signed in · see the quarantine",
	"GET /api/operations/quarantine/{message} · signed in · see the quarantine",
	"GET /api/operations/quarantine/{message}/bytes · signed in · read a quarantined message",
	"POST /api/operations/quarantine/{message}/replay · signed in · replay a quarantined message",
	"DELETE /api/operations/quarantine/{message} · signed in · discard a quarantined message",
	"GET /api/operations/now · signed in · see the feeds",
	"GET /api/operations/screens · signed in · see the screens",
	"GET /api/operations/feeds · signed in · see the feeds",
	"POST /api/operations/feeds/mute · signed in · mute a feed",
	"GET /api/on-call · signed in · see who is on call",
	"GET /api/on-call/at · signed in · see who is on call",
	"GET /api/on-call/rotas/{rota} · signed in · see who is on call",
	"GET /api/on-call/rotas/{rota}/shifts · signed in · see who is on call",
	"GET /api/on-call/rotas/{rota}/shifts.csv · signed in · see who is on call",
	"GET /api/on-call/rotas/{rota}/shifts.ics · signed in · see who is on call",
	"GET /api/on-call/rotas/{rota}/history · signed in · see who is on call",
	"GET /api/on-call/people · signed in · see who is on call",
	"GET /api/on-call/changes · signed in · see who is on call",
	"POST /api/on-call/rotas/{rota}/preview · signed in · keep the rotas",
	"PUT /api/on-call/rotas/{rota} · signed in · keep the rotas",
	"DELETE /api/on-call/rotas/{rota} · signed in · keep the rotas",
	"POST /api/on-call/rotas/{rota}/import · signed in · keep the rotas",
	"POST /api/on-call/rotas/{rota}/overrides · signed in · put somebody else on call",
	"DELETE /api/on-call/rotas/{rota}/overrides/{override} · signed in · put somebody else on call",
	"POST /api/on-call/changes/{change}/decision · signed in · agree to a change of who is on call",
	"POST /api/on-call/rotas/{rota}/swaps · signed in · swap shifts",
	"POST /api/on-call/swaps/{swap}/answer · signed in · swap shifts",
	"DELETE /api/on-call/swaps/{swap} · signed in · swap shifts",
	"GET /api/on-call/mine · signed in · see who is on call",
	"POST /api/on-call/mine/feeds · signed in · see who is on call",
	"DELETE /api/on-call/mine/feeds · signed in · see who is on call",
	"GET /api/on-call/policies · signed in · see who is on call",
	"POST /api/on-call/policies/{policy}/preview · signed in · keep the rotas",
	"PUT /api/on-call/policies/{policy} · signed in · keep the rotas",
	"DELETE /api/on-call/policies/{policy} · signed in · keep the rotas",
	"PUT /api/on-call/centres/{centre} · signed in · keep the rotas",
	"DELETE /api/on-call/centres/{centre} · signed in · keep the rotas",
	"GET /calendar/{token} · own door · ",
	"GET /api/openapi.json · everybody · ",
	"GET /docs · everybody · ",
	"GET /docs/{page} · everybody · ",
}

func TestEveryRouteIsListed(t *testing.T) {
	words := map[who]string{everybody: "everybody", signedIn: "signed in", ownDoor: "own door"}
	var found []string
	for _, r := range newWorld(t).table {
		path := r.path
		for _, kind := range fhir.PartTypes {
			path = strings.Replace(path, "/fhir/"+kind+"/", "/fhir/{part}/", 1)
		}
		found = append(found, fmt.Sprintf("%s %s · %s · %s", r.method, path, words[r.who], r.action))
	}
	for _, row := range found {
		if !slices.Contains(listed, row) {
			t.Errorf("the route is not listed: %s", row)
		}
	}
	for _, row := range listed {
		if !slices.Contains(found, row) {
			t.Errorf("the listed route does not exist: %s", row)
		}
	}
}

// at is an address of a route in the world of the tests.
func at(path string) string {
	return strings.NewReplacer("{id}", "gosh-1", "{plan}", "gosh-1", "{draft}", "draft-1", "{line}", "line-1", "{version}", "3", "{department}", "RQW-AE", "{alert}", "alert1", "{message}", "abababab", "{person}", "person-1", "{session}", "session-1", "{token}", "token-1", "{contact}", "contact-1", "{$}", "", "{file...}", "app.js", "{page}", "stream", "{subscription}", "subscription-1", "{list}", "list-1").Replace(path)
}

func TestWithoutAValidTokenNothingIsReached(t *testing.T) {
	for _, r := range newWorld(t).table {
		if r.who != signedIn {
			continue
		}
		w := newWorld(t)
		w.arrive()
		for _, row := range []struct{ because, header string }{
			{"no token", ""},
			{"an unknown token", "Bearer nobody"},
			{"an empty token", "Bearer "},
			{"another scheme", "Basic Z29zaDpnb3No"},
			{"a token without a scheme", "centre-RP4"},
		} {
			t.Run(r.method+" "+r.path+" with "+row.because, func(t *testing.T) {
				var headers []string
				if row.header != "" {
					headers = []string{"Authorization", row.header}
				}
				answer := w.ask(r.method, at(r.path), "", "", headers...)
				if r.edge == fhirEdge {
					wantOutcome(t, answer, http.StatusUnauthorized, "login")
				} else {
					wantProblem(t, answer, http.StatusUnauthorized, "Sign in")
				}
				challenge := answer.Header().Get("WWW-Authenticate")
				if !strings.HasPrefix(challenge, `Bearer realm="ucpalert"`) || strings.Contains(challenge, "invalid_token") != (row.header != "") {
					t.Errorf("the challenge is %q", challenge)
				}
				if len(w.recorded) > 0 {
					t.Errorf("the journal holds %v", w.recorded)
				}
			})
		}
	}
}

// Whoever may not do a route's action is refused there, whatever it is, and the refusal is journalled without the token.
func TestEveryActionIsAsked(t *testing.T) {
	wrong := map[access.Action]string{
		access.SendAttendance: "centre-RP4", access.ReadArrivals: "screen-RQW-AE", access.ReadScreens: "screen-RQW-AE",
		access.ListQuarantine: "hospital-RQW", access.ReadQuarantined: "screen-RQW-AE", access.ReplayQuarantined: "hospital-RQW", access.DiscardQuarantined: "centre-RJZ",
		access.ReadFeeds: "clinician-RQW", access.MuteFeed: "hospital-RQW",
		access.PublishPlan: "screen-RQW-AE", access.ReadOwnPlan: "centre-RJZ", access.WatchBoard: "screen-RWG-AE",
		access.ListPlans: "screen-RQW-AE", access.ReadPlanUse: "centre-RJZ", access.WriteDraft: "screen-RQW-AE",
		access.OpenPlan: "screen-RWG-AE", access.Acknowledge: "screen-RWG-AE", access.ReadProofs: "screen-RQW-AE", access.RunProof: "screen-RQW-AE", access.GiveReceipt: "centre-RQW",
		access.AskCentre: "screen-RWG-AE", access.ReadThread: "screen-RWG-AE", access.GiveOutcome: "screen-RWG-AE", access.AnswerQuestion: "screen-RQW-AE",
		access.CheckIdentity: "screen-RQW-AE", access.ManageAccounts: "hospital-RQW", access.ApproveScreen: "screen-RQW-AE",
		access.BreakGlass: "screen-RQW-AE", access.JudgeOpening: "screen-RQW-AE", access.ReadAccess: "screen-RQW-AE", access.ReadExposure: "screen-RQW-AE",
		access.SearchAudit: "screen-RQW-AE", access.AgreeToChange: "screen-RQW-AE", access.BeReached: "screen-RQW-AE", access.ReadTrail: "screen-RWG-AE",
		access.ReadRotas: "screen-RQW-AE", access.KeepRotas: "screen-RQW-AE", access.OverrideRota: "screen-RQW-AE", access.SwapShift: "screen-RQW-AE", access.AgreeToRota: "screen-RQW-AE",
		access.Subscribe: "screen-RQW-AE", access.LeadSubscriptions: "screen-RQW-AE",
	}
	for _, r := range newWorld(t).table {
		if r.who != signedIn || r.action == "" {
			continue
		}
		for _, token := range []string{wrong[r.action], "clinician-RQW"} {
			if token == "centre-RJZ" && !strings.HasPrefix(r.path, "/fhir/CarePlan/{id}") {
				continue // lists and parts of plans are those of whoever asks: another centre is given its own
			}
			if r.action == access.ReadProofs || r.action == access.RunProof {
				token = wrong[r.action] // clinicians and centres both read what concerns them
			}
			if token == "clinician-RQW" && r.edge != fhirEdge && !strings.Contains(r.path, "/centre/") {
				token = "centre-RP4" // who reads boards is no centre, who publishes no clinician
			}
			t.Run(r.method+" "+r.path+" as "+token, func(t *testing.T) {
				w := newWorld(t)
				w.arrive()
				answer := w.ask(r.method, at(r.path), token, "")
				want(t, answer, http.StatusForbidden)
				refused := w.entries(journal.AccessRefused)
				if len(refused) != 1 || refused[0].Actor != accounts[token].Actor() || refused[0].Reason == "" || strings.Contains(refused[0].Reason, token) {
					t.Errorf("the journal holds %+v", refused)
				}
				if w.sights["alert1"].Alert.Acknowledgement != nil || len(w.held) != 1 || len(w.recorded) != 1 {
					t.Error("something was done or read all the same")
				}
			})
		}
	}
}

func TestNobodyFillsTheJournalWithRefusals(t *testing.T) {
	w := newWorld(t)
	for range 10 * journal.RefusalsPerMinute {
		want(t, w.ask("GET", "/api/departments/RQW-AE/alerts", "screen-RWG-AE", ""), http.StatusForbidden)
	}
	if n := len(w.entries(journal.AccessRefused)); n != journal.RefusalsPerMinute {
		t.Errorf("%d refusals are journalled, not %d", n, journal.RefusalsPerMinute)
	}
	want(t, w.ask("GET", "/api/departments/RQW-AE/alerts", "centre-RP4", ""), http.StatusForbidden)
	if n := len(w.entries(journal.AccessRefused)); n != journal.RefusalsPerMinute+1 {
		t.Error("another account's refusal is not journalled any more")
	}
}

func TestWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	wantProblem(t, w.ask("GET", "/api/nothing", "", ""), http.StatusNotFound, "nothing at this address")
	wantProblem(t, w.ask("GET", "/wp-login.php", "", ""), http.StatusNotFound, "nothing at this address")
	wantOutcome(t, w.ask("GET", "/fhir/Appointment/9990000018", "", ""), http.StatusNotFound, "not-found")
	answer := w.ask("DELETE", "/fhir/CarePlan/gosh-1", "centre-RP4", "")
	wantOutcome(t, answer, http.StatusMethodNotAllowed, "not-supported")
	if allow := answer.Header().Get("Allow"); allow != "PUT, GET, HEAD" {
		t.Errorf("Allow is %q", allow)
	}
	wantProblem(t, w.ask("GET", "/api/alerts/alert1/acknowledgement", "screen-RQW-AE", ""), http.StatusMethodNotAllowed, "method")
	if strings.Contains(w.log.String(), "9990000018") {
		t.Error("the log holds an address as it was asked for")
	}
}

func TestEveryAnswerHasTheHeadersThatProtectIt(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	for _, r := range append(w.table, route{method: "GET", path: "/nothing"}, route{method: "DELETE", path: "/fhir"}) {
		h := w.ask(r.method, at(r.path), "screen-RQW-AE", "").Header()
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s %s: the content policy is %q", r.method, r.path, csp)
		}
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != value {
				t.Errorf("%s %s: %s is %q", r.method, r.path, name, h.Get(name))
			}
		}
		if page := strings.HasPrefix(r.path, "/assets") || strings.HasPrefix(r.path, "/board") || strings.HasPrefix(r.path, "/centre") || strings.HasPrefix(r.path, "/docs") || strings.HasPrefix(r.path, "/on-call") || r.path == "/proofs" || r.path == "/operations" || r.path == "/overview" || r.path == "/practice" || r.path == "/{$}" || slices.Contains([]string{"/sign-in", "/join", "/sessions", "/people", "/screen", "/open", "/privacy", "/privacy/looks", "/privacy/exposure", "/changes", "/audit", "/me", "/answer/{token}", "/answer/{token}/ask", "/sw.js"}, r.path); !page && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s may be stored: %q", r.method, r.path, h.Get("Cache-Control"))
		}
	}
}
