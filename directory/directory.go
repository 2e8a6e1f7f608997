// Package directory answers: which regions, organisations, sites and departments exist on a given day, and who shares with whom?
package directory

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Region is an NHS region or integrated care board: an area whose hospitals can be covered by one agreement.
type Region struct {
	// ID is the ODS code, such as "QM7" or "Y56".
	ID   string
	Name string
	Span
}

// Organisation is an NHS trust: one that runs A&E departments, a tertiary centre, or both.
type Organisation struct {
	// ID is the ODS code, such as "RQW".
	ID     string
	Name   string
	Region string
	// Successor is the ODS code of the organisation that took this one over; empty if none did.
	Successor string
	// Centre tells that the organisation publishes plans.
	Centre bool
	// Phone is the number at which a centre's clinicians are reached day and night; empty if none is known.
	Phone string
	// SendingCodes are what its systems call themselves in MSH-4, in capitals, where that is no ODS code.
	SendingCodes []string
	// MainSite is the site whose main department receives patients with an unknown location.
	MainSite string
	Span
}

// Site is a place of an organisation with its own ODS site code.
type Site struct {
	// ID is the ODS site code, such as "RQWG0".
	ID           string
	Name         string
	Organisation string
	Span
}

// Department is an A&E department with a board.
type Department struct {
	// ID is ours and stands in addresses, such as "RQW-AE".
	ID   string
	Name string
	Site string
	// Main receives the site's patients whose location is not known.
	Main bool
	// Locations are the points of care (HL7 PV1-3.1) that belong to the department; "*" and "?" are wildcards, case does not matter.
	Locations []string
	// TimeZone is the IANA name of the zone the department's clocks show.
	TimeZone string
	// Phones is the list to use when the board is not live.
	Phones []Phone
	Span
}

// Phone is one line of a department's phone list.
type Phone struct {
	Name   string `yaml:"name" json:"name"`
	Number string `yaml:"number" json:"number"`
}

// Span is the time from the beginning of the first day to the end of the last, in the calendar of Europe/London. Zero means open.
type Span struct{ First, Last time.Time }

// Covers tells whether an instant falls into the span.
func (s Span) Covers(at time.Time) bool {
	return !at.Before(s.First) && (s.Last.IsZero() || at.Before(s.Last))
}

// Directory is an immutable, checked set of regions, organisations, sites, departments and agreements.
type Directory struct {
	regions       map[string]Region
	organisations map[string]Organisation
	sendingCodes  map[string]string // ODS code of the organisation, by what its systems call themselves
	sites         map[string]Site
	departments   map[string]Department
	bySite        map[string][]Department
	order         []string // department ids, in the order of the file
	agreements    []Agreement
	rules         map[string][]Rule // by organisation; see WithRules
}

// Region finds a region by its ODS code.
func (d *Directory) Region(id string) (Region, bool) {
	r, ok := d.regions[id]
	return r, ok
}

// Organisation finds an organisation by its ODS code, as it is: closed organisations are found too.
func (d *Directory) Organisation(id string) (Organisation, bool) {
	o, ok := d.organisations[id]
	return o, ok
}

// Site finds a site by its ODS site code.
func (d *Directory) Site(id string) (Site, bool) {
	s, ok := d.sites[id]
	return s, ok
}

// Department finds a department by its id.
func (d *Directory) Department(id string) (Department, bool) {
	dep, ok := d.departments[id]
	return dep, ok
}

// Departments lists the departments that exist at an instant, in the order of the file.
func (d *Directory) Departments(at time.Time) []Department {
	var out []Department
	for _, id := range d.order {
		if dep := d.departments[id]; dep.Covers(at) {
			out = append(out, dep)
		}
	}
	return out
}

// Facility finds the organisation that a message names as its sender: by ODS organisation code or by the code of one of its sites. A
// closed organisation is followed to its successor.
func (d *Directory) Facility(code string, at time.Time) (Organisation, bool) {
	if site, ok := d.sites[code]; ok {
		code = site.Organisation
	}
	return d.current(code, at)
}

// Sending finds the organisation that MSH-4 names: as [Directory.Facility] does, else by the codes that its systems use instead.
func (d *Directory) Sending(code string, at time.Time) (Organisation, bool) {
	if org, ok := d.sendingCodes[code]; ok {
		code = org
	}
	return d.Facility(code, at)
}

// current follows successors to the organisation that exists at an instant.
func (d *Directory) current(code string, at time.Time) (Organisation, bool) {
	for range len(d.organisations) {
		org, ok := d.organisations[code]
		if !ok {
			return Organisation{}, false
		}
		if org.Covers(at) {
			return org, true
		}
		if org.Successor == "" {
			return Organisation{}, false
		}
		code = org.Successor
	}
	return Organisation{}, false
}

// OrganisationOf returns the organisation that runs a department.
func (d *Directory) OrganisationOf(department string) (Organisation, bool) {
	dep, ok := d.departments[department]
	if !ok {
		return Organisation{}, false
	}
	org, ok := d.organisations[d.sites[dep.Site].Organisation]
	return org, ok
}

// check refuses a directory that could lose an alert: dangling references, a site with departments but not exactly one main one, an
// organisation with departments but no main site. It names the first fault.
func (d *Directory) check() error {
	for site, deps := range d.bySite {
		mains := 0
		for _, dep := range deps {
			if dep.Main {
				mains++
			}
		}
		if mains != 1 {
			return fmt.Errorf("site %s: exactly one of its departments must be the main one, not %d", site, mains)
		}
	}
	if err := d.checkSendingCodes(); err != nil {
		return err
	}
	for _, o := range d.organisations {
		if _, ok := d.regions[o.Region]; !ok {
			return fmt.Errorf("organisation %s: region %q is not in the directory", o.ID, o.Region)
		}
		if _, ok := d.organisations[o.Successor]; o.Successor != "" && !ok {
			return fmt.Errorf("organisation %s: successor %q is not in the directory", o.ID, o.Successor)
		}
		if err := d.checkMainSite(o); err != nil {
			return err
		}
	}
	for _, s := range d.sites {
		if _, ok := d.organisations[s.Organisation]; !ok {
			return fmt.Errorf("site %s: organisation %q is not in the directory", s.ID, s.Organisation)
		}
	}
	for _, dep := range d.departments {
		if _, ok := d.sites[dep.Site]; !ok {
			return fmt.Errorf("department %s: site %q is not in the directory", dep.ID, dep.Site)
		}
	}
	return d.checkAgreements()
}

// checkSendingCodes notes whose each code is. One that could mean somebody else too would show patients to the wrong hospital.
func (d *Directory) checkSendingCodes() error {
	for _, id := range slices.Sorted(maps.Keys(d.organisations)) {
		for _, code := range d.organisations[id].SendingCodes {
			_, organisation := d.organisations[code]
			_, site := d.sites[code]
			other, twice := d.sendingCodes[code]
			switch {
			case code == "":
				return fmt.Errorf("organisation %s: one of the sending_codes is empty", id)
			case organisation || site:
				return fmt.Errorf("organisation %s: the sending code %s is the ODS code of an organisation or a site, and needs no entry", id, code)
			case twice:
				return fmt.Errorf("organisation %s: the sending code %s is one of %s, too", id, code, other)
			}
			d.sendingCodes[code] = id
		}
	}
	return nil
}

func (d *Directory) checkMainSite(o Organisation) error {
	departments := false
	for site := range d.bySite {
		departments = departments || d.sites[site].Organisation == o.ID
	}
	if !departments {
		return nil
	}
	if d.sites[o.MainSite].Organisation != o.ID || d.mainOf(o.MainSite) == "" {
		return fmt.Errorf("organisation %s: main_site must name one of its sites with a department", o.ID)
	}
	return nil
}
