package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// putCarePlan takes a plan at its own address (FHIR R4 §3.1.0.4, update as create).
func (s *server) putCarePlan(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.takeCarePlan(w, r, id, func(body []byte, centre string) (plans.Publication, error) {
		return fhir.ReadCarePlan(body, id, centre, s.limits())
	})
}

// putCarePlanByIdentifier takes a plan for the one that has the identifiers in the address (FHIR R4 §3.1.0.4.3, conditional update).
func (s *server) putCarePlanByIdentifier(w http.ResponseWriter, r *http.Request) {
	s.takeCarePlan(w, r, "", func(body []byte, centre string) (plans.Publication, error) {
		named, err := fhir.ReadCondition(r.URL.RawQuery, "http.identifier")
		if err != nil {
			return plans.Publication{}, err
		}
		return fhir.ReadNamedCarePlan(body, named, centre, s.limits())
	})
}

// postCarePlan takes a new plan (FHIR R4 §3.1.0.8, create), unless If-None-Exist finds one (§3.1.0.8.1, conditional create).
func (s *server) postCarePlan(w http.ResponseWriter, r *http.Request) {
	s.takeCarePlan(w, r, "", func(body []byte, centre string) (plans.Publication, error) {
		pub, err := fhir.ReadNewCarePlan(body, centre, s.limits())
		if condition := r.Header.Values("If-None-Exist"); err == nil && len(condition) > 0 {
			pub.IfNone, err = fhir.ReadCondition(strings.Join(condition, "&"), "http.if-none-exist")
		}
		return pub, err
	})
}

// takeCarePlan publishes one CarePlan. The answer is the plan as it is kept, unless the caller prefers less (FHIR R4 §3.1.0.1.10).
func (s *server) takeCarePlan(w http.ResponseWriter, r *http.Request, id string, read func(body []byte, centre string) (plans.Publication, error)) {
	ctx := r.Context()
	body, centre, err := s.publication(w, r, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	pub, err := read(body, centre)
	mustBeNew := pub.MustBeNew
	if err == nil {
		err = preconditions(r, &pub)
	}
	if err != nil {
		s.refuseForeignAuthor(ctx, err, id)
		s.fail(w, r, err)
		return
	}
	results, err := s.publish(ctx, []plans.Publication{pub})
	if stale, ok := errors.AsType[plans.StaleError](err); ok && pub.MustBeNew && !mustBeNew {
		err = heldAlready(stale) // If-None-Match: * is a precondition too
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	result := results[0]
	status := http.StatusOK
	if result.Created {
		status = http.StatusCreated
	}
	var written []byte
	switch preferred(r) {
	case "minimal":
	case "OperationOutcome":
		written = fhir.Refuse(status, fhir.Informational, "", "The plan is kept.").JSON()
	default:
		if written, err = s.asKept(ctx, pub, result); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.versionHeaders(w, r, result)
	if written == nil {
		w.WriteHeader(status)
		return
	}
	writeFHIR(w, status, written)
}

// asKept is the plan as it is kept now: what was sent, or what If-None-Exist found.
func (s *server) asKept(ctx context.Context, pub plans.Publication, result fhir.Result) ([]byte, error) {
	if len(pub.IfNone) == 0 || result.Created {
		return fhir.WriteCarePlan(pub.Document, result.ID, result.Version, result.LastUpdated)
	}
	v, err := s.Plans.PlanVersion(ctx, result.ID, result.Version)
	if err != nil {
		return nil, err
	}
	written, err := fhir.WriteCarePlan(v.Document, v.ID, v.Number, v.Published)
	if err != nil {
		return nil, err
	}
	return written, s.noteReading(ctx, journal.PlanRead, v.ID, v.Number)
}

// getMetadata says what a FHIR client may count on.
func (s *server) getMetadata(w http.ResponseWriter, r *http.Request) {
	writeFHIR(w, http.StatusOK, fhir.Capability(s.Version, s.Now(), s.base(r)+"/fhir", supported(s.fhirRoutes())))
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
	if !isFHIR(r.Header) {
		return nil, "", errMediaType
	}
	body, err = readBody(r)
	return body, centre, err
}

// readBody reads the whole body of a request.
func readBody(r *http.Request) ([]byte, error) {
	var into bytes.Buffer
	if r.ContentLength > 0 {
		into.Grow(int(min(r.ContentLength, DefaultBodyLimit)) + bytes.MinRead)
	}
	_, err := into.ReadFrom(r.Body)
	if err == nil {
		return into.Bytes(), nil
	}
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, fhir.Refuse(http.StatusRequestEntityTooLarge, fhir.TooLong, "", fmt.Sprintf("The body is longer than %d bytes. Send less at once.", tooLong.Limit))
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return nil, errBroken
}

// publish hands plans to the desk, all or none, and says what became of each.
func (s *server) publish(ctx context.Context, pubs []plans.Publication) ([]fhir.Result, error) {
	done, err := s.Desk.PublishAll(ctx, pubs, visitOf(ctx).account.Actor())
	if err != nil {
		if errors.Is(err, plans.ErrForeign) {
			s.noteRefusal(ctx, foreignPlan(pubs, err), errForeign.words)
		}
		s.counts.published(publishFailure(err))
		return nil, err
	}
	results := make([]fhir.Result, len(done))
	for i, p := range done {
		results[i] = fhir.Result{ID: p.Plan.ID, Version: p.Plan.Version, Created: p.Changed && p.Plan.Version == 1, LastUpdated: p.Plan.Published}
		switch {
		case results[i].Created:
			s.counts.published("created")
		case p.Changed:
			s.counts.published("updated")
		default:
			s.counts.published("unchanged")
		}
	}
	return results, nil
}

// foreignPlan is the id of the plan that belongs to another centre.
func foreignPlan(pubs []plans.Publication, err error) string {
	if at, ok := errors.AsType[*alerts.PublicationError](err); ok {
		return pubs[at.Index].Plan.ID
	}
	return ""
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
	if overTLS(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (s *server) limits() fhir.Limits {
	return fhir.Limits{Bytes: s.BodyLimit, RefuseTestNumbers: s.RefuseTestNumbers}
}

// noteReading journals a reading of what is about a patient. Nothing may be shown when that fails.
func (s *server) noteReading(ctx context.Context, kind journal.Kind, subject string, version int) error {
	if err := s.Journal.Record(ctx, s.reading(ctx, kind, subject, version)); err != nil {
		return fmt.Errorf("%w: %w", errNotJournalled, err)
	}
	return nil
}

// reading is the entry of one reading. Its reason is what the caller may do there, and in which relation; where the handler knows more, that.
func (s *server) reading(ctx context.Context, kind journal.Kind, subject string, version int) journal.Entry {
	v := visitOf(ctx)
	reason := access.Because(v.account.Role, v.route.action)
	if v.why != "" {
		reason = string(v.route.action) + ": " + v.why
	}
	return journal.Entry{Time: s.Now(), Kind: kind, Actor: v.account.Actor(), Subject: subject, Version: version, Reason: reason, Place: v.place()}
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

// acceptsFHIR tells whether one of the media types that a client takes is what we write. The parameter _format outweighs the header (FHIR
// R4 §3.1.0.1.8).
func acceptsFHIR(r *http.Request) bool {
	if format := r.URL.Query().Get("_format"); format != "" {
		return isFormat(format)
	}
	accept := r.Header.Values("Accept")
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
		if version, ok := params["fhirversion"]; ok && version != "4.0" {
			continue
		}
		switch kind {
		case "*/*", "application/*", "application/json", "application/fhir+json":
			return true
		}
	}
	return false
}

// isFormat tells whether a value of _format is what we write. A plus sign that was not escaped arrives as a blank.
func isFormat(format string) bool {
	kind, _, err := mime.ParseMediaType(strings.Replace(format, " ", "+", 1))
	return err == nil && slices.Contains([]string{"json", "text/json", "application/json", "application/fhir+json"}, kind)
}

// preferred is how much of the answer a client wants (Prefer: return=…), or "".
func preferred(r *http.Request) string { return preference(r, "return") }

// preference is the value of one of the client's preferences (RFC 7240 §2), or "".
func preference(r *http.Request, name string) string {
	for _, header := range r.Header.Values("Prefer") {
		for wish := range strings.FieldsFuncSeq(header, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
			if kind, ok := strings.CutPrefix(wish, name+"="); ok {
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
