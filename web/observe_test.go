package web

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"
)

func TestHealthAndReadiness(t *testing.T) {
	w := newWorld(t)
	same(t, w.ask("GET", "/healthz", "", ""), `{"status":"ok"}`)
	same(t, w.ask("GET", "/readyz", "", ""), `{"ready":true,"checks":[{"name":"database","ok":true,"reason":""}]}`)
	w.checks = append(w.checks, Check{Name: "journal", Reason: "the journal was last read 12 s ago"})
	answer := w.ask("GET", "/readyz", "", "")
	want(t, answer, http.StatusServiceUnavailable)
	if !strings.Contains(answer.Body.String(), `"ready":false`) || !strings.Contains(answer.Body.String(), "12 s ago") || answer.Header().Get("Retry-After") == "" {
		t.Errorf("the answer is %s", answer.Body)
	}
}

func TestThePagesAreServed(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/board/RQW-AE"} {
		answer := w.ask("GET", path, "", "")
		want(t, answer, http.StatusOK)
		if !strings.Contains(answer.Body.String(), "<title>Board</title>") || answer.Header().Get("Content-Type") != "text/html; charset=utf-8" || answer.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s is served as %v", path, answer.Header())
		}
	}
	for _, path := range []string{"/assets/app.js", "/sw.js"} {
		script := w.ask("GET", path, "", "")
		if want(t, script, http.StatusOK); script.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || script.Header().Get("Service-Worker-Allowed") != "" {
			t.Errorf("%s is served as %v", path, script.Header())
		}
	}
	for _, path := range []string{"/README", "/assets/none.js", "/assets/../README", "/assets/%2e%2e/README", "/index.html"} {
		if answer := w.ask("GET", path, "", ""); answer.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestABrowserThatHasTheFileIsToldSo(t *testing.T) {
	w := newWorld(t)
	for _, encoding := range []string{"", "gzip, br", "br", "gzip;q=0"} {
		first := w.ask("GET", "/assets/app.css", "", "", "Accept-Encoding", encoding)
		want(t, first, http.StatusOK)
		if compressed := first.Header().Get("Content-Encoding") == "gzip"; compressed != strings.HasPrefix(encoding, "gzip,") {
			t.Errorf("for a browser that takes %q, the encoding is %q", encoding, first.Header().Get("Content-Encoding"))
		}
		tag := first.Header().Get("ETag")
		again := w.ask("GET", "/assets/app.css", "", "", "Accept-Encoding", encoding, "If-None-Match", `"other", W/`+tag)
		want(t, again, http.StatusNotModified)
		if again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
			t.Error("the answer to a browser that has the file has a body or another tag")
		}
	}
}

func TestAProgramWithoutPagesSaysHowToBuildThem(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Pages = fstest.MapFS{"README": {Data: []byte("x")}} })
	answer := w.ask("GET", "/board/RQW-AE", "", "")
	want(t, answer, http.StatusOK)
	if !strings.Contains(answer.Body.String(), "make build") {
		t.Errorf("the page is %s", answer.Body)
	}
}

func TestTheEmbeddedPagesLoad(t *testing.T) {
	pages, err := loadPages(embeddedPages())
	if err != nil || len(pages[index].body) == 0 {
		t.Errorf("the embedded pages: %v", err)
	}
}

func TestAHandlerThatPanicsIsAnsweredAndNotQuoted(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Stream = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("Ada Testpatient") })
	})
	wantProblem(t, w.ask("GET", "/stream/departments/RQW-AE", "", ""), http.StatusInternalServerError, "could not")
	if strings.Contains(w.log.String(), "Testpatient") || !strings.Contains(w.log.String(), "a handler panicked") {
		t.Errorf("the log says %s", w.log)
	}
}

func TestTheLogNamesTheRouteAndTheActorOnly(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	want(t, w.ask("GET", "/api/alerts/"+id+"?nhs=9990000018", "clinician-RQW", ""), http.StatusOK)
	line := w.log.String()
	for _, said := range []string{`"route":"/api/alerts/{alert}"`, `"status":200`, `"actor":"doctor"`, `"method":"GET"`, `"took":`} {
		if !strings.Contains(line, said) {
			t.Errorf("the log does not say %s: %s", said, line)
		}
	}
	for _, secret := range []string{"9990000018", "clinician-RQW", id, "Testpatient"} {
		if strings.Contains(line, secret) {
			t.Errorf("the log says %s: %s", secret, line)
		}
	}
}

func TestTheMetricsCountByOutcome(t *testing.T) {
	w := newWorld(t)
	id := w.arrive()
	want(t, w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", carePlan("kid-1", "A")), http.StatusCreated)
	want(t, w.ask("PUT", "/fhir/CarePlan/kid-1", "centre-RP4", `{}`), http.StatusBadRequest)
	want(t, w.ask("POST", "/api/alerts/"+id+"/acknowledgement", "clinician-RQW", ""), http.StatusOK)
	want(t, w.ask("BREW", "/no/such/9990000018", "", ""), http.StatusNotFound)
	metrics := w.ask("GET", "/metrics", "", "").Body.String()
	for _, line := range []string{
		`ucpalert_plans_published_total{outcome="created"} 1`,
		`ucpalert_plans_published_total{outcome="refused"} 1`,
		`ucpalert_http_acknowledgements_total{outcome="done"} 1`,
		`ucpalert_http_requests_total{method="PUT",route="/fhir/CarePlan/{id}",status="201"} 1`,
		`ucpalert_http_requests_total{method="other",route="/",status="404"} 1`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if strings.Contains(metrics, "9990000018") || strings.Contains(metrics, "kid-1") {
		t.Error("the metrics hold an identifier")
	}
}

// The stream is reached through everything that web does around a request, on a real connection.
func TestAStreamPassesThrough(t *testing.T) {
	upgrader := websocket.Upgrader{}
	w := newWorld(t, func(o *Options) {
		o.Stream = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			conn, err := upgrader.Upgrade(hijackable{rw}, r, nil)
			if err != nil {
				t.Errorf("upgrade: %v", err)
				return
			}
			defer conn.Close()
			if err := conn.WriteMessage(websocket.TextMessage, []byte(r.PathValue("department"))); err != nil {
				t.Errorf("write: %v", err)
			}
		})
	})
	service := httptest.NewServer(w.handler)
	defer service.Close()
	conn, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(service.URL, "http")+"/stream/departments/RQW-AE", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer answer.Body.Close()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, message, err := conn.ReadMessage()
	if err != nil || string(message) != "RQW-AE" {
		t.Errorf("the stream says %q, %v", message, err)
	}
}

// hijackable takes a connection over the way the stream does.
type hijackable struct{ http.ResponseWriter }

func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(h.ResponseWriter).Hijack()
}

func TestOptionsThatLackSomethingAreRefused(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a service was made of nothing")
	}
}
