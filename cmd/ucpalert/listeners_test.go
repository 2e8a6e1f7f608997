package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// twoSites is the demo's directory with a second site of RQW, and its department.
const twoSites = `
sites:
  - {id: RQWG1, name: Second Hospital, organisation: RQW}
departments:
  - {id: RQW-AE2, name: Second A&E, site: RQWG1, main: true, locations: [AE]}
`

// withSecondSite adds to the demo's directory.
func withSecondSite(t *testing.T) []byte {
	t.Helper()
	text := string(demo.DirectoryYAML)
	for _, list := range []string{"sites", "departments"} {
		_, rest, _ := strings.Cut(twoSites, list+":\n")
		line, _, _ := strings.Cut(rest, "\n")
		text = strings.Replace(text, "\n"+list+":\n", "\n"+list+":\n"+line+"\n", 1)
	}
	if _, err := directory.Parse([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return []byte(text)
}

// serveWith runs the program with the tests' configuration, in which mllp is replaced, and returns where HTTP is and its log.
func serveWith(t *testing.T, folder, mllpKeys string, directoryYAML []byte) (address string, log *processLog) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "directory.yaml"), directoryYAML, 0o600); err != nil {
		t.Fatal(err)
	}
	address = freeAddress(t)
	name, err := writeTestConfig(folder, address, "replaced", "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "mllp:\n  address: replaced\n", mllpKeys, 1))
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	process, log := serving(t, name)
	t.Cleanup(func() {
		_ = process.Process.Signal(os.Interrupt)
		if err := process.Wait(); err != nil {
			t.Errorf("the program ended with %v: %s", err, log)
		}
	})
	return address, log
}

// attendance is a message about a visit of the patient who has the plan.
func attendance(event, control, facility, site, visit string) []byte {
	at := time.Now().UTC().Format("20060102150405.000")
	return fmt.Appendf(nil, "MSH|^~\\&|PAS|%s|UCPALERT|UCPALERT|%s+0000||ADT^%s|%s|P|2.4\rEVN|%s|%s+0000\rPID|1||%s^^^NHS||Testcase^Ann||19800213|2\rPV1|1|E|AE^^^%s||||||||||||||||%s\r",
		facility, at, event, control, event, at, killPatients[0], site, visit)
}

// openAlerts is how many alerts a department's board shows.
func openAlerts(t *testing.T, address, department string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+address+"/api/departments/"+department+"/alerts", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer demo-clinician-RQW")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var board struct{ Alerts []json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&board); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", response.Status, err)
	}
	return len(board.Alerts)
}

// figureOf reads one figure of a listener from /metrics.
func figureOf(t *testing.T, address, name string) string {
	t.Helper()
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "ucpalert_"+name+" "); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "missing"
}

// TestWhoMaySpeakByCertificate is the matrix of certificates: each row makes a real handshake with the real program and sends an arrival.
func TestWhoMaySpeakByCertificate(t *testing.T) {
	folder := t.TempDir()
	ca, other := newAuthority(t, "hospitals"), newAuthority(t, "somebody else")
	certificate, key := writePair(t, folder, "service", ca.server("ucpalert"))
	valid := func(from, to time.Duration) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to) }
	}
	right := ca.client("rqw", nil)
	one := ca.client("one-site", nil)
	bySAN := ca.client("engine", func(c *x509.Certificate) { c.DNSNames = []string{"ADT.rqw.example"} })
	elsewhere := ca.client("rwg", nil)
	secure := freeAddress(t)
	address, log := serveWith(t, folder, fmt.Sprintf(`mllp:
  listeners:
    - {name: secure, address: %q, tls: {certificate: %s, key: %s, client_ca: [%s]}}
  senders:
    - {name: princess, subject: %q, organisation: RQW}
    - {name: one site, fingerprint: %q, organisation: RQW, sites: [RQWG1]}
    - {name: engine, san: adt.rqw.example, organisation: RQW}
    - {name: watford, subject: %q, organisation: RWG}
`, secure, filepath.Base(certificate), filepath.Base(key), filepath.Base(ca.write(filepath.Join(folder, "ca.pem"))),
		right.Leaf.Subject.String(), strings.ToUpper(fingerprint(one)), elsewhere.Leaf.Subject.String()), withSecondSite(t))
	if code, body, err := putPlan(address, "demo-centre-RP4", "plan-1", planJSON("plan-1", killPatients[0], "1980-02-13", "Headline", "active")); err != nil || code != 201 {
		t.Fatalf("publish: %d %s %v", code, body, err)
	}

	const unread = "" // the handshake does not come about
	foreign := 0
	for i, row := range []struct {
		what           string
		shows          *tls.Certificate
		facility, site string
		want           string // MSA-1 and ERR
	}{
		{"no certificate", nil, "RQW", "RQWG0", unread},
		{"expired", new(ca.client("rqw", valid(-2*time.Hour, -time.Hour))), "RQW", "RQWG0", unread},
		{"not yet valid", new(ca.client("rqw", valid(time.Hour, 2*time.Hour))), "RQW", "RQWG0", unread},
		{"the wrong authority", new(other.client("rqw", nil)), "RQW", "RQWG0", unread},
		{"made for servers, not for clients", new(ca.server("rqw")), "RQW", "RQWG0", unread},
		{"the right authority, but nobody's", new(ca.client("nobody", nil)), "RQW", "RQWG0", "AR MSH^1^4^103"},
		{"nobody's, and rubbish", new(ca.client("nobody", nil)), "\r", "", "AR MSH^1^4^103"},
		{"another trust's", &elsewhere, "RQW", "RQWG0", "AR MSH^1^4^103"},
		{"another trust's, naming the trust by its site", &elsewhere, "RQWG0", "", "AR MSH^1^4^103"},
		{"the trust's, about another trust's site", &right, "RQW", "RWG02", "AR PV1^1^3^103"},
		{"the trust's, for one site, about another", &one, "RQW", "RQWG0", "AR PV1^1^3^103"},
		{"the trust's, for one site, naming another", &one, "RQWG0", "", "AR MSH^1^4^103"},
		{"the trust's, for one site, naming none: the main site", &one, "RQW", "", "AR PV1^1^3^103"},
		{"right", &right, "RQW", "RQWG0", "AA"},
		{"right, by an alternative name", &bySAN, "RQW", "RQWG0", "AA"},
		{"right, for its one site", &one, "RQW", "RQWG1", "AA"},
		{"right, naming its one site in MSH-4", &one, "RQWG1", "", "AA"},
	} {
		t.Run(row.what, func(t *testing.T) {
			before := openAlerts(t, address, "RQW-AE") + openAlerts(t, address, "RQW-AE2")
			config := &tls.Config{RootCAs: ca.pool()}
			if row.shows != nil {
				config.Certificates = []tls.Certificate{*row.shows}
			}
			client := &mllp.Client{Address: secure, TLS: config}
			defer func() { _ = client.Close() }()
			answer, err := client.Send(t.Context(), attendance("A04", fmt.Sprint("M", i), row.facility, row.site, fmt.Sprint("V", i)))
			raised := openAlerts(t, address, "RQW-AE") + openAlerts(t, address, "RQW-AE2") - before
			if row.want == unread {
				if err == nil {
					t.Errorf("answered %q, want no connection", answer)
				}
			} else if got := answered(answer, err); got != row.want {
				t.Errorf("answered %q, want %q", got, row.want)
			}
			if want := map[bool]int{true: 1}[row.want == "AA"]; raised != want {
				t.Errorf("%d alerts raised, want %d", raised, want)
			}
			if strings.HasPrefix(row.want, "AR") {
				foreign++
			}
		})
	}

	t.Run("for one site, cancelling a visit at another without saying where it is", func(t *testing.T) {
		client := &mllp.Client{Address: secure, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{one}}}
		defer func() { _ = client.Close() }()
		before := openAlerts(t, address, "RQW-AE")
		answer, err := client.Send(t.Context(), attendance("A11", "FORGED", "RQW", "", "V13"))
		if got := answered(answer, err); got != "AR PV1^1^3^103" || openAlerts(t, address, "RQW-AE") != before || before == 0 {
			t.Errorf("answered %q; %d alerts stood, now %d", got, before, openAlerts(t, address, "RQW-AE"))
		}
		foreign++
	})
	for i, event := range []string{"A28", "A31", "A34", "A40", "A47"} {
		t.Run("what is said of a person, for one site and for all: "+event, func(t *testing.T) {
			message := func(from string) []byte {
				text := string(attendance(event, fmt.Sprint("P", from, i), "RQW", "", ""))
				text = strings.Replace(text, "||Testcase", "~H1^^^RQW^PI||Testcase", 1)
				return []byte(text[:strings.Index(text, "PV1|")] + "MRG|H2^^^RQW^PI\r")
			}
			for _, row := range []struct {
				shows tls.Certificate
				from  string
				want  string
			}{{one, "one", "AR MSH^1^9^103"}, {right, "all", "AA"}} {
				client := &mllp.Client{Address: secure, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{row.shows}}}
				answer, err := client.Send(t.Context(), message(row.from))
				_ = client.Close()
				if got := answered(answer, err); got != row.want {
					t.Errorf("%s: answered %q, want %q", row.from, got, row.want)
				}
			}
			foreign++
		})
	}
	if got := figureOf(t, address, `mllp_foreign{listener="secure"}`); got != fmt.Sprint(foreign) {
		t.Errorf("%s messages counted as foreign, want %d", got, foreign)
	}
	if strings.Contains(log.String(), "believes MSH-4") || strings.Contains(log.String(), killPatients[0]) {
		t.Errorf("the log: %s", log)
	}
}

// answered is MSA-1 of an answer, and ERR-1 where it has one, without the words.
func answered(answer []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	m, err := hl7.Parse(answer)
	if err != nil {
		return err.Error()
	}
	where := m.Segment("ERR").Field(1)
	text := m.Segment("MSA").Field(1).Text()
	if m.Segment("ERR").Exists() {
		text += fmt.Sprintf(" %s^%s^%s^%s", where.Component(1).Text(), where.Component(2).Text(), where.Component(3).Text(), where.Component(4).Subcomponent(1).Text())
	}
	return text
}

func TestNewCertificatesAreTakenAndOpenConnectionsGoOn(t *testing.T) {
	folder := t.TempDir()
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	files := tlsConfig{ClientCA: []string{first.write(filepath.Join(folder, "ca.pem"))}}
	files.Certificate, files.Key = writePair(t, folder, "service", first.server("before"))
	var log processLog
	held, err := newCertificates(files, nil, newLogTo(&log))
	if err != nil {
		t.Fatal(err)
	}
	address := serveTLS(t, held)
	dial := func(a *authority) (*mllp.Client, error) {
		c := &mllp.Client{Address: address, TLS: &tls.Config{RootCAs: a.pool(), Certificates: []tls.Certificate{a.client("sender", nil)}}}
		t.Cleanup(func() { _ = c.Close() })
		_, err := c.Send(t.Context(), []byte("1"))
		return c, err
	}
	open, err := dial(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dial(second); err == nil {
		t.Fatal("the second authority is trusted already")
	}

	look := func() { held.look(t.Context()); held.look(t.Context()) }
	writePair(t, folder, "service", second.server("half of it replaced, and the wrong key"))
	writePEM(t, files.Key, "PRIVATE KEY", []byte("no key"))
	look()
	look()
	if n := strings.Count(log.String(), "the new certificates cannot be used"); n != 1 {
		t.Errorf("said %d times that they cannot be used: %s", n, log.String())
	}
	if _, err := dial(first); err != nil {
		t.Errorf("those before do not go on: %v", err)
	}

	writePair(t, folder, "service", second.server("after"))
	second.write(files.ClientCA[0])
	held.look(t.Context())
	if _, err := dial(first); err != nil {
		t.Errorf("taken at the first look, when not all may be written yet: %v", err)
	}
	held.look(t.Context())
	if _, err := dial(second); err != nil {
		t.Errorf("the new ones were not taken: %v", err)
	}
	if _, err := dial(first); err == nil {
		t.Error("the authority before is trusted still")
	}
	if _, err := open.Send(t.Context(), []byte("2")); err != nil {
		t.Errorf("the open connection was dropped: %v", err)
	}
}

// serveTLS echoes over TLS.
func serveTLS(t *testing.T, held *certificates) string {
	t.Helper()
	h := hospitals{{listenerConfig: listenerConfig{Name: "secure", Address: "127.0.0.1:0"}, server: &mllp.Server{
		TLS: held.config(), Handler: func(_ context.Context, _ mllp.Peer, message []byte) ([]byte, error) { return message, nil },
	}}}
	return served(t, h)
}

// served serves listeners until the test ends and returns the address of the first.
func served(t *testing.T, h hospitals) string {
	t.Helper()
	if err := h.listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return h.address()
}

func TestFilesThatCannotBeUsedAreNamed(t *testing.T) {
	folder := t.TempDir()
	ca := newAuthority(t, "hospitals")
	good := tlsConfig{ClientCA: []string{ca.write(filepath.Join(folder, "ca.pem"))}}
	good.Certificate, good.Key = writePair(t, folder, "service", ca.server("service"))
	_, otherKey := writePair(t, folder, "other", ca.server("other"))
	empty := filepath.Join(folder, "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what   string
		change func(*tlsConfig)
		want   []string
	}{
		{"as it should be", func(*tlsConfig) {}, nil},
		{"no certificate there", func(c *tlsConfig) { c.Certificate = filepath.Join(folder, "gone.pem") }, []string{"gone.pem", "no such file"}},
		{"another's key", func(c *tlsConfig) { c.Key = otherKey }, []string{"service.pem", "other.key", "together"}},
		{"a certificate that is none", func(c *tlsConfig) { c.Certificate = empty }, []string{"empty.pem", "together"}},
		{"authorities that are none", func(c *tlsConfig) { c.ClientCA = []string{empty} }, []string{"empty.pem", "no certificate in PEM"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			files := good
			row.change(&files)
			_, err := newCertificates(files, nil, newLogTo(io.Discard))
			if (err == nil) != (row.want == nil) {
				t.Fatalf("got %v", err)
			}
			for _, want := range row.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %q", err, want)
				}
			}
		})
	}
}

func TestListenersAndSendersThatCannotBeMeantAreRefusedByName(t *testing.T) {
	secure := "mllp:\n  listeners:\n    - {name: a, address: 127.0.0.1:1, tls: {certificate: c, key: k, client_ca: [x]}}\n"
	for _, row := range []struct{ what, text, want string }{
		{"an address beside listeners", "mllp:\n  address: 127.0.0.1:1\n  listeners:\n    - {name: a, address: 127.0.0.1:2}\n", "mllp.address"},
		{"no name", "mllp:\n  listeners:\n    - {address: 127.0.0.1:2}\n", "listeners[0]"},
		{"no address", "mllp:\n  listeners:\n    - {name: a}\n", "address"},
		{"a name twice", "mllp:\n  listeners:\n    - {name: a, address: 127.0.0.1:1}\n    - {name: a, address: 127.0.0.1:2}\n", "same name"},
		{"a key without a certificate", "mllp:\n  listeners:\n    - {name: a, address: 127.0.0.1:1, tls: {key: k}}\n", "tls.certificate"},
		{"authorities without a certificate", "mllp:\n  listeners:\n    - {name: a, address: 127.0.0.1:1, tls: {client_ca: [x]}}\n", "tls.certificate"},
		{"an old version", strings.Replace(secure, "key: k", "key: k, min_version: \"1.1\"", 1), "min_version"},
		{"negative limits", "mllp:\n  listeners:\n    - {name: a, address: 127.0.0.1:1, message_bytes: -1}\n", "negative"},
		{"senders without a listener that asks", "mllp:\n  senders:\n    - {name: s, subject: CN=s, organisation: RQW}\n", "client_ca"},
		{"a key that is not known", "mllp:\n  listeners:\n    - {name: a, adress: 127.0.0.1:1}\n", "adress"},
	} {
		t.Run(row.what, func(t *testing.T) {
			if _, _, err := load(t, smallest+row.text); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want an error that names %s", err, row.want)
			}
		})
	}

	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatal(err)
	}
	print := strings.Repeat("AB:", 31) + "AB"
	good := senderConfig{Name: "s", Fingerprint: print, Organisation: "RQW", Sites: []string{"RQWG0"}}
	for _, row := range []struct {
		what   string
		change func(*senderConfig)
		want   string
	}{
		{"as it should be", func(*senderConfig) {}, ""},
		{"no name", func(c *senderConfig) { c.Name = "" }, "name"},
		{"no certificate", func(c *senderConfig) { c.Fingerprint = "" }, "one of"},
		{"two ways to know it", func(c *senderConfig) { c.Subject = "CN=s" }, "one of"},
		{"a SHA-1 fingerprint", func(c *senderConfig) { c.Fingerprint = print[:59] }, "SHA-256"},
		{"an organisation that is none", func(c *senderConfig) { c.Organisation = "XXX" }, "XXX"},
		{"another trust's site", func(c *senderConfig) { c.Sites = []string{"RWG02"} }, "RWG02"},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := good
			row.change(&c)
			if _, err := sendersOf([]senderConfig{c}, dir); (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
	again := good
	again.Name, again.Organisation, again.Sites = "t", "RWG", nil
	if _, err := sendersOf([]senderConfig{good, again}, dir); err == nil {
		t.Error("one certificate speaks for two organisations, and nobody minded")
	}
}

func TestTheCommandTellsForWhomACertificateSpeaks(t *testing.T) {
	folder := t.TempDir()
	ca := newAuthority(t, "hospitals")
	ca.write(filepath.Join(folder, "ca.pem"))
	writePair(t, folder, "service", ca.server("service"))
	known, key := writePair(t, folder, "known", ca.client("known", nil))
	stranger, _ := writePair(t, folder, "stranger", newAuthority(t, "others").client("stranger", nil))
	config := filepath.Join(folder, "ucpalert.yaml")
	text := smallest + "mllp:\n  listeners:\n    - {name: secure, address: 127.0.0.1:1, tls: {certificate: service.pem, key: service.key, client_ca: [ca.pem]}}\n" +
		"  senders:\n    - {name: princess, subject: \"CN=known,O=Test Trust\", organisation: RQW, sites: [RQWG0]}\n"
	for name, text := range map[string]string{config: text, filepath.Join(folder, "directory.yaml"): string(demo.DirectoryYAML)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		file, want string
		fails      bool
	}{
		{known, "listener secure takes it\nit speaks for RQW, sites RQWG0 only (princess)\n", false},
		{stranger, "listener secure refuses it: x509: certificate signed by unknown authority\nit may not speak for anybody", true},
		{key, "it belongs to the sender alone", true},
	} {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		command := exec.Command(program, "hl7", "certificate", "--config", config, row.file)
		command.Args[0] = "ucpalert"
		out, err := command.CombinedOutput()
		if (err != nil) != row.fails || !strings.Contains(string(out), row.want) {
			t.Errorf("%s: %v\n%s", row.file, err, out)
		}
	}
}
