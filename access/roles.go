package access

import "slices"

// Role is what an account is for. It is in words, because people read it: "by a nurse in charge".
type Role string

// The roles of people and of what stands on walls.
const (
	// Screen is a board in one department at which its staff also answer.
	Screen Role = "screen"
	// BoardViewer is a board on a wall: it shows, and says that it did. Nobody answers there, and nobody opens a plan.
	BoardViewer Role = "board viewer"
	// Clinician works in an organisation's departments.
	Clinician Role = "clinician"
	// NurseInCharge is a clinician who also leads a department's shift.
	NurseInCharge Role = "nurse in charge"
	// OnCall is the clinician who is called when nobody in a department answers. Not at the bedside, so it does not say who a patient is.
	OnCall Role = "on-call clinician"
	// Coordinator looks after the flow of patients in an organisation or in a region, whose code is its organisation. It watches; it answers
	// nothing, and opens no plan.
	Coordinator Role = "coordinator"
	// RotaLead looks after who is on call in an organisation. It sees which boards are watched and where something waits, not who the patients are.
	RotaLead Role = "rota lead"
	// CentreAuthor writes a centre's plans and answers for them; CentreLead publishes them, too.
	CentreAuthor Role = "centre author"
	CentreLead   Role = "centre lead"
	// Operator is the integration engineer. It connects hospitals to the service: those of a region, whose code its organisation then is, or
	// one trust's own. It sees their feeds, their messages that were not understood, their screens, and what the proofs found there.
	Operator Role = "operator"
	// PrivacyOfficer looks after the rights of those whom an organisation's records are about, or those of a region's.
	PrivacyOfficer Role = "privacy officer"
	// Auditor reads who did what, everywhere. It opens no plan and sees no board.
	Auditor Role = "auditor"
	// Administrator says who has an account. It sees nobody's alerts and nobody's plans.
	Administrator Role = "administrator"
)

// The roles of systems.
const (
	// Centre is a tertiary centre's system that publishes plans.
	Centre Role = "centre"
	// Peer is another region's service, which follows the plans that are shared with that region. Its organisation is the region's code.
	Peer Role = "peer"
	// Hospital is a hospital's system that tells of its attendances over FHIR.
	Hospital Role = "hospital"
)

// Roles are all roles: those on walls and of people in the order of their work, then those of systems.
func Roles() []Role {
	return []Role{Screen, BoardViewer, Clinician, NurseInCharge, OnCall, Coordinator, RotaLead, CentreAuthor, CentreLead, Operator, PrivacyOfficer, Auditor, Administrator, Centre, Peer, Hospital}
}

// about says of each role what it is for, for docs/access.md.
var about = map[Role]string{
	Screen:         "a board in one department at which its staff also answer",
	BoardViewer:    "a board on a wall: it shows, and says that it did; nobody answers there",
	Clinician:      "works in an organisation's departments",
	NurseInCharge:  "a clinician who leads a department's shift, and lets screens in",
	OnCall:         "is called when nobody in a department answers; not at the bedside",
	Coordinator:    "looks after the flow of patients in an organisation or a region; watches only",
	RotaLead:       "looks after who is on call; sees where something waits, not whose alert it is",
	CentreAuthor:   "writes a centre's plans and answers questions about them",
	CentreLead:     "a centre's author who publishes and withdraws, too",
	Operator:       "the integration engineer of a trust or a region",
	PrivacyOfficer: "looks after the rights of those whom the records of an organisation or a region are about",
	Auditor:        "reads who did what, everywhere; opens no plan",
	Administrator:  "says who has an account; sees no alert and no plan",
	Centre:         "a centre's system that publishes plans",
	Peer:           "another region's service, which follows the plans shared with that region",
	Hospital:       "a hospital's system that tells of attendances over FHIR",
}

// About says in words what a role is for.
func (r Role) About() string { return about[r] }

// Known tells whether there is such a role.
func (r Role) Known() bool { return about[r] != "" }

// OfSystem tells whether accounts of the role are programs, which no person signs in as.
func (r Role) OfSystem() bool { return r == Centre || r == Peer || r == Hospital }

// OnWall tells whether accounts of the role stand in one department, where everybody who passes sees them.
func (r Role) OnWall() bool { return r == Screen || r == BoardViewer }

// ForRegion tells whether an account of the role may be a region's, whose code its organisation then is.
func (r Role) ForRegion() bool {
	return r == Peer || slices.Contains([]Relation{OwnArea, Anywhere}, Needs(r, widest[r]))
}

// widest is, of each role that looks further than an organisation, an action that it may do there.
var widest = map[Role]Action{Operator: ReadFeeds, Coordinator: WatchArea, PrivacyOfficer: ReadAccess, Auditor: SearchAudit, Administrator: ManageAccounts}

// Viewer is as what an account of the role is shown a patient and a plan: plans are restricted to clinicians, and whoever leads them or is
// called for them is one; a board on a wall is a screen.
func (r Role) Viewer() string {
	switch r {
	case NurseInCharge, OnCall:
		return string(Clinician)
	case BoardViewer:
		return string(Screen)
	}
	return string(r)
}
