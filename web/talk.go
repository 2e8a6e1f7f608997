package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/subscribers"
)

// Talk finds what departments and centres said to each other.
type Talk interface {
	// Thread is all that was said about an alert, in the order of time, and what its plan changed in a department.
	Thread(ctx context.Context, alert, department string) ([]alerts.Line, alerts.Effect, error)
	// Waiting is what waits for a centre's answer, the oldest first. That it was read is kept, and journalled, in the same transaction.
	Waiting(ctx context.Context, centre string, reader journal.Actor, at time.Time) ([]subscribers.Waiting, error)
	// WaitingFor tells how much waits for a centre's answer, by plan, and when the newest of it was said.
	WaitingFor(ctx context.Context, centre string) (by map[string]subscribers.WaitingCount, newest time.Time, err error)
}

// Talker takes what people say about alerts; [alerts.Desk] is one. When a method returns nil, what was said is durable.
type Talker interface {
	// Say takes a question or a dispute of a department. Errors: alerts.ErrNoAlert, alerts.ErrNotOpen, alerts.ErrLine, alerts.ErrLines.
	Say(ctx context.Context, alert, department string, kind alerts.LineKind, text string, actor journal.Actor) (alerts.Line, error)
	// Reply takes a centre's answer. Errors: alerts.ErrNoLine, alerts.ErrNotWaiting, alerts.ErrLine, alerts.ErrLines.
	Reply(ctx context.Context, line, centre, text string, actor journal.Actor) (alerts.Line, error)
	// SeeAnswers notes that the department has the answers before it.
	SeeAnswers(ctx context.Context, alert, department string, actor journal.Actor) error
	// GiveOutcome takes what the plan changed. Errors: alerts.ErrNoAlert, alerts.ErrNotOpen, alerts.ErrChanged.
	GiveOutcome(ctx context.Context, alert, department string, changed alerts.Changed, actor journal.Actor) error
}

var (
	errTalkPossible = refusal{http.StatusForbidden, fhir.Forbidden, "Confirm identity first: the match is only a possible one."}
	errTalkOver     = refusal{http.StatusGone, fhir.Conflict, "The alert was withdrawn, or the patient left more than 7 days ago. Ring the centre."}
	errNobodyReads  = refusal{http.StatusConflict, fhir.NotSupported, "Nobody at the centre reads questions in this service. Ring the centre."}
	errNoLine       = refusal{http.StatusNotFound, fhir.NotFound, "There is no such question."}
	errNotWaiting   = refusal{http.StatusConflict, fhir.Conflict, "Somebody at your centre answered it already. Load the page again to read it."}
	errLine         = refusal{http.StatusUnprocessableEntity, fhir.Value, "Write between 1 and 1,000 characters."}
	errLines        = refusal{http.StatusUnprocessableEntity, fhir.TooLong, "A hundred questions stand on this alert already. Ring the centre."}
	errChanged      = refusal{http.StatusUnprocessableEntity, fhir.Value, "Say what the plan changed with one of the answers."}
)

// talkRefusals are the answers to the errors of talking.
var talkRefusals = map[error]refusal{
	alerts.ErrNoLine: errNoLine, alerts.ErrNotWaiting: errNotWaiting, alerts.ErrLine: errLine, alerts.ErrLines: errLines, alerts.ErrChanged: errChanged,
}

// addTalk adds the addresses under which a department and a centre talk about an alert.
func (s *server) addTalk(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadThread, huma.Operation{
		Method: "GET", Path: "/api/alerts/{alert}/thread", OperationID: "thread", Summary: "What was asked and answered about an alert, and what its plan changed",
		Description: "The texts are clinical free text. The reading is journalled.", Errors: []int{401, 403, 404, 410, 503},
	}, s.thread)
	addAPI(s, api, signedIn, access.AskCentre, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/questions", OperationID: "ask", Summary: "Ask the centre that wrote the plan", DefaultStatus: http.StatusOK,
		Description: "It is no substitute for the telephone. The same text from the same account again, while it waits, changes nothing. 409 if nobody at the centre reads questions in this service.",
		Errors:      []int{400, 401, 403, 404, 409, 410, 422},
	}, s.sayer(alerts.Question))
	addAPI(s, api, signedIn, access.AskCentre, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/disputes", OperationID: "dispute", Summary: "Say that the plan is wrong or out of date", DefaultStatus: http.StatusOK,
		Description: "It waits on the centre's list until it is answered or the plan is revised.", Errors: []int{400, 401, 403, 404, 409, 410, 422},
	}, s.sayer(alerts.Dispute))
	addAPI(s, api, signedIn, access.ReadThread, huma.Operation{
		Method: "POST", Path: "/api/alerts/{alert}/thread/seen", OperationID: "answers-seen", Summary: "Say that somebody has the answers before them", DefaultStatus: http.StatusNoContent,
		Errors: []int{401, 403, 404, 410},
	}, s.seeAnswers)
	addAPI(s, api, signedIn, access.GiveOutcome, huma.Operation{
		Method: "PUT", Path: "/api/alerts/{alert}/outcome", OperationID: "outcome", Summary: "Say what the plan changed, or correct it", DefaultStatus: http.StatusNoContent,
		Description: "One for the visit to a department; the last one holds.", Errors: []int{400, 401, 403, 404, 410, 422},
	}, s.giveOutcome)
	addAPI(s, api, signedIn, access.AnswerQuestion, huma.Operation{
		Method: "GET", Path: "/api/centre/talk", OperationID: "waiting", Summary: "What waits for the centre's answer, the oldest first",
		Description: "At most a hundred. The reading is journalled, and the departments that asked see that it was read.", Errors: []int{401, 403, 503},
	}, s.waiting)
	addAPI(s, api, signedIn, access.AnswerQuestion, huma.Operation{
		Method: "GET", Path: "/api/centre/talk/counts", OperationID: "waiting-counts", Summary: "How much waits for the centre's answer",
		Description: "Numbers only: ask it as often as every few seconds, and read the list when it changes.", Errors: []int{401, 403},
	}, s.waitingCounts)
	addAPI(s, api, signedIn, access.AnswerQuestion, huma.Operation{
		Method: "POST", Path: "/api/centre/talk/{line}/answer", OperationID: "answer", Summary: "Answer a question or a dispute", DefaultStatus: http.StatusOK,
		Description: "409 if somebody at the centre answered it already.", Errors: []int{400, 401, 403, 404, 409, 422},
	}, s.reply)
}

type said struct {
	Text string `json:"text" doc:"Plain text of at most 1,000 characters"`
}

// LineView is exported because it is embedded, as OwnRow is.
type LineView struct {
	ID           string          `json:"id"`
	Kind         alerts.LineKind `json:"kind" enum:"question,dispute,answer"`
	Answers      string          `json:"answers,omitempty" doc:"The line that an answer answers"`
	Text         string          `json:"text" doc:"Plain text: never treat it as markup"`
	By           string          `json:"by" doc:"The account"`
	Role         string          `json:"role"`
	Organisation string          `json:"organisation" doc:"Its name"`
	Version      int             `json:"version" doc:"The version of the plan that it is about"`
	At           time.Time       `json:"at"`
	State        string          `json:"state,omitempty" enum:"waiting,answered,revised" doc:"Of a question or a dispute; revised: the plan has a newer version"`
	Read         *time.Time      `json:"read,omitempty" doc:"When the other side first had it before it"`
}

type outcomeView struct {
	Changed        alerts.Changed `json:"changed" enum:"avoided-admission,changed-medicine,changed-treatment,no-difference,not-followed"`
	Role           string         `json:"role"`
	Organisation   string         `json:"organisation"`
	Department     string         `json:"department"`
	DepartmentName string         `json:"department_name"`
	At             time.Time      `json:"at"`
}

type threadView struct {
	Alert string     `json:"alert"`
	Lines []LineView `json:"lines" nullable:"false"`
	// Answerable is false where nobody could answer: then the telephone is the only way.
	Answerable  bool         `json:"answerable" doc:"Somebody at the centre reads questions in this service"`
	CentreName  string       `json:"centre_name"`
	CentrePhone string       `json:"centre_phone" doc:"Answered day and night"`
	Outcome     *outcomeView `json:"outcome,omitempty" doc:"What the plan changed, once somebody in the department said so"`
}

// talked finds an alert, if the caller may talk about it: in the department where it is, while what the plan says may be shown there, and for
// some days after the patient left.
func (s *server) talked(ctx context.Context, id string) (alerts.Sight, error) {
	sight, err := s.sight(ctx, id)
	if err != nil {
		return sight, err
	}
	if err := mayTalk(sight, visitOf(ctx).account.Role.Viewer(), s.Directory(), s.Now()); err != nil {
		s.noteRefusal(ctx, id, err.Error())
		return sight, err
	}
	return sight, nil
}

func mayTalk(s alerts.Sight, viewer string, dir *directory.Directory, now time.Time) error {
	if s.Alert.Match != alerts.Confirmed {
		return errTalkPossible
	}
	if !s.Talking(now) {
		return errTalkOver
	}
	withheld, _ := s.Plan.Withheld(s.Attendance.Consent)
	if show, _ := s.Plan.ShownIn(dir, s.Alert.Department, now); withheld || show == directory.Nothing {
		return errNotShared
	}
	if !s.Plan.Restriction.Admits(viewer) {
		return errOtherRoles
	}
	return nil
}

func (s *server) thread(ctx context.Context, in *ofAlert) (*body[threadView], error) {
	sight, err := s.talked(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	lines, effect, err := s.Talk.Thread(ctx, in.Alert, sight.Alert.Department)
	if err != nil {
		return nil, err
	}
	if err := s.noteReading(ctx, journal.ThreadRead, in.Alert, sight.Plan.Version); err != nil {
		return nil, err
	}
	dir := s.Directory()
	view := threadView{Alert: in.Alert, Lines: drawLines(lines, sight.Plan.Version, dir), Answerable: s.Accounts.Somebody(access.AnswerQuestion, access.Object{Centre: sight.Alert.Centre})}
	if org, ok := dir.Organisation(sight.Alert.Centre); ok {
		view.CentreName, view.CentrePhone = org.Name, org.Phone
	}
	if effect.Changed != "" {
		drawn := drawOutcome(effect, dir)
		view.Outcome = &drawn
	}
	return &body[threadView]{view}, nil
}

// drawLines shows lines to either side. version is the plan's newest.
func drawLines(lines []alerts.Line, version int, dir *directory.Directory) []LineView {
	out := make([]LineView, 0, len(lines))
	for _, l := range lines {
		out = append(out, drawLine(l, version, dir))
	}
	return out
}

func drawLine(l alerts.Line, version int, dir *directory.Directory) LineView {
	v := LineView{
		ID: l.ID, Kind: l.Kind, Answers: l.Answers, Text: l.Text, By: l.By.Name, Role: l.By.Role, Organisation: nameOf(dir, l.By.Organisation),
		Version: l.Version, At: l.At.UTC().Truncate(time.Second), Read: moment(l.Read),
	}
	switch {
	case l.Kind == alerts.Answer:
	case !l.Open:
		v.State = "answered"
	case l.Waits(version):
		v.State = "waiting"
	default:
		v.State = "revised"
	}
	return v
}

func drawOutcome(e alerts.Effect, dir *directory.Directory) outcomeView {
	return outcomeView{e.Changed, e.By.Role, nameOf(dir, e.By.Organisation), e.Department, departmentName(dir, e.Department), e.At.UTC().Truncate(time.Second)}
}

// departmentName is what somebody elsewhere calls a department: "Emergency Department, Princess Alexandra Hospital".
func departmentName(dir *directory.Directory, id string) string {
	var name string
	if dep, ok := dir.Department(id); ok {
		name = dep.Name
	}
	if org, ok := dir.OrganisationOf(id); ok {
		name = strings.Trim(name+", "+org.Name, ", ")
	}
	return name
}

// sayer takes a question or a dispute. It is not taken where nobody would read it.
func (s *server) sayer(kind alerts.LineKind) func(context.Context, *struct {
	Alert string `path:"alert" doc:"The alert's id"`
	Body  *said
}) (*body[LineView], error) {
	return func(ctx context.Context, in *struct {
		Alert string `path:"alert" doc:"The alert's id"`
		Body  *said
	}) (*body[LineView], error) {
		sight, err := s.talked(ctx, in.Alert)
		if err != nil {
			return nil, err
		}
		if in.Body == nil {
			return nil, errLine
		}
		if !s.Accounts.Somebody(access.AnswerQuestion, access.Object{Centre: sight.Alert.Centre}) {
			return nil, errNobodyReads
		}
		line, err := s.Desk.Say(ctx, in.Alert, sight.Alert.Department, kind, in.Body.Text, visitOf(ctx).account.Actor())
		if err != nil {
			return nil, err
		}
		return &body[LineView]{drawLine(line, line.Version, s.Directory())}, nil
	}
}

func (s *server) seeAnswers(ctx context.Context, in *ofAlert) (*none, error) {
	sight, err := s.talked(ctx, in.Alert)
	if err != nil {
		return nil, err
	}
	return nil, s.Desk.SeeAnswers(ctx, in.Alert, sight.Alert.Department, visitOf(ctx).account.Actor())
}

// giveOutcome takes what the plan changed. It quotes nothing of the plan, so it may be said also where the plan is shown no more.
func (s *server) giveOutcome(ctx context.Context, in *struct {
	Alert string `path:"alert" doc:"The alert's id"`
	Body  *struct {
		Changed alerts.Changed `json:"changed" doc:"One of avoided-admission, changed-medicine, changed-treatment, no-difference, not-followed"`
	}
}) (*none, error) {
	sight, err := s.sight(ctx, in.Alert)
	switch {
	case err != nil:
		return nil, err
	case in.Body == nil:
		return nil, errChanged
	case sight.Alert.Match != alerts.Confirmed:
		return nil, errTalkPossible
	case !sight.Talking(s.Now()):
		return nil, errTalkOver
	}
	return nil, s.Desk.GiveOutcome(ctx, in.Alert, sight.Alert.Department, in.Body.Changed, visitOf(ctx).account.Actor())
}
