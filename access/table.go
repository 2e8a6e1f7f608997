package access

import (
	"maps"
	"slices"
)

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	// WatchBoard: see a department's alerts, at once or over a stream.
	WatchBoard Action = "watch a board"
	// WatchArea: see the alerts of all departments of an organisation or a region together. Whoever may not watch the boards there by
	// themselves is not told who the patients are.
	WatchArea Action = "watch the boards of an area"
	// OpenPlan: read the text of the plan behind an alert.
	OpenPlan Action = "open a plan"
	// BreakGlass: open a plan without having its patient, by saying why; somebody looks at that afterwards.
	BreakGlass Action = "open a plan without an arrival"
	// GiveReceipt: say that an alert was displayed or seen.
	GiveReceipt Action = "give a receipt"
	// Acknowledge: answer an alert.
	Acknowledge Action = "acknowledge an alert"
	// CheckIdentity: see the identifiers of an arrival beside those of a plan, and say whether they are one patient.
	CheckIdentity Action = "check who a patient is"
	// PublishPlan: create, revise or withdraw a plan.
	PublishPlan Action = "publish a plan"
	// ReadOwnPlan: read a plan as its centre wrote it.
	ReadOwnPlan Action = "read a plan as published"
	// ListPlans: see the list of a centre's plans.
	ListPlans Action = "list a centre's plans"
	// ReadPlanUse: see where a plan raised alerts and who had them before them.
	ReadPlanUse Action = "see what became of a plan"
	// WriteDraft: write a plan that is not published yet.
	WriteDraft Action = "write a draft"
	// AskCentre: ask the centre behind an alert, or say that its plan is wrong.
	AskCentre Action = "ask a centre"
	// ReadThread: read what was asked and answered about an alert.
	ReadThread Action = "read what was asked and answered"
	// GiveOutcome: say what a plan changed.
	GiveOutcome Action = "say what a plan changed"
	// AnswerQuestion: see what waits for the centre's answer, and answer it.
	AnswerQuestion Action = "answer a question"
	// ReadProofs: see the reports of the proof of no miss, and those of its findings that concern the own departments or plans.
	ReadProofs Action = "read the proofs"
	// RunProof: have the proof of no miss made now.
	RunProof Action = "prove now"
	// SendAttendance: tell who arrived at a hospital, moved and left.
	SendAttendance Action = "send an attendance"
	// ReadScreens: see which screens are connected, and which departments' boards nobody can see.
	ReadScreens Action = "see the screens"
	// Subscribe: be told of what happens to alerts and plans. LeadSubscriptions: say of what a team is told.
	Subscribe         Action = "subscribe to what happens"
	LeadSubscriptions Action = "look after a team's subscriptions"
	// ReadArrivals: see everybody who arrived in a department on a day, and what the check for a plan found.
	ReadArrivals Action = "read the arrivals"
)

// What is done about alerts that nobody at a board answers.
const (
	// BeReached: see and change by what oneself is told, away from a screen.
	BeReached Action = "say how one is reached"
	// ReadTrail: see who was told of an alert while nobody answered, by what, and what came of it; nobody's address, and nothing of the patient.
	ReadTrail Action = "see who was told of an alert"
)

// What an operator does with messages that were not understood.
const (
	// ListQuarantine: see which messages were not understood and why, not what they say.
	ListQuarantine Action = "see the quarantine"
	// ReadQuarantined: read such a message as it came.
	ReadQuarantined Action = "read a quarantined message"
	// ReplayQuarantined: have it taken again.
	ReplayQuarantined Action = "replay a quarantined message"
	// DiscardQuarantined: drop it.
	DiscardQuarantined Action = "discard a quarantined message"
	// ReadFeeds: see how the feeds of hospitals stand. MuteFeed: have one not told of for a while.
	ReadFeeds Action = "see the feeds"
	MuteFeed  Action = "mute a feed"
)

// What is done about who may do what, and about what was done.
const (
	// ManageAccounts: invite people, change what they may do, end their sessions.
	ManageAccounts Action = "say who has an account"
	// ApproveScreen: let a screen that shows a code show a department's board; take that back.
	ApproveScreen Action = "let a screen in"
	// ReadAccess: see who looked at a plan and at its patient's alerts.
	ReadAccess Action = "see who looked at a plan"
	// SearchAudit: search the journal for who did what.
	SearchAudit Action = "search the journal"
	// JudgeOpening: see who opened a plan without an arrival, and say whether that was right.
	JudgeOpening Action = "judge who opened a plan without an arrival"
	// ReadExposure: see whose details an account had before it.
	ReadExposure Action = "see whom an account was shown"
	// AgreeToChange: be the second person for what could silence an alert.
	AgreeToChange Action = "agree to a change that could silence an alert"
)

// What is done about who is on call.
const (
	// ReadRotas: see who is on call, now and at any other time.
	ReadRotas Action = "see who is on call"
	// KeepRotas: change rotas, what happens while nobody answers, and a centre's own line.
	KeepRotas Action = "keep the rotas"
	// OverrideRota: put somebody on instead of whoever would be.
	OverrideRota Action = "put somebody else on call"
	// SwapShift: give away a shift of one's own, or take another's.
	SwapShift Action = "swap shifts"
	// AgreeToRota: be the second person for a change of who is on call.
	AgreeToRota Action = "agree to a change of who is on call"
)

// Relation is what must hold between the account and the object.
type Relation uint8

// The relations. A role that has none to an action may never do it.
const (
	Never Relation = iota
	// OwnDepartment: the object is in the account's department.
	OwnDepartment
	// OwnOrganisation: the object is in a department of the account's organisation.
	OwnOrganisation
	// OwnCentre: the object's centre is the account's organisation.
	OwnCentre
	// SharedWithIt: an agreement lets the object, or a part of it, cross to the account's region.
	SharedWithIt
	// OwnArea: the object is the account's organisation's, or that of a hospital of the region that the account is for.
	OwnArea
	// Anywhere: no relation is needed.
	Anywhere
)

// relationWords are the relations as docs/access.md writes them.
var relationWords = map[Relation]string{
	OwnDepartment: "own department", OwnOrganisation: "own organisation", OwnCentre: "own plans", SharedWithIt: "shared with its region", OwnArea: "own organisation or region", Anywhere: "anywhere",
}

func (r Relation) String() string { return relationWords[r] }

// ward is what a clinician may do in the departments of the own organisation.
var ward = map[Action]Relation{
	WatchBoard:    OwnOrganisation,
	WatchArea:     OwnOrganisation,
	OpenPlan:      OwnOrganisation,
	BreakGlass:    Anywhere,
	GiveReceipt:   OwnOrganisation,
	Acknowledge:   OwnOrganisation,
	CheckIdentity: OwnOrganisation,
	AskCentre:     OwnOrganisation,
	ReadThread:    OwnOrganisation,
	GiveOutcome:   OwnOrganisation,
	ReadProofs:    OwnOrganisation,
	RunProof:      OwnOrganisation,
	ReadArrivals:  OwnOrganisation,
	ReadScreens:   OwnOrganisation,
	BeReached:     Anywhere,
	ReadTrail:     OwnOrganisation,
	ReadRotas:     OwnOrganisation,
	SwapShift:     OwnOrganisation,
	Subscribe:     OwnOrganisation,
}

// desk is what an author may do with the plans of the own centre.
var desk = map[Action]Relation{
	ReadOwnPlan:    OwnCentre,
	ListPlans:      OwnCentre,
	ReadPlanUse:    OwnCentre,
	WriteDraft:     OwnCentre,
	ReadProofs:     OwnCentre,
	AnswerQuestion: OwnCentre,
}

// lead is what whoever looks after the rotas of the own organisation may do.
var lead = map[Action]Relation{
	ReadRotas:    OwnOrganisation,
	KeepRotas:    OwnOrganisation,
	OverrideRota: OwnOrganisation,
	SwapShift:    OwnOrganisation,
	AgreeToRota:  OwnOrganisation,
}

// table is the whole policy. What is not in it is refused.
var table = map[Role]map[Action]Relation{
	Screen: {
		WatchBoard:  OwnDepartment,
		OpenPlan:    OwnDepartment,
		GiveReceipt: OwnDepartment,
		Acknowledge: OwnDepartment,
		AskCentre:   OwnDepartment,
		ReadThread:  OwnDepartment,
		GiveOutcome: OwnDepartment,
		ReadTrail:   OwnDepartment,
	},
	BoardViewer: {
		WatchBoard:  OwnDepartment,
		GiveReceipt: OwnDepartment,
	},
	Clinician:     ward,
	NurseInCharge: and(ward, map[Action]Relation{ApproveScreen: OwnOrganisation, OverrideRota: OwnOrganisation, AgreeToRota: OwnOrganisation, LeadSubscriptions: OwnOrganisation}),
	OnCall: {
		WatchBoard:  OwnOrganisation,
		WatchArea:   OwnOrganisation,
		OpenPlan:    OwnOrganisation,
		BreakGlass:  Anywhere,
		GiveReceipt: OwnOrganisation,
		Acknowledge: OwnOrganisation,
		AskCentre:   OwnOrganisation,
		ReadThread:  OwnOrganisation,
		GiveOutcome: OwnOrganisation,
		BeReached:   Anywhere,
		ReadTrail:   OwnOrganisation,
		ReadRotas:   OwnOrganisation,
		SwapShift:   OwnOrganisation,
		Subscribe:   OwnOrganisation,
	},
	Coordinator: {
		WatchBoard: OwnOrganisation,
		WatchArea:  OwnArea,
		BeReached:  Anywhere,
		ReadTrail:  OwnArea,
		ReadRotas:  OwnArea,
		Subscribe:  OwnArea,
	},
	RotaLead:     and(lead, map[Action]Relation{WatchArea: OwnOrganisation, ReadScreens: OwnOrganisation, BeReached: Anywhere, ReadTrail: OwnOrganisation, Subscribe: OwnOrganisation, LeadSubscriptions: OwnOrganisation}),
	CentreAuthor: and(desk, map[Action]Relation{ReadRotas: OwnOrganisation, SwapShift: OwnOrganisation, BeReached: Anywhere, Subscribe: OwnCentre}),
	CentreLead:   and(and(desk, lead), map[Action]Relation{PublishPlan: OwnCentre, RunProof: OwnCentre, BeReached: Anywhere, Subscribe: OwnCentre, LeadSubscriptions: OwnCentre}),
	Centre:       with(with(desk, PublishPlan, OwnCentre), RunProof, OwnCentre),
	Peer: {
		ReadOwnPlan: SharedWithIt,
	},
	Hospital: {
		SendAttendance: OwnOrganisation,
	},
	Operator: {
		ReadProofs:         OwnArea,
		RunProof:           OwnArea,
		ReadScreens:        OwnArea,
		ListQuarantine:     OwnArea,
		ReadQuarantined:    OwnArea,
		ReplayQuarantined:  OwnArea,
		DiscardQuarantined: OwnArea,
		ReadFeeds:          OwnArea,
		MuteFeed:           OwnArea,
		BeReached:          Anywhere,
		ReadTrail:          OwnArea,
		ReadRotas:          OwnArea,
	},
	PrivacyOfficer: {
		ReadAccess:    OwnArea,
		JudgeOpening:  OwnArea,
		ReadExposure:  OwnArea,
		AgreeToChange: Anywhere,
	},
	Auditor: {
		ReadAccess:  Anywhere,
		SearchAudit: Anywhere,
	},
	Administrator: {
		ManageAccounts: Anywhere,
		ApproveScreen:  Anywhere,
		AgreeToChange:  Anywhere,
	},
}

// with is a role's row with one action more.
func with(row map[Action]Relation, do Action, holding Relation) map[Action]Relation {
	more := maps.Clone(row)
	more[do] = holding
	return more
}

// and is a role's row with others' more.
func and(row, further map[Action]Relation) map[Action]Relation {
	more := maps.Clone(row)
	maps.Copy(more, further)
	return more
}

// Needs is the relation in which an account of a role must stand to an object for an action; Never if it may not do that to anything.
func Needs(r Role, do Action) Relation { return table[r][do] }

// Because says in words why an account may do something: the action, and the relation in which it then stands to what it does that to.
func Because(r Role, do Action) string {
	if holding := Needs(r, do); holding != Never {
		return string(do) + " (" + holding.String() + ")"
	}
	return string(do)
}

// Actions are what a role may do to anything at all, in the order of their words.
func Actions(r Role) []Action { return slices.Sorted(maps.Keys(table[r])) }

// Scope is what credentials allow: nothing that the role may not do, but possibly less.
type Scope uint8

// The scopes. Unlimited is that of credentials that were given for everything the role may do.
const (
	Unlimited Scope = 0
	Reads     Scope = 1 << (iota - 1)
	Writes
)

// writing are the actions that change something, for which reading is not enough.
var writing = map[Action]bool{
	GiveReceipt: true, Acknowledge: true, CheckIdentity: true, PublishPlan: true, WriteDraft: true, AskCentre: true, GiveOutcome: true, AnswerQuestion: true, RunProof: true,
	SendAttendance: true, ReplayQuarantined: true, DiscardQuarantined: true, MuteFeed: true, ManageAccounts: true, ApproveScreen: true,
	BreakGlass: true, JudgeOpening: true, AgreeToChange: true, BeReached: true, KeepRotas: true, OverrideRota: true, SwapShift: true, AgreeToRota: true,
	Subscribe: true, LeadSubscriptions: true,
}

func (s Scope) covers(do Action) bool {
	if writing[do] {
		return s == Unlimited || s&Writes != 0
	}
	return s == Unlimited || s&Reads != 0
}
