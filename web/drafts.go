package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// addDrafts adds the addresses under which a person at a centre writes a plan.
func (s *server) addDrafts(api *apiTable) {
	addAPI(s, api, signedIn, access.WriteDraft, huma.Operation{
		Method: "GET", Path: "/api/centre/drafts", OperationID: "drafts", Summary: "Your drafts, the one written last first",
		Description: "The reading is journalled.", Errors: []int{401, 403, 503},
	}, s.drafts)
	addAPI(s, api, signedIn, access.WriteDraft, huma.Operation{
		Method: "POST", Path: "/api/centre/drafts", OperationID: "begin-draft", Summary: "Begin a draft, or go on with the one that revises the same plan", DefaultStatus: http.StatusOK,
		Errors: []int{400, 401, 403, 404, 503},
	}, s.beginDraft)
	addAPI(s, api, signedIn, access.WriteDraft, huma.Operation{
		Method: "PUT", Path: "/api/centre/drafts/{draft}", OperationID: "keep-draft", Summary: "Keep what was typed",
		Description: "Answers with what is to be put right, and with the plan as a board would show it. 409 if another window kept the draft meanwhile.",
		Errors:      []int{400, 401, 403, 404, 409, 503},
	}, s.keepDraft)
	addAPI(s, api, signedIn, access.WriteDraft, huma.Operation{
		Method: "DELETE", Path: "/api/centre/drafts/{draft}", OperationID: "discard-draft", Summary: "Throw a draft away", DefaultStatus: http.StatusNoContent,
		Errors: []int{401, 403, 503},
	}, s.discardDraft)
	addAPI(s, api, signedIn, access.PublishPlan, huma.Operation{
		Method: "POST", Path: "/api/centre/drafts/{draft}/publication", OperationID: "publish-draft", Summary: "Publish a draft", DefaultStatus: http.StatusOK,
		Description: "412 if the plan has a newer version than the one the draft began with, unless that newer one is named as seen.",
		Errors:      []int{400, 401, 403, 404, 409, 412, 422, 503},
	}, s.publishDraft)
}

type draftView struct {
	Draft    string     `json:"draft"`
	Plan     string     `json:"plan" doc:"The plan that it becomes"`
	Base     int        `json:"base" doc:"The version that it revises; 0 for a new plan"`
	Held     int        `json:"held" doc:"The newest version of that plan; 0 for a new plan"`
	Revision int        `json:"revision"`
	Saved    time.Time  `json:"saved"`
	Form     plans.Form `json:"form"`
	// LeftBehind are the titles of files that the form does not have.
	LeftBehind []string `json:"left_behind" nullable:"false" doc:"Files of the plan that publishing from the form leaves behind"`
	// Whole is false if the plan holds what the form does not show.
	Whole   bool          `json:"whole" doc:"The form shows all that the plan holds which it revises"`
	Faults  []plans.Fault `json:"faults" nullable:"false" doc:"What is to be put right before it can be published"`
	Preview shownPlan     `json:"preview" doc:"The plan as a board would show it"`
}

// drawDraft shows a draft to its author.
func (s *server) drawDraft(d plans.DraftPlan, held *plans.Held) draftView {
	v := draftView{
		Draft: d.ID, Plan: d.Publishes(), Base: d.Base, Revision: d.Revision, Saved: d.Saved.UTC().Truncate(time.Second), Form: d.Form, Whole: true, LeftBehind: []string{},
		Faults: s.faults(d), Preview: s.preview(d),
	}
	if v.Form.Sections == nil {
		v.Form.Sections = []plans.Section{}
	}
	if held != nil {
		v.Held = held.Plan.Version
		v.Preview.Content = v.Preview.Content.After(held.Plan.Content, held.Plan.Version)
		for _, a := range held.Plan.Content.Attachments {
			if _, shown := a.Shown(); shown {
				continue // the form has it
			}
			v.LeftBehind = append(v.LeftBehind, cmp.Or(a.Title, a.Type, "a file"))
		}
		_, v.Whole = fhir.ReadForm(held.Plan, held.Document)
	}
	return v
}

// faults are what the form finds, and then what the CarePlan that it becomes would be refused for.
func (s *server) faults(d plans.DraftPlan) []plans.Fault {
	if faults := append(d.Form.Faults(s.Now().In(s.zone())), d.FileFaults()...); len(faults) > 0 {
		return faults
	}
	d.Form.Attachments = nil // they were looked at when they came
	_, err := s.publicationOf(d, plans.Active, nil)
	if err == nil {
		return []plans.Fault{}
	}
	outcome, ok := fhir.AsOutcome(err)
	if !ok {
		return []plans.Fault{{Words: errFaults.words}}
	}
	var faults []plans.Fault
	for _, issue := range outcome.Issues {
		faults = append(faults, plans.Fault{Words: issue.Diagnostics})
	}
	return faults
}

// publicationOf reads the CarePlan that a draft becomes, exactly as one that a centre's system sends, but that it may be longer by its files.
func (s *server) publicationOf(d plans.DraftPlan, status plans.Status, files map[string][]byte) (plans.Publication, error) {
	document, err := fhir.WriteFormWith(d.Publishes(), d.Centre, status, d.Form, files)
	if err != nil {
		return plans.Publication{}, err
	}
	limits := s.limits()
	limits.Bytes += base64.StdEncoding.EncodedLen(plans.MaxFileBytes) + plans.MaxFiles*4
	pub, err := fhir.ReadCarePlan(document, d.Publishes(), d.Centre, limits)
	pub.IfMatch, pub.MustBeNew = d.Base, d.Plan == ""
	return pub, err
}

// placeholder stands in for an NHS number that is not typed yet, so that the rest can be shown; no board ever gets it.
const placeholder = "9990000018"

// preview is the draft as a board would show it, whatever is still missing or wrong in it.
func (s *server) preview(d plans.DraftPlan) shownPlan {
	f, today := d.Form, s.Now().In(s.zone())
	wrong := map[string]bool{}
	for _, fault := range f.Faults(today) {
		wrong[fault.Field] = true
	}
	if wrong["nhs_number"] {
		f.NHSNumber = placeholder
	}
	for field, text := range map[string]*string{"birth_date": &f.BirthDate, "sex": &f.Sex, "cpr_date": &f.CPRDate, "review_due": &f.ReviewDue, "starts": &f.Starts, "ends": &f.Ends, "urgency": &f.Urgency} {
		if wrong[field] {
			*text = ""
		}
	}
	undated := wrong["reviewed"]
	if undated {
		f.Reviewed = today.Format(time.DateOnly)
	}
	f.Headline, f.Attachments = "Headline", nil
	document, err := fhir.WriteForm(d.Publishes(), d.Centre, plans.Active, f)
	var p plans.Plan
	if err == nil {
		var pub plans.Publication
		pub, err = fhir.ReadCarePlan(document, d.Publishes(), d.Centre, fhir.Limits{Bytes: s.BodyLimit})
		p = pub.Plan
	}
	if err != nil {
		p = plans.Plan{Centre: d.Centre, Status: plans.Active, Urgency: plans.Urgent}
	}
	p.Headline, p.Version, p.Published = strings.TrimSpace(d.Form.Headline), d.Base+1, s.Now()
	if undated {
		p.Content.Reviewed = ""
	}
	for _, a := range d.Form.Attachments {
		p.Content.Attachments = append(p.Content.Attachments, plans.Attachment{Title: a.Title, Type: a.Type, Bytes: a.Bytes, SHA256: a.SHA256})
	}
	shown := showPlan(p, s.Directory())
	shown.Review = plans.ReviewOf(p.Content.ReviewDue, today)
	return shown
}

type draftRow struct {
	Draft    string    `json:"draft"`
	Plan     string    `json:"plan"`
	New      bool      `json:"new" doc:"It becomes a new plan"`
	Headline string    `json:"headline"`
	Family   string    `json:"family"`
	Given    string    `json:"given"`
	Saved    time.Time `json:"saved"`
}

type draftRows struct {
	Drafts []draftRow `json:"drafts" nullable:"false"`
}

func (s *server) drafts(ctx context.Context, _ *none) (*body[draftRows], error) {
	if err := s.authorise(ctx, own(ctx), ""); err != nil {
		return nil, err
	}
	account := visitOf(ctx).account
	found, err := s.Centres.Drafts(ctx, account.Organisation, account.Name)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.DraftRead, account.Organisation, 0); err != nil {
		return nil, err
	}
	rows := make([]draftRow, 0, len(found))
	for _, d := range found {
		rows = append(rows, draftRow{d.ID, d.Publishes(), d.Plan == "", d.Form.Headline, d.Form.Family, d.Form.Given, d.Saved.UTC().Truncate(time.Second)})
	}
	return &body[draftRows]{draftRows{rows}}, nil
}

type beginning struct {
	Plan string `json:"plan,omitempty" maxLength:"64" doc:"The plan to revise, or the draft to go on with; empty for a new plan"`
}

func (s *server) beginDraft(ctx context.Context, in *struct{ Body *beginning }) (*body[draftView], error) {
	if err := s.authorise(ctx, own(ctx), ""); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoForm
	}
	account, now := visitOf(ctx).account, s.Now()
	d := plans.DraftPlan{ID: uuid.NewString(), Centre: account.Organisation, Author: account.Name, Saved: now, Form: plans.Form{Sections: []plans.Section{{Title: "About me"}}}}
	entry := journal.Entry{Time: now, Kind: journal.DraftSaved, Actor: account.Actor()}
	var held *plans.Held
	if id := in.Body.Plan; id != "" {
		begun, err := s.Centres.Draft(ctx, id, account.Organisation, account.Name)
		if err == nil {
			return s.goOn(ctx, begun)
		}
		if !errors.Is(err, plans.ErrNoDraft) {
			return nil, err
		}
		if held, err = s.heldPlan(ctx, id); err != nil {
			return nil, err
		}
		d.Plan, d.Base, entry.Kind, entry.Version = id, held.Plan.Version, journal.DraftRead, held.Plan.Version
		d.Form, _ = fhir.ReadForm(held.Plan, held.Document)
		d.Files = draftFiles(fhir.FilesOf(held.Plan, held.Document), now)
	}
	begun, err := s.Centres.BeginDraft(ctx, d, entry)
	if err != nil {
		return nil, err
	}
	return &body[draftView]{s.drawDraft(begun, held)}, nil
}

// goOn shows a draft that was begun earlier.
func (s *server) goOn(ctx context.Context, d plans.DraftPlan) (*body[draftView], error) {
	if err := s.noteReading(ctx, journal.DraftRead, d.ID, d.Base); err != nil {
		return nil, err
	}
	held, err := s.revised(ctx, d)
	if err != nil {
		return nil, err
	}
	return &body[draftView]{s.drawDraft(d, held)}, nil
}

// revised is the newest version of the plan that a draft revises; nil for a new plan.
func (s *server) revised(ctx context.Context, d plans.DraftPlan) (*plans.Held, error) {
	if d.Plan == "" {
		return nil, nil //nolint:nilnil // no plan is an answer here, not a failure
	}
	return s.heldPlan(ctx, d.Plan)
}

type typed struct {
	Revision int        `json:"revision" minimum:"0" doc:"The revision that this window has"`
	Form     plans.Form `json:"form"`
}

type ofDraft struct {
	Draft string `path:"draft" maxLength:"64" doc:"The draft's id"`
}

func (s *server) keepDraft(ctx context.Context, in *struct {
	Draft string `path:"draft" maxLength:"64" doc:"The draft's id"`
	Body  *typed
}) (*body[draftView], error) {
	if err := s.authorise(ctx, own(ctx), in.Draft); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoForm
	}
	account, now := visitOf(ctx).account, s.Now()
	d, err := s.Centres.Draft(ctx, in.Draft, account.Organisation, account.Name)
	if err != nil {
		return nil, err
	}
	d.Form, d.Revision, d.Saved = in.Body.Form, in.Body.Revision, now
	entry := journal.Entry{Time: now, Kind: journal.DraftSaved, Actor: account.Actor(), Subject: d.ID}
	if d.Revision, err = s.Centres.KeepDraft(ctx, d, entry); err != nil {
		return nil, err
	}
	held, err := s.revised(ctx, d)
	if err != nil {
		return nil, err
	}
	return &body[draftView]{s.drawDraft(d, held)}, nil
}

func (s *server) discardDraft(ctx context.Context, in *ofDraft) (*none, error) {
	if err := s.authorise(ctx, own(ctx), in.Draft); err != nil {
		return nil, err
	}
	account := visitOf(ctx).account
	entry := journal.Entry{Time: s.Now(), Kind: journal.DraftDiscarded, Actor: account.Actor(), Subject: in.Draft}
	return nil, s.Centres.DropDraft(ctx, in.Draft, account.Organisation, account.Name, entry)
}

type toPublish struct {
	Revision int `json:"revision" minimum:"0" doc:"The revision that was seen"`
	// Seen is the version of the plan that the author has seen; a newer one refuses the publication.
	Seen int `json:"seen,omitempty" minimum:"0" doc:"The version of the plan that you have seen, if it is newer than the one the draft began with"`
}

func (s *server) publishDraft(ctx context.Context, in *struct {
	Draft string `path:"draft" maxLength:"64" doc:"The draft's id"`
	Body  *toPublish
}) (*body[publishedPlan], error) {
	if err := s.authorise(ctx, own(ctx), in.Draft); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoForm
	}
	account := visitOf(ctx).account
	if org, known := s.Directory().Organisation(account.Organisation); !known || !org.Centre {
		s.noteRefusal(ctx, in.Draft, errNotACentre.words)
		return nil, errNotACentre
	}
	d, err := s.Centres.Draft(ctx, in.Draft, account.Organisation, account.Name)
	if err != nil {
		return nil, err
	}
	if d.Revision != in.Body.Revision {
		return nil, plans.ErrDraftChanged
	}
	if len(s.faults(d)) > 0 {
		return nil, errFaults
	}
	files, err := s.filesOf(ctx, d)
	if err != nil {
		return nil, err
	}
	pub, err := s.publicationOf(d, plans.Active, files)
	if err != nil {
		return nil, err
	}
	if d.Plan != "" && in.Body.Seen > d.Base {
		pub.IfMatch = in.Body.Seen
	}
	result, err := s.publishOne(ctx, pub)
	var stale plans.StaleError
	if errors.As(err, &stale) {
		result, err = s.publishedBefore(ctx, pub, err)
	}
	if err != nil {
		return nil, err
	}
	entry := journal.Entry{Time: s.Now(), Kind: journal.DraftDiscarded, Actor: account.Actor(), Subject: d.ID, Version: result.Version, Reason: "it was published"}
	if err := s.Centres.DropDraft(ctx, d.ID, d.Centre, d.Author, entry); err != nil {
		return nil, fmt.Errorf("after the plan was published: %w", err)
	}
	return &body[publishedPlan]{publishedPlan{result.ID, result.Version}}, nil
}

// publishedBefore finds out whether a publication is refused only because it was made already and its answer was lost.
func (s *server) publishedBefore(ctx context.Context, pub plans.Publication, refused error) (fhir.Result, error) {
	held, err := s.Plans.Plan(ctx, pub.Plan.ID)
	if err != nil || held.Plan.Centre != pub.Plan.Centre || !bytes.Equal(held.Document, pub.Document) {
		return fhir.Result{}, refused
	}
	return fhir.Result{ID: held.Plan.ID, Version: held.Plan.Version, LastUpdated: held.Plan.Published}, nil
}
