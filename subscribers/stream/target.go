package stream

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
)

// scope is what an address of a stream names.
type scope uint8

const (
	// boards: departments by their ids, with commas between.
	boards scope = iota
	// organisation, region: all departments there, as the directory has them today.
	organisation
	region
	// personal: the departments that the account may see, with what concerns it.
	personal
)

// String is the scope as the pattern of an address has it.
func (s scope) String() string {
	return [...]string{"departments/{department}", "organisations/{organisation}", "regions/{region}", "me"}[s]
}

// mostBoards is how many departments one address may list.
const mostBoards = 50

// target is what a client asked to be shown: an address of a stream.
type target struct {
	scope scope
	// name is a department's id, several of them, or an ODS code; empty for a personal stream.
	name string
}

// targetOf reads the path values of an address: "department", "organisation" or "region"; none is a personal stream.
func targetOf(r *http.Request) target {
	for _, value := range [...]struct {
		name  string
		scope scope
	}{{"department", boards}, {"organisation", organisation}, {"region", region}} {
		if name := r.PathValue(value.name); name != "" {
			return target{value.scope, name}
		}
	}
	return target{scope: personal}
}

// single tells whether the stream is that of one department, whose screen it may be.
func (t target) single() bool { return t.scope == boards && !strings.Contains(t.name, ",") }

// listed are the departments that an address names one by one, each once, in order.
func (t target) listed() []string {
	ids := strings.Split(t.name, ",")
	slices.Sort(ids)
	return slices.Compact(ids)
}

// known keeps text that a stranger made up out of the journal and the log.
func (t target) known(dir *directory.Directory) string {
	var ok bool
	switch t.scope {
	case boards:
		for _, id := range t.listed() {
			if _, ok = dir.Department(id); !ok {
				return "unknown department"
			}
		}
	case organisation:
		if _, ok = dir.Organisation(t.name); !ok {
			return "unknown organisation"
		}
	case region:
		if _, ok = dir.Region(t.name); !ok {
			return "unknown region"
		}
	case personal:
		return "personal stream"
	}
	return t.name
}

// coverage is what a stream shows to an account at a moment.
type coverage struct {
	// departments are in the order of their ids.
	departments []string
	// named: the account may be told who the patients are.
	named bool
	// mark changes with what the account subscribed to; 0 on every stream but a personal one, and for who subscribed to nothing.
	mark int64
}

// covers finds what the screen's account may be shown now, or how the stream must be closed.
func (h *Hub) covers(s *screen) (coverage, *closing) {
	dir := h.o.Directory()
	if s.target.scope == boards {
		return h.coversListed(s, dir)
	}
	c := coverage{named: true}
	there := false
	for _, dep := range dir.Departments(h.o.Now()) {
		org, _ := dir.OrganisationOf(dep.ID)
		if s.target.scope == organisation && org.ID != s.target.name || s.target.scope == region && org.Region != s.target.name {
			continue
		}
		there = true
		to := object(dir, dep.ID)
		if access.May(s.account, access.WatchArea, to) != nil {
			if s.target.scope == personal {
				continue
			}
			return coverage{}, &errForbidden
		}
		c.departments = append(c.departments, dep.ID)
		c.named = c.named && access.May(s.account, access.WatchBoard, to) == nil
	}
	switch {
	case !there:
		return coverage{}, &errNoDepartment
	case len(c.departments) == 0:
		return coverage{}, &errForbidden
	}
	slices.Sort(c.departments)
	if s.target.scope == personal && h.o.Interests != nil {
		c.mark = h.o.Interests.Mark(s.account.Name)
	}
	return c, nil
}

// coversListed is covers for departments that the address names.
func (h *Hub) coversListed(s *screen, dir *directory.Directory) (coverage, *closing) {
	if s.target.single() { // asked before every writing to every board: it must cost next to nothing
		return coverage{named: true}, h.mayWatch(s, dir, s.target.name)
	}
	c := coverage{departments: s.target.listed(), named: true}
	if len(c.departments) > mostBoards {
		return coverage{}, &errManyBoards
	}
	for _, id := range c.departments {
		if closing := h.mayWatch(s, dir, id); closing != nil {
			return coverage{}, closing
		}
	}
	return c, nil
}

// mayWatch asks whether the screen's account may watch a department now; nil if it may.
func (h *Hub) mayWatch(s *screen, dir *directory.Directory, department string) *closing {
	if dep, ok := dir.Department(department); !ok || !dep.Covers(h.o.Now()) {
		return &errNoDepartment
	}
	if access.May(s.account, access.WatchBoard, object(dir, department)) != nil {
		return &errForbidden
	}
	return nil
}

// entitled asks whether the screen may go on to be shown what it is shown; nil if it may.
func (h *Hub) entitled(s *screen) *closing {
	c, closing := h.covers(s)
	if closing != nil {
		return closing
	}
	if s.room.several && s.keyOf(c) != s.room.key {
		return &errChanged
	}
	return nil
}

// keyOf names the room of a screen: those with the same key are shown the same.
func (s *screen) keyOf(c coverage) string {
	if s.target.single() && s.account.Role == access.BoardViewer {
		return "wall of " + s.target.name
	}
	if s.target.single() {
		return s.target.name
	}
	key := "several " + strings.Join(c.departments, ",")
	if !c.named {
		key += " unnamed"
	}
	if s.account.Role == access.BoardViewer {
		key += " on a wall"
	}
	if s.target.scope == personal {
		key += " for " + s.account.Name
	}
	if c.mark != 0 {
		key += " who subscribed " + strconv.FormatInt(c.mark, 36)
	}
	return key
}

// makeRoom makes the room of a screen that is the first in it.
func (s *screen) makeRoom(c coverage) *room {
	r := newRoom(s.keyOf(c), c.departments...)
	r.wall = s.account.Role == access.BoardViewer
	if s.target.single() {
		r.departments = []string{s.target.name}
		return r
	}
	sum := sha256.Sum256([]byte(r.key))
	r.several, r.named, r.mark = true, c.named, "."+hex.EncodeToString(sum[:4])
	if s.target.scope == personal {
		actor := s.account.Actor()
		r.reader = &actor
	}
	return r
}

// object is a department as package access sees it.
func object(dir *directory.Directory, department string) access.Object {
	org, _ := dir.OrganisationOf(department) // without an organisation nobody's relation holds
	return access.Object{Department: department, Organisation: org.ID, Region: org.Region}
}
