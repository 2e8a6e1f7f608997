package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/fhir"
)

// A hospital's system tells of its attendances over FHIR as it would over HL7 v2: both are read into the same events, and taken by the same
// desk. What it may speak for is decided by its account, never by what it sends.

// Reception takes attendances; [alerts.Desk] is one.
type Reception interface {
	// Receive returns nil when the event and all that follows from it is durable. An event that was taken before changes nothing and is no
	// error. alerts.ErrUnknownSender is the sender's fault.
	Receive(ctx context.Context, e alerts.Event) (alerts.Outcome, error)
}

var errUnknownHospital = refusal{http.StatusForbidden, fhir.Forbidden, "The organisation of this account is not in the directory, or no longer."}

// orHospital serves an address in the one way to centres and in the other to hospitals.
func orHospital(centres, hospitals http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v := visitOf(r.Context()); v.account.Role == access.Hospital {
			v.route.action = access.SendAttendance
			hospitals(w, r)
			return
		}
		centres(w, r)
	})
}

// postEncounter takes an attendance (FHIR R4 §3.1.0.8, create). The same visit again is another message about it, not another attendance.
func (s *server) postEncounter(w http.ResponseWriter, r *http.Request) { s.takeEncounter(w, r, "") }

// putEncounter takes a later state of an attendance (FHIR R4 §3.1.0.4). Which one it is, its identifier says.
func (s *server) putEncounter(w http.ResponseWriter, r *http.Request) {
	s.takeEncounter(w, r, r.PathValue("id"))
}

func (s *server) takeEncounter(w http.ResponseWriter, r *http.Request, id string) {
	body, from, err := s.attendance(r)
	var report fhir.Report
	if err == nil {
		report, err = fhir.ReadEncounter(body, id, from, s.limits())
	}
	var out alerts.Outcome
	if err == nil {
		out, err = s.receive(r.Context(), report.Event)
	}
	if err != nil {
		s.refuseAttendance(w, r, err)
		return
	}
	status := http.StatusOK
	if id == "" {
		status = http.StatusCreated
		w.Header().Set("Location", s.base(r)+"/fhir/Encounter/"+out.Attendance)
	}
	if preferred(r) == "minimal" {
		w.WriteHeader(status)
		return
	}
	writeFHIR(w, status, fhir.Kept(withGuess(report.Notes, out)).JSON())
}

// postAttendances takes a Bundle of a hospital's: a transaction about one attendance, or a batch of any requests.
func (s *server) postAttendances(w http.ResponseWriter, r *http.Request) {
	body, from, err := s.attendance(r)
	if err == nil && fhir.IsBatch(body) {
		var submission fhir.Submission
		if submission, err = fhir.ReadBundle(body, from.Organisation, s.limits()); err == nil {
			s.batch(w, r, submission.Batch)
			return
		}
	}
	var sent fhir.AttendanceTransaction
	if err == nil {
		sent, err = fhir.ReadAttendanceTransaction(body, from, s.limits())
	}
	var out alerts.Outcome
	if err == nil {
		out, err = s.receive(r.Context(), sent.Event)
	}
	if err != nil {
		s.refuseAttendance(w, r, err)
		return
	}
	writeFHIR(w, http.StatusOK, sent.Response("Encounter/"+out.Attendance))
}

// processMessage takes a message and answers it with one (FHIR R4 §2.5.3, $process-message). The status of the answer says the same as the
// message: what passes may be sent again.
func (s *server) processMessage(w http.ResponseWriter, r *http.Request) {
	body, from, err := s.attendance(r)
	var message fhir.Message
	if err == nil {
		message, err = fhir.ReadMessage(body, from, s.limits())
	}
	var out alerts.Outcome
	if err == nil {
		out, err = s.receive(r.Context(), message.Event)
	}
	endpoint := s.base(r) + "/fhir/$process-message"
	switch {
	case err == nil:
		message.Notes = withGuess(message.Notes, out)
		writeFHIR(w, http.StatusOK, message.Answer(endpoint, nil))
	case message.ID == "":
		s.refuseAttendance(w, r, err)
	default:
		s.noteForeignAttendance(r.Context(), err)
		outcome, as := s.answerOf(r.Context(), err)
		if outcome == nil {
			outcome = fhir.Refuse(as.status, as.code, "", as.words)
		}
		retryHint(w.Header(), outcome.Status)
		writeFHIR(w, outcome.Status, message.Answer(endpoint, outcome))
	}
}

// attendance asks whether the caller may tell of attendances, and reads the body.
func (s *server) attendance(r *http.Request) (body []byte, from fhir.Hospital, err error) {
	ctx := r.Context()
	account := visitOf(ctx).account
	if err := s.authorise(ctx, access.Object{Organisation: account.Organisation}, ""); err != nil {
		return nil, fhir.Hospital{}, err
	}
	dir, now := s.Directory(), s.Now()
	own, known := dir.Facility(account.Organisation, now)
	if !known {
		return nil, fhir.Hospital{}, errUnknownHospital
	}
	if !isFHIR(r.Header) {
		return nil, fhir.Hospital{}, errMediaType
	}
	from = fhir.Hospital{Account: account.Name, Organisation: own.ID, Owns: func(ods string) bool {
		org, ok := dir.Facility(ods, now)
		return ok && org.ID == own.ID
	}}
	body, err = readBody(r)
	return body, from, err
}

// receive hands an attendance to the desk.
func (s *server) receive(ctx context.Context, e alerts.Event) (alerts.Outcome, error) {
	out, err := s.Reception.Receive(ctx, e)
	switch {
	case errors.Is(err, alerts.ErrUnknownSender):
		err = errUnknownHospital
	case err == nil && out.Duplicate:
		s.counts.attended("resent")
	case err == nil:
		s.counts.attended("taken")
	}
	return out, err
}

// refuseAttendance answers an attendance that was not taken.
func (s *server) refuseAttendance(w http.ResponseWriter, r *http.Request, err error) {
	s.noteForeignAttendance(r.Context(), err)
	s.fail(w, r, err)
}

// noteForeignAttendance counts a refusal, and journals that a hospital is not known, or tried to tell of another's attendance.
func (s *server) noteForeignAttendance(ctx context.Context, err error) {
	outcome, as := classify(err)
	switch {
	case errors.Is(err, errUnknownHospital):
		s.noteRefusal(ctx, "", errUnknownHospital.words)
		s.counts.attended("refused")
	case outcome != nil && outcome.Status == http.StatusForbidden:
		s.noteRefusal(ctx, "", "the attendance names another organisation than the one that is signed in")
		s.counts.attended("refused")
	case outcome != nil || as.status < http.StatusInternalServerError:
		s.counts.attended("refused")
	default:
		s.counts.attended("failed")
	}
}

// withGuess adds to the notes that the department is a guess.
func withGuess(notes []fhir.Issue, out alerts.Outcome) []fhir.Issue {
	if out.Warning == "" {
		return notes
	}
	return append(notes, fhir.Issue{Code: fhir.Value, Diagnostics: out.Warning})
}
