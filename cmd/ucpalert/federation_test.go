package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// wire is a network between two services that can be cut: then connections break, and new ones get no further.
type wire struct {
	listener net.Listener
	to       string
	all      sync.WaitGroup
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l, to: to, open: map[net.Conn]bool{}}
	w.all.Go(w.accept)
	t.Cleanup(func() {
		_ = l.Close()
		w.set(true)
		w.all.Wait()
	})
	return w
}

// set cuts the wire or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for conn := range w.open {
		if cut {
			_ = conn.Close()
		}
	}
}

func (w *wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.all.Go(func() { w.join(near) })
	}
}

// hold notes a connection, unless the wire is cut.
func (w *wire) hold(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		_ = conn.Close()
		return false
	}
	w.open[conn] = true
	return true
}

func (w *wire) join(near net.Conn) {
	if !w.hold(near) {
		return
	}
	far, err := net.Dial("tcp", w.to)
	if err != nil || !w.hold(far) {
		_ = near.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // however it ends, the other way ends with it
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, near)
	delete(w.open, far)
}

// regional is one region's service: the real program, in a process of its own.
type regional struct {
	t          *testing.T
	http, mllp string
	log        *processLog
	visits     int
}

// startRegion runs the program with the demo's directory and accounts and with what stands in more.
func startRegion(t *testing.T, o sql.Options, more string) *regional {
	t.Helper()
	r := &regional{t: t, http: freeAddress(t), mllp: freeAddress(t)}
	folder := t.TempDir()
	name, err := writeTestConfig(folder, r.http, r.mllp, o.PostgresURL)
	if err != nil {
		t.Fatal(err)
	}
	peers := ""
	for _, region := range []string{"QM7", "QH8"} {
		peers += fmt.Sprintf("  - {name: %q, sha256: %x, role: peer, organisation: %s}\n", "region "+region, sha256.Sum256([]byte("peer-"+region)), region)
	}
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, append(text, peers+more...), 0o600)
	}
	if err == nil {
		agreements := "\n  # Of end of life care plans, Essex may see the headline.\n  - {from: RAL, to: QH8, plans: [736373009], show: summary}\n"
		err = os.WriteFile(filepath.Join(folder, "directory.yaml"), append(demo.DirectoryYAML[:len(demo.DirectoryYAML):len(demo.DirectoryYAML)], agreements...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	process, log := serving(t, name)
	r.log = log
	t.Cleanup(func() {
		if err := process.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := process.Wait(); err != nil {
			t.Errorf("a service stopped with %v:\n%s", err, r.log)
		}
	})
	return r
}

// outcomes is the log without the requests.
func (r *regional) outcomes() string {
	var out []string
	for line := range strings.Lines(r.log.String()) {
		if !strings.Contains(line, `"msg":"request"`) {
			out = append(out, line)
		}
	}
	return strings.Join(out[max(0, len(out)-15):], "")
}

func (r *regional) publish(centre, id, nhs, headline, status string, with map[string]string) {
	r.t.Helper()
	code, body, err := putPlan(r.http, "demo-centre-"+centre, id, planWith(planJSON(id, nhs, bornWith(nhs), headline, status), with))
	if err != nil || code >= 300 {
		r.t.Fatalf("publishing was answered %d %s (%v)", code, body, err)
	}
}

// arrive brings a patient to a department.
func (r *regional) arrive(trust, site, nhs string) {
	r.t.Helper()
	r.visits++
	message := fmt.Sprintf("MSH|^~\\&|PAS|%s|UCPALERT|UCPALERT|20261122120000||ADT^A04|%d|P|2.4\rEVN|A04|20261122120000\rPID|1||%s^^^NHS||Testcase^Ann||%s|2\rPV1|1|E|AE^^^%s||||||||||||||||V%d\r",
		trust, r.visits, nhs, strings.ReplaceAll(bornWith(nhs), "-", ""), site, r.visits)
	client := &mllp.Client{Address: r.mllp, Timeout: 30 * time.Second}
	defer func() { _ = client.Close() }()
	answer, err := client.Send(context.Background(), []byte(message))
	if err != nil || !strings.Contains(string(answer), "MSA|AA|") {
		r.t.Fatalf("the arrival was answered %q (%v)", answer, err)
	}
}

// board is the headlines that a department's board shows, in the order of the alphabet.
func (r *regional) board(department string) (string, error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+r.http+"/api/departments/"+department+"/alerts", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer demo-screen-"+department)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Alerts []shownAlert `json:"alerts"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	var headlines []string
	for _, a := range answer.Alerts {
		if a.State == "raised" {
			headlines = append(headlines, a.Headline)
		}
	}
	slices.Sort(headlines)
	return strings.Join(headlines, ", "), nil
}

// shows waits until a board shows exactly this.
func (r *regional) shows(department, want string) {
	r.t.Helper()
	var got string
	err := errors.New("never asked")
	for end := time.Now().Add(45 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got, err = r.board(department); err == nil && got == want {
			return
		}
	}
	r.t.Fatalf("%s shows %q (%v), want %q\n%s", department, got, err, want, r.outcomes())
}

// ready is what readyz says of the feed.
func (r *regional) feedIsWell() bool {
	response, err := http.Get("http://" + r.http + "/readyz")
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Ready  bool
		Checks []struct {
			Name string
			OK   bool
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return false
	}
	if !answer.Ready {
		r.t.Errorf("a feed made the service unready")
	}
	for _, c := range answer.Checks {
		if c.Name == "feed london" {
			return c.OK
		}
	}
	r.t.Error("readyz does not tell of the feed")
	return false
}

func (r *regional) awaitFeed(well bool) {
	r.t.Helper()
	for end := time.Now().Add(45 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if r.feedIsWell() == well {
			return
		}
	}
	r.t.Fatalf("the feed is not well=%v\n%s", well, r.outcomes())
}

// follower is the configuration of a region that follows London over a wire.
func follower(w *wire, region string) string {
	return fmt.Sprintf("feeds:\n  - {name: london, url: http://%s/fhir, token: peer-%s, centres: [RP4, RAL, RJZ], schedule: '@every 1s', timeout: 2s}\n", w.listener.Addr(), region)
}

func TestTwoRegionsFederateAndEachAlertsWhenTheLinkIsCut(t *testing.T) {
	const ann, bob = "9991000003", "9991000011"
	sqltest.EachOptions(t, func(t *testing.T, o sql.Options) {
		london := startRegion(t, o, "")
		link := newWire(t, london.http)
		other := o
		if o.PostgresURL != "" {
			other = sqltest.Postgres(t)
		}
		herts := startRegion(t, other, follower(link, "QM7"))

		// A plan that is published in London raises an alert in Hertfordshire, for a patient who is there already and for one who comes later.
		herts.arrive("RQW", "RQWG0", ann)
		london.publish("RAL", "plan-1", ann, "Give hydrocortisone", "active", nil)
		herts.shows("RQW-AE", "Give hydrocortisone")
		herts.arrive("RWG", "RWG02", ann)
		herts.shows("RWG-AE", "Give hydrocortisone")
		herts.awaitFeed(true)

		// Cut off, each goes on alone: with new patients, and with plans of its own.
		link.set(true)
		herts.awaitFeed(false)
		herts.arrive("RWH", "RWH01", ann)
		herts.shows("RWH-AE", "Give hydrocortisone")
		london.publish("RAL", "plan-1", ann, "Give hydrocortisone", "revoked", nil)
		london.publish("RP4", "plan-2", bob, "Never sedate", "active", nil)
		london.arrive("RQW", "RQWG0", bob)
		london.shows("RQW-AE", "Never sedate")
		herts.arrive("RQW", "RQWG0", bob)
		herts.shows("RQW-AE", "Give hydrocortisone")

		// Mended, it catches up by itself: with the plan that it missed, and with the withdrawal.
		link.set(false)
		herts.shows("RQW-AE", "Never sedate")
		herts.shows("RWG-AE", "")
		herts.shows("RWH-AE", "")
		herts.awaitFeed(true)
	})
}

func TestWhatCrossesTheBorderObeysTheAgreement(t *testing.T) {
	const ann = "9991000003"
	o := sqltest.SQLite(t)
	london := startRegion(t, o, "")
	essex := startRegion(t, o, follower(newWire(t, london.http), "QH8"))
	essex.arrive("RAJ", "RAJ12", ann)
	london.publish("RAL", "plan-1", ann, "Nothing for Essex", "active", nil)
	london.publish("RAL", "plan-2", ann, "Not for resuscitation", "active", map[string]string{"category": "736373009"})
	essex.shows("RAJ-AE", "Not for resuscitation")
	london.publish("RP4", "plan-3", ann, "Never sedate", "active", nil)
	essex.shows("RAJ-AE", "Never sedate, Not for resuscitation")

	// What Essex holds is no more than it may have: the whole of one plan, and of the other the headline.
	for _, row := range []struct {
		centre, id, want string
		status           int
	}{
		{"RP4", "plan-3", "First: Never sedate", http.StatusOK},
		{"RAL", "plan-2", "SUBSETTED", http.StatusOK},
		{"RAL", "plan-1", "", http.StatusNotFound},
	} {
		request, err := http.NewRequest(http.MethodGet, "http://"+essex.http+"/fhir/CarePlan/"+row.id, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer demo-centre-"+row.centre)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != row.status || !strings.Contains(string(body), row.want) || strings.Contains(string(body), "First: Not for") {
			t.Errorf("Essex holds %s as %d %s (%v)", row.id, response.StatusCode, body, err)
		}
	}
}
