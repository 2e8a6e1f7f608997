package channels

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/subscribers"
)

// asked is a request that a server was sent.
type asked struct {
	header http.Header
	path   string
	body   []byte
}

// server answers every request with a status, and keeps them.
func server(t *testing.T, status *int) (url string, got *[]asked) {
	t.Helper()
	got = &[]asked{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*got = append(*got, asked{r.Header, r.URL.Path, body})
		w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		w.WriteHeader(*status)
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

// told is the delivery of the tests: a step, of which a channel must say its reference and its link only.
var told = subscribers.Delivery{
	What: subscribers.WhatStep, TakenStep: subscribers.TakenStep{Alert: "k3v9q2abcdefghijklmnopqr", Step: 1, Name: "nurse in charge", Person: "ann", Reason: "not answered for 2m0s"},
	Contact: "c1", Department: "RQW-AE", Plan: "plan-77", Link: "https://alerts.example.nhs.uk/answer/abcdefghijklmnopqrstuv",
}

// saysNothing looks for what must not be told in what was sent.
func saysNothing(t *testing.T, what string, sent []byte) {
	t.Helper()
	for _, word := range []string{"RQW-AE", "nurse in charge", "not answered", "plan-77", `"ann"`} {
		if bytes.Contains(sent, []byte(word)) {
			t.Errorf("%s says %q: %s", what, word, sent)
		}
	}
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func TestAWebhookIsSignedAndSaysAReferenceAndALink(t *testing.T) {
	status := http.StatusOK
	url, got := server(t, &status)
	w := &Webhook{Client: outbound.Private.Client(5 * time.Second), Now: time.Now}
	to := subscribers.Contact{Kind: subscribers.WebhookContact, Address: url + "/hook", Secret: secret}
	for range 2 {
		if err := w.Tell(t.Context(), to, told); err != nil {
			t.Fatal(err)
		}
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range *got {
		if err := verifier.Verify(a.body, a.header); err != nil {
			t.Errorf("a receiver does not believe it: %v", err)
		}
		saysNothing(t, "the webhook", a.body)
	}
	first, second := (*got)[0], (*got)[1]
	if id := first.header.Get("Webhook-Id"); id == "" || id != second.header.Get("Webhook-Id") {
		t.Errorf("two tries have the ids %q and %q", id, second.header.Get("Webhook-Id"))
	}
	var body hook
	if err := json.Unmarshal(first.body, &body); err != nil || body.Type != "alert.step" || body.Data.Ref != "K3V9Q2" || body.Data.Link != told.Link || body.Data.FHIR != nil {
		t.Errorf("%+v, %v", body, err)
	}
	forged := bytes.Replace(first.body, []byte("K3V9Q2"), []byte("K3V9Q3"), 1)
	if verifier.Verify(forged, first.header) == nil {
		t.Error("a changed body is believed")
	}
}

// TestAWebhookByAgreementSaysTheIDOfThePlan: only to the hosts that are named, and nothing but the id.
func TestAWebhookByAgreementSaysTheIDOfThePlan(t *testing.T) {
	status := http.StatusOK
	url, got := server(t, &status)
	to := subscribers.Contact{Kind: subscribers.WebhookContact, Address: url, Secret: secret}
	w := &Webhook{Client: outbound.Private.Client(5 * time.Second), FHIR: []string{strings.TrimPrefix(url, "http://")}, Now: time.Now}
	if err := w.Tell(t.Context(), to, told); err != nil {
		t.Fatal(err)
	}
	var body struct {
		Data struct {
			FHIR struct {
				ResourceType, Type string
				Entry              []struct {
					Resource struct {
						Parameter []struct {
							Name string
							Part []struct {
								Name           string
								ValueReference struct{ Reference string }
							}
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal((*got)[0].body, &body); err != nil {
		t.Fatal(err)
	}
	bundle := body.Data.FHIR
	if bundle.ResourceType != "Bundle" || bundle.Type != "history" || len(bundle.Entry) != 1 {
		t.Fatalf("%s", (*got)[0].body)
	}
	event := bundle.Entry[0].Resource.Parameter[2]
	if event.Name != "notification-event" || event.Part[2].ValueReference.Reference != "CarePlan/plan-77" {
		t.Errorf("%+v", event)
	}
}

// TestWhatAServerAnswers: what is taken, what is tried again, and what would be in vain.
func TestWhatAServerAnswers(t *testing.T) {
	status := 0
	url, _ := server(t, &status)
	w := &Webhook{Client: outbound.Private.Client(5 * time.Second), Now: time.Now}
	for _, row := range []struct {
		status int
		taken  bool
		gone   bool
	}{{200, true, false}, {204, true, false}, {302, false, false}, {404, false, false}, {410, false, true}, {500, false, false}} {
		status = row.status
		err := w.Tell(t.Context(), subscribers.Contact{Kind: subscribers.WebhookContact, Address: url, Secret: secret}, told)
		if (err == nil) != row.taken || errors.Is(err, subscribers.ErrGone) != row.gone {
			t.Errorf("%d: %v", row.status, err)
		}
	}
}

// TestNoWebhookLeadsInside: every way of writing an address of this machine, of a private network or of a cloud's metadata is refused, and the
// refusal does not say where a name led.
func TestNoWebhookLeadsInside(t *testing.T) {
	status := http.StatusOK
	inside, got := server(t, &status)
	port := inside[strings.LastIndexByte(inside, ':'):]
	w := &Webhook{Client: outbound.Public.Client(2 * time.Second), Now: time.Now}
	for _, host := range []string{
		"127.0.0.1" + port, "localhost" + port, "[::1]" + port, "[::ffff:127.0.0.1]" + port, "[::ffff:7f00:1]" + port, "0.0.0.0" + port, "[::]" + port, "127.1.2.3" + port,
		"169.254.169.254", "[fd00:ec2::254]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1",
	} {
		err := w.Tell(t.Context(), subscribers.Contact{Kind: subscribers.WebhookContact, Address: "http://" + host + "/", Secret: secret}, told)
		if !errors.Is(err, subscribers.ErrRefused) {
			t.Errorf("%s: %v", host, err)
		}
		if err != nil && (strings.Contains(err.Error(), host) || strings.Contains(err.Error(), port)) {
			t.Errorf("the error says where: %v", err)
		}
	}
	if len(*got) > 0 {
		t.Errorf("it was reached %d times", len(*got))
	}
	status = http.StatusFound // a redirect to the inside is not followed
	open := &Webhook{Client: outbound.Private.Client(2 * time.Second), Now: time.Now}
	if err := open.Tell(t.Context(), subscribers.Contact{Kind: subscribers.WebhookContact, Address: inside, Secret: secret}, told); err == nil || len(*got) != 1 {
		t.Errorf("a redirect: %v, %d requests", err, len(*got))
	}
}

func TestAServerThatDoesNotAnswerIsGivenUp(t *testing.T) {
	hangs := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hangs }))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(hangs) })
	within, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	w := &Webhook{Client: outbound.Private.Client(time.Minute), Now: time.Now}
	err := w.Tell(within, subscribers.Contact{Kind: subscribers.WebhookContact, Address: s.URL, Secret: secret}, told)
	if err == nil || !strings.Contains(err.Error(), "no answer in time") {
		t.Error(err)
	}
}

// browser is the receiving end of Web Push, written after RFC 8291 and RFC 8188.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	return browser{key, auth}
}

// subscription is what the browser gives to the page.
func (b browser) subscription(t *testing.T, endpoint string) subscribers.Contact {
	t.Helper()
	p := subscribers.Push{Endpoint: endpoint}
	p.Keys.P256dh, p.Keys.Auth = base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(b.auth)
	if err := CheckPush(p); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return subscribers.Contact{ID: "c1", Kind: subscribers.PushContact, Address: string(text)}
}

// open opens a message: header of salt, record size and the sender's key (RFC 8188 §2.1), one record, a delimiter and padding.
func (b browser) open(t *testing.T, body []byte) []byte {
	t.Helper()
	salt, size, n := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	sender, err := ecdh.P256().NewPublicKey(body[21 : 21+n])
	if err != nil {
		t.Fatal(err)
	}
	shared, err := b.key.ECDH(sender)
	if err != nil {
		t.Fatal(err)
	}
	expand := func(secret, salt []byte, info string, n int) []byte {
		out, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	input := expand(shared, b.auth, "WebPush: info\x00"+string(b.key.PublicKey().Bytes())+string(sender.Bytes()), 32)
	block, err := aes.NewCipher(expand(input, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	record := body[21+n:]
	if len(record) > int(size) {
		t.Fatalf("a record of %d bytes in size %d", len(record), size)
	}
	plain, err := gcm.Open(nil, expand(input, salt, "Content-Encoding: nonce\x00", 12), record, nil)
	if err != nil {
		t.Fatalf("the browser cannot open it: %v", err)
	}
	return plain[:bytes.LastIndexByte(plain, 2)]
}

func TestAPushIsSealedForTheBrowserAndSaysAReferenceAndALink(t *testing.T) {
	status := http.StatusCreated
	url, got := server(t, &status)
	now := time.Now()
	key := bytes.Repeat([]byte{0xff}, 32) // above the order of the curve: it is brought below
	p, err := NewPush(outbound.Private.Client(5*time.Second), "mailto:alerts@example.nhs.uk", key, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t)
	d := told
	d.Ends = now.Add(3 * time.Minute)
	if err := p.Tell(t.Context(), b.subscription(t, url+"/send/1"), d); err != nil {
		t.Fatal(err)
	}
	a := (*got)[0]
	if a.header.Get("Ttl") != "180" || a.header.Get("Urgency") != "high" || a.header.Get("Content-Encoding") != "aes128gcm" {
		t.Errorf("headers: %v", a.header)
	}
	if bytes.Contains(a.body, []byte("K3V9Q2")) {
		t.Error("the push service can read it")
	}
	plain := b.open(t, a.body)
	saysNothing(t, "the push", plain)
	var m pushed
	if err := json.Unmarshal(plain, &m); err != nil || m.What != subscribers.WhatStep || m.Ref != "K3V9Q2" || m.Link != told.Link || m.Key != told.Key() || m.Text != "UCP alert, open the app, ref K3V9Q2" {
		t.Errorf("%+v, %v", m, err)
	}
	vouches(t, p, a.header.Get("Authorization"), url)
	for code, gone := range map[int]bool{http.StatusGone: true, http.StatusNotFound: true, http.StatusTooManyRequests: false} {
		status = code
		if err := p.Tell(t.Context(), b.subscription(t, url), d); err == nil || errors.Is(err, subscribers.ErrGone) != gone {
			t.Errorf("%d: %v", code, err)
		}
	}
}

// vouches checks what the push service is shown of the sender (RFC 8292 §2).
func vouches(t *testing.T, p *Push, authorization, endpoint string) {
	t.Helper()
	token, key, ok := strings.Cut(strings.TrimPrefix(authorization, "vapid t="), ", k=")
	if !ok || strings.TrimRight(key, "=") != p.PublicKey() {
		t.Fatalf("Authorization: %s", authorization)
	}
	point, err := base64.RawURLEncoding.DecodeString(p.PublicKey())
	if err != nil || len(point) != 65 {
		t.Fatalf("the public key: %v", err)
	}
	verifier := jose.JSONWebKey{}
	x, y := base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
	if err := verifier.UnmarshalJSON([]byte(`{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y + `"}`)); err != nil {
		t.Fatal(err)
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := parsed.Claims(verifier, &claims); err != nil || claims.Subject != "mailto:alerts@example.nhs.uk" || !claims.Audience.Contains(endpoint) {
		t.Errorf("%+v, %v", claims, err)
	}
}

func TestWhatIsNoSubscriptionIsRefused(t *testing.T) {
	good := func() (p subscribers.Push) {
		p, err := newBrowser(t).subscription(t, "https://push.example/1").Push()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for name, spoil := range map[string]func(*subscribers.Push){
		"no key":              func(p *subscribers.Push) { p.Keys.P256dh = "" },
		"no point":            func(p *subscribers.Push) { p.Keys.P256dh = base64.RawURLEncoding.EncodeToString(make([]byte, 65)) },
		"a short secret":      func(p *subscribers.Push) { p.Keys.Auth = "AAAA" },
		"no base64 in secret": func(p *subscribers.Push) { p.Keys.Auth = "!!!" },
	} {
		p := good()
		spoil(&p)
		if CheckPush(p) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

const (
	notifyService = "11111111-2222-3333-4444-555555555555"
	notifySecret  = "66666666-7777-8888-9999-aaaaaaaaaaaa"
	template      = "bbbbbbbb-cccc-dddd-eeee-ffffffffffff"
)

func TestATextMessageGoesThroughNotify(t *testing.T) {
	status := http.StatusCreated
	url, got := server(t, &status)
	n, err := NewNotify(outbound.Private.Client(5*time.Second), url+"/", "our-key-"+notifyService+"-"+notifySecret, template, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	to := subscribers.Contact{Kind: subscribers.SMSContact, Address: "+447700900123"}
	if err := n.Tell(t.Context(), to, told); err != nil {
		t.Fatal(err)
	}
	a := (*got)[0]
	if a.path != "/v2/notifications/sms" {
		t.Errorf("it went to %s", a.path)
	}
	saysNothing(t, "the text message", a.body)
	var body notifyRequest
	if err := json.Unmarshal(a.body, &body); err != nil || body.PhoneNumber != "+447700900123" || body.TemplateID != template || body.Reference != told.Key() ||
		body.Personalisation["message"] != "UCP alert, open the app, ref K3V9Q2 "+told.Link {
		t.Errorf("%+v, %v", body, err)
	}
	parsed, err := jwt.ParseSigned(strings.TrimPrefix(a.header.Get("Authorization"), "Bearer "), []jose.SignatureAlgorithm{jose.HS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := parsed.Claims([]byte(notifySecret), &claims); err != nil || claims.Issuer != notifyService || claims.IssuedAt == nil || time.Since(claims.IssuedAt.Time()).Abs() > time.Minute {
		t.Errorf("the token: %+v, %v", claims, err)
	}
	for code, refused := range map[int]bool{http.StatusBadRequest: true, http.StatusForbidden: false, http.StatusTooManyRequests: false, http.StatusInternalServerError: false} {
		status = code
		if err := n.Tell(t.Context(), to, told); err == nil || errors.Is(err, subscribers.ErrRefused) != refused || strings.Contains(err.Error(), "7700") {
			t.Errorf("%d: %v", code, err)
		}
	}
	for _, key := range []string{"", notifySecret, "name-" + notifySecret, notifyService + "-" + notifySecret + "x"} {
		if _, err := NewNotify(http.DefaultClient, url, key, template, time.Now); err == nil {
			t.Errorf("the key %q is taken", key)
		}
	}
}

func TestATextMessageGoesThroughAnyGateway(t *testing.T) {
	status := http.StatusAccepted
	url, got := server(t, &status)
	g := &Gateway{Client: outbound.Private.Client(5 * time.Second), URL: url + "/send", Authorization: "Bearer gateway-secret", To: "msisdn", Text: "body", Reference: "client_ref", Fields: map[string]string{"from": "UCPALERT"}}
	code := subscribers.Delivery{What: subscribers.WhatCode, Subject: "c1-1", Contact: "c1", Code: "123456"}
	if err := g.Tell(t.Context(), subscribers.Contact{Kind: subscribers.SMSContact, Address: "+447700900123"}, code); err != nil {
		t.Fatal(err)
	}
	var body map[string]string
	a := (*got)[0]
	if err := json.Unmarshal(a.body, &body); err != nil || a.header.Get("Authorization") != "Bearer gateway-secret" || body["msisdn"] != "+447700900123" || body["from"] != "UCPALERT" ||
		body["client_ref"] != code.Key() || !strings.Contains(body["body"], "your code is 123456") {
		t.Errorf("%v, %v", body, err)
	}
	status = http.StatusBadGateway
	if err := g.Tell(t.Context(), subscribers.Contact{}, code); err == nil {
		t.Error("502 counts as sent")
	}
}
