package demo

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

func TestALoadSendsWhatItWasToldTo(t *testing.T) {
	hospital := receive(t, alwaysAccept)
	var ledger Ledger
	var flagged atomic.Int64
	load := Load{
		Address: hospital.address, Connections: 8, Messages: 2000, Plans: 2000, Flagged: 0.25, Seed: 3, Run: noon, Ledger: &ledger,
		OnFlagged: func(s Sent, at time.Time) {
			if s.Flagged && !at.IsZero() {
				flagged.Add(1)
			}
		},
	}
	report, err := load.Send(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if report.Accepted != 2000 || report.Refused != 0 || report.Unanswered != 0 || report.Resent != 0 || report.Latency.Count() != 2000 {
		t.Errorf("report: %d accepted, %d refused, %d unanswered, %d sent again", report.Accepted, report.Refused, report.Unanswered, report.Resent)
	}
	if report.Rate() <= 0 || report.Latency.Max() <= 0 || report.Latency.Quantile(0.5) > report.Latency.Quantile(0.99) {
		t.Errorf("rate %f, latencies %v %v %v", report.Rate(), report.Latency.Quantile(0.5), report.Latency.Quantile(0.99), report.Latency.Max())
	}
	compareWithLedger(t, hospital.messages(), &ledger)
	count := 0
	for s := range ledger.All() {
		if s.Flagged {
			count++
		}
	}
	if count < 400 || count > 600 || int64(count) != flagged.Load() {
		t.Errorf("of 2000 messages %d were flagged, and %d told of", count, flagged.Load())
	}
}

func TestAPartOfALoadHasNoNHSNumber(t *testing.T) {
	hospital := receive(t, alwaysAccept)
	load := Load{Address: hospital.address, Connections: 4, Messages: 1000, Plans: 2000, Flagged: 0.5, Unnumbered: 0.5, Seed: 3, Run: noon}
	if _, err := load.Send(context.Background()); err != nil {
		t.Fatal(err)
	}
	without, postcodes := 0, map[string]bool{}
	for _, m := range hospital.messages() {
		if text(t, m, "PID-3[2].1") == "" {
			without++
		}
		postcodes[text(t, m, "PID-11.5")] = true
	}
	if without < 400 || without > 600 {
		t.Errorf("of 1000 messages %d hold no NHS number", without)
	}
	if len(postcodes) < 500 || postcodes[""] {
		t.Errorf("the people of 1000 messages live at %d postcodes", len(postcodes))
	}
}

// compareWithLedger checks that a ledger tells of the messages received, and that these are whole.
func compareWithLedger(t *testing.T, messages []string, ledger *Ledger) {
	t.Helper()
	plans := map[string]Person{}
	for i := range 2000 {
		p := PersonAt(i)
		plans[p.NHSNumber] = p
	}
	var received, kept []Sent
	people := map[string]bool{}
	for _, m := range messages {
		number := text(t, m, "PID-3[2].1")
		p, flagged := plans[number]
		received = append(received, Sent{
			Control: text(t, m, "MSH-10"), Visit: text(t, m, "PV1-19"), Trust: text(t, m, "MSH-4"), NHSNumber: number, Flagged: flagged, Code: "AA",
		})
		if flagged && (text(t, m, "PID-5.1") != p.Family || text(t, m, "PID-7") != p.Born.Format("20060102")) {
			t.Errorf("message %s does not name the patient whom the plan is for", text(t, m, "MSH-10"))
		}
		for _, path := range []string{"MSH-7", "EVN-6", "PID-7", "PID-8", "PID-3[1].1", "PV1-3.4", "PV1-44"} {
			if text(t, m, path) == "" {
				t.Errorf("message %s has no %s", text(t, m, "MSH-10"), path)
			}
		}
		if n := len(m); n < 900 || n > 1150 {
			t.Errorf("a message of %d bytes", n)
		}
		people[number] = true
	}
	if len(people) != len(messages) {
		t.Errorf("%d messages are about %d people", len(messages), len(people))
	}
	kept = slices.Collect(ledger.All())
	for _, list := range [][]Sent{received, kept} {
		slices.SortFunc(list, func(a, b Sent) int { return bytes.Compare([]byte(a.Control), []byte(b.Control)) })
	}
	if diff := cmp.Diff(received, kept); diff != "" {
		t.Errorf("(-received +ledger)\n%s", diff)
	}
}

func TestTheSameSeedIsTheSameLoad(t *testing.T) {
	var days [2][]string
	for i := range days {
		hospital := receive(t, alwaysAccept)
		load := Load{Address: hospital.address, Connections: 1 + 3*i, Messages: 200, Plans: 100, Flagged: 0.1, Seed: 9, Run: noon}
		if _, err := load.Send(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, m := range hospital.messages() {
			days[i] = append(days[i], text(t, m, "MSH-10")+text(t, m, "PID-3[2].1")+text(t, m, "PID-5.1")+text(t, m, "PID-7"))
		}
		slices.Sort(days[i])
	}
	if diff := cmp.Diff(days[0], days[1]); diff != "" {
		t.Errorf("one connection and four sent different messages:\n%s", diff)
	}
}

func TestALoadNotesRefusals(t *testing.T) {
	hospital := receive(t, func(n int, _ *hl7.Message) string { return []string{"AA", "AE", "AR"}[n%3] })
	var ledger Ledger
	report, err := Load{Address: hospital.address, Messages: 30, Ledger: &ledger}.Send(context.Background())
	if err != nil || report.Accepted != 10 || report.Refused != 20 {
		t.Errorf("%d accepted, %d refused (%v)", report.Accepted, report.Refused, err)
	}
	codes := map[string]int{}
	for s := range ledger.All() {
		codes[s.Code]++
	}
	if diff := cmp.Diff(map[string]int{"AA": 10, "AE": 10, "AR": 10}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestALoadThatResendsLosesNothing(t *testing.T) {
	hospital := receive(t, func(n int, _ *hl7.Message) string {
		if n%5 == 0 {
			return "" // taken, but the answer is lost
		}
		return "AA"
	})
	var ledger Ledger
	report, err := Load{Address: hospital.address, Connections: 3, Messages: 100, Resend: true, Ledger: &ledger}.Send(context.Background())
	if err != nil || report.Accepted != 100 || report.Resent == 0 || report.Unanswered != 0 {
		t.Errorf("%d accepted, %d sent again, %d unanswered (%v)", report.Accepted, report.Resent, report.Unanswered, err)
	}
	distinct := map[string]bool{}
	for _, m := range hospital.messages() {
		distinct[m] = true
	}
	if len(distinct) != 100 || ledger.Len() != 100 {
		t.Errorf("%d different messages were sent, and the ledger has %d", len(distinct), ledger.Len())
	}
}

func TestALoadThatDoesNotResendEndsWithItsConnection(t *testing.T) {
	hospital := receive(t, func(n int, _ *hl7.Message) string {
		if n > 7 {
			return ""
		}
		return "AA"
	})
	var ledger Ledger
	report, err := Load{Address: hospital.address, Messages: 100, Ledger: &ledger}.Send(context.Background())
	if err == nil || report.Accepted != 7 || report.Unanswered != 1 || ledger.Len() != 8 {
		t.Errorf("%d accepted, %d unanswered, %d in the ledger (%v)", report.Accepted, report.Unanswered, ledger.Len(), err)
	}
}

func TestAnAnswerToAnotherMessageCountsForNothing(t *testing.T) {
	hospital := receive(t, func(n int, _ *hl7.Message) string {
		if n == 4 {
			return stray
		}
		return "AA"
	})
	report, err := Load{Address: hospital.address, Messages: 10}.Send(context.Background())
	if err == nil || report.Accepted != 3 || report.Unanswered != 1 {
		t.Errorf("%d accepted, %d unanswered (%v)", report.Accepted, report.Unanswered, err)
	}
}

func TestALoadEndsWhenAsked(t *testing.T) {
	reached := make(chan struct{})
	var once sync.Once
	hospital := receive(t, func(n int, _ *hl7.Message) string {
		if n == 50 {
			once.Do(func() { close(reached) })
		}
		return "AA"
	})
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		<-reached
		stop()
	}()
	report, err := Load{Address: hospital.address, Connections: 4, Resend: true}.Send(ctx)
	if err != nil || report.Accepted+report.Unanswered < 50 {
		t.Errorf("%d accepted (%v)", report.Accepted, err)
	}
	short, err := Load{Address: hospital.address, Connections: 4, Duration: time.Millisecond}.Send(context.Background())
	if err != nil || short.Unanswered != 0 {
		t.Errorf("%d unanswered after the time was over (%v)", short.Unanswered, err)
	}
}

func TestALoadThatCannotBe(t *testing.T) {
	for name, load := range map[string]Load{
		"more than all flagged":                   {Plans: 10, Flagged: 1.5},
		"flagged, but nobody has a plan":          {Flagged: 0.1},
		"more than all without a number":          {Unnumbered: 1.5},
		"everybody has a plan":                    {Plans: People},
		"a negative number of messages":           {Messages: -1},
		"more messages than numbers":              {Messages: MaxMessages + 1},
		"a hospital of another demo":              {Trusts: []string{"RZZ"}},
		"no hospital":                             {Trusts: []string{}},
		"nobody listens":                          {Address: "127.0.0.1:1", Messages: 1},
		"nobody listens, nor ever has an address": {Messages: 1},
	} {
		if _, err := load.Send(context.Background()); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
}

func TestALedgerSurvivesOnPaper(t *testing.T) {
	var ledger Ledger
	ledger.add(record{run: noon.UnixMilli(), number: 1, person: 0, hospital: 0, flagged: true, code: [2]byte{'A', 'A'}})
	ledger.add(record{run: noon.UnixMilli(), number: 2, person: 5000, hospital: 2})
	var paper bytes.Buffer
	n, err := ledger.WriteTo(&paper)
	if err != nil || n != int64(paper.Len()) {
		t.Fatalf("wrote %d of %d bytes (%v)", n, paper.Len(), err)
	}
	got, err := ReadLedger(&paper)
	if err != nil {
		t.Fatal(err)
	}
	want := []Sent{
		{"17953488000000000001", "L17953488000000000001", "RQW", "9990000018", true, "AA"},
		{"17953488000000000002", "L17953488000000000002", "RWH", PersonAt(5000).NHSNumber, false, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := ReadLedger(bytes.NewBufferString("1 2 3\n")); err == nil {
		t.Error("half a line is read")
	}
}

func TestReadingAnAnswer(t *testing.T) {
	for _, row := range []struct{ name, answer, code, control string }{
		{"accepted", "MSH|^~\\&|A|B|C|D|20261122||ACK^A04|7|P|2.4\rMSA|AA|42\r", "AA", "42"},
		{"refused with a text and an error", "MSH|^~\\&|A\rMSA|AE|42|not stored\rERR|^^^207\r", "AE", "42"},
		{"lines end in LF", "MSH|^~\\&|A\nMSA|AR|42\n", "AR", "42"},
		{"another separator", "MSH#^~\\&#A\rMSA#CA#42\r", "CA", "42"},
		{"MSA only inside a text", "MSH|^~\\&|MSA|AA|42\r", "", ""},
		{"no control id", "MSH|^~\\&|A\rMSA|AA\r", "AA", ""},
		{"nothing", "", "", ""},
	} {
		code, control := readAnswer([]byte(row.answer))
		if string(code) != row.code || string(control) != row.control {
			t.Errorf("%s: read as %q for %q", row.name, code, control)
		}
	}
}

// BenchmarkLoad measures the generator itself: what it sends in a second to a server that answers at once, on the same processor.
func BenchmarkLoad(b *testing.B) {
	for _, connections := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			acknowledge := []byte("MSH|^~\\&|UCPALERT||EPR|RQW|20261122140000||ACK^A04|1|P|2.4\rMSA|AA|")
			serve(b, listener, func(_ context.Context, _ mllp.Peer, message []byte) ([]byte, error) {
				fields := bytes.SplitN(message[:min(len(message), 200)], []byte("|"), 11)
				return append(append(make([]byte, 0, 128), acknowledge...), fields[9]...), nil
			})
			b.ReportAllocs()
			load := Load{Address: listener.Addr().String(), Connections: connections, Messages: b.N, Plans: 100_000, Flagged: 0.02}
			b.ResetTimer()
			report, err := load.Send(b.Context())
			if err != nil || report.Accepted != b.N {
				b.Fatalf("%d of %d accepted (%v)", report.Accepted, b.N, err)
			}
			b.ReportMetric(report.Rate(), "messages/s")
			b.ReportMetric(float64(report.Latency.Quantile(0.99).Microseconds()), "p99-µs")
		})
	}
}

func BenchmarkCompose(b *testing.B) {
	load, makers, err := Load{Plans: 100_000, Flagged: 0.02}.prepare()
	if err != nil {
		b.Fatal(err)
	}
	s := &sender{load: &load, makers: makers}
	now := time.Now()
	b.ReportAllocs()
	for n := uint64(1); b.Loop(); n++ {
		s.compose(n, now)
	}
	b.ReportMetric(float64(len(s.frame)), "bytes/message")
}
