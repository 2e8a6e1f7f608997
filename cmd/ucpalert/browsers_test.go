package main

import (
	"crypto/tls"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/ucpalert/ucpalert/subscribers/stream"
)

// TestTheServiceSpeaksHTTPSByItself asks for a page and opens a stream over TLS, with the certificate of the configuration.
func TestTheServiceSpeaksHTTPSByItself(t *testing.T) {
	folder := t.TempDir()
	ca := newAuthority(t, "the trust")
	certificate, key := writePair(t, folder, "board", ca.server("board"))
	t.Setenv("UCPALERT_HTTP_TLS_CERTIFICATE", certificate)
	t.Setenv("UCPALERT_HTTP_TLS_KEY", key)
	address, _ := serveWith(t, folder, "mllp:\n  address: "+freeAddress(t)+"\n", withSecondSite(t))

	trusting := &tls.Config{RootCAs: ca.pool()}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting}}
	t.Cleanup(client.CloseIdleConnections)
	answer, err := client.Get("https://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("answered %s with %v", answer.Status, answer.Header)
	}

	dialer := websocket.Dialer{Subprotocols: []string{stream.Subprotocol}, TLSClientConfig: trusting}
	conn, _, err := dialer.Dial("wss://"+address+"/stream/departments/RQW-AE", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.WriteJSON(map[string]string{"type": "hello", "token": "demo-screen-RQW-AE"}); err != nil {
		t.Fatal(err)
	}
	var welcome struct{ Type string }
	if err := conn.ReadJSON(&welcome); err != nil || welcome.Type != "welcome" {
		t.Errorf("the first frame is %q, %v", welcome.Type, err)
	}

	plain, err := http.Get("http://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = plain.Body.Close()
	if plain.StatusCode != http.StatusBadRequest {
		t.Errorf("without TLS answered %s, want 400", plain.Status)
	}
}

func TestHalfACertificateForBrowsersIsRefusedByName(t *testing.T) {
	folder := t.TempDir()
	name, err := writeTestConfig(folder, freeAddress(t), freeAddress(t), "")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = loadConfig(name, []string{"UCPALERT_HTTP_TLS_KEY=" + filepath.Join(folder, "board.key")})
	if err == nil || err.Error() != "configuration: http.tls.certificate and tls.key must both be set: the files with the service's own certificate and its key" {
		t.Errorf("the error is %v", err)
	}
}

func TestAdministrationHasAListenerOfItsOwn(t *testing.T) {
	admin := freeAddress(t)
	t.Setenv("UCPALERT_ADMIN_ADDRESS", admin)
	t.Setenv("UCPALERT_ADMIN_ONLY", "true")
	public, _ := serveWith(t, t.TempDir(), "mllp:\n  address: "+freeAddress(t)+"\n", withSecondSite(t))
	for path, want := range map[string][2]int{"/metrics": {404, 200}, "/people": {404, 200}, "/api/people": {404, 401}, "/api/operations/now": {404, 401}, "/healthz": {200, 200}, "/": {200, 200}, "/api/session": {401, 401}} {
		for i, address := range []string{public, admin} {
			answer, err := http.Get("http://" + address + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != want[i] {
				t.Errorf("%s at %s is answered %s, want %d", path, []string{"http.address", "admin.address"}[i], answer.Status, want[i])
			}
		}
	}
}
