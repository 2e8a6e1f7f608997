package hl7

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a desk that keeps events in memory and fails as it is told.
type desk struct {
	kept []alerts.Event
	fail error
}

func (d *desk) Receive(_ context.Context, e alerts.Event) (alerts.Outcome, error) {
	if d.fail != nil {
		return alerts.Outcome{}, d.fail
	}
	for _, before := range d.kept {
		if before.Sender == e.Sender && before.ControlID == e.ControlID && before.Hash == e.Hash {
			return alerts.Outcome{Duplicate: true}, nil
		}
	}
	d.kept = append(d.kept, e)
	return alerts.Outcome{Attendance: "a1", Department: "RQW-AE", Changes: make([]alerts.Change, 1)}, nil
}

// shelf is a quarantine in memory.
type shelf struct {
	kept []alerts.Quarantined
	fail error
}

func (s *shelf) KeepQuarantined(_ context.Context, q alerts.Quarantined) error {
	if s.fail == nil {
		s.kept = append(s.kept, q)
	}
	return s.fail
}

type rig struct {
	*Receiver
	desk  *desk
	shelf *shelf
	log   *bytes.Buffer
}

func newRig(t testing.TB) *rig {
	t.Helper()
	d, s, log := &desk{}, &shelf{}, &bytes.Buffer{}
	now := func() time.Time { return time.Date(2026, 11, 22, 14, 2, 10, 0, time.UTC) }
	return &rig{
		&Receiver{
			Desk: d, Quarantine: s, Answers: testAnswerer(), Rules: testRules(t), Now: now,
			Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}, d, s, log,
	}
}

// answered gives a message to the receiver and returns MSA and ERR of the answer.
func (r *rig) answered(t *testing.T, raw string) string {
	t.Helper()
	answer, err := r.Handle(t.Context(), mllp.Peer{Address: "192.0.2.1:4711"}, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(answer), "\r")
	return rest
}

func TestAMessageIsTakenAndAResendChangesNothing(t *testing.T) {
	r := newRig(t)
	for range 2 {
		if got := r.answered(t, arrival); got != "MSA|AA|MSG00042\r" {
			t.Errorf("answered %q", got)
		}
	}
	if len(r.desk.kept) != 1 || r.Counters.Taken.Load() != 2 || r.Counters.Resent.Load() != 1 {
		t.Errorf("kept %d, taken %d, resent %d; want 1, 2 and 1", len(r.desk.kept), r.Counters.Taken.Load(), r.Counters.Resent.Load())
	}
}

func TestTheSameControlIDWithOtherContentIsANewMessage(t *testing.T) {
	r := newRig(t)
	r.answered(t, arrival)
	r.answered(t, with(t, "PID-8", "1"))
	if len(r.desk.kept) != 2 {
		t.Errorf("kept %d messages, want both", len(r.desk.kept))
	}
}

func TestWhatIsRefusedIsQuarantinedByteForByte(t *testing.T) {
	for _, row := range []struct{ name, raw, answer string }{
		{"no message", "\x00\xffrubbish\x1b[31m", "MSA|AE||the message does not begin with MSH\rERR|MSH^1^^100&Segment sequence error&HL70357\r"},
		{"nothing", "", "MSA|AE||the message does not begin with MSH\rERR|MSH^1^^100&Segment sequence error&HL70357\r"},
		{"no patient", without("PID"), "MSA|AE|MSG00042|the message has no patient (PID)\rERR|PID^1^^100&Segment sequence error&HL70357\r"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRig(t)
			if got := r.answered(t, row.raw); got != row.answer {
				t.Errorf("answered %q, want %q", got, row.answer)
			}
			if len(r.shelf.kept) != 1 || string(r.shelf.kept[0].Raw) != row.raw || r.shelf.kept[0].Answer != "AE" || r.shelf.kept[0].Reason == "" {
				t.Errorf("quarantined %+v", r.shelf.kept)
			}
			if len(r.desk.kept) != 0 {
				t.Error("it was taken all the same")
			}
			r.shelf.fail = errors.New("disk is full")
			if got := r.answered(t, row.raw); got != row.answer {
				t.Errorf("without a quarantine answered %q, want %q", got, row.answer)
			}
		})
	}
}

func TestAnUnknownSenderIsRefusedAtMSH4AndQuarantined(t *testing.T) {
	r := newRig(t)
	r.desk.fail = alerts.ErrUnknownSender
	want := "MSA|AE|MSG00042|the sending facility (MSH-4) is not in the directory\rERR|MSH^1^4^103&Table value not found&HL70357\r"
	if got := r.answered(t, arrival); got != want {
		t.Errorf("answered %q, want %q", got, want)
	}
	if len(r.shelf.kept) != 1 || r.shelf.kept[0].Sender != "EPR|RQW" || r.shelf.kept[0].Condition != 103 || r.shelf.kept[0].Location != "MSH^1^4" {
		t.Errorf("quarantined %+v", r.shelf.kept)
	}
}

func TestAnEventThatIsNotForUsIsRejectedAndNotKept(t *testing.T) {
	r := newRig(t)
	want := "MSA|AR|MSG00042|unsupported event A17\rERR|MSH^1^9^201&Unsupported event code&HL70357\r"
	if got := r.answered(t, with(t, "MSH-9", "ADT^A17")); got != want {
		t.Errorf("answered %q, want %q", got, want)
	}
	if len(r.shelf.kept)+len(r.desk.kept) != 0 || r.Counters.Rejected.Load() != 1 {
		t.Errorf("kept %d, quarantined %d, rejected %d", len(r.desk.kept), len(r.shelf.kept), r.Counters.Rejected.Load())
	}
}

func TestWhatCouldNotBeStoredIsNeverAccepted(t *testing.T) {
	r := newRig(t)
	r.desk.fail = errors.New("disk is full")
	want := "MSA|AE|MSG00042|not stored, send again\rERR|^^^207&Application internal error&HL70357\r"
	if got := r.answered(t, arrival); got != want {
		t.Errorf("answered %q, want %q", got, want)
	}
	if len(r.shelf.kept) != 0 || r.Counters.Failed.Load() != 1 {
		t.Errorf("quarantined %d, failed %d; want 0 and 1", len(r.shelf.kept), r.Counters.Failed.Load())
	}
	r.SilentOnFailure = true
	if answer, err := r.Handle(t.Context(), mllp.Peer{}, []byte(arrival)); answer != nil || !errors.Is(err, r.desk.fail) {
		t.Errorf("answered %q, %v; want no answer", answer, err)
	}
}

func TestAStopThatInterruptsAMessageLeavesItUnanswered(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.desk.fail = ctx.Err()
	if answer, err := r.Handle(ctx, mllp.Peer{}, []byte(arrival)); answer != nil || err == nil {
		t.Errorf("answered %q, %v; want no answer", answer, err)
	}
}

func TestAMessageThatDidNotArriveWhole(t *testing.T) {
	for _, row := range []struct {
		name, head string
		reason     error
		want       string
	}{
		{"too large", arrival, mllp.ErrTooLarge, "MSA|AR|MSG00042|the message is larger than this service takes"},
		{"its end lost", arrival[:200], mllp.ErrLostEnd, "MSA|AE|MSG00042|the message did not arrive whole, send again"},
		{"stalled", arrival[:200], mllp.ErrStalled, "MSA|AE|MSG00042|the message did not arrive whole, send again"},
		{"cut in the control id", arrival[:60], mllp.ErrCut, ""},
		{"rubbish", "?????", mllp.ErrRubbish, ""},
		{"nothing", "", mllp.ErrCut, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRig(t)
			answer := string(r.Reject(t.Context(), mllp.Peer{}, []byte(row.head), row.reason))
			if row.want == "" && answer != "" || !strings.Contains(answer, row.want) {
				t.Errorf("answered %q, want %q", answer, row.want)
			}
			if len(r.desk.kept) != 0 {
				t.Error("it was taken")
			}
		})
	}
}

func TestNoPatientInTheLog(t *testing.T) {
	r := newRig(t)
	r.answered(t, arrival)
	r.answered(t, without("PV1"))
	r.answered(t, with(t, "PV1-19", "", "PID-3", "9990000018^^^NHS^NH"))
	r.desk.fail = errors.New("disk is full")
	r.answered(t, arrival)
	r.Reject(t.Context(), mllp.Peer{}, []byte(arrival), mllp.ErrTooLarge)
	log := r.log.String()
	if n := strings.Count(log, "\n"); n != 5 {
		t.Errorf("%d lines for 5 messages:\n%s", n, log)
	}
	for _, secret := range []string{"9990000018", "DOE", "Amina", "19800213", "CM20", "V0098765", "H1234567"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s:\n%s", secret, log)
		}
	}
}

func TestFromSocketToDeskAndBack(t *testing.T) {
	r := newRig(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	server := &mllp.Server{Handler: r.Handle, Reject: r.Reject, Limits: mllp.Limits{MessageBytes: 5000}}
	go func() { ended <- server.Serve(ctx, listener) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	client := &mllp.Client{Address: listener.Addr().String()}
	defer func() { _ = client.Close() }()
	for _, row := range []struct{ name, raw, want string }{
		{"an arrival", arrival, "AA MSG00042 "},
		{"an arrival with a byte-order mark and LFs", "\xEF\xBB\xBF" + strings.ReplaceAll(arrival, "\r", "\n"), "AA MSG00042 "},
		{"rubbish", "rubbish", "AE  the message does not begin with MSH"},
		{"a message over the limit", arrival + strings.Repeat("NTE|x\r", 1000), "AR MSG00042 the message is larger than this service takes"},
		{"and then another arrival", with(t, "MSH-10", "MSG00043"), "AA MSG00043 "},
	} {
		answer, err := client.Send(t.Context(), []byte(row.raw))
		if err != nil {
			// The one before was over the limit, and the server closed the connection after its answer.
			answer, err = client.Send(t.Context(), []byte(row.raw))
		}
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		ack, err := ReadAck(answer)
		if got := string(ack.Code) + " " + ack.ControlID + " " + ack.Text; err != nil || got != row.want {
			t.Errorf("%s is answered %q, %v; want %q", row.name, got, err, row.want)
		}
	}
}

func TestAnswersAreReadWhoeverWroteThem(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		want         Ack
	}{
		{"taken", "MSH|^~\\&|UCP|QM7|EPR|RQW|||ACK^A04|1|P|2.4\rMSA|AA|42\r", Ack{AA, "42", ""}},
		{"with a text", "MSH|^~\\&|\rMSA|AE|42|no patient\rERR|PID^1^^100&Segment sequence error&HL70357\r", Ack{AE, "42", "no patient"}},
		{"the text in ERR-1 only", "MSH|^~\\&|\rMSA|AR|42\rERR|MSH^1^9^201&Unsupported event code&HL70357\r", Ack{AR, "42", "Unsupported event code"}},
		{"the text in ERR-3 only", "MSH|^~\\&|\rMSA|AR|42\rERR||MSH^1^9|201^Unsupported event code^HL70357|E\r", Ack{AR, "42", "Unsupported event code"}},
		{"the text in ERR-8", "MSH|^~\\&|\rMSA|AR|42\rERR||MSH^1^9|201^Unsupported event code^HL70357|E||||not for us\r", Ack{AR, "42", "not for us"}},
		{"enhanced mode", "MSH|^~\\&|\rMSA|CA|42\r", Ack{CA, "42", ""}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := ReadAck([]byte(row.answer)); err != nil || got != row.want {
				t.Errorf("got %+v, %v; want %+v", got, err, row.want)
			}
		})
	}
	for _, answer := range []string{"", "MSH|^~\\&|\r", "MSH|^~\\&|\rMSA\r", "OK"} {
		if got, err := ReadAck([]byte(answer)); err == nil {
			t.Errorf("%q is read as %+v", answer, got)
		}
	}
}

// BenchmarkHandle is all that a message costs here besides the desk.
func BenchmarkHandle(b *testing.B) {
	r := newRig(b)
	r.Log = slog.New(slog.DiscardHandler)
	r.Desk = openDesk{}
	raw := []byte(arrival)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if answer, err := r.Handle(b.Context(), mllp.Peer{}, raw); err != nil || len(answer) == 0 {
			b.Fatal(err)
		}
	}
}

// openDesk takes everything and keeps nothing.
type openDesk struct{}

func (openDesk) Receive(context.Context, alerts.Event) (alerts.Outcome, error) {
	return alerts.Outcome{}, nil
}
