package access

// Post is a role and where it is held. A person may hold several, and works in one at a time.
type Post struct {
	Role Role `json:"role"`
	// Organisation and Department are as in [Account].
	Organisation string `json:"organisation"`
	Department   string `json:"department,omitempty"`
}

// String says a post in words: "clinician of RQW".
func (p Post) String() string {
	words := string(p.Role)
	if p.Organisation != "" {
		words += " of " + p.Organisation
	}
	if p.Department != "" {
		words += " in " + p.Department
	}
	return words
}

// In is the account of somebody of a name who works in the post.
func (p Post) In(name string) Account {
	return Account{Name: name, Role: p.Role, Organisation: p.Organisation, Department: p.Department}
}
