package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/plans"
)

// getPart gives back a resource that came along with a plan, for the plan's centre. Its version is that of the plan.
func (s *server) getPart(kind string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.planOfPart(r.Context(), kind, r.PathValue("id"), r.PathValue("version"))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.give(w, r, v, func() ([]byte, error) { return fhir.WritePart(v, kind, r.PathValue("id")) })
	})
}

// planOfPart finds the version of the plan that holds a part, and whether the caller may read it.
func (s *server) planOfPart(ctx context.Context, kind, id, version string) (plans.Version, error) {
	if !fhir.IsID(id) {
		return plans.Version{}, s.missing(ctx, "", errNoPart)
	}
	plan, err := s.Plans.PlanPart(ctx, visitOf(ctx).account.Organisation, kind, id)
	if errors.Is(err, plans.ErrNotFound) {
		if plan = fhir.PlanOfPart(id); plan == "" {
			return plans.Version{}, s.missing(ctx, "", errNoPart)
		}
		err = nil
	}
	if err != nil {
		return plans.Version{}, err
	}
	var v plans.Version
	if version != "" {
		v, err = s.ownVersion(ctx, plan, version)
	} else {
		var held *plans.Held
		if held, err = s.ownPlan(ctx, plan); err == nil {
			v = plans.Version{ID: plan, Number: held.Plan.Version, Centre: held.Plan.Centre, Published: held.Plan.Published, Document: held.Document}
		}
	}
	if err != nil {
		return plans.Version{}, err
	}
	if _, err := fhir.WritePart(v, kind, id); errors.Is(err, plans.ErrNotFound) {
		return plans.Version{}, errNoPart
	} else if err != nil {
		return plans.Version{}, err
	}
	return v, nil
}
