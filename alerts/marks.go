package alerts

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Marks are what a hospital says of a visit beside who it is and where. Most visits have none.
type Marks struct {
	// Class is the patient class (PV1-2), in capitals.
	Class string
	// Through is the last A&E department that a message placed the patient in; empty if none did. It keeps the alert of a patient who is
	// on a ward now, or somewhere that no department claims.
	Through string
	// Disposition is how the visit ended (PV1-36).
	Disposition string
	// StatedLeft is PV1-45; zero if no message states it.
	StatedLeft time.Time
	// Dead, Unidentified, Sensitive and Hiding are as in [Event].
	Dead, Unidentified, Sensitive bool
	Hiding                        Hiding
}

// MarshalText writes the marks as words with a space between: "class=E through=RQW-AE dead".
func (m Marks) MarshalText() ([]byte, error) {
	var words []string
	for _, w := range [...]struct{ key, value string }{
		{"class", m.Class}, {"through", m.Through}, {"disposition", m.Disposition}, {"hidden", string(m.Hiding)}, {"left", micros(m.StatedLeft)},
	} {
		if w.value != "" {
			words = append(words, w.key+"="+strings.ReplaceAll(w.value, " ", "_"))
		}
	}
	for _, w := range [...]struct {
		word string
		set  bool
	}{{"dead", m.Dead}, {"unidentified", m.Unidentified}, {"sensitive", m.Sensitive}} {
		if w.set {
			words = append(words, w.word)
		}
	}
	return []byte(strings.Join(words, " ")), nil
}

// errMarks is returned for a text that MarshalText did not write.
var errMarks = errors.New("the marks of an attendance are not readable")

// UnmarshalText reads what MarshalText wrote.
func (m *Marks) UnmarshalText(text []byte) error {
	*m = Marks{}
	for word := range strings.FieldsSeq(string(text)) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "class":
			m.Class = value
		case "through":
			m.Through = value
		case "disposition":
			m.Disposition = value
		case "hidden":
			m.Hiding = Hiding(value)
		case "left":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return errMarks
			}
			m.StatedLeft = time.UnixMicro(n).UTC()
		case "dead":
			m.Dead = true
		case "unidentified":
			m.Unidentified = true
		case "sensitive":
			m.Sensitive = true
		default:
			return errMarks
		}
	}
	return nil
}

func micros(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMicro(), 10)
}

// apply folds what the event says; take tells whether a fact of it is to be taken.
func (m *Marks) apply(e Event, take func(fact, Presence) bool) {
	if e.Class != "" && e.Kind.places() && take(factClass, Present) {
		m.Class = strings.ToUpper(e.Class)
	}
	if take(factDisposition, e.Disposition.Presence) {
		m.Disposition = e.Disposition.Value
	}
	if take(factStatedLeft, e.Left.Presence) {
		m.StatedLeft = e.Left.Value
	}
	if take(factDead, e.Dead.Presence) {
		m.Dead = e.Dead.Value
	}
	if take(factUnidentified, e.Unidentified.Presence) {
		m.Unidentified = e.Unidentified.Value
	}
	if take(factSensitive, e.Sensitive.Presence) {
		m.Sensitive = e.Sensitive.Value
	}
	if take(factHiding, e.Hiding.Presence) {
		m.Hiding = e.Hiding.Value
	}
}

// Dispositions of the NHS Data Dictionary that are told in words (attendance disposal).
const (
	dispositionAdmitted       = "1"
	dispositionDied           = "10"
	dispositionLeftBefore     = "12"
	dispositionLeftHavingSaid = "13"
)

// ended says in words how a visit ended, by its disposition.
func (m Marks) ended() string {
	switch m.Disposition {
	case dispositionAdmitted:
		return "the patient has left the department: admitted to a hospital bed"
	case dispositionDied:
		return "the patient died in the department"
	case dispositionLeftBefore:
		return "the patient left before treatment"
	case dispositionLeftHavingSaid:
		return "the patient left having refused treatment"
	}
	return "the patient has left the department"
}
