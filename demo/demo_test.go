package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/hl7"
)

// fhirServer is a small FHIR server that keeps plans by id, each for the centre whose token published it.
type fhirServer struct {
	*httptest.Server
	mu       sync.Mutex
	plans    map[string]string // id to centre
	posts    int
	failures []int // answered to the first requests, in order
}

func serveFHIR(t *testing.T, failures ...int) *fhirServer {
	f := &fhirServer{plans: map[string]string{}, failures: failures}
	f.Server = httptest.NewServer(http.HandlerFunc(f.handle))
	t.Cleanup(f.Close)
	return f
}

func (f *fhirServer) handle(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.failures) > 0 {
		w.WriteHeader(f.failures[0])
		f.failures = f.failures[1:]
		return
	}
	centre, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer demo-centre-")
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/fhir/CarePlan/"); ok && r.Method == http.MethodGet {
		if f.plans[id] != centre {
			w.WriteHeader(http.StatusNotFound)
		}
		return
	}
	body, err := io.ReadAll(r.Body)
	transaction, readErr := fhir.ReadTransaction(body, centre, fhir.Limits{})
	if r.Method != http.MethodPost || r.URL.Path != "/fhir" || r.Header.Get("Content-Type") != "application/fhir+json" || err != nil || readErr != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.posts++
	f.plans[transaction.Publications[0].Plan.ID] = centre
	w.WriteHeader(http.StatusCreated)
}

func (f *fhirServer) count() (plans, posts int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.plans), f.posts
}

// at once is a clock whose waits are over immediately.
func atOnce(time.Duration) <-chan time.Time {
	c := make(chan time.Time, 1)
	c <- time.Time{}
	return c
}

func (f *fhirServer) options() Options {
	return Options{FHIRBase: f.URL + "/fhir", HTTPClient: f.Client(), After: atOnce}
}

func TestCentresPublishTwentyPlansOnce(t *testing.T) {
	server := serveFHIR(t)
	o := server.options()
	for _, said := range []string{"new=20 held_before=0", "new=0 held_before=20"} { // the second time after a restart
		var log bytes.Buffer
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		if err := Run(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(log.String(), said) {
			t.Errorf("the log does not say %q", said)
		}
	}
	if plans, posts := server.count(); plans != 20 || posts != 20 {
		t.Errorf("the server holds %d plans after %d publications", plans, posts)
	}
}

func TestAPlanThatIsMissingIsPublishedAgainAndNoOther(t *testing.T) {
	server := serveFHIR(t)
	if err := Publish(context.Background(), server.options()); err != nil {
		t.Fatal(err)
	}
	delete(server.plans, "demo-sickle-cell")
	if err := Publish(context.Background(), server.options()); err != nil {
		t.Fatal(err)
	}
	if plans, posts := server.count(); plans != 20 || posts != 21 {
		t.Errorf("the server holds %d plans after %d publications", plans, posts)
	}
}

func TestCentresWaitForAServerThatIsNotReady(t *testing.T) {
	server := serveFHIR(t, 503, 503, 500, 429, 502)
	if err := Publish(context.Background(), server.options()); err != nil {
		t.Fatal(err)
	}
	if plans, _ := server.count(); plans != 20 {
		t.Errorf("the server holds %d plans", plans)
	}
}

func TestPublishingGivesUp(t *testing.T) {
	for _, row := range []struct {
		name     string
		failures []int
		requests int
	}{
		{"when the token is not known", []int{401}, 1},
		{"when the plan belongs to another centre", []int{403}, 1},
		{"when the plan is refused", []int{404, 422}, 2},
		{"when the server stays busy", []int{503}, attempts},
	} {
		t.Run(row.name, func(t *testing.T) {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(row.failures[min(requests, len(row.failures)-1)])
				requests++
			}))
			defer server.Close()
			err := Publish(context.Background(), Options{FHIRBase: server.URL, HTTPClient: server.Client(), After: atOnce})
			last := row.failures[len(row.failures)-1]
			if err == nil || !strings.Contains(err.Error(), fmt.Sprint(last)) {
				t.Errorf("the error is: %v", err)
			}
			if requests != row.requests {
				t.Errorf("after %d requests, not %d", requests, row.requests)
			}
		})
	}
}

func TestPublishingEndsWhenAsked(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	o := Options{FHIRBase: "http://127.0.0.1:1/fhir", After: func(time.Duration) <-chan time.Time {
		stop()
		return nil
	}}
	if err := Run(ctx, o); err != nil {
		t.Error(err)
	}
}

func TestHospitalsSendUntilAsked(t *testing.T) {
	server, hospital := serveFHIR(t), receive(t, alwaysAccept)
	var log bytes.Buffer
	o := server.options()
	o.After, o.Arrivals, o.MLLPAddr, o.Interval, o.Seed = nil, true, hospital.address, time.Millisecond, 1
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, o) }()
	hospital.wait(t, 400, ended)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the demo ended with: %v", err)
	}
	steps := map[string][]string{}
	for _, m := range hospital.messages() {
		visit := text(t, m, "PV1-19")
		steps[visit] = append(steps[visit], text(t, m, "MSH-9.2"))
	}
	over := 0
	for visit, events := range steps {
		if events[0] != "A04" && events[0] != "A01" {
			t.Errorf("visit %s begins with %s", visit, events[0])
		}
		if last := events[len(events)-1]; last == "A03" || last == "A11" {
			over++
		}
	}
	if over == 0 {
		t.Errorf("of %d visits none is over", len(steps))
	}
	for _, p := range Plans() {
		if text := log.String(); strings.Contains(text, p.ID) || strings.Contains(text, p.Patient.NHSNumber) || strings.Contains(text, p.Patient.Family) {
			t.Errorf("the log tells of the patient of %s", p.ID)
		}
	}
}

func TestARestartGoesOnWithThePatientsInside(t *testing.T) {
	server := serveFHIR(t)
	o := server.options()
	o.After, o.Arrivals, o.Interval, o.Notebook = nil, true, time.Millisecond, t.TempDir()+"/hospitals.json"
	var visits [2]map[string]bool
	var arrivedBefore map[string]bool
	for run := range 2 {
		hospital := receive(t, alwaysAccept)
		o.MLLPAddr, o.Seed = hospital.address, uint64(run)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- Run(ctx, o) }()
		hospital.wait(t, 300, ended)
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		visits[run] = map[string]bool{}
		for _, m := range hospital.messages() {
			visits[run][text(t, m, "PV1-19")] = true
		}
		if run == 0 {
			remembered, err := notebook(o.Notebook).read()
			if err != nil || len(remembered) == 0 {
				t.Fatalf("%d visits are remembered (%v)", len(remembered), err)
			}
			arrivedBefore = visits[0]
		}
	}
	again := 0
	for v := range visits[1] {
		if arrivedBefore[v] {
			again++
		}
	}
	if again == 0 {
		t.Error("after the restart nothing is heard of the patients who were inside")
	}
}

func TestAMessageIsSentUntilItIsAnswered(t *testing.T) {
	for _, row := range []struct {
		name  string
		codes []string // of the answers, "" for none; the last for ever
		sends int
	}{
		{"taken at once", []string{"AA"}, 1},
		{"no answer twice", []string{"", "", "AA"}, 3},
		{"an error twice", []string{"AE", "AE", "AA"}, 3},
		{"an answer to another message", []string{stray, "AA"}, 2},
		{"always an error", []string{"AE"}, tries},
		{"never acceptable", []string{"AR"}, 1},
		{"a code that does not exist", []string{"XX"}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			hospital := receive(t, func(n int, _ *hl7.Message) string { return row.codes[min(n, len(row.codes))-1] })
			town := newTown(1, time.Second, noon, nil)
			errands, _ := town.due(noon)
			e := errands[0]
			message, err := e.message(london(t))
			if err != nil {
				t.Fatal(err)
			}
			o := Options{MLLPAddr: hospital.address, After: atOnce}.withDefaults()
			outbox, answered := make(chan letter, 1), make(chan *visit, 1)
			outbox <- letter{e.visit, e.control, e.visit.Trust, message}
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- o.post(ctx, outbox, answered) }()
			select {
			case v := <-answered:
				if v != e.visit {
					t.Errorf("visit %s goes on, not %s", v.Number, e.visit.Number)
				}
			case err := <-ended:
				t.Fatalf("the hospital stopped before its message was answered: %v", err)
			}
			stop()
			if err := <-ended; err == nil {
				t.Error("the hospital stopped by itself")
			}
			got := hospital.messages()
			for _, m := range got {
				if m != string(message) {
					t.Error("other bytes were sent again")
				}
			}
			if len(got) != row.sends {
				t.Errorf("sent %d times, not %d", len(got), row.sends)
			}
		})
	}
}
