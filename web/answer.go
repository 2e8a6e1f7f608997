package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/privacy"
	"github.com/ucpalert/ucpalert/silence"
)

// refusal is a fault whose answer is known: a status, the FHIR code, and words for the person who asked.
type refusal struct {
	status int
	code   fhir.Code
	words  string
}

func (r refusal) Error() string { return r.words }

// The refusals of this package.
var (
	errNoAddress      = refusal{http.StatusNotFound, fhir.NotFound, "There is nothing at this address."}
	errMethod         = refusal{http.StatusMethodNotAllowed, fhir.NotSupported, "This method is not supported at this address."}
	errSignIn         = refusal{http.StatusUnauthorized, fhir.Login, "Sign in: a session or a valid bearer token is needed here."}
	errNoDepartment   = refusal{http.StatusNotFound, fhir.NotFound, "There is no such department."}
	errNoAlert        = refusal{http.StatusNotFound, fhir.NotFound, "There is no such alert."}
	errNoProof        = refusal{http.StatusNotFound, fhir.NotFound, "There is no such report, and no such proof is under way."}
	errNotOpen        = refusal{http.StatusGone, fhir.Conflict, "The alert is no longer open."}
	errNotRulable     = refusal{http.StatusGone, fhir.Conflict, "There is nothing to compare any more: the alert is no longer open."}
	errNotSeen        = refusal{http.StatusConflict, fhir.Conflict, "The details changed since they were shown. Look at them again, then decide."}
	errNoAnswer       = refusal{http.StatusUnprocessableEntity, fhir.Value, "Say same or other, and what was seen: the word that stood under seen when the two were shown."}
	errPlanNotOpen    = refusal{http.StatusForbidden, fhir.Forbidden, "The plan cannot be opened: the alert is no longer open."}
	errPossibleMatch  = refusal{http.StatusForbidden, fhir.Forbidden, "The plan cannot be opened: confirm identity first. The match is only a possible one."}
	errNotShared      = refusal{http.StatusForbidden, fhir.Forbidden, "The plan cannot be opened: it is not shared with this department, or no longer."}
	errSummaryOnly    = refusal{http.StatusForbidden, fhir.Forbidden, "The plan cannot be opened: the sharing agreement covers the headline only. Call the centre; its number stands on the alert."}
	errOtherRoles     = refusal{http.StatusForbidden, fhir.Forbidden, "The plan cannot be opened in this role: the centre restricted it to others. Call the centre; its number stands on the alert."}
	errSayWhy         = refusal{http.StatusPreconditionRequired, fhir.Forbidden, "This patient is specially protected: say why you open the plan. What you say is kept with your name."}
	errNoMatch        = refusal{http.StatusNotFound, fhir.NotFound, "No plan that may be shown to your organisation is held for this NHS number with this date of birth. Check both."}
	errWhy            = refusal{http.StatusUnprocessableEntity, fhir.Value, "Choose a reason. For another reason, and for a patient who is specially protected, say it in your own words, too: between 10 and 500 characters."}
	errNoOpening      = refusal{http.StatusNotFound, fhir.NotFound, "There is no such opening of yours."}
	errOpeningOver    = refusal{http.StatusForbidden, fhir.Forbidden, "The time for which the plan was opened is over. Say again why it is needed."}
	errJudged         = refusal{http.StatusConflict, fhir.Conflict, "Somebody else has looked at it already. Load the list again."}
	errOwnOpening     = refusal{http.StatusForbidden, fhir.Forbidden, "A second person looks at it, not the one who opened the plan."}
	errFinding        = refusal{http.StatusUnprocessableEntity, fhir.Value, "Say in words what you found, in at most 500 characters."}
	errNoChangeSuch   = refusal{http.StatusNotFound, fhir.NotFound, "There is no such change."}
	errDecided        = refusal{http.StatusConflict, fhir.Conflict, "Somebody has decided already, or its time is over. Load the list again."}
	errOwnChange      = refusal{http.StatusForbidden, fhir.Forbidden, "A second person decides, not the one who proposed it."}
	errChangeWords    = refusal{http.StatusUnprocessableEntity, fhir.Value, "Say whether you agree; if you refuse, say why in at most 500 characters."}
	errPeriod         = refusal{http.StatusUnprocessableEntity, fhir.Value, "Give a time from and a time to, at most 31 days apart; without them, name an account or what it is about."}
	errNotJournalled  = refusal{http.StatusServiceUnavailable, fhir.Transient, "Nothing is shown, because the reading could not be recorded. Try again."}
	errNoPlan         = refusal{http.StatusNotFound, fhir.NotFound, "No such plan is held."}
	errNoVersion      = refusal{http.StatusNotFound, fhir.NotFound, "There is no such version."}
	errNoPart         = refusal{http.StatusNotFound, fhir.NotFound, "No plan that is held brought such a resource along."}
	errNotCrossing    = refusal{http.StatusGone, fhir.NotFound, "No agreement shares this plan with your region."}
	errPeerSearch     = refusal{http.StatusBadRequest, fhir.NotSupported, "A region can ask for _since (or _lastUpdated=ge…) and _count only."}
	errNoPage         = refusal{http.StatusGone, fhir.Expired, "This page is no longer there. Begin again with the first."}
	errParameters     = refusal{http.StatusBadRequest, fhir.Structure, "The parameters cannot be read. Write name=value, with & between them and special characters escaped."}
	errFormType       = refusal{http.StatusUnsupportedMediaType, fhir.NotSupported, "Send the parameters of a search as application/x-www-form-urlencoded."}
	errSeveral        = refusal{http.StatusPreconditionFailed, fhir.MultipleHits, "Several plans have these identifiers. Name the plan by an identifier that only it has, or by its id."}
	errOtherID        = refusal{http.StatusBadRequest, fhir.Value, "The plan with these identifiers has another id than the one that was sent. Send that one, or none."}
	errBatchMethod    = refusal{http.StatusBadRequest, fhir.Value, "The method of a request in a batch is GET, HEAD, POST or PUT."}
	errBatchURL       = refusal{http.StatusBadRequest, fhir.Value, "The url of a request in a batch is relative to the service, such as CarePlan/1 or CarePlan?status=active."}
	errTwice          = refusal{http.StatusBadRequest, fhir.Duplicate, "A transaction changes a plan once. Send the second change after the first is answered."}
	errNotACentre     = refusal{http.StatusForbidden, fhir.Forbidden, "The organisation of this account does not publish plans, as far as the directory knows."}
	errNoQuarantined  = refusal{http.StatusNotFound, fhir.NotFound, "No such message is in quarantine. Its id is the one in the list, or its first eight digits or more."}
	errSeveralBegin   = refusal{http.StatusConflict, fhir.MultipleHits, "Several messages in quarantine have ids that begin so. Give more digits."}
	errDiscarded      = refusal{http.StatusGone, fhir.NotFound, "The message was discarded. If its sender sends it again, it waits again."}
	errNotReplayed    = refusal{http.StatusServiceUnavailable, fhir.Transient, "The message could not be stored. It goes on waiting: try again."}
	errNoListener     = refusal{http.StatusConflict, fhir.Conflict, "The listener that the message came over is not configured any more, so that nobody can say by which rules to take it. Let its sender send it again, or configure a listener of that name."}
	errNoDemo         = refusal{http.StatusNotFound, fhir.NotFound, "This is no demonstration."}
	errNoPages        = refusal{http.StatusNotFound, fhir.NotFound, "There is no such file."}
	errTooLong        = refusal{http.StatusRequestEntityTooLarge, fhir.TooLong, "The body is too long."}
	errBroken         = refusal{http.StatusBadRequest, fhir.Incomplete, "The body did not arrive whole."}
	errMediaType      = refusal{http.StatusUnsupportedMediaType, fhir.NotSupported, "Send application/fhir+json in UTF-8, for FHIR 4.0, without a content encoding."}
	errNotAcceptable  = refusal{http.StatusNotAcceptable, fhir.NotSupported, "Only application/fhir+json is given back."}
	errIfMatch        = refusal{http.StatusBadRequest, fhir.Value, `If-Match is written W/"n", with the number of one version.`}
	errForeign        = refusal{http.StatusForbidden, fhir.Forbidden, "The plan belongs to another centre."}
	errRefused        = refusal{http.StatusForbidden, fhir.Forbidden, "The account may not do this."}
	errTooSlow        = refusal{http.StatusServiceUnavailable, fhir.Transient, "The service could not do this in time. Try again; a plan may be sent again unchanged."}
	errFailed         = refusal{http.StatusInternalServerError, fhir.Exception, "The service could not do this. Try again; a plan may be sent again unchanged."}
	errNoDraft        = refusal{http.StatusNotFound, fhir.NotFound, "There is no such draft. It may have been published or discarded."}
	errDraftChanged   = refusal{http.StatusConflict, fhir.Conflict, "The draft was changed in another window. Load it again; what stands here is kept in this browser."}
	errNoForm         = refusal{http.StatusBadRequest, fhir.Incomplete, "The form did not arrive whole."}
	errFaults         = refusal{http.StatusUnprocessableEntity, fhir.Invariant, "The plan is not published: something in it must be put right first."}
	errNoReason       = refusal{http.StatusUnprocessableEntity, fhir.Required, "Say why: choose a reason, or write one of at most 200 characters."}
	errNoChange       = refusal{http.StatusUnprocessableEntity, fhir.Value, "The plan cannot be given this state from the one it has."}
	errClientWentAway = refusal{statusClientClosed, fhir.Transient, "The client went away."}
)

// staleness says which version is held in place of the one that a change rests on.
func staleness(stale plans.StaleError) refusal {
	switch {
	case stale.Sent == 0:
		return refusal{http.StatusConflict, fhir.Conflict, heldAlready(stale).words}
	case stale.Held == 0:
		return refusal{http.StatusPreconditionFailed, fhir.Conflict, "If-Match names a version, but no such plan is held. Send it without If-Match."}
	}
	return refusal{http.StatusPreconditionFailed, fhir.Conflict,
		fmt.Sprintf(`The version that If-Match names, %d, is not the newest: version %d is held. Read it, make your change to it, and send that with If-Match: W/"%d".`,
			stale.Sent, stale.Held, stale.Held)}
}

// heldAlready refuses a plan that had to be new.
func heldAlready(stale plans.StaleError) refusal {
	return refusal{http.StatusPreconditionFailed, fhir.Conflict, fmt.Sprintf("A plan with this id is held already, in version %d.", stale.Held)}
}

// statusClientClosed is logged when nobody waits for the answer any more.
const statusClientClosed = 499

// classify finds the answer to an error: an outcome of package fhir or a refusal. It is the one place where that is decided; what it does
// not know is a failure of ours and says nothing of itself.
func classify(err error) (*fhir.Outcome, refusal) {
	var stale plans.StaleError
	var taken alerts.AcknowledgedError
	var held alerts.HeldError
	var ruled alerts.RuledError
	var known refusal
	var tooLong *http.MaxBytesError
	var slow slowedError
	for is, as := range talkRefusals {
		if errors.Is(err, is) {
			return nil, as
		}
	}
	for is, as := range contactRefusals {
		if errors.Is(err, is) {
			return nil, as
		}
	}
	if outcome, ok := fhir.AsOutcome(err); ok {
		return outcome, refusal{}
	}
	if as, ok := peopleRefusal(err); ok {
		return nil, as
	}
	if as, ok := rotaRefusal(err); ok {
		return nil, as
	}
	if as, ok := subscriptionRefusal(err); ok {
		return nil, as
	}
	switch {
	case errors.As(err, &known):
		return nil, known
	case errors.Is(err, privacy.ErrWhy):
		return nil, errWhy
	case errors.Is(err, privacy.ErrNoOpening):
		return nil, errNoOpening
	case errors.Is(err, privacy.ErrJudged):
		return nil, errJudged
	case errors.Is(err, privacy.ErrOwn):
		return nil, errOwnOpening
	case errors.Is(err, changes.ErrNone):
		return nil, errNoChangeSuch
	case errors.Is(err, changes.ErrDecided):
		return nil, errDecided
	case errors.Is(err, changes.ErrOwn):
		return nil, errOwnChange
	case errors.Is(err, changes.ErrWords):
		return nil, errChangeWords
	case errors.Is(err, privacy.ErrFinding):
		return nil, errFinding
	case errors.Is(err, access.ErrRefused):
		return nil, errRefused
	case errors.Is(err, plans.ErrForeign):
		return nil, errForeign
	case errors.Is(err, plans.ErrNotFound):
		return nil, errNoPlan
	case errors.As(err, &stale):
		return nil, staleness(stale)
	case errors.Is(err, plans.ErrSeveral):
		return nil, errSeveral
	case errors.Is(err, plans.ErrOtherID):
		return nil, errOtherID
	case errors.Is(err, plans.ErrTwice):
		return nil, errTwice
	case errors.Is(err, plans.ErrNoDraft):
		return nil, errNoDraft
	case errors.Is(err, plans.ErrDraftChanged):
		return nil, errDraftChanged
	case errors.Is(err, silence.ErrNoFeed):
		return nil, errNoFeed
	case errors.Is(err, alerts.ErrNoQuarantined):
		return nil, errNoQuarantined
	case errors.Is(err, alerts.ErrSeveralQuarantined):
		return nil, errSeveralBegin
	case errors.Is(err, alerts.ErrNoListener):
		return nil, errNoListener
	case errors.Is(err, plans.ErrNoFile):
		return nil, errNoAttachment
	case errors.Is(err, plans.ErrFileType):
		return nil, errFileType
	case errors.Is(err, plans.ErrFiles):
		return nil, errFiles
	case errors.Is(err, alerts.ErrNoAlert):
		return nil, errNoAlert
	case errors.Is(err, alerts.ErrNotSeen):
		return nil, errNotSeen
	case errors.As(err, &ruled):
		return nil, refusal{http.StatusConflict, fhir.Conflict, "Nothing was saved: " + ruled.Error() + ". Look at it again, then decide."}
	case errors.Is(err, alerts.ErrNotOpen):
		return nil, errNotOpen
	case errors.Is(err, alerts.ErrNoProof):
		return nil, errNoProof
	case errors.Is(err, alerts.ErrDone), errors.Is(err, alerts.ErrHandTo):
		return nil, refusal{http.StatusUnprocessableEntity, "", "What is done must be taken_on or already_known; who takes over is named in at most 60 letters, spaces and . ' -"}
	case errors.Is(err, alerts.ErrNotAnswered):
		return nil, refusal{http.StatusConflict, fhir.Conflict, "Nobody has acknowledged the alert yet: acknowledge it."}
	case errors.As(err, &held):
		return nil, refusal{http.StatusConflict, fhir.Conflict, "The alert is not with that person any more: " + held.Error() + "."}
	case errors.As(err, &taken):
		return nil, refusal{http.StatusConflict, fhir.Conflict, "Somebody else acknowledged the alert already: " + taken.Acknowledgement.By.Name + "."}
	case errors.As(err, &slow):
		return nil, slow.refusal()
	case errors.As(err, &tooLong):
		return nil, errTooLong
	case errors.Is(err, context.Canceled):
		return nil, errClientWentAway
	case errors.Is(err, context.DeadlineExceeded):
		return nil, errTooSlow
	}
	return nil, errFailed
}

// answerOf is the refusal of an error, whichever kind it is; a failure of ours is logged here, once, and told to nobody else.
func (s *server) answerOf(ctx context.Context, err error) (*fhir.Outcome, refusal) {
	outcome, as := classify(err)
	if errors.Is(err, plans.ErrNHSNumberReserved) {
		s.noteRefusal(ctx, "", plans.ErrNHSNumberReserved.Error())
	}
	if outcome == nil && as.status >= http.StatusInternalServerError {
		s.Log.LogAttrs(ctx, slog.LevelError, "a request failed",
			slog.String("route", visitOf(ctx).route.path), slog.Int("status", as.status), slog.String("error", err.Error()))
	}
	return outcome, as
}

// fail answers an error in the language of the route's edge.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	outcome, as := s.answerOf(r.Context(), err)
	if visitOf(r.Context()).route.edge == fhirEdge {
		if outcome == nil {
			outcome = fhir.Refuse(as.status, as.code, faultAt(err, as), as.words)
		}
		if stale, ok := errors.AsType[plans.StaleError](err); ok && stale.Held > 0 {
			w.Header().Set("ETag", fhir.ETag(stale.Held))
		}
		retryHint(w.Header(), outcome.Status)
		writeFHIR(w, outcome.Status, outcome.JSON())
		return
	}
	p := problemOf(as)
	if outcome != nil {
		p = problemOf(refusal{outcome.Status, "", outcome.Error()})
	}
	retryHint(w.Header(), p.Status)
	writeJSON(w, p.Status, "application/problem+json", p)
}

// entryError is a fault in one entry of a transaction.
type entryError struct {
	entry int
	err   error
}

func (e entryError) Error() string { return e.err.Error() }

func (e entryError) Unwrap() error { return e.err }

// inHeader names the header that a refusal is about, as FHIR R4 has it (OperationOutcome.issue.location: "http." and the name).
var inHeader = map[refusal]string{
	errSignIn: "http.authorization", errMediaType: "http.content-type", errFormType: "http.content-type", errNotAcceptable: "http.accept", errIfMatch: "http.if-match",
}

// faultAt is where the fault is: the entry of a transaction, a header, or "" where the words say it.
func faultAt(err error, as refusal) string {
	if at, ok := errors.AsType[entryError](err); ok {
		return fmt.Sprintf("Bundle.entry[%d]", at.entry)
	}
	if _, stale := errors.AsType[plans.StaleError](err); stale && as.status == http.StatusPreconditionFailed {
		return "http.if-match"
	}
	return inHeader[as]
}

// retryHint tells when to come back from a fault that passes.
func retryHint(h http.Header, status int) {
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
}

// problem is a fault as scripts and pages get it (RFC 9457). It never quotes what was sent.
type problem struct {
	Title  string `json:"title" doc:"The kind of fault, in words"`
	Status int    `json:"status" doc:"The HTTP status"`
	Detail string `json:"detail,omitempty" doc:"What to do about it, in words"`
}

func problemOf(r refusal) *problem {
	title := http.StatusText(r.status)
	if title == "" {
		title = "Refused"
	}
	return &problem{Title: title, Status: r.status, Detail: r.words}
}

// Error, GetStatus, GetHeaders and ContentType make a problem an answer of huma's.
func (p *problem) Error() string { return p.Detail }

func (p *problem) GetStatus() int { return p.Status }

func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	retryHint(h, p.Status)
	return h
}

func (p *problem) ContentType(string) string { return "application/problem+json" }

// writeJSON answers with a value of this package, whose types can always be written.
func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	write(w, status, contentType, b.Bytes())
}

// writeFHIR answers with a resource.
func writeFHIR(w http.ResponseWriter, status int, body []byte) {
	write(w, status, "application/fhir+json; charset=utf-8", body)
}

// write answers. That the client is gone when the answer is written is no fault of anybody's.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
