package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// postTransaction takes a transaction Bundle with one plan (FHIR R4 §3.1.0.11). It answers with a transaction-response, and with the
// headers of the plan: 201 if it is new, else 200.
func (s *server) postTransaction(w http.ResponseWriter, r *http.Request) {
	body, centre, err := s.publication(w, r, "")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	t, err := fhir.ReadTransaction(body, centre, s.limits())
	switch {
	case err != nil:
		s.refuseForeignAuthor(r.Context(), err, "")
		s.fail(w, r, err)
		return
	case len(t.Publications) != 1: // the desk publishes one plan a transaction of its own, and all of a Bundle must be kept or nothing
		s.counts.published("refused")
		s.fail(w, r, errSeveralPlans)
		return
	}
	result, status, err := s.publish(r.Context(), t.Publications[0])
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.versionHeaders(w, r, result)
	writeFHIR(w, status, t.Response([]fhir.Result{result}))
}

// putCarePlan takes a plan at its own address (FHIR R4 §3.1.0.4, update as create). The answer is the plan as it is kept, unless the
// caller prefers less (§3.1.0.1.10).
func (s *server) putCarePlan(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	body, centre, err := s.publication(w, r, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	pub, err := fhir.ReadCarePlan(body, id, centre, s.limits())
	if err == nil {
		err = preconditions(r, &pub)
	}
	if err != nil {
		s.refuseForeignAuthor(ctx, err, id)
		s.fail(w, r, err)
		return
	}
	result, status, err := s.publish(ctx, pub)
	var stale plans.StaleError
	if errors.As(err, &stale) && pub.MustBeNew {
		err = errHeldAlready // If-None-Match: * is a precondition too
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.versionHeaders(w, r, result)
	switch preferred(r) {
	case "minimal":
		w.WriteHeader(status)
	case "OperationOutcome":
		writeFHIR(w, status, fhir.Refuse(status, fhir.Informational, "", "The plan is kept.").JSON())
	default:
		written, err := fhir.WriteCarePlan(pub.Document, result.ID, result.Version, result.LastUpdated)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		writeFHIR(w, status, written)
	}
}

// getCarePlan gives a plan back as its centre wrote it (FHIR R4 §3.1.0.1, and §3.1.0.2 for the newest version).
func (s *server) getCarePlan(w http.ResponseWriter, r *http.Request) {
	written, result, err := s.carePlan(r.Context(), r.PathValue("id"), r.PathValue("version"), r.Header.Values("Accept"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.versionHeaders(w, r, result)
	w.Header().Del("Location")
	writeFHIR(w, http.StatusOK, written)
}

// carePlan finds a plan, asks whether the caller may read it, and journals the reading before anything is given back.
func (s *server) carePlan(ctx context.Context, id, version string, accept []string) ([]byte, fhir.Result, error) {
	if !acceptsFHIR(accept) {
		return nil, fhir.Result{}, errNotAcceptable
	}
	if !fhir.IsID(id) {
		return nil, fhir.Result{}, errNoPlan
	}
	held, err := s.Plans.Plan(ctx, id)
	if err != nil {
		if errors.Is(err, plans.ErrNotFound) {
			// Whoever may read no plan at all is not told which exist.
			if role := s.authorise(ctx, access.Object{Centre: visitOf(ctx).account.Organisation}, id); role != nil {
				return nil, fhir.Result{}, role
			}
		}
		return nil, fhir.Result{}, err
	}
	if err := s.authorise(ctx, access.Object{Centre: held.Plan.Centre}, id); err != nil {
		return nil, fhir.Result{}, err
	}
	if version != "" && version != strconv.Itoa(held.Plan.Version) {
		return nil, fhir.Result{}, errNoVersion
	}
	result := fhir.Result{ID: id, Version: held.Plan.Version, LastUpdated: held.Plan.Published}
	written, err := fhir.WriteCarePlan(held.Document, id, result.Version, result.LastUpdated)
	if err != nil {
		return nil, fhir.Result{}, err
	}
	return written, result, s.noteReading(ctx, journal.PlanRead, id, held.Plan.Version)
}

// getMetadata says what a FHIR client may count on.
func (s *server) getMetadata(w http.ResponseWriter, r *http.Request) {
	if !acceptsFHIR(r.Header.Values("Accept")) {
		s.fail(w, r, errNotAcceptable)
		return
	}
	writeFHIR(w, http.StatusOK, fhir.Capability(s.Version, s.Now(), s.base(r)+"/fhir"))
}

// publication asks whether the caller may publish, and reads the body. The centre is the organisation that is signed in.
func (s *server) publication(w http.ResponseWriter, r *http.Request, subject string) (body []byte, centre string, err error) {
	ctx := r.Context()
	centre = visitOf(ctx).account.Organisation
	if err := s.authorise(ctx, access.Object{Centre: centre}, subject); err != nil {
		return nil, "", err
	}
	if org, known := s.Directory().Organisation(centre); !known || !org.Centre {
		s.noteRefusal(ctx, subject, errNotACentre.words)
		return nil, "", errNotACentre
	}
	if !acceptsFHIR(r.Header.Values("Accept")) {
		return nil, "", errNotAcceptable
	}
	if !isFHIR(r.Header) {
		return nil, "", errMediaType
	}
	if body, err = io.ReadAll(r.Body); err != nil {
		var tooLong *http.MaxBytesError
		switch {
		case errors.As(err, &tooLong):
			return nil, "", fhir.Refuse(http.StatusRequestEntityTooLarge, fhir.TooLong, "", fmt.Sprintf("The body is longer than %d bytes. Send less at once.", tooLong.Limit))
		case ctx.Err() != nil:
			return nil, "", ctx.Err()
		}
		return nil, "", errBroken
	}
	return body, centre, nil
}

// publish hands a plan to the desk and says what became of it.
func (s *server) publish(ctx context.Context, pub plans.Publication) (fhir.Result, int, error) {
	kept, changed, err := s.Desk.Publish(ctx, pub, visitOf(ctx).account.Actor())
	if err != nil {
		if errors.Is(err, plans.ErrForeign) {
			s.noteRefusal(ctx, pub.Plan.ID, errForeign.words)
		}
		s.counts.published(publishFailure(err))
		return fhir.Result{}, 0, err
	}
	result := fhir.Result{ID: kept.ID, Version: kept.Version, Created: changed && kept.Version == 1, LastUpdated: kept.Published}
	switch {
	case result.Created:
		s.counts.published("created")
		return result, http.StatusCreated, nil
	case changed:
		s.counts.published("updated")
	default:
		s.counts.published("unchanged")
	}
	return result, http.StatusOK, nil
}

// publishFailure tells what the sender did wrong from what failed here.
func publishFailure(err error) string {
	if _, as := classify(err); as.status >= http.StatusInternalServerError {
		return "failed"
	}
	return "refused"
}

// refuseForeignAuthor journals that a centre tried to publish in the name of another.
func (s *server) refuseForeignAuthor(ctx context.Context, err error, subject string) {
	s.counts.published("refused")
	if outcome, ok := fhir.AsOutcome(err); ok && outcome.Status == http.StatusForbidden {
		s.noteRefusal(ctx, subject, "the plan names another organisation as its author")
	}
}

// preconditions reads If-Match and If-None-Match (FHIR R4 §3.1.0.5; RFC 9110 §13.1.2).
func preconditions(r *http.Request, pub *plans.Publication) error {
	if match := r.Header.Values("If-Match"); len(match) > 0 {
		version, ok := fhir.ParseETag(match[0])
		if !ok || len(match) > 1 {
			return errIfMatch
		}
		pub.IfMatch = version
	}
	switch none := r.Header.Values("If-None-Match"); {
	case len(none) == 1 && strings.TrimSpace(none[0]) == "*":
		pub.MustBeNew = true
	case len(none) > 0:
		return refusal{http.StatusBadRequest, fhir.NotSupported, "If-None-Match can only be * here."}
	}
	return nil
}

// versionHeaders are the headers of a version (FHIR R4 §3.1.0.1.3).
func (s *server) versionHeaders(w http.ResponseWriter, r *http.Request, result fhir.Result) {
	h := w.Header()
	h.Set("ETag", fhir.ETag(result.Version))
	h.Set("Last-Modified", result.LastUpdated.UTC().Format(http.TimeFormat))
	h.Set("Location", s.base(r)+"/fhir/"+result.Location())
}

// base is the address of the service as this client knows it.
func (s *server) base(r *http.Request) string {
	if s.BaseURL != "" {
		return strings.TrimSuffix(s.BaseURL, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (s *server) limits() fhir.Limits {
	return fhir.Limits{Bytes: s.BodyLimit, RefuseTestNumbers: s.RefuseTestNumbers}
}

// noteReading journals a reading of what is about a patient. Nothing may be shown when that fails.
func (s *server) noteReading(ctx context.Context, kind journal.Kind, subject string, version int) error {
	entry := journal.Entry{Time: s.Now(), Kind: kind, Actor: visitOf(ctx).account.Actor(), Subject: subject, Version: version}
	if err := s.Journal.Record(ctx, entry); err != nil {
		return fmt.Errorf("%w: %w", errNotJournalled, err)
	}
	return nil
}

// isFHIR tells whether a body is JSON in UTF-8 for FHIR R4 (FHIR R4 §3.1.0.1.8).
func isFHIR(h http.Header) bool {
	if encoding := h.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return false
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || kind != "application/fhir+json" && kind != "application/json" {
		return false
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	version, ok := params["fhirversion"]
	return !ok || version == "4.0"
}

// acceptsFHIR tells whether one of the media types that a client takes is what we write.
func acceptsFHIR(accept []string) bool {
	if len(accept) == 0 {
		return true
	}
	for one := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, params, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil && q == 0 {
			continue
		}
		switch kind {
		case "*/*", "application/*", "application/json", "application/fhir+json":
			return true
		}
	}
	return false
}

// preferred is how much of the answer a client wants (Prefer: return=…), or "".
func preferred(r *http.Request) string {
	for _, header := range r.Header.Values("Prefer") {
		for wish := range strings.FieldsFuncSeq(header, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
			if kind, ok := strings.CutPrefix(wish, "return="); ok {
				return strings.Trim(kind, `"`)
			}
		}
	}
	return ""
}

// within gives a request the time it may take.
func (s *server) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, max(s.Timeout, time.Millisecond))
}
