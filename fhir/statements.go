package fhir

import (
	"errors"
	"slices"

	"github.com/ucpalert/ucpalert/plans"
)

// Names of our own, for what no standard of the NHS has a code or an element for (docs/plan.md).
const (
	// CeilingSystem has the codes comfort-only, reversible-at-home, reversible-in-hospital and full-treatment.
	CeilingSystem = "https://ucpalert.example/CodeSystem/ceiling-of-treatment"
	// ReviewDueExtension stands on a CarePlan with a valueDate.
	ReviewDueExtension = "https://ucpalert.example/extension/review-due"
)

// sayingCodes are the SNOMED CT codes that state something of which only the newest holds.
var sayingCodes = map[string]plans.Saying{
	"450475007": plans.ForCPR, "304252001": plans.ForCPR,
	"450476008": plans.NotForCPR, "304253006": plans.NotForCPR,
	"816301000000100": plans.RefusesTreatment, "1052911000000106": plans.RefusesTreatment,
	"962601000000103": plans.RefusalRetracted,
}

var ceilings = []plans.Saying{plans.ComfortOnly, plans.ReversibleAtHome, plans.ReversibleInHospital, plans.FullTreatment}

// matter is what a saying is about.
type matter uint8

const (
	cpr matter = iota
	ceiling
	advanceDecision
)

func matterOf(s plans.Saying) matter {
	switch s {
	case plans.ForCPR, plans.NotForCPR:
		return cpr
	case plans.RefusesTreatment, plans.RefusalRetracted:
		return advanceDecision
	}
	return ceiling
}

// snomedCode is the code of a coding of SNOMED CT; a coding without a system is taken as one.
func snomedCode(coding element) string {
	if system := coding.get("system").text(); system != "" && system != SNOMEDSystem {
		return ""
	}
	return coding.get("code").text()
}

// sayings are what the codes of a CodeableConcept state, each once. The displays do not matter.
func sayings(c element) []plans.Saying {
	var out []plans.Saying
	for coding := range c.list("coding") {
		s := sayingCodes[snomedCode(coding)]
		if code := plans.Saying(coding.get("code").text()); coding.get("system").text() == CeilingSystem && slices.Contains(ceilings, code) {
			s = code
		}
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// standings finds what holds about resuscitation, the ceiling of treatment and advance decisions. A plan that contradicts itself without
// dates that tell which statement is the newer is refused: nobody here may choose.
func (r *reader) standings(cp element, c *plans.Content) {
	stated := map[matter][]plans.Stated{}
	note := func(code element, s plans.Stated, when element) {
		r.knownCeiling(code)
		at := when.text()
		s.From, s.Until = from(at), until(at)
		s.Since = dateOf(at)
		said := sayings(code)
		for _, saying := range said {
			if others := slices.DeleteFunc(slices.Clone(said), func(o plans.Saying) bool { return o == saying || matterOf(o) != matterOf(saying) }); len(others) > 0 {
				r.add(code, Conflict, "The codings of one concept contradict each other. Send one meaning.")
			}
			s.Says = saying
			stated[matterOf(saying)] = append(stated[matterOf(saying)], s)
		}
	}
	for category := range cp.list("category") {
		note(category, plans.Stated{}, cp.get("created"))
	}
	for activity := range cp.list("activity") {
		detail := activity.get("detail")
		status := detail.get("status").text()
		if status == "entered-in-error" || detail.get("doNotPerform").isTrue() {
			continue
		}
		ended := status == "stopped" || status == "cancelled" || status == "completed"
		note(detail.get("code"), plans.Stated{Words: block(detail.get("description").text()), Ended: ended}, detail.get("scheduledPeriod").get("start"))
	}
	for of := range r.around(cp) {
		if status := of.get("status").text(); status != "entered-in-error" && status != "cancelled" {
			r.statement(of, note)
		}
	}
	for m, into := range map[matter]*plans.Standing{cpr: &c.CPR, ceiling: &c.Ceiling, advanceDecision: &c.AdvanceDecision} {
		standing, err := plans.Newest(stated[m])
		if errors.Is(err, plans.ErrUnclear) {
			r.addPath(cp.path(), Conflict, "The plan contradicts itself about "+matterWords[m]+", and the dates do not tell which statement is the newer. "+
				"Send the start of each (Flag.period.start), or the status inactive for the one that holds no longer.")
		}
		*into = standing
	}
}

var matterWords = map[matter]string{cpr: "resuscitation", ceiling: "the ceiling of treatment", advanceDecision: "an advance decision"}

// statement notes what a resource that came with the plan states.
func (r *reader) statement(of element, note func(code element, s plans.Stated, when element)) {
	status := of.get("status").text()
	switch of.resourceType() {
	case "Flag":
		note(of.get("code"), plans.Stated{Words: ownWords(of.get("code")), Ended: status == "inactive"}, of.get("period").get("start"))
	case "Observation":
		when := first(of, "effectiveDateTime", "effectiveInstant", "issued")
		if period := of.get("effectivePeriod").get("start"); period.present() {
			when = period
		}
		s := plans.Stated{Words: notes(of)}
		note(of.get("code"), s, when)
		note(of.get("valueCodeableConcept"), s, when)
	case "Consent":
		for category := range of.list("category") {
			note(category, plans.Stated{Words: ownWords(category), Ended: status == "inactive" || status == "rejected"}, of.get("dateTime"))
		}
	case "DocumentReference":
		note(of.get("type"), plans.Stated{Words: line(of.get("description").text()), Ended: status == "superseded"}, of.get("date"))
	}
}

// ownWords is the text of a concept, unless it only repeats what a code is called.
func ownWords(c element) string {
	words := line(c.get("text").text())
	for coding := range c.list("coding") {
		if line(coding.get("display").text()) == words {
			return ""
		}
	}
	return words
}

// knownCeiling refuses a code of our own system that it does not have: a ceiling must not be lost to a slip of the pen.
func (r *reader) knownCeiling(c element) {
	for coding := range c.list("coding") {
		if code := coding.get("code"); coding.get("system").text() == CeilingSystem && !slices.Contains(ceilings, plans.Saying(code.text())) {
			r.add(coding, Value, "The code of the ceiling of treatment must be comfort-only, reversible-at-home, reversible-in-hospital or full-treatment.")
		}
	}
}

// first is the first of some members that is there.
func first(of element, names ...string) element {
	for _, name := range names {
		if e := of.get(name); e.present() {
			return e
		}
	}
	return of.absent()
}

// notes are the annotations of a resource, one a line.
func notes(of element) string {
	out := ""
	for note := range of.list("note") {
		if words := block(note.get("text").text()); words != "" {
			out += "\n" + words
		}
	}
	return block(out)
}

// dateOf is the day of a dateTime in London, as precisely as it is given.
func dateOf(s string) plans.Date {
	at, precise, ok := parseDateTime(s)
	if !ok {
		return ""
	}
	if precise == toSecond {
		s = at.In(london).Format("2006-01-02")
	}
	return plans.Date(s)
}
