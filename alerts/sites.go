package alerts

import (
	"errors"
	"slices"

	"github.com/ucpalert/ucpalert/directory"
)

// ErrBeyondSites refuses a message about a visit at a site that its sender may not speak for. Nothing of it is kept.
var ErrBeyondSites = errors.New("the visit is at a site that the sender may not speak for")

// ErrWholeOrganisation refuses a message about a person, or about merged records, whose sender may speak for some sites only: what it says
// counts for the person's visits at every site. Nothing of it is kept.
var ErrWholeOrganisation = errors.New("a message about a person counts at all sites, and the sender may speak for some only")

// within tells whether the sender of an event may speak about a visit that is in these departments, before and after what it says. A
// department that the directory does not know, or none, is at no site.
func (e Event) within(dir *directory.Directory, departments ...string) bool {
	if len(e.Sites) == 0 {
		return true
	}
	for _, id := range departments {
		if dep, ok := dir.Department(id); ok && !slices.Contains(e.Sites, dep.Site) {
			return false
		}
	}
	return true
}
