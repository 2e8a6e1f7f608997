package feeds_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ucpalert/ucpalert/feeds"
)

// bubbled runs a test in time of its own: whatever waits, waits for no time at all.
func bubbled(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.feed.Schedule, w.feed.Compare = mustSchedule("* * * * *"), mustSchedule("40 2 * * *")
		test(t, w)
	})
}

// pages answers requests for pages; everything else the server answers as it should.
func pages(answer func(w http.ResponseWriter, r *http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, "/fhir/CarePlan/_history") && answer(w, r)
	}
}

// always gives one answer.
func always(status int, contentType, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}
}

const fhirJSON = "application/fhir+json"

func TestANastyServerIsEnduredAndTheFeedGoesOnWhenItIsWell(t *testing.T) {
	stalled := func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}
	link := func(to string) func(http.ResponseWriter, *http.Request) bool {
		return always(200, fhirJSON, `{"resourceType":"Bundle","type":"history","link":[{"relation":"next","url":"`+to+`"}]}`)
	}
	turn := 0
	for _, row := range []struct {
		what  string
		nasty func(http.ResponseWriter, *http.Request) bool
		want  string // of the reason
		asked int    // how often in the first poll
	}{
		{"it does not answer", stalled, "did not answer in time", 5},
		{"it answers with a page for people", always(200, "text/html", "<html>Sign in</html>"), "not FHIR JSON", 1},
		{"it answers with truncated JSON", always(200, fhirJSON, `{"resourceType":"Bundle","type":"history","entry":[{"reso`), "not a FHIR Bundle", 1},
		{"it answers with something else", always(200, fhirJSON, `{"resourceType":"OperationOutcome"}`), "not a FHIR Bundle", 1},
		{"it answers with an empty body", always(200, fhirJSON, ``), "not a FHIR Bundle", 1},
		{"it fails", always(500, "text/plain", "oops"), "500", 5},
		{"it is overloaded", always(503, "text/plain", ""), "503", 5},
		{"it does not know us", always(401, fhirJSON, `{}`), "401", 1},
		{"its pages are too long whatever is asked", always(200, fhirJSON, strings.Repeat(" ", 65<<10)), "longer than is read", 2},
		{"its page link leads to another server", link("https://else.example/fhir/CarePlan/_history?page=2"), "another address", 1},
		{"its page link leads out of its endpoint", link("https://plans.example/admin"), "another address", 1},
		{"its page link climbs out of its endpoint", link("https://plans.example/fhir/../admin"), "another address", 1},
		{"its page link is none", link("http://%zz"), "another address", 1},
		{"its page link leads back", link(base + "/CarePlan/_history?again=1"), "leads back", 2},
		{"it redirects elsewhere", func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "https://else.example/fhir/CarePlan/_history", http.StatusFound)
			return true
		}, "another address", 1},
		{"it redirects for ever", func(w http.ResponseWriter, r *http.Request) bool {
			turn++
			http.Redirect(w, r, fmt.Sprint(base, "/CarePlan/_history?turn=", turn), http.StatusFound)
			return true
		}, "another address", 4},
	} {
		t.Run(row.what, func(t *testing.T) {
			bubbled(t, func(t *testing.T, w *world) {
				w.source.put(carePlan("plan", "First", "active"))
				elsewhere := false
				w.source.nasty = func(rw http.ResponseWriter, r *http.Request) bool {
					elsewhere = elsewhere || r.URL.Host != "plans.example" || !strings.HasPrefix(r.URL.Path, "/fhir/")
					return pages(row.nasty)(rw, r)
				}
				w.Poll(t.Context())
				w.wants("plan", "")
				w.healthy(row.want)
				if n := w.source.asked("/CarePlan/_history"); n != row.asked {
					t.Errorf("it was asked %d times, want %d", n, row.asked)
				}
				if elsewhere {
					t.Error("something else than the server was asked")
				}
				w.source.nasty = nil
				time.Sleep(time.Minute)
				w.Poll(t.Context())
				w.wants("plan", "1 active First")
				w.healthy("")
			})
		})
	}
}

func TestAServerThatIsSlowIsWaitedFor(t *testing.T) {
	bubbled(t, func(t *testing.T, w *world) {
		for i := range 3 {
			w.source.put(carePlan(fmt.Sprint("plan-", i), "First", "active"))
		}
		w.feed.Count = 1 // three pages
		w.source.nasty = pages(func(_ http.ResponseWriter, _ *http.Request) bool {
			time.Sleep(w.feed.Timeout - time.Second)
			return false
		})
		began := time.Now()
		w.Poll(t.Context())
		for i := range 3 {
			w.wants(fmt.Sprint("plan-", i), "1 active First")
		}
		w.healthy("")
		if n, took := w.source.asked("/CarePlan/_history"), time.Since(began); n != 3 || took != 3*(w.feed.Timeout-time.Second) {
			t.Errorf("%d pages were asked for in %s", n, took)
		}
	})
}

func TestAServerSaysWhenToComeBack(t *testing.T) {
	for _, row := range []struct {
		what  string
		after string
		// atLeast and atMost bound when the plan is here.
		atLeast, atMost time.Duration
	}{
		{"soon, in seconds", "20", 20 * time.Second, 22 * time.Second},
		{"soon, as a date", "Sat, 01 Jan 2000 00:00:30 GMT", 30 * time.Second, 32 * time.Second},
		{"later: the feed rests", "3600", time.Hour, time.Hour + 2*time.Minute},
		{"without saying when", "", 0, 2 * time.Second},
	} {
		t.Run(row.what, func(t *testing.T) {
			bubbled(t, func(t *testing.T, w *world) {
				began := time.Now()
				w.source.put(carePlan("plan", "First", "active"))
				refusals := 0
				w.source.nasty = pages(func(rw http.ResponseWriter, _ *http.Request) bool {
					if time.Since(began) < row.atLeast {
						refusals++
					}
					if time.Since(began) >= row.atLeast && refusals > 0 {
						return false
					}
					refusals++
					rw.Header().Set("Retry-After", row.after)
					rw.WriteHeader(http.StatusTooManyRequests)
					return true
				})
				arrived := w.runUntil(time.Second, func() bool { _, err := w.store.Plan(t.Context(), "plan"); return err == nil }).Sub(began)
				if arrived < row.atLeast || arrived > row.atMost {
					t.Errorf("the plan was here after %s, want %s to %s", arrived, row.atLeast, row.atMost)
				}
			})
		})
	}
}

func TestAFeedThatRestsAsksNothing(t *testing.T) {
	bubbled(t, func(t *testing.T, w *world) {
		w.source.nasty = func(rw http.ResponseWriter, _ *http.Request) bool {
			rw.Header().Set("Retry-After", "3600")
			rw.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		began := time.Now()
		w.Poll(t.Context())
		if took := time.Since(began); took > time.Minute {
			t.Errorf("the poll waited for %s", took)
		}
		w.healthy("503")
		w.source.asked("")
		time.Sleep(30 * time.Minute)
		w.Poll(t.Context())
		if n := w.source.asked(""); n != 0 {
			t.Errorf("it was asked %d times while it wanted to be left alone", n)
		}
		w.source.nasty = nil
		time.Sleep(31 * time.Minute)
		w.Poll(t.Context())
		w.healthy("")
	})
}

// runUntil runs the feeds as the service does until something holds, and tells when that was.
func (w *world) runUntil(step time.Duration, holds func() bool) time.Time {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }() // waited for below
	var at time.Time
	for range 10_000 {
		if holds() {
			at = time.Now()
			break
		}
		time.Sleep(step)
	}
	stop()
	if err := <-ended; err != nil {
		w.t.Error(err)
	}
	if at.IsZero() {
		w.t.Errorf("it never held; the log says\n%s", w.log.String())
	}
	return at
}

func TestADaysOutageIsCaughtUpByItself(t *testing.T) {
	bubbled(t, func(t *testing.T, w *world) {
		w.source.put(carePlan("first", "First", "active"))
		w.runUntil(time.Second, func() bool { _, err := w.store.Plan(t.Context(), "first"); return err == nil })
		down := time.Now()
		w.source.nasty = func(rw http.ResponseWriter, r *http.Request) bool {
			if time.Since(down) > 24*time.Hour {
				return false
			}
			rw.WriteHeader(http.StatusBadGateway)
			return true
		}
		for i := range 100 {
			w.source.putAt(carePlan(fmt.Sprint("plan-", i), "Missed", "active"), down.Add(time.Duration(i)*10*time.Minute))
		}
		w.source.putAt(carePlan("first", "First", "revoked"), down.Add(time.Hour))
		up := w.runUntil(time.Minute, func() bool { _, err := w.store.Plan(t.Context(), "plan-0"); return err == nil })
		if up.Sub(down) > 24*time.Hour+2*time.Minute {
			t.Errorf("it was caught up %s after the outage began", up.Sub(down))
		}
		w.Poll(t.Context())
		w.wants("first", "2 revoked First")
		for i := range 100 {
			w.wants(fmt.Sprint("plan-", i), "1 active Missed")
		}
		w.healthy("")
	})
}

func TestAnInterruptedWalkGoesOnAtItsPage(t *testing.T) {
	bubbled(t, func(t *testing.T, w *world) {
		for i := range 30 {
			w.source.put(carePlan(fmt.Sprint("plan-", i), "First", "active"))
		}
		served := 0
		w.source.nasty = pages(func(rw http.ResponseWriter, _ *http.Request) bool {
			served++
			if served > 6 {
				rw.WriteHeader(http.StatusInternalServerError)
			}
			return served > 6
		})
		w.Poll(t.Context())
		w.wants("plan-29", "1 active First")
		w.wants("plan-0", "")
		w.healthy("500")
		w.source.nasty = nil
		w.source.asked("")
		w.Poll(t.Context())
		w.wants("plan-0", "1 active First")
		if n := w.source.asked("/CarePlan"); n != 4 {
			t.Errorf("%d pages were read, want the 4 that were left", n)
		}
		w.healthy("")
	})
}

func TestAPageLinkThatIsNoLongerGoodBeginsTheWalkAnew(t *testing.T) {
	bubbled(t, func(t *testing.T, w *world) {
		for i := range 9 {
			w.source.put(carePlan(fmt.Sprint("plan-", i), "First", "active"))
		}
		status := http.StatusInternalServerError
		w.source.nasty = pages(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Get("offset") == "" {
				return false
			}
			rw.WriteHeader(status)
			return true
		})
		w.Poll(t.Context())
		w.healthy("500")
		gone := true
		w.source.nasty = pages(func(rw http.ResponseWriter, r *http.Request) bool {
			if !gone || r.URL.Query().Get("offset") == "" {
				return false
			}
			gone = false // the old link; those of the new walk are good
			rw.WriteHeader(http.StatusGone)
			return true
		})
		w.Poll(t.Context())
		w.wants("plan-0", "1 active First")
		w.wants("plan-8", "1 active First")
		w.healthy("")
	})
}

func TestLongPagesAreAskedForInSmallerPieces(t *testing.T) {
	bubbled(t, func(t *testing.T, w *world) {
		w.feed.PageBytes = 6000 // one or two of these plans
		for i := range 5 {
			w.source.put(with(carePlan(fmt.Sprint("plan-", i), "First", "active"), map[string]any{"description": strings.Repeat("Words. ", 400)}))
		}
		w.Poll(t.Context())
		for i := range 5 {
			w.wants(fmt.Sprint("plan-", i), "1 active First")
		}
		w.healthy("")
	})
}

func TestAnEntryThatIsThereTwiceIsTakenOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.source.put(carePlan("plan", "First", "active"))
	w.source.versions = append(w.source.versions, w.source.versions[0], w.source.versions[0])
	w.poll()
	w.wants("plan", "1 active First")
	w.poll()
	w.wants("plan", "1 active First")
}

func TestClocksThatAreWrongHideNothing(t *testing.T) {
	for _, row := range []struct {
		what string
		skew time.Duration
	}{
		{"the server's clock is an hour ahead and is then put right", time.Hour},
		{"the server's clock is an hour late and is then put right", -time.Hour},
		{"the clocks agree", 0},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := newWorld(t, nil)
			w.source.putAt(carePlan("before", "First", "active"), w.clock.Add(row.skew))
			w.poll()
			w.wants("before", "1 active First")
			w.poll()
			w.source.putAt(carePlan("after", "First", "active"), w.clock) // its clock is right now
			w.poll()
			w.wants("after", "1 active First")
		})
	}
}

func TestAChangeThatWasCommittedLateIsNotPassedOver(t *testing.T) {
	w := newWorld(t, nil)
	late := w.clock.Add(30 * time.Second)
	w.source.putAt(carePlan("early", "First", "active"), late.Add(10*time.Second))
	w.poll()
	w.poll()
	w.source.putAt(carePlan("late", "First", "active"), late)
	w.poll()
	w.wants("late", "1 active First")
}

func TestOneNodeAtATimeReadsAFeed(t *testing.T) {
	w := newWorld(t, nil)
	w.source.put(carePlan("plan", "First", "active"))
	ours, err := w.store.TakeLease(t.Context(), "feed london", "another node", w.clock, w.clock.Add(3*time.Minute))
	if err != nil || !ours {
		t.Fatal(ours, err)
	}
	w.poll()
	w.poll()
	if n := w.source.asked(""); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
	w.poll() // the other node has not extended its lease
	w.wants("plan", "1 active First")
}

func TestAFeedWithoutHistoryOrSearchSaysSo(t *testing.T) {
	w := newWorld(t, nil)
	w.source.history = false
	w.poll()
	w.healthy("neither the history")
}

func TestASilentFeedIsNoticed(t *testing.T) {
	w := newWorld(t, nil)
	w.poll()
	w.healthy("")
	w.clock = w.clock.Add(time.Hour)
	w.healthy("should have been read since")
}

func TestTheSamePlanDoesNotComeThroughTwoFeeds(t *testing.T) {
	w := newWorld(t, nil)
	item := feeds.Item{ID: "plan", Plan: "plan", State: feeds.Taken, Noticed: w.clock}
	if err := w.store.SaveFeed(t.Context(), "essex", []feeds.Item{item}, feeds.Position{}); err != nil {
		t.Fatal(err)
	}
	w.source.put(carePlan("plan", "First", "active"))
	w.poll()
	w.wants("plan", "")
	if got := w.item("plan").Reason; !strings.Contains(got, "essex") {
		t.Errorf("put aside because %q", got)
	}
}
