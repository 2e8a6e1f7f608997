package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/journal"
)

// Proofs finds the reports of the proof of no miss.
type Proofs interface {
	// Proofs returns the newest reports, the newest first.
	Proofs(ctx context.Context, limit int) ([]alerts.Proof, error)
	// Proof returns one report, or alerts.ErrNoProof.
	Proof(ctx context.Context, id string) (alerts.Proof, error)
}

// Prover proves when somebody asks, one proof at a time on all nodes.
type Prover interface {
	// Prove begins a proof and returns the id that its report will have, without waiting for it. If one is under way it returns that one's id,
	// and that it did not begin.
	Prove(ctx context.Context, by journal.Actor) (id string, began bool, err error)
	// Proving is the id of the proof that is under way; empty if none is.
	Proving(ctx context.Context) (id string, err error)
	// Compared is how many plans a proof that this node has under way has gone through; 0 if another node has it.
	Compared(id string) int
}

// listedProofs is how many reports are listed: a month of nights.
const listedProofs = 31

// addProofs adds the address of the reports.
func (s *server) addProofs(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadProofs, huma.Operation{
		Method: "GET", Path: "/api/proofs", OperationID: "proofs", Summary: "The reports of the nightly proof that no alert is missing and none is false",
		Description: "Counts are of the whole service. Findings are listed for the caller's own departments, or own plans; they hold identifiers only.", Errors: []int{401, 403, 503},
	}, s.proofs)
	addAPI(s, api, signedIn, access.RunProof, huma.Operation{
		Method: "POST", Path: "/api/proofs", OperationID: "prove", Summary: "Prove now that no alert is missing and none is false", DefaultStatus: http.StatusAccepted,
		Description: "The proof goes on by itself, for about a minute with a million plans; Location says where its report will be. While one is under way no other is begun: the answer names that one.",
		Errors:      []int{401, 403, 503},
	}, s.prove)
	addAPI(s, api, signedIn, access.ReadProofs, huma.Operation{
		Method: "GET", Path: "/api/proofs/{proof}", OperationID: "proof", Summary: "One report, or that its proof is under way",
		Description: "Findings are listed as in the list of all reports.", Errors: []int{401, 403, 404, 503},
	}, s.proof)
}

type shownProof struct {
	ID          string         `json:"id"`
	State       proofState     `json:"state" enum:"running,ended" doc:"A running proof has no more than an id, and how many plans it has gone through"`
	Began       time.Time      `json:"began,omitzero"`
	Ended       time.Time      `json:"ended,omitzero"`
	Visits      int            `json:"visits" doc:"Open attendances that were compared"`
	Plans       int            `json:"plans" doc:"Plans that they were compared with, each with each"`
	Expected    int            `json:"expected" doc:"Alerts that should stand"`
	Found       int            `json:"found" doc:"Alerts that did stand"`
	Differences int            `json:"differences"`
	Mended      bool           `json:"mended" doc:"Every difference was put right"`
	Findings    []shownFinding `json:"findings" nullable:"false"`
}

// shownFinding is a difference, with the names that people know.
type shownFinding struct {
	alerts.Finding
	CentreName     string `json:"centre_name,omitempty"`
	DepartmentName string `json:"department_name,omitempty"`
}

type proofState string

const (
	proofRunning proofState = "running"
	proofEnded   proofState = "ended"
)

type proofList struct {
	Running *shownProof  `json:"running,omitempty" doc:"The proof that is under way, whoever asked for it"`
	Proofs  []shownProof `json:"proofs" nullable:"false" doc:"The newest first"`
}

func (s *server) proofs(ctx context.Context, _ *none) (*body[proofList], error) {
	if err := s.mayAskOfProofs(ctx); err != nil {
		return nil, err
	}
	// The lease first: a proof that ends between the two questions has kept its report before it gave the lease back.
	running, err := s.Prover.Proving(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := s.Proofs.Proofs(ctx, listedProofs)
	if err != nil {
		return nil, err
	}
	list := proofList{Proofs: []shownProof{}}
	if running != "" && !slices.ContainsFunc(kept, func(p alerts.Proof) bool { return p.ID == running }) {
		list.Running = s.underWay(running)
	}
	for _, p := range kept {
		list.Proofs = append(list.Proofs, s.showProof(visitOf(ctx).account, p))
	}
	return &body[proofList]{list}, nil
}

// mayAskOfProofs asks for the route's action; a proof is nobody's own.
func (s *server) mayAskOfProofs(ctx context.Context) error {
	account := visitOf(ctx).account
	return s.authorise(ctx, access.Object{Organisation: account.Organisation, Centre: account.Organisation}, "proofs")
}

// showProof is a report with the findings that concern the account's departments or plans.
func (s *server) showProof(to access.Account, p alerts.Proof) shownProof {
	dir := s.Directory()
	shown := shownProof{p.ID, proofEnded, p.Began.UTC(), p.Ended.UTC(), p.Visits, p.Plans, p.Expected, p.Found, len(p.Findings), p.Mended(), []shownFinding{}}
	for _, f := range p.Findings {
		about := place(dir, f.Department)
		about.Centre = f.Centre
		if access.May(to, access.ReadProofs, about) == nil {
			shown.Findings = append(shown.Findings, shownFinding{f, nameOf(dir, f.Centre), departmentName(dir, f.Department)})
		}
	}
	return shown
}

// underWay is a proof whose report is not there yet.
func (s *server) underWay(id string) *shownProof {
	return &shownProof{ID: id, State: proofRunning, Plans: s.Prover.Compared(id), Findings: []shownFinding{}}
}

type provedAt struct {
	Location string `header:"Location" doc:"Where the report will be"`
	Body     provingBody
}

type provingBody struct {
	ID    string     `json:"id" doc:"The id of the report"`
	State proofState `json:"state" enum:"running"`
	// AlreadyRunning: this one was asked for before.
	AlreadyRunning bool `json:"already_running" doc:"The proof had been asked for before"`
}

func (s *server) prove(ctx context.Context, _ *none) (*provedAt, error) {
	if err := s.mayAskOfProofs(ctx); err != nil {
		return nil, err
	}
	id, began, err := s.Prover.Prove(ctx, visitOf(ctx).account.Actor())
	if err != nil {
		return nil, err
	}
	return &provedAt{"/api/proofs/" + id, provingBody{id, proofRunning, !began}}, nil
}

func (s *server) proof(ctx context.Context, in *struct {
	Proof string `path:"proof" doc:"The id of the report"`
}) (*body[shownProof], error) {
	if err := s.mayAskOfProofs(ctx); err != nil {
		return nil, err
	}
	// The lease first: a proof that ends between the two questions has kept its report before it gave the lease back.
	running, err := s.Prover.Proving(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := s.Proofs.Proof(ctx, in.Proof)
	switch {
	case err == nil:
		return &body[shownProof]{s.showProof(visitOf(ctx).account, kept)}, nil
	case errors.Is(err, alerts.ErrNoProof) && running == in.Proof:
		return &body[shownProof]{*s.underWay(running)}, nil
	}
	return nil, err
}
