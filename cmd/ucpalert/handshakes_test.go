package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// soon waits until something holds; it fails the test after half a minute.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for begun := time.Now(); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("not within half a minute: %s", what)
		}
	}
}

// TestEveryWrongHandshakeIsRefusedAndTold is the part of the matrix of certificates in which nobody gets as far as a message: each row connects
// to the real program and sends an arrival all the same. What a certificate may say once it is believed is in TestWhoMaySpeakByCertificate,
// what happens when it is taken back in TestNewSendersAreTakenAndOpenConnectionsGoOn and TestNewCertificatesAreTakenAndOpenConnectionsGoOn.
func TestEveryWrongHandshakeIsRefusedAndTold(t *testing.T) {
	folder := t.TempDir()
	ca, other := newAuthority(t, "hospitals"), newAuthority(t, "others")
	certificate, key := writePair(t, folder, "service", ca.server("localhost"))
	good := ca.client("good", nil)
	secure, plain := freeAddress(t), freeAddress(t)
	address, log := serveWith(t, folder, fmt.Sprintf(`mllp:
  listeners:
    - {name: secure, address: %q, tls: {certificate: %s, key: %s, client_ca: [%s]}}
    - {name: plain, address: %q}
  senders:
    - {name: good, subject: %q, organisation: RQW}
`, secure, filepath.Base(certificate), filepath.Base(key), filepath.Base(ca.write(filepath.Join(folder, "ca.pem"))), plain, good.Leaf.Subject.String()), demo.DirectoryYAML)
	if code, body, err := putPlan(address, "demo-centre-RP4", "plan-1", planJSON("plan-1", killPatients[0], "1980-02-13", "Headline", "active")); err != nil || code != 201 {
		t.Fatalf("publish: %d %s %v", code, body, err)
	}
	message := mllp.AppendFrame(nil, attendance("A04", "M1", "RQW", "RQWG0", "V1"))
	shows := func(c tls.Certificate, change func(*tls.Config)) func(io.ReadWriter) (io.ReadWriter, error) {
		return func(raw io.ReadWriter) (io.ReadWriter, error) {
			config := &tls.Config{RootCAs: ca.pool(), ServerName: "localhost", GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				return &c, nil // whatever the service asks for
			}}
			if change != nil {
				change(config)
			}
			conn := tls.Client(raw.(net.Conn), config)
			return conn, conn.Handshake()
		}
	}
	asIs := func(raw io.ReadWriter) (io.ReadWriter, error) { return raw, nil }
	for i, row := range []struct {
		what, to string
		speaks   func(io.ReadWriter) (io.ReadWriter, error)
		told     string // in the log
	}{
		{"TLS 1.1", secure, shows(good, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), "unsupported versions"},
		{"TLS 1.0", secure, shows(good, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }), "unsupported versions"},
		{"a key that is not made for the connection", secure, shows(good, func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
		}), "no cipher suite supported by both"},
		{"encryption that is not checked as it is read", secure, shows(good, func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
		}), "no cipher suite supported by both"},
		{"no certificate", secure, shows(tls.Certificate{}, nil), "didn't provide a certificate"},
		{"another authority's", secure, shows(other.client("good", nil), nil), "signed by unknown authority"},
		{"a certificate that nobody signed", secure, shows(newAuthority(t, "good").client("good", nil), nil), "signed by unknown authority"},
		{"plain to the port of TLS", secure, asIs, "does not look like a TLS handshake"},
		{"a request of a browser to the port of TLS", secure, func(raw io.ReadWriter) (io.ReadWriter, error) {
			_, err := io.WriteString(raw, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
			return raw, err
		}, "does not look like a TLS handshake"},
		{"TLS to the plain port", plain, shows(good, nil), `"cause":"`},
	} {
		t.Run(row.what, func(t *testing.T) {
			raw, err := net.Dial("tcp", row.to)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = raw.Close() }()
			if err := raw.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			said := strings.Count(log.String(), row.told)
			conn, err := row.speaks(raw)
			var answer []byte
			if err == nil {
				if _, err = conn.Write(message); err == nil {
					answer, err = io.ReadAll(conn)
				}
			}
			if row.to == plain {
				_ = raw.Close() // it waits for the end of what it takes for rubbish
			}
			if bytes.Contains(answer, []byte("MSA|")) {
				t.Errorf("answered %q, %v", answer, err)
			}
			soon(t, "the log says "+row.told, func() bool { return strings.Count(log.String(), row.told) > said })
			if row.to == secure {
				soon(t, "it is counted", func() bool { return figureOf(t, address, `mllp_no_handshake{listener="secure"}`) == fmt.Sprint(i+1) })
			}
			if n := openAlerts(t, address, "RQW-AE"); n != 0 {
				t.Errorf("%d alerts were raised", n)
			}
		})
	}
	client := &mllp.Client{Address: secure, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{good}}}
	defer func() { _ = client.Close() }()
	if answer, err := client.Send(t.Context(), attendance("A04", "M2", "RQW", "RQWG0", "V2")); answered(answer, err) != "AA" || openAlerts(t, address, "RQW-AE") != 1 {
		t.Errorf("the right one is answered %s", answered(answer, err))
	}
}
