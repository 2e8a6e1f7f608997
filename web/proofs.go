package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
)

// Proofs finds the reports of the proof of no miss.
type Proofs interface {
	// Proofs returns the newest reports, the newest first.
	Proofs(ctx context.Context, limit int) ([]alerts.Proof, error)
}

// listedProofs is how many reports are listed: a month of nights.
const listedProofs = 31

// addProofs adds the address of the reports.
func (s *server) addProofs(api *apiTable) {
	addAPI(s, api, signedIn, access.ReadProofs, huma.Operation{
		Method: "GET", Path: "/api/proofs", OperationID: "proofs", Summary: "The reports of the nightly proof that no alert is missing and none is false",
		Description: "Counts are of the whole service. Findings are listed for the caller's own departments, or own plans; they hold identifiers only.", Errors: []int{401, 403, 503},
	}, s.proofs)
}

type shownProof struct {
	ID          string           `json:"id"`
	Began       time.Time        `json:"began"`
	Ended       time.Time        `json:"ended"`
	Visits      int              `json:"visits" doc:"Open attendances that were compared"`
	Plans       int              `json:"plans" doc:"Plans that they were compared with, each with each"`
	Expected    int              `json:"expected" doc:"Alerts that should stand"`
	Found       int              `json:"found" doc:"Alerts that did stand"`
	Differences int              `json:"differences"`
	Mended      bool             `json:"mended" doc:"Every difference was put right"`
	Findings    []alerts.Finding `json:"findings" nullable:"false"`
}

type proofList struct {
	Proofs []shownProof `json:"proofs" nullable:"false"`
}

func (s *server) proofs(ctx context.Context, _ *none) (*body[proofList], error) {
	account := visitOf(ctx).account
	if err := s.authorise(ctx, access.Object{Organisation: account.Organisation, Centre: account.Organisation}, "proofs"); err != nil {
		return nil, err
	}
	kept, err := s.Proofs.Proofs(ctx, listedProofs)
	if err != nil {
		return nil, err
	}
	dir := s.Directory()
	list := proofList{[]shownProof{}}
	for _, p := range kept {
		shown := shownProof{p.ID, p.Began.UTC(), p.Ended.UTC(), p.Visits, p.Plans, p.Expected, p.Found, len(p.Findings), p.Mended(), []alerts.Finding{}}
		for _, f := range p.Findings {
			about := place(dir, f.Department)
			about.Centre = f.Centre
			if access.May(account, access.ReadProofs, about) == nil {
				shown.Findings = append(shown.Findings, f)
			}
		}
		list.Proofs = append(list.Proofs, shown)
	}
	return &body[proofList]{list}, nil
}
