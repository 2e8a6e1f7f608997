package mllp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestAClientKeepsItsConnection(t *testing.T) {
	server := &Server{}
	client := &Client{Address: start(t, server)}
	defer func() { _ = client.Close() }()
	for i := range 5 {
		message := fmt.Sprint("message ", i)
		answer, err := client.Send(t.Context(), []byte(message))
		if err != nil || string(answer) != "taken "+message {
			t.Fatalf("got %q, %v", answer, err)
		}
	}
	if n := server.Counters.Accepted.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestAClientConnectsAgainAfterAFailure(t *testing.T) {
	var failing atomic.Bool
	failing.Store(true)
	client := &Client{Address: start(t, &Server{Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
		if failing.Load() {
			return nil, errors.New("disk is full")
		}
		return echo(ctx, from, message)
	}})}
	defer func() { _ = client.Close() }()
	if answer, err := client.Send(t.Context(), []byte("1")); !errors.Is(err, ErrNoAnswer) {
		t.Fatalf("got %q, %v; want %v", answer, err, ErrNoAnswer)
	}
	failing.Store(false)
	if answer, err := client.Send(t.Context(), []byte("1")); err != nil || string(answer) != "taken 1" {
		t.Fatalf("got %q, %v", answer, err)
	}
}

func TestAClientStopsWaitingWhenItsContextEnds(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	address := start(t, &Server{Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
		once.Do(func() { close(begun); <-goOn })
		return echo(ctx, from, message)
	}})
	client := &Client{Address: address}
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	_, err := client.Send(ctx, []byte("1"))
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrNoAnswer) {
		t.Errorf("got %v, want %v and %v", err, context.Canceled, ErrNoAnswer)
	}
	close(goOn)
	// The answer to 1 may still come; it must not be taken for that to 2.
	if answer, err := client.Send(t.Context(), []byte("2")); err != nil || string(answer) != "taken 2" {
		t.Errorf("got %q, %v", answer, err)
	}
	if _, err := client.Send(ctx, []byte("3")); !errors.Is(err, context.Canceled) {
		t.Errorf("sent with an ended context: %v", err)
	}
}

func TestAClientGivesUpAfterItsTimeout(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts in the kernel, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	client := &Client{Address: listener.Addr().String(), Timeout: 10 * time.Millisecond}
	if _, err := client.Send(t.Context(), []byte("1")); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("got %v, want %v", err, ErrNoAnswer)
	}
}

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	if _, err := (&Client{Address: address}).Send(t.Context(), []byte("1")); !errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, ErrNoAnswer) {
		t.Errorf("got %v, want %v: the message never left", err, syscall.ECONNREFUSED)
	}
}

// authority signs certificates for both ends.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{t: t, key: key}
	a.cert = a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, key).Leaf
	return a
}

func (a *authority) sign(template *x509.Certificate, key *ecdsa.PrivateKey) tls.Certificate {
	a.t.Helper()
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent := a.cert
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func (a *authority) issue(name string) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: []string{"RQW"}}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}, key)
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func TestMutualTLSTellsWhoSends(t *testing.T) {
	ca := newAuthority(t)
	peers := make(chan Peer, 1)
	server := &Server{
		TLS: &tls.Config{Certificates: []tls.Certificate{ca.issue("receiver")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool()},
		Handler: func(ctx context.Context, from Peer, message []byte) ([]byte, error) {
			peers <- from
			return echo(ctx, from, message)
		},
	}
	address := start(t, server)
	client := &Client{Address: address, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{ca.issue("epr.rqw")}}}
	defer func() { _ = client.Close() }()
	if answer, err := client.Send(t.Context(), []byte("1")); err != nil || string(answer) != "taken 1" {
		t.Fatalf("got %q, %v", answer, err)
	}
	if got := <-peers; got.Subject != "CN=epr.rqw,O=RQW" || len(got.Fingerprint) != 64 || !strings.HasPrefix(got.Address, "127.0.0.1:") {
		t.Errorf("peer %+v", got)
	}

	stranger := &Client{Address: address, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{newAuthority(t).issue("epr.rqw")}}}
	if answer, err := stranger.Send(t.Context(), []byte("1")); err == nil {
		t.Errorf("a certificate of another authority was answered %q", answer)
	}
	plain := connect(t, address)
	plain.send(frame(arrival))
	if answer, err := plain.frames.Next(); err == nil {
		t.Errorf("a sender without TLS was answered %q", answer)
	}
	if n := server.Counters.Messages.Load(); n != 1 {
		t.Errorf("%d messages were handled, want 1", n)
	}
}

// Many senders may stand behind one address, and each has connections of its own by its certificate.
func TestConnectionsAreCountedByCertificate(t *testing.T) {
	ca := newAuthority(t)
	address := start(t, &Server{
		TLS:    &tls.Config{Certificates: []tls.Certificate{ca.issue("receiver")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool()},
		Limits: Limits{PerSender: 2},
	})
	send := func(c *Client) error { _, err := c.Send(t.Context(), []byte("1")); return err }
	client := func(with tls.Certificate) *Client {
		c := &Client{Address: address, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{with}}}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	one, two := ca.issue("one"), ca.issue("two")
	for _, with := range []tls.Certificate{one, one, two, two} {
		if err := send(client(with)); err != nil {
			t.Fatal(err)
		}
	}
	if err := send(client(one)); err == nil {
		t.Error("the third connection of one certificate was answered")
	}
}

func TestATLSHandshakeThatNeverComesDelaysNobodyAndEndsWithTheServer(t *testing.T) {
	ca := newAuthority(t)
	address, stop := startUntil(t, &Server{TLS: &tls.Config{Certificates: []tls.Certificate{ca.issue("receiver")}}})
	silent := connect(t, address)
	client := &Client{Address: address, TLS: &tls.Config{RootCAs: ca.pool()}}
	defer func() { _ = client.Close() }()
	if answer, err := client.Send(t.Context(), []byte("1")); err != nil || string(answer) != "taken 1" {
		t.Fatalf("got %q, %v", answer, err)
	}
	stop()
	if got, err := silent.frames.Next(); err == nil {
		t.Errorf("got %q", got)
	}
}

// keptListener keeps the server's end of each connection for a look at its options.
type keptListener struct {
	net.Listener
	accepted chan *net.TCPConn
}

func (k *keptListener) Accept() (net.Conn, error) {
	conn, err := k.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		k.accepted <- tcp
	}
	return conn, err
}

func TestAPeerThatVanishedIsFoundByKeepAlive(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	kept := &keptListener{listener, make(chan *net.TCPConn, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- (&Server{Handler: echo}).Serve(ctx, kept) }()
	defer func() { cancel(); <-ended }()
	s := connect(t, listener.Addr().String())
	s.send(frame("1"))
	s.wantAnswer("taken 1")
	raw, err := (<-kept.accepted).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var on, idle int
	if err := raw.Control(func(fd uintptr) {
		on, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
		idle, _ = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE)
	}); err != nil {
		t.Fatal(err)
	}
	if on == 0 || idle != int(keepAlive.Idle/time.Second) {
		t.Errorf("keepalive %d, idle %d s; want it on after %v", on, idle, keepAlive.Idle)
	}
}

// BenchmarkExchange is one frame and its answer over loopback, by stop-and-wait senders.
func BenchmarkExchange(b *testing.B) {
	message := []byte(strings.Repeat(arrival, 10))
	for _, senders := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(senders, "_senders"), func(b *testing.B) {
			address := start(b, &Server{Handler: func(context.Context, Peer, []byte) ([]byte, error) { return []byte(update), nil }})
			var left atomic.Int64
			left.Store(int64(b.N))
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			b.ResetTimer()
			var all sync.WaitGroup
			for range senders {
				all.Go(func() {
					client := &Client{Address: address}
					defer func() { _ = client.Close() }()
					for left.Add(-1) >= 0 {
						if _, err := client.Send(b.Context(), message); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}

func BenchmarkReader(b *testing.B) {
	message := strings.Repeat(arrival, 10)
	stream := []byte(strings.Repeat(frame(message), 100))
	source := &chunks{}
	reader := NewReader(source, Limits{})
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		if len(source.rest) == 0 {
			source.rest = stream
		}
		if _, err := reader.Next(); err != nil {
			b.Fatal(err)
		}
	}
}
