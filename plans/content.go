package plans

// Content is what an A&E must see of a plan on one screen. It is plain text throughout, and kept as JSON. Nothing in it was computed from
// a clock: what depends on the day (a review that is overdue) is asked of it.
type Content struct {
	// Kinds say what sort of plan the centre calls it, such as "ReSPECT form".
	Kinds []string `json:"kinds,omitempty"`

	CPR     Standing `json:"cpr,omitzero"`
	Ceiling Standing `json:"ceiling,omitzero"`
	// AdvanceDecision is an advance decision to refuse treatment (Mental Capacity Act 2005).
	AdvanceDecision Standing `json:"advance_decision,omitzero"`

	Allergies []Allergy `json:"allergies,omitempty"`
	// Actions are the first steps, in the order of the centre; Never is what must not be done.
	Actions   []Step     `json:"actions,omitempty"`
	Never     []Step     `json:"never,omitempty"`
	Medicines []Medicine `json:"medicines,omitempty"`
	// Warnings are the words of the centre's further flags.
	Warnings      []string `json:"warnings,omitempty"`
	Equipment     []Step   `json:"equipment,omitempty"`
	Communication []Step   `json:"communication,omitempty"`
	Carers        []Person `json:"carers,omitempty"`

	// Telephone answers at any hour.
	Telephone Telephone `json:"telephone,omitzero"`
	// Role is the author's role, if the plan states it apart from the name.
	Role string `json:"role,omitempty"`
	// Reviewed is the day on which the centre last read the plan through; ReviewDue the day by which it will again.
	Reviewed  Date `json:"reviewed,omitempty"`
	ReviewDue Date `json:"review_due,omitempty"`

	// Sections are the rest, in the order of the centre: its own sections, goals and notes.
	Sections    []Section    `json:"sections,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Step is one thing to do, not to do, to have at hand or to know. Title may be empty.
type Step struct {
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
	// State is how far it has come, if it is not simply to be done: "on hold", "completed", "cancelled", "stopped".
	State string `json:"state,omitempty"`
}

// Allergy is something that harms the patient.
type Allergy struct {
	To string `json:"to"`
	// Code is the system and code of it, as "system|code"; empty if it has none.
	Code string `json:"code,omitempty"`
	// Reaction is what happens, in the words of the centre.
	Reaction string `json:"reaction,omitempty"`
	Severe   bool   `json:"severe,omitempty"`
	// Status is empty for one that holds for certain; otherwise "unconfirmed", "resolved" or "inactive".
	Status string `json:"status,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Holds tells whether the allergy is to be reckoned with.
func (a Allergy) Holds() bool { return a.Status == "" || a.Status == "unconfirmed" }

// MedicineUse is what a plan says about a medicine.
type MedicineUse string

// The uses of a medicine.
const (
	// Give: in an emergency as this plan describes it.
	Give MedicineUse = "give"
	// Takes: what the patient takes anyway.
	Takes MedicineUse = "takes"
	// Avoid: it must not be given.
	Avoid MedicineUse = "avoid"
)

// Medicine is one medicine and what the plan says about it.
type Medicine struct {
	Use  MedicineUse `json:"use"`
	Name string      `json:"name"`
	// Code is the system and code of it, as "system|code"; empty if it has none.
	Code string `json:"code,omitempty"`
	// Dose is how much, how and when, in words.
	Dose   string `json:"dose,omitempty"`
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	// State is empty while it holds; otherwise "on hold", "stopped", "not taken", "completed", "cancelled" or "unknown".
	State string `json:"state,omitempty"`
}

// Person is somebody who cares for the patient.
type Person struct {
	Name     string `json:"name"`
	Relation string `json:"relation,omitempty"`
	Phone    string `json:"phone,omitempty"`
}

// Telephone is a number and who answers it.
type Telephone struct {
	Number string `json:"number,omitempty"`
	Who    string `json:"who,omitempty"`
}

// Attachment is a file that came with the plan. Its bytes stay in the plan's document.
type Attachment struct {
	Title string `json:"title,omitempty"`
	// Type is a media type. Only those of [Shown] are ever given out.
	Type string `json:"type,omitempty"`
	// Bytes is how many there are, and SHA256 their hash in hexadecimal digits, by which they are found again. No bytes: the file stands
	// elsewhere.
	Bytes  int    `json:"bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Dated  Date   `json:"dated,omitempty"`
}

// attachmentEndings are the types of files that may be shown, and how their names end: those that a browser draws without running what
// is in them.
var attachmentEndings = map[string]string{"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}

// Shown tells whether the file may be given out, and how its name ends.
func (a Attachment) Shown() (ending string, shown bool) {
	ending, shown = attachmentEndings[a.Type]
	return ending, shown && a.SHA256 != ""
}

// After is the content of a version that follows another one: what the earlier version said otherwise about resuscitation, the ceiling of
// treatment or an advance decision is kept beside it, so that whoever knew it sees that it holds no longer.
func (c Content) After(before Content, version int) Content {
	c.CPR = c.CPR.after(before.CPR, version)
	c.Ceiling = c.Ceiling.after(before.Ceiling, version)
	c.AdvanceDecision = c.AdvanceDecision.after(before.AdvanceDecision, version)
	return c
}
