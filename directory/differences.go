package directory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Differences says in plain language what a new directory changes, in the order regions, organisations, sites, departments, agreements;
// nothing if the two mean the same.
func Differences(before, after *Directory) []string {
	w := words{before: before, after: after}
	compare(&w, before.regions, after.regions, func(r Region) string { return "Region " + r.ID + " (" + r.Name + ")" }, w.region)
	compare(&w, before.organisations, after.organisations, func(o Organisation) string { return "Organisation " + o.ID + " (" + o.Name + ")" }, w.organisation)
	compare(&w, before.sites, after.sites, func(s Site) string { return "Site " + s.ID + " (" + s.Name + ")" }, w.site)
	compare(&w, before.departments, after.departments, func(d Department) string { return "Department " + d.ID + " (" + d.Name + ")" }, w.department)
	w.agreements()
	return w.lines
}

// words gathers the lines.
type words struct {
	before, after *Directory
	lines         []string
}

func (w *words) say(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// compare walks through two sets by id.
func compare[T any](w *words, before, after map[string]T, name func(T) string, changed func(name string, old, new T)) {
	ids := slices.Sorted(maps.Keys(before))
	for id := range after {
		if _, held := before[id]; !held {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		was, held := before[id]
		is, stays := after[id]
		switch {
		case !held:
			w.say("%s was added.", name(is))
		case !stays:
			w.say("%s was removed.", name(was))
		default:
			changed(name(is), was, is)
		}
	}
}

// change says that one thing of an entry is another now.
func (w *words) change(name, what, was, is string) {
	switch {
	case was == is:
	case was == "":
		w.say("%s has %s %s now; it had none.", name, what, is)
	case is == "":
		w.say("%s has no %s any more; it was %s.", name, what, was)
	default:
		w.say("%s has %s %s now; it was %s.", name, what, is, was)
	}
}

// span says that an entry begins or ends on another day.
func (w *words) span(name string, was, is Span) {
	if !was.First.Equal(is.First) {
		w.change(name, "the first day", day(was.First), day(is.First))
	}
	if !was.Last.Equal(is.Last) {
		w.change(name, "the last day", lastDay(was.Last), lastDay(is.Last))
	}
}

func (w *words) region(name string, was, is Region) {
	w.change(name, "the name", was.Name, is.Name)
	w.span(name, was.Span, is.Span)
}

func (w *words) organisation(name string, was, is Organisation) {
	w.change(name, "the name", was.Name, is.Name)
	w.change(name, "the region", was.Region, is.Region)
	w.change(name, "the successor", was.Successor, is.Successor)
	w.change(name, "the telephone number", was.Phone, is.Phone)
	w.change(name, "the main site", was.MainSite, is.MainSite)
	w.change(name, "the sending codes", strings.Join(was.SendingCodes, ", "), strings.Join(is.SendingCodes, ", "))
	switch {
	case is.Centre && !was.Centre:
		w.say("%s publishes plans now.", name)
	case was.Centre && !is.Centre:
		w.say("%s publishes no plans any more.", name)
	}
	w.span(name, was.Span, is.Span)
}

func (w *words) site(name string, was, is Site) {
	w.change(name, "the name", was.Name, is.Name)
	w.change(name, "the organisation", was.Organisation, is.Organisation)
	w.span(name, was.Span, is.Span)
}

func (w *words) department(name string, was, is Department) {
	w.change(name, "the name", was.Name, is.Name)
	w.change(name, "the site", was.Site, is.Site)
	w.change(name, "the locations", strings.Join(was.Locations, ", "), strings.Join(is.Locations, ", "))
	w.change(name, "the time zone", was.TimeZone, is.TimeZone)
	if !slices.Equal(was.Phones, is.Phones) {
		w.say("%s has another list of telephone numbers now.", name)
	}
	switch {
	case is.Main && !was.Main:
		w.say("%s is the main department of its site now: it receives patients whose location is not known.", name)
	case was.Main && !is.Main:
		w.say("%s is not the main department of its site any more.", name)
	}
	w.span(name, was.Span, is.Span)
}

// agreements compares who shares what with whom. Agreements that differ in their days only are the same agreement.
func (w *words) agreements() {
	was, is := w.named(w.before), w.named(w.after)
	names := slices.Sorted(maps.Keys(was))
	for name := range is {
		if _, held := was[name]; !held {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		old, now := was[name], is[name]
		both := min(len(old), len(now))
		for i := range both {
			w.span("The agreement "+name, old[i].Span, now[i].Span)
		}
		for _, a := range now[both:] {
			w.say("The agreement %s was added%s.", name, during(a.Span))
		}
		for range old[both:] {
			w.say("The agreement %s was ended: it is not in the new directory.", name)
		}
	}
}

// named sorts agreements under what they say, each list by its days.
func (w *words) named(d *Directory) map[string][]Agreement {
	out := map[string][]Agreement{}
	for _, a := range d.agreements {
		kinds := "all plans"
		if len(a.Categories) > 0 {
			kinds = "the plans of category " + strings.Join(a.Categories, ", ")
		}
		name := fmt.Sprintf("that %s shows %s (%s) in %s", d.named(a.From), kinds, a.Show, d.named(a.To))
		out[name] = append(out[name], a)
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Agreement) int {
			return cmp.Or(a.First.Compare(b.First), a.Last.Compare(b.Last))
		})
	}
	return out
}

// named is an organisation or a region as people call it.
func (d *Directory) named(id string) string {
	if o, ok := d.organisations[id]; ok {
		return o.Name + " (" + id + ")"
	}
	return d.regions[id].Name + " (" + id + ")"
}

// during tells the days of a span; nothing if it has no bounds.
func during(s Span) string {
	switch {
	case s.First.IsZero() && s.Last.IsZero():
		return ""
	case s.Last.IsZero():
		return ", from " + day(s.First)
	case s.First.IsZero():
		return ", until " + lastDay(s.Last)
	}
	return ", from " + day(s.First) + " until " + lastDay(s.Last)
}

// day writes a day as people do; the zero time is no day.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006")
}

// lastDay is the day before the instant at which a span ends.
func lastDay(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return day(end.AddDate(0, 0, -1))
}

// Summary says in one line each what a directory holds on a day, and what of it deserves a look.
func (d *Directory) Summary(on time.Time) []string {
	centres := 0
	for _, o := range d.organisations {
		if o.Centre && o.Covers(on) {
			centres++
		}
	}
	lines := []string{
		fmt.Sprintf("%d regions, %d organisations (%d of them publish plans), %d sites", len(d.regions), len(d.organisations), centres, len(d.sites)),
		fmt.Sprintf("%d departments, %d of them with a board today", len(d.departments), len(d.Departments(on))),
	}
	holding := 0
	w := words{}
	for name, list := range w.named(d) {
		for _, a := range list {
			switch {
			case !a.Last.IsZero() && !on.Before(a.Last):
				lines = append(lines, fmt.Sprintf("note: the agreement %s ended on %s", name, lastDay(a.Last)))
			case on.Before(a.First):
				lines = append(lines, fmt.Sprintf("note: the agreement %s begins on %s", name, day(a.First)))
			case !a.Last.IsZero() && a.Last.Before(on.AddDate(0, 0, 30)):
				lines = append(lines, fmt.Sprintf("note: the agreement %s ends soon, on %s", name, lastDay(a.Last)))
				holding++
			default:
				holding++
			}
		}
	}
	for id, o := range d.organisations {
		if o.Centre && o.Phone == "" && o.Covers(on) {
			lines = append(lines, fmt.Sprintf("note: centre %s has no phone: a department that may see headlines only cannot be told whom to call", id))
		}
	}
	slices.Sort(lines[2:])
	return slices.Insert(lines, 2, fmt.Sprintf("%d agreements, %d of them hold today", len(d.agreements), holding))
}
