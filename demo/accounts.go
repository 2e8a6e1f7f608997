package demo

// Roles of an account, as the service names them.
const (
	RoleCentre      = "centre"
	RoleScreen      = "screen"
	RoleClinician   = "clinician"
	RoleCoordinator = "coordinator"
	RoleHospital    = "hospital"
	RoleOperator    = "operator"
	RoleLead        = "nurse in charge"
	RoleAdmin       = "administrator"
	RolePrivacy     = "privacy officer"
	RoleAuditor     = "auditor"
	RoleOnCall      = "on-call clinician"
	RoleRotaLead    = "rota lead"
	RoleCentreLead  = "centre lead"
)

// Account is somebody who may call the service of the demo.
type Account struct {
	// Token is the bearer token, in clear: it guards invented patients only.
	Token string
	// Name is how the journal names the account.
	Name string
	// Role is one of those above.
	Role string
	// Organisation is the ODS code on whose behalf the account acts.
	Organisation string
	// Department is the one a screen stands in; empty for other roles.
	Department string
	// Description tells in a few words who this is, for a list to choose from.
	Description string
}

// centres are the tertiary centres of the demo.
var centres = []struct{ code, name string }{
	{"RP4", "Great Ormond Street Hospital"},
	{"RAL", "Royal Free London"},
	{"RJZ", "King's College Hospital"},
	{"RRV", "University College London Hospitals"},
	{"RAN", "Royal National Orthopaedic Hospital"},
}

// Accounts lists the accounts of the demo: a screen for each department, a clinician, a nurse in charge, a coordinator and a patient administration system for each
// trust with a department, the plan system of each centre, the coordinator of their region, who runs the service, who says who has an account, who looks after privacy, an auditor, and for the first hospital and centre who is on call and
// who keeps the rotas, whose names can stand in a rota. Their tokens are
// demo-screen-DEPARTMENT, demo-clinician-TRUST, demo-lead-TRUST, demo-coordinator-TRUST, demo-hospital-TRUST, demo-centre-CENTRE, demo-coordinator-QM7,
// demo-operator, demo-administrator, demo-privacy-QM7, demo-auditor, demo-oncall-RQW-a, demo-oncall-RQW-b, demo-rota-RQW and demo-centre-lead-RP4.
func Accounts() []Account {
	var accounts []Account
	for _, h := range hospitals {
		accounts = append(accounts, Account{
			Token: "demo-screen-" + h.department, Name: "screen " + h.department, Role: RoleScreen,
			Organisation: h.trust, Department: h.department, Description: "Screen at " + h.name + " A&E",
		})
	}
	for _, h := range hospitals {
		accounts = append(accounts, Account{
			Token: "demo-clinician-" + h.trust, Name: "clinician " + h.trust, Role: RoleClinician,
			Organisation: h.trust, Description: "Clinician at " + h.name,
		})
	}
	for _, h := range hospitals {
		accounts = append(accounts, Account{
			Token: "demo-lead-" + h.trust, Name: "nurse in charge " + h.trust, Role: RoleLead,
			Organisation: h.trust, Description: "Nurse in charge at " + h.name,
		})
	}
	for _, h := range hospitals {
		accounts = append(accounts, Account{
			Token: "demo-coordinator-" + h.trust, Name: "coordinator " + h.trust, Role: RoleCoordinator,
			Organisation: h.trust, Description: "Coordinator at " + h.name,
		})
	}
	for _, c := range centres {
		accounts = append(accounts, Account{
			Token: centreToken(c.code), Name: "plan system " + c.code, Role: RoleCentre,
			Organisation: c.code, Description: "Plan system of " + c.name,
		})
	}
	for _, h := range hospitals {
		accounts = append(accounts, Account{
			Token: "demo-hospital-" + h.trust, Name: "PAS " + h.trust, Role: RoleHospital,
			Organisation: h.trust, Description: "Patient administration system of " + h.name,
		})
	}
	return append(accounts, Account{
		Token: "demo-coordinator-QM7", Name: "coordinator QM7", Role: RoleCoordinator, Organisation: "QM7", Description: "Coordinator of the region",
	}, Account{
		Token: "demo-operator", Name: "integration engineer", Role: RoleOperator, Organisation: "QM7", Description: "Runs the service and connects hospitals",
	}, Account{
		Token: "demo-administrator", Name: "administrator", Role: RoleAdmin, Organisation: "QM7", Description: "Says who has an account",
	}, Account{
		Token: "demo-privacy-QM7", Name: "privacy officer QM7", Role: RolePrivacy, Organisation: "QM7", Description: "Privacy officer of the region",
	}, Account{
		Token: "demo-auditor", Name: "auditor", Role: RoleAuditor, Organisation: "QM7", Description: "Reads who did what",
	}, Account{
		Token: "demo-oncall-RQW-a", Name: "on-call.a", Role: RoleOnCall, Organisation: "RQW", Description: "On-call doctor A of Princess Alexandra",
	}, Account{
		Token: "demo-oncall-RQW-b", Name: "on-call.b", Role: RoleOnCall, Organisation: "RQW", Description: "On-call doctor B of Princess Alexandra",
	}, Account{
		Token: "demo-rota-RQW", Name: "rota-lead.rqw", Role: RoleRotaLead, Organisation: "RQW", Description: "Keeps the rotas of Princess Alexandra",
	}, Account{
		Token: "demo-centre-lead-RP4", Name: "centre-lead.rp4", Role: RoleCentreLead, Organisation: "RP4", Description: "Leads the metabolic team of Great Ormond Street Hospital",
	})
}

// centreToken is the bearer token of a centre's plan system.
func centreToken(centre string) string { return "demo-centre-" + centre }

// nameOfCentre is a centre's name in words, or its code if it is none of the demo's.
func nameOfCentre(code string) string {
	for _, c := range centres {
		if c.code == code {
			return c.name
		}
	}
	return code
}
