package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/crypto/acme"
)

// acmeAuthority is a small ACME server (RFC 8555): one account, orders of one name. It proves a name by a handshake with the service under
// test (tls-alpn-01, RFC 8737), and signs what was proved.
type acmeAuthority struct {
	t       *testing.T
	base    string
	service string // the address of the service under test
	signer  *authority

	mu      sync.Mutex
	account jose.JSONWebKey
	orders  []*acmeOrder
	refuses bool
}

type acmeOrder struct {
	host   string
	proved bool
	chain  []byte
}

func newACMEAuthority(t *testing.T, service string) *acmeAuthority {
	t.Helper()
	a := &acmeAuthority{t: t, service: service, signer: newAuthority(t, "acme")}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.base = server.URL
	return a
}

func (a *acmeAuthority) refuse(refuses bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refuses = refuses
}

func (a *acmeAuthority) made() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	made := 0
	for _, o := range a.orders {
		if o.chain != nil {
			made++
		}
	}
	return made
}

// ServeHTTP implements [http.Handler]. Addresses are /WHAT or /WHAT/NUMBER OF THE ORDER.
func (a *acmeAuthority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Replay-Nonce", fmt.Sprint(time.Now().UnixNano()))
	var what string
	var number int
	_, _ = fmt.Sscanf(strings.ReplaceAll(r.URL.Path, "/", " "), "%s %d", &what, &number) // without a number it is the first order
	if what == "directory" {
		a.say(w, 200, map[string]any{"newNonce": a.base + "/nonce", "newAccount": a.base + "/account", "newOrder": a.base + "/order", "revokeCert": a.base + "/revoke", "keyChange": a.base + "/key", "meta": map[string]string{"termsOfService": a.base + "/terms"}})
		return
	}
	if what == "nonce" {
		return
	}
	payload, err := a.payload(r, what == "account")
	if err != nil || a.refuses {
		a.say(w, 403, map[string]string{"type": "urn:ietf:params:acme:error:unauthorized", "detail": "no"})
		return
	}
	switch what {
	case "account":
		w.Header().Set("Location", a.base+"/account/1")
		a.say(w, 201, map[string]any{"status": "valid"})
	case "order":
		if r.URL.Path == "/order" {
			var asked struct{ Identifiers []struct{ Value string } }
			if err := json.Unmarshal(payload, &asked); err != nil || len(asked.Identifiers) != 1 {
				a.t.Errorf("an order of %s: %v", payload, err)
				return
			}
			number = len(a.orders)
			a.orders = append(a.orders, &acmeOrder{host: asked.Identifiers[0].Value})
			w.Header().Set("Location", fmt.Sprint(a.base, "/order/", number))
			a.say(w, 201, a.order(number))
			return
		}
		a.say(w, 200, a.order(number))
	case "authorization":
		a.say(w, 200, a.authorization(number))
	case "challenge":
		a.orders[number].proved = a.prove(a.orders[number].host) == nil
		a.say(w, 200, a.challenge(number))
	case "finalize":
		var asked struct{ CSR string }
		if err := json.Unmarshal(payload, &asked); err == nil && a.orders[number].proved {
			a.orders[number].chain = a.signRequest(asked.CSR)
		}
		w.Header().Set("Location", fmt.Sprint(a.base, "/order/", number))
		a.say(w, 200, a.order(number))
	case "certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(a.orders[number].chain)
	default:
		http.NotFound(w, r)
	}
}

func (a *acmeAuthority) say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		a.t.Error(err)
	}
}

// payload is what a request says, once its signature fits the account's key.
func (a *acmeAuthority) payload(r *http.Request, first bool) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	signed, err := jose.ParseSignedJSON(string(body), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, err
	}
	if key := signed.Signatures[0].Protected.JSONWebKey; first && key != nil {
		a.account = *key
	}
	return signed.Verify(a.account)
}

func (a *acmeAuthority) order(n int) map[string]any {
	o, status := a.orders[n], "pending"
	switch {
	case o.chain != nil:
		status = "valid"
	case o.proved:
		status = "ready"
	}
	return map[string]any{
		"status": status, "identifiers": []map[string]string{{"type": "dns", "value": o.host}}, "authorizations": []string{fmt.Sprint(a.base, "/authorization/", n)},
		"finalize": fmt.Sprint(a.base, "/finalize/", n), "certificate": fmt.Sprint(a.base, "/certificate/", n),
	}
}

func (a *acmeAuthority) authorization(n int) map[string]any {
	return map[string]any{"status": a.standing(n), "identifier": map[string]string{"type": "dns", "value": a.orders[n].host}, "challenges": []any{a.challenge(n)}}
}

func (a *acmeAuthority) challenge(n int) map[string]any {
	return map[string]any{"type": "tls-alpn-01", "url": fmt.Sprint(a.base, "/challenge/", n), "token": acmeToken, "status": a.standing(n)}
}

func (a *acmeAuthority) standing(n int) string {
	if a.orders[n].proved {
		return "valid"
	}
	return "pending"
}

const acmeToken = "a-token-of-the-test"

// prove makes the handshake that proves a name.
func (a *acmeAuthority) prove(host string) error {
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", a.service, &tls.Config{ServerName: host, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true}) // the certificate is its own proof
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	key, ok := a.account.Key.(*ecdsa.PublicKey)
	if !ok {
		return errors.New("the account's key is of another kind")
	}
	print, err := acme.JWKThumbprint(key)
	if err != nil {
		return err
	}
	want := sha256.Sum256([]byte(acmeToken + "." + print))
	value, err := asn1.Marshal(want[:])
	if err != nil {
		return err
	}
	leaf := conn.ConnectionState().PeerCertificates[0]
	for _, extension := range leaf.Extensions {
		if extension.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) && string(extension.Value) == string(value) && leaf.VerifyHostname(host) == nil {
			return nil
		}
	}
	return errors.New("the handshake proves nothing")
}

func (a *acmeAuthority) signRequest(text string) []byte {
	der, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		a.t.Error(err)
		return nil
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		a.t.Error(err)
		return nil
	}
	key, ok := csr.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		a.t.Errorf("the key is a %T", csr.PublicKey)
		return nil
	}
	template := &x509.Certificate{Subject: csr.Subject, DNSNames: csr.DNSNames, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour)}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.signer.issue(template, key)})
}

// TestAnAuthorityMakesTheCertificates orders a certificate from a real, small authority, and keeps it over a restart.
func TestAnAuthorityMakesTheCertificates(t *testing.T) {
	const host = "alerts.ucp.example"
	folder, address := t.TempDir(), freeAddress(t)
	authority := newACMEAuthority(t, address)
	var log processLog
	n := node{log: newLogTo(&log), cfg: defaults()}
	n.cfg.HTTP.Address = address
	n.cfg.HTTP.ACME = acmeConfig{Hosts: []string{host}, AcceptTerms: true, Email: "it@ucp.example", DirectoryURL: authority.base + "/directory", Folder: folder}
	if err := n.cfg.HTTP.ACME.check(); err != nil {
		t.Fatal(err)
	}
	run := func() (*browsers, func()) {
		b, err := n.browsers()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- b.serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }), n.log)
		}()
		return b, func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	get := func(name string) (*tls.ConnectionState, error) {
		client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: authority.signer.pool()}}).DialContext(ctx, "tcp", address)
		}}}
		defer client.CloseIdleConnections()
		answer, err := client.Get("https://" + name + "/")
		if err != nil {
			return nil, err
		}
		return answer.TLS, answer.Body.Close()
	}

	b, stop := run()
	authority.refuse(true)
	b.ordered.look(t.Context())
	b.ordered.look(t.Context())
	if check := b.ordered.check(); check.OK || !check.Advisory || !strings.Contains(check.Reason, host) {
		t.Errorf("the check is %+v", check)
	}
	if n := strings.Count(log.String(), "the authority gave no certificate"); n != 1 {
		t.Errorf("it is said %d times: %s", n, log.String())
	}
	if _, err := get(host); err == nil {
		t.Error("a page is given without a certificate")
	}
	authority.refuse(false)
	stop()

	b, stop = run()
	b.ordered.look(t.Context())
	if check := b.ordered.check(); !check.OK {
		t.Fatalf("%+v: %s", check, log.String())
	}
	state, err := get(host)
	if err != nil {
		t.Fatal(err)
	}
	if leaf := state.PeerCertificates[0]; leaf.Issuer.CommonName != "acme" || leaf.DNSNames[0] != host {
		t.Errorf("the certificate is %s's of %s", leaf.DNSNames, leaf.Issuer)
	}
	for _, name := range []string{"other.ucp.example", host + ".evil.example", "xn--evil.example"} {
		if _, err := get(name); err == nil {
			t.Errorf("a certificate is ordered for %s", name)
		}
	}
	if n := authority.made(); n != 1 {
		t.Errorf("%d certificates were made", n)
	}
	stop()

	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", filepath.Join(folder, f.Name()), err)
		}
	}
	b, stop = run()
	defer stop()
	b.ordered.look(t.Context())
	if _, err := get(host); err != nil || authority.made() != 1 {
		t.Errorf("after a restart: %v, %d certificates made", err, authority.made())
	}
}
