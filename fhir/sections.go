package fhir

import (
	"fmt"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// sections is the text of a plan in the order in which an A&E needs it: what to do, what the flags say, the activities, goals and
// notes. What is held in records of its own, which are not shown, is named at the end, so that nobody takes what they see for all there
// is. The narrative stands in only where nothing else has text.
func (r *reader) sections(cp element, flags []flag, headline string) []plans.Section {
	var s []plans.Section
	add := func(title, body string) {
		if body != "" {
			s = append(s, plans.Section{Title: title, Text: body})
		}
	}
	add("What to do in an emergency", block(cp.get("description").text()))
	for _, f := range flags {
		if words := concept(f.resource.get("code")); words != headline {
			add("Flag", words)
		}
	}
	var elsewhere []string
	for activity := range cp.list("activity") {
		if detail := activity.get("detail"); detail.present() {
			title, body := r.activity(detail)
			add(title, body)
		} else if ref := activity.get("reference"); ref.present() {
			elsewhere = append(elsewhere, line(ref.get("display").text()))
		}
	}
	for ref := range cp.list("goal") {
		add("Goal", r.goal(ref, cp))
	}
	for note := range cp.list("note") {
		add("Note", block(note.get("text").text()))
	}
	if len(s) == 0 {
		add("", plainText(cp.get("text").get("div").text()))
	}
	add("More in the plan", separately(elsewhere))
	return s
}

// activity is the title and text of one activity. One that is not to be done says so in its title; one entered in error has none.
func (r *reader) activity(detail element) (title, body string) {
	r.code(detail, "status", "not-started", "scheduled", "in-progress", "on-hold", "completed", "cancelled", "stopped", "unknown", "entered-in-error")
	name, lines := concept(detail.get("code")), []string{}
	add := func(label, words string) {
		if words != "" {
			lines = append(lines, label+words)
		}
	}
	doNot := detail.get("doNotPerform").isTrue()
	if doNot {
		title = "Do not"
		add("", name)
	} else {
		title = name
	}
	add("", block(detail.get("description").text()))
	product := concept(detail.get("productCodeableConcept"))
	if product == "" {
		product = line(detail.get("productReference").get("display").text())
	}
	add("Product: ", product)
	add("When: ", schedule(detail))
	add("Amount: ", quantity(detail.get("quantity")))
	add("Amount a day: ", quantity(detail.get("dailyAmount")))
	if len(lines) == 0 {
		title, lines = "", []string{name}
	}
	switch status := detail.get("status").text(); status {
	case "entered-in-error":
		return "", ""
	case "on-hold", "completed", "cancelled", "stopped":
		state := strings.ReplaceAll(status, "-", " ")
		title = strings.TrimSpace(title + " (" + state + ")")
	}
	return title, strings.Join(lines, "\n")
}

// schedule says when an activity is due, as far as the plan has words for it.
func schedule(detail element) string {
	if s := line(detail.get("scheduledString").text()); s != "" {
		return s
	}
	if timing := detail.get("scheduledTiming"); timing.present() {
		if s := concept(timing.get("code")); s != "" {
			return s
		}
		return "a schedule that is not shown here; ask the centre"
	}
	period := detail.get("scheduledPeriod")
	start, end := line(period.get("start").text()), line(period.get("end").text())
	switch {
	case start != "" && end != "":
		return "from " + start + " to " + end
	case start != "":
		return "from " + start
	case end != "":
		return "until " + end
	}
	return ""
}

// quantity writes a quantity with the digits that were sent.
func quantity(q element) string {
	value := q.get("value")
	if value.kind() != number {
		return ""
	}
	unit := line(q.get("unit").text())
	if unit == "" {
		unit = line(q.get("code").text())
	}
	return strings.TrimSpace(line(q.get("comparator").text()) + string(value.raw()) + " " + unit)
}

// goal is the words of a goal that the plan refers to, unless it was given up.
func (r *reader) goal(ref, cp element) string {
	found := r.resolve(ref, cp)
	if found.resourceType() != "Goal" {
		return line(ref.get("display").text())
	}
	switch found.get("lifecycleStatus").text() {
	case "entered-in-error", "rejected", "cancelled":
		return ""
	}
	return concept(found.get("description"))
}

// separately tells of activities that stand in records of their own.
func separately(displays []string) string {
	if len(displays) == 0 {
		return ""
	}
	what := "1 activity stands in a separate record that is not shown here."
	if len(displays) > 1 {
		what = fmt.Sprintf("%d activities stand in separate records that are not shown here.", len(displays))
	}
	lines := []string{what + " Ask the centre."}
	for _, d := range displays {
		if d != "" {
			lines = append(lines, "• "+d)
		}
	}
	return strings.Join(lines, "\n")
}

// concept is the words of a CodeableConcept: its text, else the first display of a coding.
func concept(e element) string {
	if s := line(e.get("text").text()); s != "" {
		return s
	}
	for coding := range e.list("coding") {
		if s := line(coding.get("display").text()); s != "" {
			return s
		}
	}
	return ""
}
