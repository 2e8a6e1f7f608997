package web

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestWhatIsKeptApart asks every address at both places.
func TestWhatIsKeptApart(t *testing.T) {
	administers := func(path string) bool {
		for _, root := range []string{"/people", "/operations", "/api/people", "/api/operations/"} {
			if strings.HasPrefix(path, root) {
				return true
			}
		}
		return false
	}
	for apart, kept := range map[Apart]func(string) bool{
		NothingApart:        func(string) bool { return false },
		FiguresApart:        func(path string) bool { return path == "/metrics" },
		AdministrationApart: func(path string) bool { return path == "/metrics" || administers(path) },
	} {
		w := newWorld(t, func(o *Options) { o.Apart = apart })
		handlers, hidden := w.server.handlers(w.table), 0
		for _, r := range w.table {
			for where, handler := range map[string]http.Handler{"public": handlers.Public, "admin": handlers.Admin} {
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, httptest.NewRequest(r.method, at(r.path), nil))
				gone := answer.Code == http.StatusNotFound && strings.Contains(answer.Body.String(), "nothing at this address")
				if want := where == "public" && kept(r.path); gone != want {
					t.Errorf("%v, %s: %s %s is answered %d", apart, where, r.method, r.path, answer.Code)
				}
				if gone {
					hidden++
				}
			}
		}
		if want := map[Apart]int{NothingApart: 0, FiguresApart: 1}[apart]; apart != AdministrationApart && hidden != want || apart == AdministrationApart && hidden < 15 {
			t.Errorf("%v hides %d addresses", apart, hidden)
		}
	}
}

// TestEveryAnswerIsStrict asks every address at both places over TLS, and addresses and methods that there are not.
func TestEveryAnswerIsStrict(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Apart = AdministrationApart })
	w.arrive()
	handlers := w.server.handlers(w.table)
	for _, r := range append(w.table, route{method: "GET", path: "/nothing"}, route{method: "DELETE", path: "/fhir"}, route{method: "TRACE", path: "/"}, route{method: "OPTIONS", path: "/api/session"}) {
		for where, handler := range map[string]http.Handler{"public": handlers.Public, "admin": handlers.Admin} {
			request := httptest.NewRequest(r.method, at(r.path), nil)
			request.TLS = &tls.ConnectionState{}
			request.Header.Set("Origin", "https://evil.example")
			request.Header.Set("Authorization", "Bearer screen-RQW-AE")
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			h := answer.Header()
			for name, value := range map[string]string{
				"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
				"Content-Security-Policy": contentPolicy,
			} {
				if got := h.Values(name); len(got) != 1 || got[0] != value {
					t.Errorf("%s: %s %s: %s is %q", where, r.method, r.path, name, got)
				}
			}
			for _, never := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
				if h.Get(never) != "" {
					t.Errorf("%s: %s %s tells %s: %s", where, r.method, r.path, never, h.Get(never))
				}
			}
			if kind := h.Get("Content-Type"); answer.Body.Len() > 0 && (kind == "" || strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") && r.path != "/metrics") {
				t.Errorf("%s: %s %s is of the type %q", where, r.method, r.path, kind)
			}
		}
	}
}
