package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestABucketIsEmptiedAndFillsAgain(t *testing.T) {
	b := newBuckets(2, 5)
	at := now
	for i := range 10 {
		if _, ok := b.take("a", at); !ok {
			t.Fatalf("refused at %d", i)
		}
	}
	if wait, ok := b.take("a", at); ok || wait != time.Second/2 {
		t.Errorf("the eleventh: %v, wait %s", ok, wait)
	}
	if _, ok := b.take("b", at); !ok {
		t.Error("another sender is refused")
	}
	at = at.Add(time.Second)
	for i, want := range []bool{true, true, false} {
		if _, ok := b.take("a", at); ok != want {
			t.Errorf("a second later, %d: %v", i, ok)
		}
	}
	if _, ok := b.take("a", at.Add(-time.Hour)); ok {
		t.Error("a clock that was set back gives something")
	}
	at = at.Add(time.Hour)
	for range 10 {
		if _, ok := b.take("a", at); !ok {
			t.Error("it does not fill up")
		}
	}
	if _, ok := b.take("a", at); ok {
		t.Error("it holds more than it can")
	}
}

func TestStrangersTakeBoundedMemory(t *testing.T) {
	b := newBuckets(1, 2)
	refused := 0
	for i := range 3 * mostBuckets {
		if _, ok := b.take(fmt.Sprint("stranger ", i), now); !ok {
			refused++
		}
	}
	if len(b.held) > mostBuckets+1 || refused != 2*mostBuckets-2 {
		t.Errorf("%d buckets, %d refused: those beyond should share one", len(b.held), refused)
	}
	if _, ok := b.take("another day", now.Add(24*time.Hour)); !ok || len(b.held) != 1 {
		t.Errorf("%d buckets are held after a day", len(b.held))
	}
}

// askFrom asks from an address.
func (w *world) askFrom(address, method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = address
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// An address that guesses is slowed; whoever has signed in behind it is not, nor is another address.
func TestAnAddressWithoutCredentialsIsSlowed(t *testing.T) {
	for _, row := range []struct{ method, path, token, body string }{
		{"GET", "/api/session", "guess", ""},
		{"GET", "/api/departments/RQW-AE/alerts", "", ""},
		{"POST", "/oauth/token", "", ""},
		{"POST", "/api/walls", "", "not JSON"},
	} {
		t.Run(row.method+" "+row.path, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { o.Rates = Rates{Address: 0.1} }) // five at once
			for i := range 5 {
				if answer := w.askFrom("[2001:db8:1:2::1]:1000", row.method, row.path, row.token, row.body); answer.Code == http.StatusTooManyRequests {
					t.Fatalf("slowed at %d", i)
				}
			}
			answer := w.askFrom("[2001:db8:1:2:ffff::9]:2000", row.method, row.path, row.token, row.body)
			wantProblem(t, answer, http.StatusTooManyRequests, "Too much")
			if answer.Header().Get("Retry-After") != "11" {
				t.Errorf("it may come back after %q", answer.Header().Get("Retry-After"))
			}
			want(t, w.askFrom("[2001:db8:1:2::1]:1000", "GET", "/api/session", "clinician-RQW", ""), http.StatusOK)
			want(t, w.askFrom("[2001:db8:1:2::1]:1000", "GET", "/healthz", "", ""), http.StatusOK)
			if answer := w.askFrom("[2001:db8:1:3::1]:1000", row.method, row.path, row.token, row.body); answer.Code == http.StatusTooManyRequests {
				t.Error("another network is slowed")
			}
			if !strings.Contains(w.ask("GET", "/metrics", "", "").Body.String(), `why="address"} 1`) || w.server.Lanes.Check(now).OK {
				t.Error("it is not told")
			}
		})
	}
}

func TestAnAccountThatAsksTooMuchIsSlowedAlone(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Rates = Rates{Person: 0.3, System: 0.2} })
	for _, row := range []struct {
		token, path string
		most        int
	}{{"clinician-RQW", "/api/session", 3}, {"centre-RP4", "/api/session", 2}} {
		for range row.most {
			want(t, w.ask("GET", row.path, row.token, ""), http.StatusOK)
		}
		want(t, w.ask("GET", row.path, row.token, ""), http.StatusTooManyRequests)
	}
	wantOutcome(t, w.ask("GET", "/fhir/CarePlan/gosh-1", "centre-RP4", ""), http.StatusTooManyRequests, "transient")
	want(t, w.ask("GET", "/api/session", "screen-RQW-AE", ""), http.StatusOK)
	for i := range 20 { // the hospitals' attendances are bounded by the places only
		want(t, w.ask("POST", "/fhir/Encounter", "hospital-RQW", encounter("any", fmt.Sprint("V", i), "arrived", "")), http.StatusCreated)
	}
}
