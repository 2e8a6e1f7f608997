package fhir

import (
	"bytes"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// ReadForm reads a plan and its document into a form. whole is false if the plan holds more than the form shows, as one that was sent by
// another system may: publishing the form again would leave that behind.
func ReadForm(p plans.Plan, document []byte) (f plans.Form, whole bool) {
	c := p.Content
	f = plans.Form{
		NHSNumber: p.Patient.NHSNumber.Reveal(), Family: p.Patient.Family, Given: p.Patient.Given, BirthDate: string(p.Patient.BirthDate),
		Sex: string(p.Patient.Sex), Postcode: p.Patient.Postcode, Headline: p.Headline, Urgency: string(p.Urgency),
		Do: stepLines(c.Actions), DoNot: stepLines(c.Never), Equipment: stepLines(c.Equipment), Communication: stepLines(c.Communication),
		CPR: answerOf(formCPR, c.CPR.Says), CPRDate: string(c.CPR.Since), Ceiling: answerOf(formCeiling, c.Ceiling.Says),
		ADRT: answerOf(formADRT, c.AdvanceDecision.Says), Phone: c.Telephone.Number, Author: p.Author, Role: c.Role,
		Reviewed: string(c.Reviewed), ReviewDue: string(c.ReviewDue), Sections: []plans.Section{},
		Kinds: strings.Join(p.Categories, "\n"), Consent: string(p.Consent),
		OnlyOrganisations: strings.Join(p.Restriction.Organisations, "\n"), OnlyRoles: strings.Join(p.Restriction.Roles, "\n"),
	}
	if cp, err := heldCarePlan(document); err == nil {
		f.Starts, f.Ends = dayOf(cp.get("period").get("start").text()), dayOf(cp.get("period").get("end").text())
	}
	if f.ADRT != "" && c.AdvanceDecision.Words != formADRT[f.ADRT].text {
		f.ADRTText = c.AdvanceDecision.Words
	}
	if f.CPR == "" {
		f.CPRDate = ""
	}
	f.Allergies, f.Give, f.Avoid, f.Carers = allergyLines(c.Allergies), medicineLines(c.Medicines, plans.Give), medicineLines(c.Medicines, plans.Avoid), carerLines(c.Carers)
	f.Warnings = strings.Join(c.Warnings, "\n")
	f.Takes = medicineLines(c.Medicines, plans.Takes)
	f.Sections = append(f.Sections, c.Sections...)
	files := FilesOf(p, document)
	for _, a := range c.Attachments {
		if _, held := files[a.SHA256]; held {
			f.Attachments = append(f.Attachments, plans.FormFile{SHA256: a.SHA256, Title: a.Title, Type: a.Type, Bytes: a.Bytes})
		}
	}
	again, err := WriteFormWith(p.ID, p.Centre, p.Status, f, files)
	return f, err == nil && sameButStatus(again, document)
}

// FilesOf are the files of a plan that a form can have, by their hashes.
func FilesOf(p plans.Plan, document []byte) map[string][]byte {
	files := map[string][]byte{}
	for _, a := range p.Content.Attachments {
		if _, shown := a.Shown(); !shown {
			continue
		}
		if content, err := AttachmentOf(document, a); err == nil {
			files[a.SHA256] = content
		}
	}
	return files
}

// dayOf is the day of a dateTime; empty if it does not say the day.
func dayOf(s string) string {
	if len(s) < len(time.DateOnly) {
		return ""
	}
	return s[:len(time.DateOnly)]
}

func stepLines(steps []plans.Step) string {
	var lines []string
	for _, s := range steps {
		if s.State != "" {
			continue // it is not simply to be done, and the form could not say so
		}
		if s.Title != "" {
			lines = append(lines, s.Title+": "+s.Text)
		} else {
			lines = append(lines, s.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func allergyLines(allergies []plans.Allergy) string {
	var lines []string
	for _, a := range allergies {
		if !a.Holds() {
			continue
		}
		words := a.To
		if a.Reaction != "" {
			words += ": " + a.Reaction
		}
		lines = append(lines, words)
	}
	return strings.Join(lines, "\n")
}

func medicineLines(medicines []plans.Medicine, use plans.MedicineUse) string {
	var lines []string
	for _, m := range medicines {
		if m.Use != use || m.State != "" {
			continue
		}
		words := m.Name
		if how := strings.Join(appendWords(appendWords(nil, m.Dose), m.Note), ", "); how != "" {
			words += ": " + how
		}
		lines = append(lines, words)
	}
	return strings.Join(lines, "\n")
}

func carerLines(carers []plans.Person) string {
	var lines []string
	for _, p := range carers {
		words := p.Name
		if p.Relation != "" {
			words += ", " + p.Relation
		}
		if p.Phone != "" {
			words += ": " + p.Phone
		}
		lines = append(lines, words)
	}
	return strings.Join(lines, "\n")
}

// sameButStatus compares two CarePlans that may have been given another status since.
func sameButStatus(a, b []byte) bool {
	a, errA := WithStatus(a, plans.Active, "-")
	b, errB := WithStatus(b, plans.Active, "-")
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
