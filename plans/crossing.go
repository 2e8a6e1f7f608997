package plans

import (
	"slices"
	"time"

	"github.com/ucpalert/ucpalert/directory"
)

// CrossesTo tells how much of the plan another region may hold: what agreements allow, unless it is a draft, the patient does not want it
// shared, or it is restricted to organisations elsewhere. A restricted plan crosses whole or not at all: a headline could not say for whom
// it is.
func (p Plan) CrossesTo(dir *directory.Directory, region string, on time.Time) directory.Show {
	show := dir.SharesWithRegion(p.Centre, region, p.Categories, on)
	only := p.Restriction
	switch {
	case p.Status == Draft || p.Consent == Dissent:
		return directory.Nothing
	case show == directory.Summary && len(only.Organisations)+len(only.Roles) > 0:
		return directory.Nothing
	case len(only.Organisations) > 0 && !slices.ContainsFunc(only.Organisations, func(code string) bool {
		org, ok := dir.Facility(code, on)
		return ok && org.Region == region
	}):
		return directory.Nothing
	}
	return show
}
