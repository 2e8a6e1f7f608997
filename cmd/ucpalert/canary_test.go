package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jmoiron/sqlx"

	"github.com/ucpalert/ucpalert/plans"
)

// TestTheCanaryComesThroughToAScreenAndIsNobody runs the program with a check a second and looks for it everywhere: on the screen of its
// department, which must have it, and in everything that tells of patients, which must not.
func TestTheCanaryComesThroughToAScreenAndIsNobody(t *testing.T) {
	folder := t.TempDir()
	at, mllpAddress := freeAddress(t), freeAddress(t)
	config, err := writeTestConfig(folder, at, mllpAddress, "")
	if err != nil {
		t.Fatal(err)
	}
	process, log := serving(t, config, "UCPALERT_CANARY_EVERY=1s", "UCPALERT_ALLOW_TEST_PATIENTS=false")
	ended := false
	stop := func() {
		if !ended {
			ended = true
			_ = process.Process.Signal(os.Interrupt)
			_ = process.Wait()
		}
	}
	defer stop()

	screen := canaryOn(t, at, "demo-screen-RQW-AE", true)
	first := screen.next(t, "canary")
	screen.say(t, map[string]any{"type": "canary_displayed", "position": "nowhere/1"})
	screen.next(t, "refused")
	screen.say(t, map[string]any{"type": "canary_displayed", "position": first["position"]})
	screen.next(t, "done")
	second := screen.next(t, "canary")
	if first["position"] == second["position"] || time.Since(instantOf(t, second["checked"])) > 30*time.Second {
		t.Errorf("the checks are %v and %v", first, second)
	}
	for { // a screen that goes on showing it is the last that is known
		screen.say(t, map[string]any{"type": "canary_displayed", "position": second["position"]})
		if status := screen.next(t, "status"); strings.Contains(fmt.Sprint(status["canary"]), "last:") {
			break
		}
		second = screen.next(t, "canary")
	}

	number := plans.CanaryNumber().Reveal()
	if got := conversation(t, mllpAddress, 1, framed(arrivesWith(func(p *parts) { p.pid3 = number + "^^^NHS^NH" }))); !strings.Contains(got, "AR") {
		t.Errorf("a patient under the canary's number is answered %s", got)
	}
	if code, body, err := putPlan(at, "demo-centre-RP4", "plan-c", planJSON("plan-c", number, "1980-02-13", "Hidden", "active")); err != nil || code != 422 {
		t.Errorf("a plan under the canary's number: %d %s %v", code, body, err)
	}
	for token, paths := range map[string][]string{
		"demo-clinician-RQW": {"/api/departments/RQW-AE/arrivals", "/api/departments/RQW-AE/recent"},
		"demo-screen-RQW-AE": {"/api/departments/RQW-AE/alerts", "/api/departments/RQW-AE/checked"},
		"demo-centre-RP4":    {"/fhir/CarePlan", "/fhir/CarePlan/_history", "/api/centre/export", "/api/centre/talk"},
		"demo-operator":      {"/api/proofs"},
		"":                   {"/metrics"},
	} {
		for _, path := range paths {
			text := strings.ReplaceAll(strings.ToLower(read(t, at, token, path)), "ucpalert_canary", "")
			if strings.Contains(text, "canary") || strings.Contains(text, number) {
				t.Errorf("%s tells of the canary: %s", path, text)
			}
		}
	}
	if alerts := screen.snapshot["alerts"].([]any); len(alerts) != 0 {
		t.Errorf("the board shows %v", alerts)
	}
	stop()
	if strings.Contains(log.String(), number) {
		t.Error("the number stands in the log")
	}
	db, err := sqlx.Open("sqlite3", folder+"/data/ucpalert.db")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, table := range []string{"attendance", "alert", "message", "plan", "plan_version", "receipt", "quarantine"} {
		var rows int
		if err := db.Get(&rows, "SELECT COUNT(*) FROM "+table); err != nil || rows != 0 { // the table names stand above
			t.Errorf("%d rows of %s: %v", rows, table, err)
		}
	}
	var passed, refused, roomed int
	err = db.QueryRow(`SELECT SUM(kind = 'canary.passed'), SUM(reason LIKE '%reserved for the service%'), SUM(kind LIKE 'canary.%' AND room <> '') FROM journal`).Scan(&passed, &refused, &roomed)
	if err != nil || passed < 2 || refused != 2 || roomed != 0 {
		t.Errorf("journalled: %d passed, %d refused, %d in a room: %v", passed, refused, roomed, err)
	}
}

type canaryWatcher struct {
	conn     *websocket.Conn
	snapshot map[string]any
}

func canaryOn(t *testing.T, at, token string, visible bool) *canaryWatcher {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"ucpalert.v1"}}
	conn, response, err := dialer.Dial("ws://"+at+"/stream/departments/RQW-AE", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	w := &canaryWatcher{conn: conn}
	w.say(t, map[string]any{"type": "hello", "token": token, "canary": true, "visible": visible, "status": true})
	if welcome := w.next(t, "welcome"); welcome["canary_seconds"] != 1.0 {
		t.Fatalf("the welcome is %v", welcome)
	}
	w.snapshot = w.next(t, "snapshot")
	return w
}

func (w *canaryWatcher) say(t *testing.T, message any) {
	t.Helper()
	if err := w.conn.WriteJSON(message); err != nil {
		t.Fatal(err)
	}
}

// next waits for a frame of a type; no alert may come.
func (w *canaryWatcher) next(t *testing.T, kind string) map[string]any {
	t.Helper()
	_ = w.conn.SetReadDeadline(time.Now().Add(30 * time.Second)) // the read below fails then
	for {
		_, text, err := w.conn.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %s: %v", kind, err)
		}
		var frame map[string]any
		if err := json.Unmarshal(text, &frame); err != nil {
			t.Fatal(err)
		}
		if frame["type"] == "alert" {
			t.Fatalf("an alert came: %s", text)
		}
		if frame["type"] == kind {
			return frame
		}
	}
}

func instantOf(t *testing.T, text any) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, fmt.Sprint(text))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// read asks for something and wants an answer that can be looked through.
func read(t *testing.T, at, token, path string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+at+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s: %d %s %v", path, response.StatusCode, body, err)
	}
	return string(body)
}
