package rotas

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
)

// isFor tells whether the terms are for a department and an urgency. That the department is the organisation's is for the caller to know.
func (t Terms) isFor(department string, urgency plans.Urgency) bool {
	return (len(t.Departments) == 0 || slices.Contains(t.Departments, department)) && (len(t.Urgencies) == 0 || slices.Contains(t.Urgencies, urgency))
}

// narrow is how much the terms name: departments weigh more than urgencies.
func (t Terms) narrow() (n int) {
	if len(t.Departments) > 0 {
		n += 2
	}
	if len(t.Urgencies) > 0 {
		n++
	}
	return n
}

// collides tells whether two policies of an organisation would both hold somewhere, neither more than the other.
func (t Terms) collides(o Terms) bool {
	if t.narrow() != o.narrow() {
		return false
	}
	shared := func(a, b []string) bool {
		return len(a) == 0 || slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
	}
	return shared(t.Departments, o.Departments) && shared(texts(t.Urgencies), texts(o.Urgencies))
}

func texts(of []plans.Urgency) (out []string) {
	for _, u := range of {
		out = append(out, string(u))
	}
	return out
}

// urgencies are all, the most urgent first.
var urgencies = []plans.Urgency{plans.Critical, plans.Urgent, plans.Routine}

// Urgencies are all, the most urgent first.
func Urgencies() []plans.Urgency { return slices.Clone(urgencies) }

// faults are what keeps the terms from holding, in an organisation.
func (t Terms) faults(organisation string, b Book) (all []Fault) {
	add := func(at, format string, args ...any) { all = append(all, Fault{at, fmt.Sprintf(format, args...)}) }
	if !plainName(t.Name) {
		add("name", "A name has from 1 to %d letters, on one line.", mostName)
	}
	for i, id := range t.Departments {
		if org, ok := b.dir.OrganisationOf(id); !ok || org.ID != organisation {
			add(fmt.Sprintf("departments/%d", i), "This is no department of the organisation.")
		}
	}
	for i, u := range t.Urgencies {
		if !slices.Contains(urgencies, u) {
			add(fmt.Sprintf("urgencies/%d", i), "An urgency is critical, urgent or routine.")
		}
	}
	for i, s := range t.Steps {
		at := fmt.Sprintf("steps/%d", i)
		switch {
		case s.Name != "" && !plainName(s.Name):
			add(at+"/name", "A name has from 1 to %d letters, on one line.", mostName)
		case s.To == escalation.OnCall && s.Rota != "" && !b.mayName(s.Rota, organisation):
			add(at+"/rota", "There is no such rota of the organisation.")
		}
	}
	if at, words := stepFault(t.policy()); words != "" {
		all = append(all, Fault{at, words})
	}
	return all
}

// stepFault is the first fault that package escalation finds, and where.
func stepFault(p escalation.Policy) (at, words string) {
	err := p.Check()
	if err == nil {
		return "", ""
	}
	words, at = err.Error(), "steps"
	var n int
	if _, scan := fmt.Sscanf(words, "step %d:", &n); scan == nil {
		_, words, _ = strings.Cut(words, ": ")
		at = fmt.Sprintf("steps/%d", n-1)
		for _, field := range []string{"wait", "name", "rota", "to"} {
			if strings.Contains(words, field) {
				at += "/" + field
				break
			}
		}
	} else if strings.HasPrefix(words, "again") {
		at = "again"
	}
	return at, sentence(words)
}

// sentence is a fault of an inner package as a person reads it.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

// Told is what a policy does, step by step, in words, as it is where everybody on call can be told; and after how long the first person is told,
// and the alarm is raised. first is less than zero where no step tells a person.
func (t Terms) Told(name func(rota string) string) (words []string, first, alarm time.Duration) {
	var at time.Duration
	first = -1
	say := func(s escalation.Step, time int) {
		line := "At once: "
		if at > 0 {
			line = "After " + span(at) + ": "
		}
		switch s.To {
		case escalation.Board:
			line += "the board shows it, for " + span(s.Wait) + "."
		case escalation.Centre:
			line += s.Name + ": whoever is on for the plan's own centre is told"
		default:
			line += s.Name + ": whoever is on in " + name(s.Rota) + " is told"
		}
		if s.To != escalation.Board {
			if first < 0 {
				first = at
			}
			if time > 1 {
				line += fmt.Sprintf(", for the %s time", ordinal(time))
			}
			line += ", and has " + span(s.Wait) + "."
		}
		words = append(words, line)
		at += s.Wait
	}
	for _, s := range t.Steps {
		say(s, 1)
	}
	for time := range t.Again {
		for _, s := range t.Steps {
			if s.To != escalation.Board {
				say(s, time+2)
			}
		}
	}
	return append(words, "After "+span(at)+": nobody has answered. It is an alarm, which whoever runs the service sees until somebody does."), first, at
}

func ordinal(n int) string {
	return [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"}[min(n, 12)-1]
}

// span is a time in words: "2 minutes", "1 hour 30 minutes".
func span(d time.Duration) string {
	var words []string
	for _, of := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int(d / of.unit); n > 0 {
			d -= time.Duration(n) * of.unit
			text := fmt.Sprintf("%d %s", n, of.name)
			if n > 1 {
				text += "s"
			}
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return "0 seconds"
	}
	return strings.Join(words, " ")
}

// differences says what changes from terms that hold to others, for whoever agrees. before is nil where there are none.
func (t Terms) differences(before *Terms, b Book) []string {
	name := b.nameOfRota
	if before == nil {
		lines := []string{"New policy " + t.Name + ", for " + t.whom(b.dir) + "."}
		words, _, _ := t.Told(name)
		return append(lines, words...)
	}
	var lines []string
	if before.Name != t.Name {
		lines = append(lines, "Its name: "+t.Name+", until now "+before.Name+".")
	}
	if was, is := before.whom(b.dir), t.whom(b.dir); was != is {
		lines = append(lines, "It is for "+is+", until now for "+was+".")
	}
	was, firstWas, alarmWas := before.Told(name)
	is, first, alarm := t.Told(name)
	for _, line := range was {
		if !slices.Contains(is, line) {
			lines = append(lines, "Until now: "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			lines = append(lines, "From then on: "+line)
		}
	}
	if first > firstWas && firstWas >= 0 {
		lines = append(lines, "The first person is told later than until now.")
	} else if first < 0 && firstWas >= 0 {
		lines = append(lines, "No person is told any more.")
	}
	if alarm > alarmWas {
		lines = append(lines, "The alarm is raised later than until now.")
	}
	return lines
}

// whom is what the terms are for, in words.
func (t Terms) whom(dir *directory.Directory) string {
	where := "all departments"
	if len(t.Departments) > 0 {
		var names []string
		for _, id := range t.Departments {
			name := id
			if d, ok := dir.Department(id); ok {
				name = d.Name + " (" + id + ")"
			}
			names = append(names, name)
		}
		where = strings.Join(names, ", ")
	}
	what := "every urgency"
	if len(t.Urgencies) > 0 {
		what = strings.Join(texts(t.Urgencies), " and ") + " plans"
	}
	return where + ", " + what
}
