package demo

// hospital is one of the demo's hospitals with an A&E department.
type hospital struct {
	// ODS code of the trust and of the site, the department's id in the directory, and the hospital's name in a few words.
	trust, site, department, name string
	// application is what the hospital's system calls itself (MSH-3).
	application string
	// weight is how many of the arrivals come here.
	weight int
	// female and male are the system's codes (PID-8): hospitals differ.
	female, male string
	// prefix begins the hospital's own patient numbers.
	prefix string
	habits habits
}

// hospitals are in the order of the directory's departments.
var hospitals = []hospital{
	{"RQW", "RQWG0", "RQW-AE", "Princess Alexandra", "EPR", 4, "F", "M", "P", habits{arrival: "A01", class: "AE"}},
	{"RWG", "RWG02", "RWG-AE", "Watford", "PAS", 3, "2", "1", "W", habits{authority: "WGH"}},
	{"RWH", "RWH01", "RWH-AE", "Lister", "NEXUS", 3, "F", "M", "L", habits{latin: true}},
	{"RAJ", "RAJ12", "RAJ-AE", "Broomfield", "LORENZO", 2, "F", "M", "B", habits{pointOfCare: "EMERG", female: "W", male: "G"}},
}

// hospitalOf finds a hospital by its trust's ODS code.
func hospitalOf(trust string) (int, bool) {
	for i, h := range hospitals {
		if h.trust == trust {
			return i, true
		}
	}
	return 0, false
}

var hospitalWeights = func() []int {
	weights := make([]int, len(hospitals))
	for i, h := range hospitals {
		weights[i] = h.weight
	}
	return weights
}()

// bay is a place inside an A&E department (PV1-3.2 and 3.3).
type bay struct{ room, bed string }

var (
	waitingRoom = bay{"WAITING", ""}
	bays        = []bay{
		{"MAJORS", "BAY 1"}, {"MAJORS", "BAY 2"}, {"MAJORS", "BAY 3"}, {"MAJORS", "BAY 4"}, {"MAJORS", "BAY 5"}, {"MAJORS", "BAY 6"},
		{"MINORS", "CUBICLE 1"}, {"MINORS", "CUBICLE 2"}, {"MINORS", "CUBICLE 3"}, {"RESUS", "BED 1"}, {"RESUS", "BED 2"}, {"RESUS", "BED 3"},
		{"PAEDS", "BAY 1"}, {"PAEDS", "BAY 2"}, {"OBS", "CHAIR 1"}, {"OBS", "CHAIR 2"},
	}
	complaints = []string{
		"Chest pain", "Shortness of breath", "Fall", "Abdominal pain", "Vomiting", "Fever", "Headache", "Wound", "Seizure", "Back pain",
		"Unwell adult", "Unwell child", "Limb injury", "Palpitations", "Collapse",
	}
)
