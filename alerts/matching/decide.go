package matching

import "strings"

// inWords says of each finding how far it agrees.
var inWords = func() (words [findings]string) {
	for f, a := range about {
		words[f] = string(a.degree)
		if a.how != "" {
			words[f] += ": " + a.how
		}
	}
	return words
}()

func (s *score) degree(at int) Degree { return about[s.found[at]].degree }

// decide gives the tier and the reason.
func (s *score) decide(weight, threshold float64, trusted bool) (Tier, string) {
	switch {
	case s.found[atNumber] == numberAgrees:
		return s.decideByNumber(trusted)
	case weight >= threshold:
		return Possible, s.likeness()
	case s.found[atNumber] == notKnown:
		return None, "there is no NHS number to compare, and too little else agrees"
	}
	return None, "the NHS numbers differ, and too little else agrees"
}

// decideByNumber decides where the NHS numbers are the same: it is possible at least.
func (s *score) decideByNumber(trusted bool) (Tier, string) {
	conflict := s.nameConflict()
	switch {
	case s.degree(atBorn) == Differs:
		return Possible, "NHS number agrees, but the date of birth differs"
	case s.bornNearly():
		return Possible, "NHS number agrees, but the date of birth differs (" + about[s.found[atBorn]].how + ")"
	case conflict != "" && s.degree(atBorn) == Agrees:
		return Possible, "NHS number and date of birth agree, but " + conflict
	case conflict != "":
		return Possible, "NHS number agrees, but " + conflict
	case !trusted:
		return Possible, "NHS number agrees, but it is marked as not traced or in conflict"
	case s.untold() != "" && s.degree(atBorn) == Agrees:
		return Possible, "NHS number and date of birth agree, but " + s.untold()
	case s.untold() != "":
		return Possible, "NHS number agrees, but " + s.untold()
	case s.degree(atBorn) == Agrees:
		return Confirmed, "NHS number and date of birth agree"
	}
	missing := "there is no date of birth to compare"
	if s.degree(atBorn) == InPart {
		missing = "the date of birth is known only in part"
	}
	if also := s.otherwise(); len(also) >= 2 {
		return Confirmed, "NHS number, " + list(also) + " agree; " + missing
	}
	return Possible, "NHS number agrees; " + missing
}

// bornNearly tells whether two whole dates of birth differ, though little.
func (s *score) bornNearly() bool {
	return s.degree(atBorn) == InPart && s.found[atBorn] != bornMonth && s.found[atBorn] != bornYear
}

// nameConflict says which name speaks against one person although the NHS number agrees: one that is stated on both sides and does not agree
// in any way, or in a way in which the names of brothers and sisters do. It is empty where none does.
func (s *score) nameConflict() string {
	family, given := s.found[atFamily] == familyDiffers, s.found[atGiven] == givenDiffers
	switch {
	case family && given:
		return "family and given name differ"
	case family:
		return "the family name differs"
	case given:
		return "the given name differs"
	case s.found[atGiven] == givenFirstOnly:
		return "the given names after the first differ"
	case s.found[atGiven] == givenShorts:
		return "the given names are two short forms, perhaps of two people"
	case (s.found[atGiven] == givenSimilar || s.found[atGiven] == givenSounds) && s.degree(atPost) == Differs:
		return "the given name is only similar and the postcode differs" // Deniz is not Dennis
	case s.found[atSex] == sexDiffers && s.degree(atGiven) != Agrees:
		return "the sex differs and the given name does not fully agree"
	case s.twin:
		return "the patient is entered as one of twins"
	}
	return ""
}

// untold says why nobody could tell the patient from a twin who has the other's number: of a given name there is nothing to compare, or an initial
// only. It is empty where there is more, and for two records that name nobody at all and so are about their numbers alone.
func (s *score) untold() string {
	switch {
	case s.found[atGiven] == givenInitial:
		return "of the given name only an initial is stated, which a twin may share"
	case s.found[atGiven] == notKnown && s.named:
		return "there is no given name to compare, by which twins are told apart"
	}
	return ""
}

// otherwise lists which of family name, postcode and sex agree.
func (s *score) otherwise() []string {
	var also []string
	if d := s.degree(atFamily); d == Agrees || d == InPart {
		also = append(also, string(familyName))
	}
	if s.found[atPost] == postcodeAgrees {
		also = append(also, string(postcode))
	}
	if s.found[atSex] == sexAgrees {
		also = append(also, string(sex))
	}
	return also
}

// likeness tells what agrees and what does not where the NHS number does not decide.
func (s *score) likeness() string {
	var agree, part, differ []string
	for _, at := range [...]int{atFamily, atGiven, atBorn, atSex, atPost} {
		name := string(fieldNames[at])
		switch f := about[s.found[at]]; f.degree {
		case Agrees:
			agree = append(agree, name)
		case InPart:
			part = append(part, name+" ("+f.how+")")
		case Differs:
			differ = append(differ, name)
		}
	}
	b := new(strings.Builder)
	if s.found[atNumber] == notKnown {
		b.WriteString("no NHS number to compare")
	} else {
		b.WriteString("the NHS numbers differ")
	}
	for _, part := range [...]struct {
		names []string
		words string
	}{{agree, "agree"}, {part, "agree in part"}, {differ, "differ"}} {
		if len(part.names) > 0 {
			verb := part.words
			if len(part.names) == 1 {
				verb = singular[verb]
			}
			b.WriteString("; " + list(part.names) + " " + verb)
		}
	}
	switch {
	case s.found[atGiven] == givenDiffers && s.degree(atBorn) == Agrees && s.degree(atFamily) != Differs, s.twin:
		b.WriteString("; perhaps a twin")
	case s.found[atBorn] == bornGeneration:
		b.WriteString("; perhaps a parent or a child of the same name")
	}
	return b.String()
}

var singular = map[string]string{"agree": "agrees", "agree in part": "agrees in part", "differ": "differs"}

// list joins words as a sentence does.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
