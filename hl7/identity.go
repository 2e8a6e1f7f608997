package hl7

import (
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// name is the legal name (XPN.7 L), else one without a type, else whichever comes first. The family name Unknown is no name.
func name(names Value) alerts.Field[alerts.Name] {
	best, bestRank := alerts.Name{}, 0
	for n := range names.Repetitions() {
		rank := 1
		switch upper(n.Component(7)) {
		case "L":
			rank = 3
		case "":
			rank = 2
		}
		if named, is := personName(n); is && rank > bestRank {
			best, bestRank = alerts.Name(named), rank
		}
	}
	if bestRank > 0 {
		return alerts.Stated(best)
	}
	return emptiedIfNull[alerts.Name](names)
}

// personName reads an XPN, and tells whether it names anybody.
func personName(n Value) (plans.PersonName, bool) {
	named := plans.PersonName{Family: plain(n.Component(1)), Given: plain(n.Component(2))}
	return named, named != (plans.PersonName{}) && !strings.EqualFold(named.Family, "unknown")
}

// otherNames are the names beside the one that is shown: the other repetitions of PID-5 (maiden M, alias A, birth B …) and the aliases of
// PID-9, in that order, each once. A message that has none says nothing about them: senders often repeat the present name alone.
func otherNames(names, aliases Value) alerts.Field[[plans.MaxOtherNames]plans.PersonName] {
	var others []plans.PersonName
	shown := plans.PersonName(name(names).Value)
	for _, field := range [...]Value{names, aliases} {
		for n := range field.Repetitions() {
			if named, is := personName(n); is && named != shown && !slices.Contains(others, named) {
				others = append(others, named)
			}
		}
	}
	if len(others) == 0 {
		return emptiedIfNull[[plans.MaxOtherNames]plans.PersonName](aliases)
	}
	var kept [plans.MaxOtherNames]plans.PersonName
	copy(kept[:], others)
	return alerts.Stated(kept)
}

// readTracing reads the NHS number status: NSTS01 or 01, and so on to 08 (ITK HL7 v2 1.0.15, PID-32). Another repetition or code says
// something else, and nothing of the number.
func readTracing(codes Value) alerts.Field[plans.Tracing] {
	for code := range codes.Repetitions() {
		switch t := plans.Tracing(strings.TrimPrefix(upper(code), "NSTS")); t {
		case plans.Verified, plans.NotTraced, plans.TraceRequired, plans.NoOrMultipleMatch, plans.TraceConflict, plans.TraceInProgress,
			plans.NumberNotPresent, plans.TracePostponed:
			return alerts.Stated(t)
		}
	}
	return emptiedIfNull[plans.Tracing](codes)
}
