package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/changes"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// addRotaChanges adds the addresses at which rotas are changed.
func (s *server) addRotaChanges(api *apiTable) {
	const second = "Where a change leaves times of the next eight weeks in which nobody is on that had somebody, it waits for a second person. Journalled."
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "POST", Path: "/api/on-call/rotas/{rota}/preview", OperationID: "preview-rota", Summary: "What a rota would mean, without keeping it", DefaultStatus: http.StatusOK, Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.previewRota)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "PUT", Path: "/api/on-call/rotas/{rota}", OperationID: "keep-rota", Summary: "Keep a rota, a new one or another version", Description: second, Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.keepRota)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "DELETE", Path: "/api/on-call/rotas/{rota}", OperationID: "drop-rota", Summary: "Drop a rota, once a second person agrees", Errors: []int{401, 403, 404, 409},
	}, s.dropRota)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "POST", Path: "/api/on-call/rotas/{rota}/import", OperationID: "import-shifts", Summary: "Take the shifts of a spreadsheet", DefaultStatus: http.StatusOK,
		Description: "In the place of the planned shifts between the first of them and the last. " + second, Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.importShifts)
	addAPI(s, api, signedIn, access.OverrideRota, huma.Operation{
		Method: "POST", Path: "/api/on-call/rotas/{rota}/overrides", OperationID: "override", Summary: "Put somebody on, whoever else would be", DefaultStatus: http.StatusOK,
		Description: "From now at the earliest. Journalled.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.override)
	addAPI(s, api, signedIn, access.OverrideRota, huma.Operation{
		Method: "DELETE", Path: "/api/on-call/rotas/{rota}/overrides/{override}", OperationID: "cancel-override", Summary: "Take an override back, from now on", Description: second, Errors: []int{401, 403, 404, 409},
	}, s.cancelOverride)
	addAPI(s, api, signedIn, access.AgreeToRota, huma.Operation{
		Method: "POST", Path: "/api/on-call/changes/{change}/decision", OperationID: "decide-on-call-change", Summary: "Agree to a change of who is on call, or refuse it", DefaultStatus: http.StatusNoContent,
		Description: "By another person than the one who proposed it, within seven days. It holds at once. 409 if somebody has decided already, or what it rests on was changed meanwhile.",
		Errors:      []int{400, 401, 403, 404, 409, 422},
	}, s.decideOnCall)
}

// RotaBody is exported because it is embedded.
type RotaBody struct {
	Revision     int         `json:"revision" minimum:"0" doc:"What it was made of; 0 for a new rota"`
	Name         string      `json:"name" maxLength:"100"`
	Organisation string      `json:"organisation,omitempty" maxLength:"20" doc:"ODS code, for a new rota; left out: the caller's own"`
	Zone         string      `json:"zone,omitempty" maxLength:"60" doc:"IANA name; left out: Europe/London"`
	Holidays     []string    `json:"holidays" maxItems:"400" required:"false" nullable:"false" doc:"Bank holidays, such as 2026-12-25"`
	Layers       []layerBody `json:"layers" maxItems:"50" nullable:"false" doc:"From the ground up"`
}

type rotaIn struct {
	Rota string `path:"rota" maxLength:"100" doc:"The rota's id: 2 to 40 small letters, digits and hyphens"`
	Body *RotaBody
}

// draft is what was sent for a rota that the caller may change.
func (s *server) draft(ctx context.Context, in *rotaIn) (rotas.Draft, error) {
	_, r, err := s.shownRota(ctx, in.Rota, s.Now())
	switch {
	case err != nil && !isNone(err):
		return rotas.Draft{}, err
	case in.Body == nil:
		return rotas.Draft{}, errNoForm
	}
	b := in.Body
	d := rotas.Draft{ID: in.Rota, Organisation: r.Organisation, Revision: b.Revision, Plan: rotas.Plan{Name: b.Name, Zone: b.Zone, Holidays: convert[rota.Date](b.Holidays)}}
	if err != nil { // it is new
		object := ofTheirs(ctx)
		if b.Organisation != "" {
			object = s.belongs(b.Organisation)
		}
		if err := s.authorise(ctx, object, object.Organisation); err != nil {
			return rotas.Draft{}, err
		}
		d.Organisation = object.Organisation
	}
	if d.Zone == "" {
		d.Zone = directory.DefaultTimeZone
	}
	for _, l := range b.Layers {
		d.Layers = append(d.Layers, l.layer())
	}
	return d, nil
}

func isNone(err error) bool { return errors.Is(err, rotas.ErrNone) }

type faultView struct {
	At    string `json:"at" doc:"Where, such as layers/0/handover"`
	Words string `json:"words"`
}

func drawFaults(all []rotas.Fault) []faultView {
	out := make([]faultView, 0, len(all))
	for _, f := range all {
		out = append(out, faultView(f))
	}
	return out
}

type differenceView struct {
	Start  time.Time     `json:"start"`
	End    time.Time     `json:"end"`
	Before *OnCallPerson `json:"before,omitempty" doc:"Absent: nobody"`
	After  *OnCallPerson `json:"after,omitempty" doc:"Absent: nobody"`
}

// RotaPreview is exported because it is embedded.
type RotaPreview struct {
	Faults       []faultView      `json:"faults" nullable:"false" doc:"What has to be put right first; then nothing else is worked out"`
	Summary      []string         `json:"summary" nullable:"false" doc:"What changes, one line each"`
	Changed      []differenceView `json:"changed" nullable:"false" doc:"The first times of the next eight weeks in which somebody else would be on"`
	ChangedCount int              `json:"changed_count"`
	Shifts       []Turn           `json:"shifts" nullable:"false" doc:"The next eight weeks as they would be"`
	Gaps         []gapView        `json:"gaps" nullable:"false" doc:"When nobody would be on"`
	NewGaps      []gapView        `json:"new_gaps" nullable:"false" doc:"When nobody would be on, and somebody is as it stands"`
	Unreachable  []absentView     `json:"unreachable" nullable:"false" doc:"Who would be on and cannot be told"`
	SecondPerson bool             `json:"second_person" doc:"A second person would have to agree"`
}

const mostChanged = 50

func drawPreview(b rotas.Book, p rotas.Preview) RotaPreview {
	v := RotaPreview{
		Faults: drawFaults(p.Faults), Summary: append([]string{}, p.Summary...), Changed: []differenceView{}, ChangedCount: len(p.Differences), Shifts: drawTurns(b, p.Shifts),
		Gaps: drawGaps(p.Gaps), NewGaps: drawGaps(p.Lost), Unreachable: drawAbsent(b.Unreachable(p.Shifts)), SecondPerson: p.Second,
	}
	somebody := func(id string) *OnCallPerson {
		if id == "" {
			return nil
		}
		p := drawOnCallPerson(b.Person(id))
		return &p
	}
	for _, d := range p.Differences[:min(len(p.Differences), mostChanged)] {
		v.Changed = append(v.Changed, differenceView{d.Start.UTC(), d.End.UTC(), somebody(d.Before), somebody(d.After)})
	}
	return v
}

func (s *server) previewRota(ctx context.Context, in *rotaIn) (*body[RotaPreview], error) {
	d, err := s.draft(ctx, in)
	if err != nil {
		return nil, err
	}
	p, b, err := s.Rotas.Preview(ctx, d)
	if err != nil {
		return nil, err
	}
	return &body[RotaPreview]{drawPreview(b, p)}, nil
}

// ChangeOutcome is exported because it is embedded.
type ChangeOutcome struct {
	Outcome  string   `json:"outcome" enum:"taken,waiting" doc:"waiting: a second person has to agree"`
	Revision int      `json:"revision" doc:"The one that holds now"`
	Change   string   `json:"change,omitempty" doc:"What waits"`
	Summary  []string `json:"summary" nullable:"false" doc:"What changes, one line each"`
}

func drawOutcomeOf(o rotas.Outcome) ChangeOutcome {
	v := ChangeOutcome{"taken", o.Revision, o.Change, append([]string{}, o.Summary...)}
	if o.Change != "" {
		v.Outcome = "waiting"
	}
	return v
}

// answerChange answers a change.
func answerChange(o rotas.Outcome, err error) (*body[ChangeOutcome], error) {
	if err != nil {
		return nil, err
	}
	return &body[ChangeOutcome]{drawOutcomeOf(o)}, nil
}

func (s *server) keepRota(ctx context.Context, in *rotaIn) (*body[ChangeOutcome], error) {
	d, err := s.draft(ctx, in)
	if err != nil {
		return nil, err
	}
	return answerChange(s.Rotas.Keep(ctx, visitOf(ctx).account.Actor(), d))
}

func (s *server) dropRota(ctx context.Context, in *struct {
	Rota     string `path:"rota" maxLength:"100" doc:"The rota's id"`
	Revision int    `query:"revision" doc:"What it rests on"`
}) (*body[ChangeOutcome], error) {
	_, r, err := s.shownRota(ctx, in.Rota, s.Now())
	if err != nil {
		return nil, err
	}
	return answerChange(s.Rotas.Drop(ctx, visitOf(ctx).account.Actor(), r.ID, r.Organisation, in.Revision))
}

type importView struct {
	RotaPreview
	Outcome  string `json:"outcome,omitempty" enum:"taken,waiting" doc:"Absent from a preview, and where there are faults"`
	Revision int    `json:"revision,omitempty"`
	Change   string `json:"change,omitempty"`
}

func (s *server) importShifts(ctx context.Context, in *struct {
	Rota string `path:"rota" maxLength:"100" doc:"The rota's id"`
	Body *struct {
		Revision int    `json:"revision" doc:"What it rests on"`
		CSV      string `json:"csv" doc:"With the columns start,end,person: times such as 2026-12-01 08:00 on the clock on the wall, or with an offset"`
		Preview  bool   `json:"preview,omitempty" doc:"Keep nothing"`
	}
}) (*body[importView], error) {
	_, r, err := s.shownRota(ctx, in.Rota, s.Now())
	if err == nil && in.Body == nil {
		err = errNoForm
	}
	if err != nil {
		return nil, err
	}
	p, b, err := s.Rotas.PreviewImport(ctx, r.ID, in.Body.Revision, in.Body.CSV)
	if err != nil {
		return nil, err
	}
	v := importView{RotaPreview: drawPreview(b, p)}
	if in.Body.Preview || len(p.Faults) > 0 {
		return &body[importView]{v}, nil
	}
	o, err := s.Rotas.Import(ctx, visitOf(ctx).account.Actor(), r.ID, in.Body.Revision, in.Body.CSV)
	if err != nil {
		return nil, err
	}
	became := drawOutcomeOf(o)
	v.Outcome, v.Revision, v.Change = became.Outcome, became.Revision, became.Change
	return &body[importView]{v}, nil
}

func (s *server) override(ctx context.Context, in *struct {
	Rota string `path:"rota" maxLength:"100" doc:"The rota's id"`
	Body *struct {
		Start   time.Time `json:"start" doc:"What is past is set to now"`
		End     time.Time `json:"end"`
		Instead string    `json:"instead,omitempty" maxLength:"100" doc:"Whose time is taken; left out: everybody's, and that of nobody"`
		By      string    `json:"by" maxLength:"100" doc:"Who is on"`
	}
}) (*body[overrideView], error) {
	b, r, err := s.shownRota(ctx, in.Rota, s.Now())
	if err == nil && in.Body == nil {
		err = errNoForm
	}
	if err == nil && (!sensible(in.Body.Start) || !sensible(in.Body.End)) {
		err = errTimes
	}
	if err != nil {
		return nil, err
	}
	o, err := s.Rotas.Override(ctx, visitOf(ctx).account.Actor(), r.ID, rota.Override{Start: in.Body.Start, End: in.Body.End, Instead: in.Body.Instead, By: in.Body.By})
	if err != nil {
		return nil, err
	}
	return &body[overrideView]{drawOverride(b, o)}, nil
}

func (s *server) cancelOverride(ctx context.Context, in *struct {
	Rota     string `path:"rota" maxLength:"100" doc:"The rota's id"`
	Override string `path:"override" maxLength:"64" doc:"The override's id"`
}) (*body[ChangeOutcome], error) {
	_, r, err := s.shownRota(ctx, in.Rota, s.Now())
	if err != nil {
		return nil, err
	}
	return answerChange(s.Rotas.CancelOverride(ctx, visitOf(ctx).account.Actor(), r.ID, r.Organisation, in.Override))
}

func (s *server) decideOnCall(ctx context.Context, in *struct {
	Change string `path:"change" maxLength:"64" doc:"The change's id"`
	Body   *struct {
		Agrees bool   `json:"agrees"`
		Words  string `json:"words,omitempty" maxLength:"500" doc:"Needed for a refusal"`
	}
}) (*none, error) {
	w, err := s.Rotas.Change(ctx, in.Change)
	if err != nil && !errors.Is(err, changes.ErrNone) {
		return nil, err
	}
	object := ofTheirs(ctx)
	if err == nil {
		object = s.belongs(w.Organisation)
	}
	if err := s.authorise(ctx, object, w.Proposal.ID); err != nil {
		return nil, err
	}
	switch {
	case err != nil:
		return nil, err
	case in.Body == nil:
		return nil, changes.ErrWords
	}
	return nil, s.Rotas.Decide(ctx, visitOf(ctx).account.Actor(), in.Change, in.Body.Agrees, in.Body.Words)
}
