package oidc

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/access"
)

// Rule gives a post to whoever has a value among their claims.
type Rule struct {
	// Value is what the claims must hold: an app role or the id of a group; with CIS2 a role code (R8000), a whole one (S8000:G8000:R8000) or an
	// activity code (B0380) of the role that was selected.
	Value string
	// Organisation is where the post is. With CIS2 it may be empty for that of the selected role; if it is not, the rule is for that one only.
	Organisation string
	Role         access.Role
	// Department is for a screen only.
	Department string
}

// grant is what the claims give: values, and with CIS2 the organisation where they hold.
type grant struct {
	values       []string
	organisation string
}

// Understood is how claims are understood.
type Understood struct {
	Posts []access.Post
	// Words say, line by line, what was looked at and which rule gave what.
	Words []string
}

// Understand finds the posts that claims give. It is pure.
func (o Options) Understand(c Claims) Understood {
	g, words := o.Preset.grant(o, c)
	u := Understood{Words: words}
	for _, r := range o.Rules {
		if !slices.Contains(g.values, r.Value) {
			continue
		}
		post := access.Post{Role: r.Role, Organisation: cmp.Or(r.Organisation, g.organisation), Department: r.Department}
		switch {
		case g.organisation != "" && post.Organisation != g.organisation:
			u.Words = append(u.Words, fmt.Sprintf("the rule for %s is for %s only, and the selected role is of %s", r.Value, r.Organisation, g.organisation))
		case slices.Contains(u.Posts, post):
			u.Words = append(u.Words, fmt.Sprintf("the rule for %s gives the same: %s", r.Value, post))
		default:
			u.Posts = append(u.Posts, post)
			u.Words = append(u.Words, fmt.Sprintf("the rule for %s gives: %s", r.Value, post))
		}
	}
	if len(u.Posts) == 0 {
		u.Words = append(u.Words, "no rule gives a role: this person is not let in")
	}
	return u
}

// Preset is what is known beforehand of a provider.
type Preset string

// The presets.
const (
	// Plain is any provider that puts the values of the rules into claims of the ID token.
	Plain Preset = ""
	// CIS2 is NHS Care Identity Service 2: the role that was selected there, and its organisation, bind the session.
	CIS2 Preset = "cis2"
	// Entra is Microsoft Entra ID, one tenant of it.
	Entra Preset = "entra"
)

// Presets are their names.
func Presets() []Preset { return []Preset{CIS2, Entra} }

// The claims of CIS2 (NHS England, CIS2 Authentication, "Scopes and claims").
const (
	selectedRole = "selected_roleid"
	rbacRoles    = "nhsid_nrbac_roles"
)

// The least assurance that CIS2 must state for clinical work: the identity proved to level 3, and a strong authenticator (AAL2 or AAL3).
const (
	leastIdentity       = 3
	leastAuthentication = 2
)

// fill gives options the defaults of the preset.
func (p Preset) fill(o Options) Options {
	o.Skew = cmp.Or(o.Skew, defaultSkew)
	switch p {
	case CIS2:
		if o.Scopes == nil {
			o.Scopes = []string{"profile", "nhsperson", "nationalrbacaccess", "selectedrole"}
		}
		if o.ACR == nil {
			o.ACR = []string{"AAL2_OR_AAL3_ANY", "AAL3_ANY"}
		}
	case Plain, Entra:
		if o.Scopes == nil {
			o.Scopes = []string{"profile"}
		}
		if o.Claims == nil {
			o.Claims = []string{"roles", "groups"}
		}
	}
	return o
}

// asksUserInfo tells whether claims must be fetched that do not stand in the ID token.
func (p Preset) asksUserInfo() bool { return p == CIS2 }

// nameOf is what the journal may call a person: with CIS2 their unique number there.
func (p Preset) nameOf(provider string, c Claims) string {
	if p == CIS2 {
		return provider + "-" + cmp.Or(c.text("nhsid_useruid"), c.text("uid"), c.text("sub"))
	}
	return cmp.Or(c.text("preferred_username"), c.text("email"), provider+"-"+c.text("sub"))
}

// grant reads the values that rules are about, and says in words what it found.
func (p Preset) grant(o Options, c Claims) (grant, []string) {
	if p == CIS2 {
		return selectedGrant(c)
	}
	var g grant
	var words []string
	for _, name := range o.Claims {
		values := c.texts(name)
		g.values = append(g.values, values...)
		words = append(words, fmt.Sprintf("claim %s: %s", name, cmp.Or(strings.Join(values, ", "), "none")))
	}
	if more, _ := c["_claim_names"].(map[string]any); more["groups"] != nil {
		words = append(words, "the token leaves the groups out because the person is in too many: use app roles, or let the application have assigned groups only")
	}
	return g, words
}

// selectedGrant is what the role gives that was selected at CIS2. Where the ID token names none, or one that the person does not have, nothing is
// given: which of several roles somebody works in is never guessed.
func selectedGrant(c Claims) (grant, []string) {
	selected := c.text(selectedRole)
	roles, _ := c[rbacRoles].([]any)
	if selected == "" {
		return grant{}, []string{"the ID token names no " + selectedRole + ": is the scope selectedrole asked for, and has the person a role?"}
	}
	for _, one := range roles {
		role, _ := one.(map[string]any)
		if id, _ := role["person_roleid"].(string); id != selected {
			continue
		}
		code, _ := role["role_code"].(string)
		organisation, _ := role["org_code"].(string)
		if organisation == "" {
			return grant{}, []string{"the selected role has no organisation (org_code)"}
		}
		activities := textsOf(role["activity_codes"])
		values := slices.Concat([]string{code}, strings.Split(code, ":"), activities)
		return grant{values, organisation}, []string{
			fmt.Sprintf("the selected role is %s of %s, with the activities %s", cmp.Or(code, "(no code)"), organisation, cmp.Or(strings.Join(activities, ", "), "none")),
		}
	}
	return grant{}, []string{fmt.Sprintf("%s is none of the %d roles in %s", selectedRole, len(roles), rbacRoles)}
}

// judge looks at what only providers of the preset say.
func (p Preset) judge(o Options, c Claims) error {
	switch p {
	case CIS2:
		identity, _ := c.number("id_assurance_level")
		authentication, _ := c.number("authentication_assurance_level")
		if identity < leastIdentity || authentication < leastAuthentication {
			return refuse(Weak, "CIS2 states less than identity assurance level 3 or authentication assurance level 2", nil)
		}
	case Entra:
		if tenant := strings.Split(strings.TrimPrefix(o.Issuer, "https://login.microsoftonline.com/"), "/")[0]; c["tid"] != nil && c.text("tid") != tenant {
			return refuse(Untrue, "the token is of another tenant", nil)
		}
	}
	return nil
}

// checkRules refuses rules that cannot be meant.
func (p Preset) checkRules(rules []Rule) error {
	if p != Plain && !slices.Contains(Presets(), p) {
		return fmt.Errorf("preset must be one of %v, or empty", Presets())
	}
	if len(rules) == 0 {
		return errors.New("roles must have a rule: without one nobody is let in")
	}
	for i, r := range rules {
		switch {
		case r.Value == "":
			return fmt.Errorf("roles[%d]: value must be set: what the provider says of such people", i)
		case !r.Role.Known() || r.Role.OfSystem() || r.Role == access.BoardViewer:
			return fmt.Errorf("roles[%d]: role must be one that a person has, such as clinician (docs/access.md)", i)
		case p != CIS2 && r.Organisation == "":
			return fmt.Errorf("roles[%d]: organisation must be set: only CIS2 says of which one somebody is", i)
		case slices.Contains(rules[:i], r):
			return fmt.Errorf("roles[%d]: it stands twice", i)
		}
	}
	return nil
}
