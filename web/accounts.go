package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/people"
)

// Accounts is what administrators and whoever leads a shift do about accounts.
type Accounts interface {
	People(ctx context.Context) (all []people.Person, invited []string, err error)
	Person(ctx context.Context, id string) (people.Person, error)
	Invite(ctx context.Context, by journal.Actor, p people.Person) (made people.Person, link string, err error)
	Reset(ctx context.Context, by journal.Actor, person string) (link string, err error)
	Disable(ctx context.Context, by journal.Actor, person string) error
	Enable(ctx context.Context, by journal.Actor, person string) error
	Assign(ctx context.Context, by journal.Actor, person string, to []access.Post) error
	Enrol(ctx context.Context) (code, secret string, err error)
	Approve(ctx context.Context, by journal.Actor, code, where, organisation, department string) (people.Person, error)
	Claim(ctx context.Context, secret string, from people.From) (cookie string, err error)
}

// addAccounts adds the addresses of who has an account.
func (s *server) addAccounts(api *apiTable) {
	const below = "/api/people/{person}"
	addAPI(s, api, signedIn, access.ManageAccounts, huma.Operation{
		Method: "GET", Path: "/api/people", OperationID: "people", Summary: "Who has an account", Errors: []int{401, 403},
	}, s.listPeople)
	addAPI(s, api, signedIn, access.ManageAccounts, huma.Operation{
		Method: "POST", Path: "/api/people", OperationID: "invite", Summary: "Make an account, and get the link with which its owner sets a password and a second factor, once", DefaultStatus: http.StatusOK,
		Errors: []int{401, 403, 409, 422},
	}, s.invite)
	addAPI(s, api, signedIn, access.ManageAccounts, huma.Operation{
		Method: "POST", Path: below + "/reset", OperationID: "reset", Summary: "End somebody's sessions, and get a new link: for a lost password or phone", DefaultStatus: http.StatusOK, Errors: []int{401, 403, 404, 409},
	}, s.reset)
	addAPI(s, api, signedIn, access.ManageAccounts, huma.Operation{
		Method: "POST", Path: below + "/disable", OperationID: "disable", Summary: "Keep somebody from signing in, and end their sessions", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404, 409},
	}, s.disable)
	addAPI(s, api, signedIn, access.ManageAccounts, huma.Operation{
		Method: "POST", Path: below + "/enable", OperationID: "enable", Summary: "Let somebody sign in again", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404, 409},
	}, s.enable)
	addAPI(s, api, signedIn, access.ManageAccounts, huma.Operation{
		Method: "PUT", Path: below + "/role", OperationID: "assign", Summary: "Say what somebody may do, and where; their sessions end", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404, 409, 422},
	}, s.assign)

	addAPI(s, api, everybody, "", huma.Operation{
		Method: "POST", Path: "/api/walls", OperationID: "enrol-screen", Summary: "Show a code for a screen on a wall, to be approved within ten minutes", DefaultStatus: http.StatusOK, Errors: []int{403, 429},
	}, s.enrol)
	addAPI(s, api, everybody, "", huma.Operation{
		Method: "POST", Path: "/api/wall-claims", OperationID: "claim-screen", Summary: "Ask whether the screen was approved; if so, it is signed in", DefaultStatus: http.StatusOK, Errors: []int{403, 404},
	}, s.claim)
	addAPI(s, api, signedIn, access.ApproveScreen, huma.Operation{
		Method: "GET", Path: "/api/walls", OperationID: "screens-on-walls", Summary: "The screens on walls that were approved", Errors: []int{401, 403},
	}, s.listWalls)
	addAPI(s, api, signedIn, access.ApproveScreen, huma.Operation{
		Method: "POST", Path: "/api/wall-approvals", OperationID: "approve-screen", Summary: "Approve the screen that shows a code: it may show the wall of a department", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404, 422},
	}, s.approve)
	addAPI(s, api, signedIn, access.ApproveScreen, huma.Operation{
		Method: "DELETE", Path: "/api/walls/{person}", OperationID: "revoke-screen", Summary: "Turn a screen on a wall away; it goes dark within five seconds", DefaultStatus: http.StatusNoContent, Errors: []int{401, 403, 404},
	}, s.revoke)
}

// belongs is an account as an object of access: that of its organisation, or of the region whose code that is.
func (s *server) belongs(organisation string) access.Object {
	dir := s.Directory()
	if org, ok := dir.Organisation(organisation); ok {
		return access.Object{Organisation: org.ID, Region: org.Region}
	}
	return access.Object{Organisation: organisation, Region: organisation}
}

type personView struct {
	ID               string     `json:"id"`
	Name             string     `json:"name"`
	FullName         string     `json:"full_name"`
	Role             string     `json:"role"`
	Organisation     string     `json:"organisation" doc:"ODS code"`
	OrganisationName string     `json:"organisation_name"`
	Department       string     `json:"department,omitempty"`
	Further          []postView `json:"further,omitempty" doc:"The other roles, of which they choose one when they sign in"`
	Provider         string     `json:"provider,omitempty" doc:"The identity provider that vouches for them and says what they may do"`
	State            string     `json:"state" enum:"active,invited,lapsed,disabled" doc:"Lapsed: the link of the invitation is too old"`
	Created          time.Time  `json:"created" doc:"In UTC"`
	Disabled         *time.Time `json:"disabled,omitempty" doc:"Since when, in UTC"`
}

// postView is a role, where it is held, and what that is called.
type postView struct {
	Role             string `json:"role"`
	Organisation     string `json:"organisation" doc:"ODS code"`
	OrganisationName string `json:"organisation_name"`
	Department       string `json:"department,omitempty"`
}

func (s *server) drawPosts(posts []access.Post) []postView {
	views := []postView{}
	for _, p := range posts {
		views = append(views, postView{string(p.Role), p.Organisation, s.nameOf(p.Organisation), p.Department})
	}
	return views
}

func (s *server) drawPerson(p people.Person, invited []string) personView {
	v := personView{
		ID: p.ID, Name: p.Name, FullName: p.FullName, Role: string(p.Role), Organisation: p.Organisation, OrganisationName: s.nameOf(p.Organisation), Department: p.Department,
		Further: s.drawPosts(p.Further), Provider: p.Provider, State: "lapsed", Created: p.Created.UTC(),
	}
	switch {
	case !p.Disabled.IsZero():
		since := p.Disabled.UTC()
		v.State, v.Disabled = "disabled", &since
	case p.Joined(), p.Role == access.BoardViewer:
		v.State = "active"
	case slices.Contains(invited, p.ID):
		v.State = "invited"
	}
	return v
}

type personList struct {
	People []personView `json:"people" nullable:"false"`
	Roles  []string     `json:"roles,omitempty" doc:"Those that can be given to people"`
}

// listPeople lists the accounts that the caller may manage, without the screens on walls.
func (s *server) listPeople(ctx context.Context, _ *none) (*body[personList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "people"); err != nil {
		return nil, err
	}
	all, invited, err := s.People.People(ctx)
	if err != nil {
		return nil, err
	}
	list := personList{People: []personView{}, Roles: peopleRoles()}
	for _, p := range all {
		if p.Role != access.BoardViewer && s.manages(ctx, p) {
			list.People = append(list.People, s.drawPerson(p, invited))
		}
	}
	return &body[personList]{list}, nil
}

// manages tells whether the caller may manage an account, wherever it works.
func (s *server) manages(ctx context.Context, p people.Person) bool {
	for _, post := range p.Posts() {
		if access.May(visitOf(ctx).account, access.ManageAccounts, s.belongs(post.Organisation)) != nil {
			return false
		}
	}
	return true
}

type assignmentBody struct {
	Role         string     `json:"role" maxLength:"40"`
	Organisation string     `json:"organisation" maxLength:"20" doc:"ODS code of an organisation, or of a region where the role may be a region's"`
	Department   string     `json:"department,omitempty" maxLength:"60" doc:"For a screen only"`
	Further      []postBody `json:"further,omitempty" maxItems:"19" doc:"Other roles; they choose one when they sign in"`
}

func (b assignmentBody) posts() []access.Post {
	posts := []access.Post{postBody{b.Role, b.Organisation, b.Department}.post()}
	for _, other := range b.Further {
		posts = append(posts, other.post())
	}
	return posts
}

type invitationBody struct {
	Name         string `json:"name" maxLength:"100" doc:"What they sign in with"`
	FullName     string `json:"full_name,omitempty" maxLength:"200" doc:"What others call them"`
	Role         string `json:"role" maxLength:"40"`
	Organisation string `json:"organisation" maxLength:"20" doc:"ODS code of an organisation, or of a region where the role may be a region's"`
	Department   string `json:"department,omitempty" maxLength:"60" doc:"For a screen only"`
}

// linkView is a link that has to be given to somebody. It is shown once: only its hash is kept.
type linkView struct {
	Link string `json:"link" doc:"What has to stand behind /join# of the service's address"`
}

func (s *server) invite(ctx context.Context, in *struct{ Body *invitationBody }) (*body[linkView], error) {
	if in.Body == nil {
		return nil, s.nothingSent(ctx, "people")
	}
	b := in.Body
	if err := s.authorise(ctx, s.belongs(b.Organisation), "people"); err != nil {
		return nil, err
	}
	p := people.Person{Name: b.Name, FullName: b.FullName, Role: access.Role(b.Role), Organisation: b.Organisation, Department: b.Department}
	_, link, err := s.People.Invite(ctx, visitOf(ctx).account.Actor(), p)
	if err != nil {
		return nil, err
	}
	return &body[linkView]{linkView{link}}, nil
}

type ofPerson struct {
	Person string `path:"person" doc:"The account's id"`
}

// nothingSent answers a request without a body: those who may not send one learn that first.
func (s *server) nothingSent(ctx context.Context, subject string) error {
	if err := s.authorise(ctx, ofTheirs(ctx), subject); err != nil {
		return err
	}
	return errNoForm
}

// managed finds an account that the caller may do the route's action to, wherever it works.
func (s *server) managed(ctx context.Context, id string) (people.Person, error) {
	p, err := s.People.Person(ctx, id)
	if err != nil {
		return people.Person{}, err
	}
	for _, post := range p.Posts() {
		if err := s.authorise(ctx, s.belongs(post.Organisation), p.ID); err != nil {
			return people.Person{}, err
		}
	}
	return p, nil
}

func (s *server) reset(ctx context.Context, in *ofPerson) (*body[linkView], error) {
	p, err := s.managed(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	link, err := s.People.Reset(ctx, visitOf(ctx).account.Actor(), p.ID)
	if err != nil {
		return nil, err
	}
	return &body[linkView]{linkView{link}}, nil
}

func (s *server) disable(ctx context.Context, in *ofPerson) (*none, error) {
	p, err := s.managed(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	return nil, s.People.Disable(ctx, visitOf(ctx).account.Actor(), p.ID)
}

func (s *server) enable(ctx context.Context, in *ofPerson) (*none, error) {
	p, err := s.managed(ctx, in.Person)
	if err != nil {
		return nil, err
	}
	return nil, s.People.Enable(ctx, visitOf(ctx).account.Actor(), p.ID)
}

// assign asks about where the account is and about where it would be.
func (s *server) assign(ctx context.Context, in *struct {
	Person string `path:"person" doc:"The account's id"`
	Body   *assignmentBody
}) (*none, error) {
	p, err := s.managed(ctx, in.Person)
	if err == nil && in.Body == nil {
		err = errNoForm
	}
	if err != nil {
		return nil, err
	}
	for _, to := range in.Body.posts() {
		if err := s.authorise(ctx, s.belongs(to.Organisation), p.ID); err != nil {
			return nil, err
		}
	}
	return nil, s.People.Assign(ctx, visitOf(ctx).account.Actor(), p.ID, in.Body.posts())
}

type enrolmentView struct {
	Code   string `json:"code" doc:"To be shown"`
	Secret string `json:"secret" doc:"To be kept by the screen, and shown to nobody"`
}

func (s *server) enrol(ctx context.Context, _ *none) (*body[enrolmentView], error) {
	code, secret, err := s.People.Enrol(ctx)
	if err != nil {
		return nil, err
	}
	return &body[enrolmentView]{enrolmentView{code, secret}}, nil
}

type claimAnswer struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		Approved bool `json:"approved"`
	}
}

func (s *server) claim(ctx context.Context, in *struct {
	Body struct {
		Secret string `json:"secret" maxLength:"200"`
	}
}) (*claimAnswer, error) {
	v, answer := visitOf(ctx), &claimAnswer{}
	cookie, err := s.People.Claim(ctx, in.Body.Secret, v.from)
	if errors.Is(err, people.ErrNotApproved) {
		return answer, nil
	}
	if err != nil {
		return nil, err
	}
	answer.SetCookie, answer.Body.Approved = setCookie(v, cookie, s.Now().Add(365*24*time.Hour)), true
	return answer, nil
}

func (s *server) listWalls(ctx context.Context, _ *none) (*body[personList], error) {
	if err := s.authorise(ctx, ofTheirs(ctx), "screens on walls"); err != nil {
		return nil, err
	}
	all, _, err := s.People.People(ctx)
	if err != nil {
		return nil, err
	}
	list := personList{People: []personView{}}
	for _, p := range all {
		if p.Role == access.BoardViewer && p.Disabled.IsZero() && access.May(visitOf(ctx).account, access.ApproveScreen, place(s.Directory(), p.Department)) == nil {
			list.People = append(list.People, s.drawPerson(p, nil))
		}
	}
	return &body[personList]{list}, nil
}

type approvalBody struct {
	Code       string `json:"code" maxLength:"40"`
	Department string `json:"department" maxLength:"60"`
	Where      string `json:"where,omitempty" maxLength:"200" doc:"Where it hangs, for the list"`
}

func (s *server) approve(ctx context.Context, in *struct{ Body *approvalBody }) (*none, error) {
	if in.Body == nil {
		return nil, s.nothingSent(ctx, "screens on walls")
	}
	dir := s.Directory()
	dep, ok := dir.Department(in.Body.Department)
	if !ok || !dep.Covers(s.Now()) {
		return nil, errNoDepartment
	}
	at := place(dir, dep.ID)
	if err := s.authorise(ctx, at, dep.ID); err != nil {
		return nil, err
	}
	_, err := s.People.Approve(ctx, visitOf(ctx).account.Actor(), in.Body.Code, in.Body.Where, at.Organisation, dep.ID)
	return nil, err
}

func (s *server) revoke(ctx context.Context, in *ofPerson) (*none, error) {
	p, err := s.People.Person(ctx, in.Person)
	switch {
	case err != nil:
		return nil, err
	case p.Role != access.BoardViewer:
		return nil, errNoPerson
	}
	if err := s.authorise(ctx, place(s.Directory(), p.Department), p.ID); err != nil {
		return nil, err
	}
	return nil, s.People.Disable(ctx, visitOf(ctx).account.Actor(), p.ID)
}

// peopleRoles are the roles that an administrator gives to people: neither those of programs nor that of screens which are approved by a code.
func peopleRoles() []string {
	var names []string
	for _, r := range access.Roles() {
		if !r.OfSystem() && r != access.BoardViewer {
			names = append(names, string(r))
		}
	}
	return names
}
