package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// addPolicies adds the addresses of what happens while nobody answers.
func (s *server) addPolicies(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadRotas, huma.Operation{
		Method: "GET", Path: "/api/on-call/policies", OperationID: "policies", Summary: "What happens while nobody answers, and which policy holds where", Errors: []int{401, 403},
	}, s.policies)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "POST", Path: "/api/on-call/policies/{policy}/preview", OperationID: "preview-policy", Summary: "What a policy would mean, without keeping it", DefaultStatus: http.StatusOK, Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.previewPolicy)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "PUT", Path: "/api/on-call/policies/{policy}", OperationID: "keep-policy", Summary: "Keep a policy, once a second person agrees", Description: "Journalled.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.keepPolicy)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "DELETE", Path: "/api/on-call/policies/{policy}", OperationID: "drop-policy", Summary: "Drop a policy, once a second person agrees", Description: "Journalled.", Errors: []int{401, 403, 404, 409},
	}, s.dropPolicy)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "PUT", Path: "/api/on-call/centres/{centre}", OperationID: "keep-line", Summary: "Say which rota is a centre's own line", Description: "Another than until now once a second person agrees. Journalled.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.keepLine)
	addAPI(s, api, signedIn, access.KeepRotas, huma.Operation{
		Method: "DELETE", Path: "/api/on-call/centres/{centre}", OperationID: "drop-line", Summary: "Let a centre have no line of its own, once a second person agrees", Description: "Journalled.", Errors: []int{401, 403, 404, 409, 422},
	}, s.dropLine)
}

type policyStepView struct {
	Name string `json:"name" maxLength:"100"`
	To   string `json:"to" maxLength:"20" doc:"board, on_call or centre"`
	Rota string `json:"rota" maxLength:"100" required:"false" doc:"Of a step that tells whoever is on call; else empty"`
	Wait int    `json:"wait" doc:"How long an answer is waited for, in seconds, from 1 to 7200"`
}

type policyView struct {
	Policy           string           `json:"policy" doc:"Empty for one of the configuration's file, and for the default"`
	Name             string           `json:"name"`
	Organisation     string           `json:"organisation" doc:"ODS code"`
	OrganisationName string           `json:"organisation_name"`
	Departments      []string         `json:"departments" nullable:"false" doc:"None: all"`
	DepartmentNames  []string         `json:"department_names" nullable:"false"`
	Urgencies        []string         `json:"urgencies" nullable:"false" doc:"None: all"`
	Again            int              `json:"again" doc:"How often all but the board's step are taken again"`
	Steps            []policyStepView `json:"steps" nullable:"false"`
	Revision         int              `json:"revision" doc:"What a change of it rests on"`
	Kept             string           `json:"kept" enum:"database,file,default"`
	Words            []string         `json:"words" nullable:"false" doc:"What happens, one line each"`
	MayChange        bool             `json:"may_change"`
}

func (s *server) drawPolicy(ctx context.Context, b rotas.Book, p rotas.Policy, kept string) policyView {
	words, _, _ := b.Told(p.Terms)
	v := policyView{
		Policy: p.ID, Name: p.Name, Organisation: p.Organisation, OrganisationName: s.nameOf(p.Organisation), Departments: append([]string{}, p.Departments...), DepartmentNames: []string{},
		Urgencies: convert[string](p.Urgencies), Again: p.Again, Steps: []policyStepView{}, Revision: p.Revision, Kept: kept, Words: words,
		MayChange: kept == "database" && access.May(visitOf(ctx).account, access.KeepRotas, s.belongs(p.Organisation)) == nil,
	}
	dir := s.Directory()
	for _, id := range p.Departments {
		v.DepartmentNames = append(v.DepartmentNames, departmentName(dir, id))
	}
	for _, step := range p.Steps {
		v.Steps = append(v.Steps, policyStepView{step.Name, string(step.To), step.Rota, int(step.Wait / time.Second)})
	}
	return v
}

type heldPolicy struct {
	Department   string `json:"department"`
	Name         string `json:"name"`
	Organisation string `json:"organisation"`
	Urgency      string `json:"urgency" enum:"critical,urgent,routine"`
	Policy       string `json:"policy" doc:"Empty: one of the configuration's file, or the default"`
	PolicyName   string `json:"policy_name"`
}

type policyList struct {
	Policies    []policyView `json:"policies" nullable:"false"`
	Default     policyView   `json:"default" doc:"Where no other holds"`
	Departments []heldPolicy `json:"departments" nullable:"false" doc:"Which policy holds for alerts of an urgency in a department"`
	Changes     []changeView `json:"changes" nullable:"false" doc:"What waits for a second person"`
}

const defaultName = "default"

func (s *server) policies(ctx context.Context, _ *none) (*body[policyList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "on call"); err != nil {
		return nil, err
	}
	b, err := s.Rotas.Book(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	caller, dir := visitOf(ctx).account, s.Directory()
	v := policyList{
		Policies: []policyView{}, Departments: []heldPolicy{},
		Default: s.drawPolicy(ctx, b, rotas.Policy{Terms: rotas.Terms{Name: defaultName, Steps: escalation.Default.Steps, Again: escalation.Default.Again}}, "default"),
	}
	for _, p := range b.Policies {
		if access.May(caller, access.ReadRotas, s.belongs(p.Organisation)) == nil {
			v.Policies = append(v.Policies, s.drawPolicy(ctx, b, p, "database"))
		}
	}
	for _, p := range b.File.Policies {
		v.Policies = append(v.Policies, s.drawPolicy(ctx, b, p, "file"))
	}
	for _, d := range dir.Departments(s.Now()) {
		at := place(dir, d.ID)
		if access.May(caller, access.ReadRotas, at) != nil {
			continue
		}
		for _, urgency := range rotas.Urgencies() {
			row := heldPolicy{d.ID, d.Name, at.Organisation, string(urgency), "", defaultName}
			if p, ok := b.Holding(d.ID, urgency); ok {
				row.Policy, row.PolicyName = p.ID, p.Name
			}
			v.Departments = append(v.Departments, row)
		}
	}
	v.Changes, err = s.changesFor(ctx, "")
	return &body[policyList]{v}, err
}

type policyIn struct {
	Policy string `path:"policy" maxLength:"100" doc:"The policy's id: 2 to 40 small letters, digits and hyphens"`
	Body   *struct {
		Revision     int              `json:"revision" minimum:"0" doc:"What it was made of; 0 for a new policy"`
		Name         string           `json:"name" maxLength:"100"`
		Organisation string           `json:"organisation,omitempty" maxLength:"20" doc:"ODS code, for a new policy; left out: the caller's own"`
		Departments  []string         `json:"departments" maxItems:"100" nullable:"false" doc:"None: all of the organisation"`
		Urgencies    []string         `json:"urgencies" maxItems:"3" nullable:"false" doc:"None: all"`
		Again        int              `json:"again" doc:"How often all but the board's step are taken again, at most 10"`
		Steps        []policyStepView `json:"steps" maxItems:"20" nullable:"false"`
	}
}

// shownPolicy finds a policy that the caller may do the route's action to. Whoever may do it to none learns that first.
func (s *server) shownPolicy(ctx context.Context, id string) (rotas.Policy, error) {
	b, err := s.Rotas.Book(ctx, s.Now())
	if err != nil {
		return rotas.Policy{}, err
	}
	p, ok := b.Policy(id)
	object, subject := ofTheirs(ctx), "on call"
	if ok {
		object, subject = s.belongs(p.Organisation), p.ID
	}
	if err := s.authorise(ctx, object, subject); err != nil {
		return rotas.Policy{}, err
	}
	if !ok {
		return rotas.Policy{}, rotas.ErrNone
	}
	return p, nil
}

// wish is what was sent for a policy that the caller may change.
func (s *server) wish(ctx context.Context, in *policyIn) (rotas.Wish, error) {
	p, err := s.shownPolicy(ctx, in.Policy)
	switch {
	case err != nil && !errors.Is(err, rotas.ErrNone):
		return rotas.Wish{}, err
	case in.Body == nil:
		return rotas.Wish{}, errNoForm
	}
	b := in.Body
	w := rotas.Wish{ID: in.Policy, Organisation: p.Organisation, Revision: b.Revision, Terms: rotas.Terms{Name: b.Name, Departments: b.Departments, Urgencies: convert[plans.Urgency](b.Urgencies), Again: b.Again}}
	if err != nil { // it is new
		object := ofTheirs(ctx)
		if b.Organisation != "" {
			object = s.belongs(b.Organisation)
		}
		if err := s.authorise(ctx, object, object.Organisation); err != nil {
			return rotas.Wish{}, err
		}
		w.Organisation = object.Organisation
	}
	for _, step := range b.Steps {
		w.Steps = append(w.Steps, escalation.Step{Name: step.Name, To: escalation.To(step.To), Rota: step.Rota, Wait: time.Duration(min(max(step.Wait, -1), longestWait)) * time.Second})
	}
	return w, nil
}

// longestWait is more seconds than any step may have: more are read as so many.
const longestWait = 1_000_000

type policyPreview struct {
	Faults         []faultView `json:"faults" nullable:"false" doc:"What has to be put right first; then nothing else is worked out"`
	Words          []string    `json:"words" nullable:"false" doc:"What would happen, one line each"`
	FirstPerson    *float64    `json:"minutes_to_first_person,omitempty" doc:"Absent: no person is told"`
	MinutesToAlarm float64     `json:"minutes_to_alarm"`
	Summary        []string    `json:"summary" nullable:"false" doc:"What changes, one line each"`
	SecondPerson   bool        `json:"second_person"`
}

func (s *server) previewPolicy(ctx context.Context, in *policyIn) (*body[policyPreview], error) {
	w, err := s.wish(ctx, in)
	if err != nil {
		return nil, err
	}
	p, b, err := s.Rotas.PreviewPolicy(ctx, w)
	if err != nil {
		return nil, err
	}
	v := policyPreview{Faults: drawFaults(p.Faults), Words: []string{}, Summary: append([]string{}, p.Summary...), SecondPerson: p.Second}
	if len(p.Faults) == 0 {
		words, first, alarm := b.Told(w.Terms)
		v.Words, v.MinutesToAlarm = words, alarm.Minutes()
		if first >= 0 {
			minutes := first.Minutes()
			v.FirstPerson = &minutes
		}
	}
	return &body[policyPreview]{v}, nil
}

func (s *server) keepPolicy(ctx context.Context, in *policyIn) (*body[ChangeOutcome], error) {
	w, err := s.wish(ctx, in)
	if err != nil {
		return nil, err
	}
	return answerChange(s.Rotas.KeepPolicy(ctx, visitOf(ctx).account.Actor(), w))
}

func (s *server) dropPolicy(ctx context.Context, in *struct {
	Policy   string `path:"policy" maxLength:"100" doc:"The policy's id"`
	Revision int    `query:"revision" doc:"What it rests on"`
}) (*body[ChangeOutcome], error) {
	p, err := s.shownPolicy(ctx, in.Policy)
	if err != nil {
		return nil, err
	}
	return answerChange(s.Rotas.DropPolicy(ctx, visitOf(ctx).account.Actor(), p, in.Revision))
}

func (s *server) keepLine(ctx context.Context, in *struct {
	Centre string `path:"centre" maxLength:"20" doc:"ODS code"`
	Body   *struct {
		Revision int    `json:"revision" minimum:"0" doc:"What it rests on; 0 where there was none"`
		Rota     string `json:"rota" minLength:"1" maxLength:"100"`
	}
}) (*body[ChangeOutcome], error) {
	if err := s.authorise(ctx, s.lineOf(ctx, in.Centre), "on call"); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, errNoForm
	}
	return answerChange(s.Rotas.KeepLine(ctx, visitOf(ctx).account.Actor(), rotas.Line{Centre: in.Centre, Rota: in.Body.Rota, Revision: in.Body.Revision}))
}

func (s *server) dropLine(ctx context.Context, in *struct {
	Centre   string `path:"centre" maxLength:"20" doc:"ODS code"`
	Revision int    `query:"revision" doc:"What it rests on"`
}) (*body[ChangeOutcome], error) {
	if err := s.authorise(ctx, s.lineOf(ctx, in.Centre), "on call"); err != nil {
		return nil, err
	}
	return answerChange(s.Rotas.KeepLine(ctx, visitOf(ctx).account.Actor(), rotas.Line{Centre: in.Centre, Revision: in.Revision}))
}

// lineOf is a centre's line as an object of access. What is no centre's is for whoever may keep any: they learn that there is none.
func (s *server) lineOf(ctx context.Context, centre string) access.Object {
	if org, ok := s.Directory().Organisation(centre); ok {
		return s.belongs(org.ID)
	}
	return ofTheirs(ctx)
}
