package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/fhir"
)

// postBundle takes a Bundle: a transaction or a document, which is kept as a whole or not at all, or a batch of requests that stand each
// for itself (FHIR R4 §3.1.0.11, §3.3).
func (s *server) postBundle(w http.ResponseWriter, r *http.Request) {
	body, centre, err := s.publication(w, r, "")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	submission, err := fhir.ReadBundle(body, centre, s.limits())
	switch {
	case err != nil:
		s.refuseForeignAuthor(r.Context(), err, "")
		s.fail(w, r, err)
	case submission.IsBatch:
		s.batch(w, r, submission.Batch)
	default:
		s.transact(w, r, submission.Transaction)
	}
}

// transact publishes the plans of a transaction or a document. With one plan, the answer has the headers of its version, and 201 if it is
// new.
func (s *server) transact(w http.ResponseWriter, r *http.Request, t fhir.Transaction) {
	results, err := s.publish(r.Context(), t.Publications)
	if err != nil {
		if at, ok := errors.AsType[*alerts.PublicationError](err); ok {
			err = entryError{t.EntryOf(at.Index), err}
		}
		s.fail(w, r, err)
		return
	}
	status := http.StatusOK
	if len(results) == 1 {
		s.versionHeaders(w, r, results[0])
		if results[0].Created {
			status = http.StatusCreated
		}
	}
	if t.Document {
		writeFHIR(w, status, fhir.Refuse(status, fhir.Informational, "", "The plan of the document is kept, and the document with it.").JSON())
		return
	}
	writeFHIR(w, status, t.Response(results))
}

// batch does each request by itself, as if it had been sent alone, one after the other: with the same rules, journal and answers.
func (s *server) batch(w http.ResponseWriter, r *http.Request, requests []fhir.Request) {
	answers := make([]fhir.Answer, len(requests))
	for i, asked := range requests {
		if err := r.Context().Err(); err != nil {
			s.fail(w, r, err)
			return
		}
		answers[i] = s.one(r, asked)
	}
	writeFHIR(w, http.StatusOK, fhir.BatchResponse(answers))
}

// one does one request of a batch.
func (s *server) one(outer *http.Request, asked fhir.Request) fhir.Answer {
	address, err := inBatch(asked)
	if err != nil {
		return answerTo(err)
	}
	ctx := context.WithValue(outer.Context(), visitKey{}, &visit{route: route{path: "none", edge: fhirEdge}, placed: true})
	inner, err := http.NewRequestWithContext(ctx, asked.Method, "/", bytes.NewReader(asked.Resource))
	if err != nil {
		return answerTo(errBatchMethod)
	}
	inner.URL, inner.Host, inner.TLS, inner.RemoteAddr = address, outer.Host, outer.TLS, outer.RemoteAddr
	for _, name := range []string{"Authorization", "Cookie"} { // whoever sent the batch asks, by a token or by a session
		if held := outer.Header.Values(name); len(held) > 0 {
			inner.Header[name] = held
		}
	}
	inner.Header.Set("Content-Type", "application/fhir+json")
	inner.Header.Set("Prefer", "return=minimal")
	for name, value := range map[string]string{
		"If-Match": asked.IfMatch, "If-None-Match": asked.IfNoneMatch, "If-Modified-Since": asked.IfModifiedSince, "If-None-Exist": asked.IfNoneExist,
	} {
		if value != "" {
			inner.Header.Set(name, value)
		}
	}
	answer := &kept{header: http.Header{}}
	s.inside.ServeHTTP(answer, inner)
	return fhir.Answer{
		Status: answer.status, Location: strings.TrimPrefix(answer.header.Get("Location"), s.base(outer)+"/fhir/"), ETag: answer.header.Get("ETag"),
		LastModified: answer.header.Get("Last-Modified"), Body: answer.body.Bytes(),
	}
}

// inBatch is the address of a request of a batch: relative to the service, and no Bundle again.
func inBatch(asked fhir.Request) (*url.URL, error) {
	switch asked.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch:
	default:
		return nil, errBatchMethod
	}
	relative, err := url.Parse(asked.URL)
	if err != nil || relative.IsAbs() || relative.Host != "" || relative.Path == "" || strings.HasPrefix(relative.Path, "/") || path.Clean(relative.Path) != relative.Path || strings.HasPrefix(relative.Path, ".") {
		return nil, errBatchURL
	}
	relative.Path = "/fhir/" + relative.Path
	relative.RawPath = ""
	return relative, nil
}

// answerTo is a refusal as the answer to one request of a batch.
func answerTo(err error) fhir.Answer {
	outcome, as := classify(err)
	if outcome == nil {
		outcome = fhir.Refuse(as.status, as.code, "", as.words)
	}
	return fhir.Answer{Status: outcome.Status, Body: outcome.JSON()}
}

// kept is an answer that is written into another one.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(b []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	n, err := k.body.Write(b)
	if err != nil {
		return n, fmt.Errorf("keep the answer: %w", err)
	}
	return n, nil
}
