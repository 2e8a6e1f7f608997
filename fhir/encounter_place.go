package fhir

import (
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
)

// physicalTypes is the code system of what a Location is (FHIR R4 location-physical-type).
const physicalTypes = "http://terminology.hl7.org/CodeSystem/location-physical-type"

// deepest is how many Locations are followed from a bed to its site.
const deepest = 6

// place is where the patient is now: the location of the Encounter with the status active, else the last that is neither planned, reserved
// nor completed. Absent if it tells of none.
func (r *visitReader) place(enc element) alerts.Field[alerts.Location] {
	var best element
	var since time.Time
	for l := range enc.list("location") {
		r.code(l, "status", "planned", "active", "reserved", "completed")
		status, start := l.get("status").text(), moment(l.get("period").get("start"))
		if status != "active" && status != "" || !l.get("location").present() {
			continue
		}
		bestActive := best.get("status").text() == "active"
		if !best.present() || status == "active" && !bestActive || (status == "active") == bestActive && !start.Before(since) {
			best, since = l, start
		}
	}
	if !best.present() {
		return alerts.Field[alerts.Location]{}
	}
	at := r.location(best, enc)
	if at == (alerts.Location{}) {
		r.note(best, Incomplete, "The Location says nothing that can be used: send its identifier or its name, and the ODS code of the site.")
		return alerts.Field[alerts.Location]{}
	}
	return alerts.Stated(at)
}

// location reads one location of an Encounter: the Location that it refers to, and those that this is a part of. A bed, a room and a site
// are told by their physical types; what is none of these is the point of care. One that is only named, by identifier or in words, is the
// point of care too, unless its identifier is written as HL7 v2 writes locations (PL): point of care ^ room ^ bed ^ site.
func (r *visitReader) location(l, enc element) alerts.Location {
	var at alerts.Location
	ref, kind := l.get("location"), l.get("physicalType")
	for range deepest {
		found := r.resolve(ref, enc)
		if found.present() && found.resourceType() != "Location" {
			r.add(ref, NotSupported, "The location must be a Location.")
			return at
		}
		if !kind.present() {
			kind = found.get("physicalType")
		}
		r.part(ref, found, kind, &at)
		for _, site := range r.odsCodes(found.get("managingOrganization"), enc) {
			r.own(site.get("value"))
		}
		if ref, kind = found.get("partOf"), found.absent(); !ref.present() {
			break
		}
	}
	return at
}

// part takes one Location of the way from a bed to its site.
func (r *visitReader) part(ref, found, kind element, at *alerts.Location) {
	code := ""
	for _, identifier := range append([]element{ref.get("identifier")}, slices.Collect(found.list("identifier"))...) {
		value := identifier.get("value")
		text := line(value.text())
		switch system := identifier.get("system").text(); {
		case text == "" || identifier.get("use").text() == "old":
		case system == SiteSystem || system == OrganisationSystem:
			if r.own(value) && system == SiteSystem && at.Site == "" {
				at.Site = strings.ToUpper(text)
			}
		case code == "":
			code = text
		}
	}
	isSite := hasCode(kind, physicalTypes, "si")
	for _, words := range [...]string{found.get("name").text(), ref.get("display").text()} {
		if words := line(words); code == "" && !isSite && !siteOnly(ref, found) {
			code = words
		}
	}
	switch {
	case code == "":
	case strings.Contains(code, "^"):
		pl := append(strings.Split(code, "^"), "", "", "")
		for i, into := range [...]*string{&at.PointOfCare, &at.Room, &at.Bed, &at.Site} {
			if part := line(pl[i]); *into == "" {
				*into = part
			}
		}
		at.Site = strings.ToUpper(at.Site)
	case isSite:
		if at.Site == "" {
			at.Site = strings.ToUpper(code)
		}
	case hasCode(kind, physicalTypes, "bd") && at.Bed == "":
		at.Bed = code
	case hasCode(kind, physicalTypes, "ro") && at.Room == "":
		at.Room = code
	case at.PointOfCare == "":
		at.PointOfCare = code
	}
}

// siteOnly tells whether a Location has no other identifier than an ODS site code: its name is then that of the site.
func siteOnly(ref, found element) bool {
	sites, others := 0, 0
	for _, identifier := range append([]element{ref.get("identifier")}, slices.Collect(found.list("identifier"))...) {
		switch {
		case identifier.get("value").text() == "":
		case identifier.get("system").text() == SiteSystem:
			sites++
		default:
			others++
		}
	}
	return sites > 0 && others == 0
}

// own refuses a place that is of another organisation.
func (r *visitReader) own(ods element) bool {
	if r.from.Owns(strings.ToUpper(line(ods.text()))) {
		return true
	}
	r.add(ods, Forbidden, "The location is of another organisation than the one that is signed in. A hospital tells of its own attendances only.")
	return false
}

// dispositions are the codes of the NHS Data Dictionary (attendance disposal) for those of FHIR R4 (discharge-disposition).
var dispositions = map[string]string{
	"exp": "10", "aadvice": "13", "other-hcf": "7", "psy": "7", "rehab": "7", "snf": "7", "long": "7", "hosp": "7", "home": "3", "alt-home": "3", "oth": "14",
}

const dispositionSystem = "http://terminology.hl7.org/CodeSystem/discharge-disposition"

// dispositionOf is how the visit ended, as a code of the NHS Data Dictionary; empty if the Encounter does not say. A code of the NHS's own
// stands as it is, without leading zeros.
func dispositionOf(enc element) string {
	for coding := range enc.get("hospitalization").get("dischargeDisposition").list("coding") {
		code := strings.ToUpper(coding.get("code").text())
		if coding.get("system").text() == dispositionSystem {
			if code := dispositions[strings.ToLower(code)]; code != "" {
				return code
			}
			continue
		}
		if trimmed := strings.TrimLeft(code, "0"); trimmed != "" && len(trimmed) <= longestDisposition && strings.IndexFunc(trimmed, notDigit) < 0 {
			return trimmed
		}
	}
	return ""
}

// longestDisposition is longer than any code of the NHS Data Dictionary's, and shorter than one of SNOMED CT.
const longestDisposition = 3

func notDigit(c rune) bool { return c < '0' || c > '9' }
