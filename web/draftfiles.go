package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	errFileType = refusal{http.StatusUnsupportedMediaType, fhir.NotSupported, "Only PDF, PNG and JPEG files can be attached."}
	errFileLong = refusal{http.StatusRequestEntityTooLarge, fhir.TooLong, "The file is larger than 1 MB. Make it smaller, and attach it again."}
	errFiles    = refusal{http.StatusRequestEntityTooLarge, fhir.TooLong, "The files are more than 2 MB together. Remove one, and attach this one again."}
)

// fileRoutes are the addresses of files in a draft, and in a centre's own plans. They are sent and given out as they are, not as JSON.
func (s *server) fileRoutes() []route {
	return []route{
		{"POST", "/api/centre/drafts/{draft}/attachments", signedIn, access.WriteDraft, problemEdge, http.HandlerFunc(s.postDraftFile)},
		{"GET", "/api/centre/drafts/{draft}/attachments/{file}", signedIn, access.WriteDraft, problemEdge, http.HandlerFunc(s.getDraftFile)},
		{"GET", "/api/centre/plans/{plan}/versions/{version}/attachments/{n}", signedIn, access.ReadOwnPlan, problemEdge, http.HandlerFunc(s.getOwnFile)},
	}
}

// postDraftFile takes a file of a draft, whose bytes are the body. The plan has it once the form names it.
func (s *server) postDraftFile(w http.ResponseWriter, r *http.Request) {
	ctx, draft := r.Context(), r.PathValue("draft")
	if err := s.authorise(ctx, own(ctx), draft); err != nil {
		s.fail(w, r, err)
		return
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, plans.MaxFile))
	if err != nil {
		s.fail(w, r, errFileLong)
		return
	}
	file, err := plans.NewDraftFile(content, s.Now())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	account := visitOf(ctx).account
	entry := journal.Entry{Time: file.At, Kind: journal.DraftSaved, Actor: account.Actor(), Subject: draft}
	if err := s.Centres.KeepDraftFile(ctx, draft, account.Organisation, account.Name, file, entry); err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, "application/json", plans.FormFile{SHA256: file.SHA256, Type: file.Type, Bytes: file.Bytes})
}

// getDraftFile gives a file of a draft to its author.
func (s *server) getDraftFile(w http.ResponseWriter, r *http.Request) {
	ctx, draft := r.Context(), r.PathValue("draft")
	if err := s.authorise(ctx, own(ctx), draft); err != nil {
		s.fail(w, r, err)
		return
	}
	account := visitOf(ctx).account
	file, err := s.Centres.DraftFile(ctx, draft, account.Organisation, account.Name, r.PathValue("file"))
	if err == nil {
		err = s.noteReading(ctx, journal.DraftRead, draft, 0)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	ending, _ := plans.Attachment{Type: file.Type, SHA256: file.SHA256}.Shown()
	giveFile(w, file.Type, "1", ending, file.Content)
}

// getOwnFile gives a file of any version of a plan to the plan's centre: what a newer version leaves out stays with the older one.
func (s *server) getOwnFile(w http.ResponseWriter, r *http.Request) {
	kind, ending, file, err := s.ownFile(r.Context(), r.PathValue("plan"), r.PathValue("version"), r.PathValue("n"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	giveFile(w, kind, r.PathValue("n"), ending, file)
}

func (s *server) ownFile(ctx context.Context, plan, version, n string) (kind, ending string, file []byte, err error) {
	if _, err := s.heldPlan(ctx, plan); err != nil {
		return "", "", nil, err
	}
	number, err := strconv.Atoi(version)
	if err != nil {
		return "", "", nil, errNoVersion
	}
	e, err := s.Centres.Edition(ctx, plan, number)
	if errors.Is(err, plans.ErrNotFound) {
		err = errNoVersion
	}
	if err != nil {
		return "", "", nil, err
	}
	a, ending, file, err := nth(e.Content, e.Document, n)
	if err != nil {
		return "", "", nil, err
	}
	return a.Type, ending, file, s.noteReading(ctx, journal.PlanRead, plan, number)
}

// filesOf are the files that the form of a draft names, by their hashes.
func (s *server) filesOf(ctx context.Context, d plans.DraftPlan) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, a := range d.Form.Attachments {
		file, err := s.Centres.DraftFile(ctx, d.ID, d.Centre, d.Author, a.SHA256)
		if err != nil {
			return nil, err
		}
		files[a.SHA256] = file.Content
	}
	return files, nil
}

// draftFiles are the files of a plan as those of a draft that revises it.
func draftFiles(files map[string][]byte, at time.Time) []plans.DraftFile {
	var out []plans.DraftFile
	for _, content := range files {
		if f, err := plans.NewDraftFile(content, at); err == nil {
			out = append(out, f)
		}
	}
	return out
}
