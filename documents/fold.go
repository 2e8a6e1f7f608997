package documents

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/plans"
)

// fold decides what a message does to the messages that a plan rests on. The first of them is the document itself; after it stands its
// cancellation, if it was cancelled, and each addendum, or the cancellation in its place. Of each document only the newest message counts
// (by what the messages say of themselves, not by their order on the wire), so that one which is sent again changes nothing.
//
// It reads no clock and no database. The error is a [*hl7.Refusal].
func fold(held []hl7.Document, in hl7.Document) (after []hl7.Document, changed bool, err error) {
	for _, d := range held {
		if bytes.Equal(d.Raw, in.Raw) || d.Number == in.Number && d.Stamp >= in.Stamp {
			return held, false, nil
		}
	}
	if len(held) == 0 {
		return begin(in)
	}
	main := held[0]
	of := func(number string) int { // where an addendum stands
		return slices.IndexFunc(held, func(d hl7.Document) bool { return d.Number == number && number != main.Number })
	}
	switch {
	case in.Trigger == "T11" && in.Number == main.Number:
		return slices.Concat([]hl7.Document{main, in}, addendaOf(held)), true, nil
	case in.Trigger == "T06" && (in.Parent == main.Number || of(in.Parent) > 0):
		return put(held, of(in.Number), in), true, nil
	case in.Trigger == "T10" && of(in.Parent) > 0:
		return put(held, of(in.Parent), in), true, nil
	case in.Trigger == "T10" && in.Parent == main.Number:
		return []hl7.Document{in}, true, nil // the addenda were to what is replaced
	case in.Number == main.Number && in.Trigger != "T06":
		return slices.Concat([]hl7.Document{in}, addendaOf(held)), true, nil
	case of(in.Number) > 0:
		return put(held, of(in.Number), in), true, nil
	case in.Stamp <= main.Stamp: // about what was replaced since
		return held, false, nil
	case in.Trigger == "T06" || in.Trigger == "T10":
		return nil, false, refuse(hl7.TableValue, "TXA^1^13", "the document that this one belongs to (TXA-13) was replaced by another")
	}
	return nil, false, refuse(hl7.TableValue, "TXA^1^12", "the document (TXA-12) was replaced by another")
}

// begin is the first message about a document. A replacement of what nobody knows is a document all the same: better twice than not at all.
func begin(in hl7.Document) ([]hl7.Document, bool, error) {
	switch in.Trigger {
	case "T06":
		return nil, false, refuse(hl7.TableValue, "TXA^1^13", "the document that this one adds to (TXA-13) is not held")
	case "T11":
		return nil, false, refuse(hl7.TableValue, "TXA^1^12", "the document to be cancelled (TXA-12) is not held")
	}
	return []hl7.Document{in}, true, nil
}

// addendaOf are the messages after the document and its cancellation.
func addendaOf(held []hl7.Document) []hl7.Document {
	return slices.DeleteFunc(slices.Clone(held), func(d hl7.Document) bool { return d.Number == held[0].Number })
}

// put sets a message about an addendum in place of another, or adds it. The addenda stand in the order of their messages.
func put(held []hl7.Document, at int, in hl7.Document) []hl7.Document {
	addenda := addendaOf(held)
	first := held[:len(held)-len(addenda)] // the document and its cancellation
	if at < 0 {
		addenda = append(addenda, in)
	} else {
		addenda[at-len(first)] = in
	}
	slices.SortFunc(addenda, func(a, b hl7.Document) int { return cmp.Compare(a.Stamp, b.Stamp) })
	return slices.Concat(first, addenda)
}

// compose writes the plan that messages make.
func compose(id, centre string, messages []hl7.Document) fhir.Outline {
	main := messages[0]
	o := fhir.Outline{
		ID: id, Centre: centre, Status: main.Status, Patient: main.Patient, Headline: main.Headline, Urgency: main.Urgency,
		Do: slices.Clone(main.Do), DoNot: slices.Clone(main.DoNot), Sections: slices.Clone(main.Sections), Author: main.Author, Created: main.Written,
	}
	files := main.Files
	for _, d := range messages[1:] {
		switch {
		case d.Trigger == "T11" && d.Number == main.Number:
			o.Status = plans.Revoked
		case d.Status != plans.Active && main.Status == plans.Active:
			// Cancelled, or not yet authenticated: no part of a plan that others act on.
		default:
			add(&o, d)
			files = append(slices.Clone(files), d.Files...)
		}
	}
	if len(o.Do)+len(o.DoNot)+len(o.Sections) == 0 && len(files) > 0 {
		o.Sections = []plans.Section{{Text: "The text of this plan is in the document that is attached."}}
	}
	for i, f := range files {
		title := f.Title
		if title == "" {
			title = "Document " + strconv.Itoa(i+1)
		}
		o.Attachments = append(o.Attachments, fhir.Attachment{ContentType: "application/pdf", Title: title, Data: f.Data})
	}
	o.OriginalType = "x-application/hl7-v2+er7"
	for _, d := range messages {
		o.Originals = append(o.Originals, d.Raw)
	}
	return o
}

// add appends what an addendum says, under its date.
func add(o *fhir.Outline, d hl7.Document) {
	o.Do, o.DoNot = append(o.Do, d.Do...), append(o.DoNot, d.DoNot...)
	heading := "Addendum of " + d.Stamp.Time().Format(time.DateOnly)
	if d.Headline != "" {
		o.Sections = append(o.Sections, plans.Section{Title: heading, Text: d.Headline})
	}
	for _, s := range d.Sections {
		title := heading
		if s.Title != "" {
			title += ": " + s.Title
		}
		o.Sections = append(o.Sections, plans.Section{Title: title, Text: s.Text})
	}
}
