// Package canary answers: does an arrival still come through to the screens of each department?
//
// Every so often a [Sender] sends, for every department and through every listener, the arrival (A04) of a patient who does not exist. The
// service takes it like any other and journals that it came through; screens show that and say so. A [Watch] compares what it sees of this
// with the clock: what is missed twice is an alarm.
package canary

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// Way is a listener that hospitals send to, with a client that sends to it as they do.
type Way struct {
	Listener string
	Client   *mllp.Client
}

// Patient is who arrives.
type Patient struct{ NHSNumber, Family, Given, Born string }

// Sender sends the canary. Every field must be set.
type Sender struct {
	Ways      []Way
	Every     time.Duration
	Directory func() *directory.Directory
	// Issue makes the credential of one message; spent is called when the message was answered, or was not.
	Issue   func(department string) (pass string, spent func())
	Patient Patient
	Watch   *Watch
	Log     *slog.Logger
}

// Run sends until the context ends. Each listener has a goroutine of its own: one that does not answer keeps no other from being checked.
func (s *Sender) Run(ctx context.Context) error {
	var ways sync.WaitGroup
	for _, way := range s.Ways {
		ways.Go(func() { s.send(ctx, way) })
	}
	ways.Wait()
	return nil
}

// send goes round the departments, spread over the interval.
func (s *Sender) send(ctx context.Context, way Way) {
	defer func() { _ = way.Client.Close() }() // nothing is under way any more
	next := time.Now()
	for {
		departments := s.Directory().Departments(time.Now())
		gap := s.Every / time.Duration(max(len(departments), 1))
		for _, dep := range departments {
			err := s.one(ctx, way, dep.ID)
			if ctx.Err() != nil {
				return
			}
			s.Watch.Answered(way.Listener, dep.ID, time.Now(), err)
			next = next.Add(gap)
			if now := time.Now(); next.Before(now.Add(-s.Every)) {
				next = now // it was held up: what was missed is not made up for
			}
			if !pause(ctx, time.Until(next)) {
				return
			}
		}
		if len(departments) == 0 && !pause(ctx, s.Every) {
			return
		}
	}
}

// pause waits, and tells whether the context still holds.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// one sends one message and reads its answer. The error says in words what went wrong.
func (s *Sender) one(ctx context.Context, way Way, department string) error {
	dir := s.Directory()
	at, ok := dir.LocationOf(department)
	org, known := dir.OrganisationOf(department)
	if !ok || !known {
		return errors.New("no location of the directory or a profile leads to the department: no message can say that a patient is there")
	}
	pass, spent := s.Issue(department)
	defer spent()
	answer, err := way.Client.Send(ctx, s.message(org.ID, department, at, pass, time.Now()))
	if err != nil {
		return fmt.Errorf("the listener did not answer: %w", err)
	}
	m, err := hl7.Parse(answer)
	if err != nil {
		return errors.New("the answer cannot be read")
	}
	if code := m.Segment("MSA").Field(1).Text(); code != string(hl7.AA) {
		return fmt.Errorf("the answer is %s; the log of that moment says why", code)
	}
	return nil
}

// message is the arrival, as HL7 2.4 has it. What stands in it are codes of ours and of the directory, which need no escape; one that does
// reaches nothing, and is told so.
func (s *Sender) message(organisation, department string, at directory.Location, pass string, now time.Time) []byte {
	stamp := now.Format("20060102150405.000-0700")
	return []byte(strings.Join([]string{
		`MSH|^~\&|CANARY|` + organisation + `|UCPALERT|UCPALERT|` + stamp + `|` + pass + `|ADT^A04|C` + pass[:16] + `|P|2.4`,
		`EVN|A04|` + stamp,
		`PID|1||` + s.Patient.NHSNumber + `^^^NHS^NH||` + s.Patient.Family + `^` + s.Patient.Given + `||` + s.Patient.Born + `|9`,
		`PV1|1|E|` + at.PointOfCare + `^` + at.Room + `^` + at.Bed + `^` + at.Site + strings.Repeat("|", 16) + `CANARY-` + department,
	}, "\r") + "\r")
}
