package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

var (
	errNoAttachment   = refusal{http.StatusNotFound, fhir.NotFound, "The plan has no such attachment."}
	errAttachmentType = refusal{http.StatusUnsupportedMediaType, fhir.NotSupported, "Attachments of this type are kept, but not shown. Ask the centre."}
)

// attachmentPolicy lets a file that a centre sent do nothing at all, wherever it is opened.
const attachmentPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// getAttachment gives a file of the plan behind an alert to those who may open the plan. The n-th is counted from 1, as in the plan's
// list. The reading is journalled.
func (s *server) getAttachment(w http.ResponseWriter, r *http.Request) {
	a, ending, file, err := s.attachment(r.Context(), r.PathValue("alert"), r.PathValue("n"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	giveFile(w, a.Type, r.PathValue("n"), ending, file)
}

// giveFile gives a file out to be shown in its place. Its type was found from its first bytes, no browser guesses another, and whatever is
// in it may do nothing.
func giveFile(w http.ResponseWriter, kind, n, ending string, file []byte) {
	w.Header().Set("Content-Security-Policy", attachmentPolicy)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`inline; filename="plan-attachment-%s.%s"`, n, ending))
	write(w, http.StatusOK, kind, file)
}

func (s *server) attachment(ctx context.Context, alert, n string) (plans.Attachment, string, []byte, error) {
	refused := func(err error) (plans.Attachment, string, []byte, error) { return plans.Attachment{}, "", nil, err }
	opened, err := s.opened(ctx, alert)
	if err != nil {
		return refused(err)
	}
	held := opened.held
	a, ending, file, err := nth(held.Plan.Content, held.Document, n)
	if err != nil {
		return refused(fmt.Errorf("plan %s: %w", held.Plan.ID, err))
	}
	return a, ending, file, s.noteReading(ctx, journal.PlanRead, held.Plan.ID, held.Plan.Version)
}

// nth is the n-th file of a plan, counted from 1, as in the plan's list.
func nth(c plans.Content, document []byte, n string) (a plans.Attachment, ending string, file []byte, err error) {
	i, err := strconv.Atoi(n)
	if err != nil || i < 1 || i > len(c.Attachments) || strconv.Itoa(i) != n {
		return a, "", nil, errNoAttachment
	}
	a = c.Attachments[i-1]
	ending, shown := a.Shown()
	if !shown {
		return a, "", nil, errAttachmentType
	}
	if file, err = fhir.AttachmentOf(document, a); err != nil {
		return a, "", nil, fmt.Errorf("attachment %d: %w", i, err)
	}
	return a, ending, file, nil
}
