package web

import (
	"cmp"
	"context"
	"errors"
	"mime"
	"net/http"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/smart"
)

// Systems gives access tokens to registered systems; [smart.Issuer] is one.
type Systems interface {
	// Issue returns a token whose assertion will not count again, or a smart.Fault. Any other error means that nothing was decided.
	Issue(ctx context.Context, r smart.Request) (smart.Grant, error)
}

var errNoSystems = refusal{http.StatusNotFound, fhir.NotFound, "No system is registered here to be given tokens."}

// tokenRoutes are the addresses of SMART Backend Services. Both places of the description are asked for: the standard's, below the FHIR
// endpoint (SMART App Launch 2.2, "FHIR Authorization Endpoint and Capabilities Discovery"), and the one of RFC 8615.
func (s *server) tokenRoutes() []route {
	return []route{
		{"GET", "/.well-known/smart-configuration", everybody, "", problemEdge, http.HandlerFunc(s.getSMART)},
		{"GET", "/fhir/.well-known/smart-configuration", everybody, "", problemEdge, http.HandlerFunc(s.getSMART)},
		{"POST", "/oauth/token", ownDoor, "", problemEdge, http.HandlerFunc(s.postToken)},
	}
}

// getSMART describes how a system is given a token.
func (s *server) getSMART(w http.ResponseWriter, r *http.Request) {
	if s.Systems == nil {
		s.fail(w, r, errNoSystems)
		return
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]any{
		"token_endpoint":                                   s.base(r) + "/oauth/token",
		"token_endpoint_auth_methods_supported":            []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": smart.Algorithms(),
		"grant_types_supported":                            []string{"client_credentials"},
		"scopes_supported":                                 smart.Scopes(),
		"capabilities":                                     []string{"client-confidential-asymmetric", "permission-v1"},
	})
}

// postToken gives a system a token (RFC 6749 §4.4).
func (s *server) postToken(w http.ResponseWriter, r *http.Request) {
	if s.Systems == nil {
		s.fail(w, r, errNoSystems)
		return
	}
	ctx := r.Context()
	request, err := tokenRequest(r)
	var grant smart.Grant
	if err == nil {
		grant, err = s.Systems.Issue(ctx, request)
	}
	if err == nil {
		v := visitOf(ctx)
		v.account, v.known = grant.Client.Account, true
		err = s.Journal.Record(ctx, journal.Entry{Time: s.Now(), Kind: journal.TokenGiven, Actor: v.account.Actor(), Subject: grant.Client.ID, Reason: "for " + grant.Scope})
	}
	w.Header().Set("Pragma", "no-cache") // RFC 6749 §5.1
	var fault smart.Fault
	switch {
	case errors.As(err, &fault):
		s.noteFault(ctx, fault)
		writeJSON(w, http.StatusBadRequest, "application/json", map[string]string{"error": fault.Code, "error_description": fault.Words})
	case err != nil:
		s.fail(w, r, err)
	default:
		writeJSON(w, http.StatusOK, "application/json", map[string]any{
			"access_token": grant.Token, "token_type": "bearer", "expires_in": int(grant.Life.Seconds()), "scope": grant.Scope,
		})
	}
}

// tokenRequest reads what a client sends. A parameter that is there twice is refused (RFC 6749 §3.2), and what stands in the address is not
// looked at: an assertion there would be in the logs of whatever lies between.
func tokenRequest(r *http.Request) (smart.Request, error) {
	fault := func(words string) (smart.Request, error) {
		return smart.Request{}, smart.Fault{Code: "invalid_request", Words: words}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return fault("the request must be a form: application/x-www-form-urlencoded")
	}
	if r.Header.Get("Authorization") != "" {
		return fault("clients prove who they are with client_assertion only")
	}
	if err := r.ParseForm(); err != nil {
		return fault("the form cannot be read")
	}
	for _, values := range r.PostForm {
		if len(values) > 1 {
			return fault("a parameter is there twice")
		}
	}
	form := r.PostForm
	return smart.Request{GrantType: form.Get("grant_type"), AssertionType: form.Get("client_assertion_type"), Assertion: form.Get("client_assertion"), Scope: form.Get("scope")}, nil
}

// noteFault journals that a system was refused a token. Whoever asked has not shown who it is: the client that it names is the subject.
func (s *server) noteFault(ctx context.Context, f smart.Fault) {
	entry := journal.Entry{Time: s.Now(), Kind: journal.AccessRefused, Actor: journal.Actor{Name: "not signed in", Role: "system"}, Subject: cmp.Or(f.Client, "token"), Reason: f.Error()}
	if err := s.Refusals.NoteOf(ctx, "token for "+f.Client, entry); err != nil {
		s.Log.ErrorContext(ctx, "a refusal could not be journalled", "subject", entry.Subject, "error", err)
	}
}
