package plans

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// DraftPlan is a plan that somebody at a centre is still writing. It is nobody's plan yet: it raises nothing, and only its author sees it.
type DraftPlan struct {
	// ID is also the id of the plan that it becomes, unless it revises one that is held.
	ID string
	// Centre is the ODS code of the centre, Author the account that writes.
	Centre, Author string
	// Plan is the plan that it revises, Base the version of it that the author began with; empty and 0 for a new plan.
	Plan string
	Base int
	// Revision counts how often the draft was kept, so that two windows never overwrite each other unseen.
	Revision int
	Form     Form
	Saved    time.Time
	// Files are those that the draft holds, without what is in them; the form says which of them the plan has.
	Files []DraftFile
}

// Publishes is the id of the plan that the draft becomes.
func (d DraftPlan) Publishes() string {
	if d.Plan != "" {
		return d.Plan
	}
	return d.ID
}

// Errors about drafts that a caller can act on.
var (
	ErrNoDraft = errors.New("there is no such draft")
	// ErrDraftChanged refuses to keep a draft that was kept from another window since it was read.
	ErrDraftChanged = errors.New("the draft was changed in another window")
)

// Form is a plan by the headings under which a person writes it, as it was typed: nothing in it need be valid. A field for several things
// holds one a line. It masks itself when it is printed.
type Form struct {
	NHSNumber string `json:"nhs_number"`
	Family    string `json:"family"`
	Given     string `json:"given"`
	// BirthDate, and the other dates, are YEAR-MONTH-DAY, each part as it was typed.
	BirthDate string `json:"birth_date"`
	Sex       string `json:"sex"`
	Postcode  string `json:"postcode"`

	Headline string `json:"headline"`
	Urgency  string `json:"urgency"`
	// Do is what to do first, DoNot what never to do: one step a line.
	Do    string `json:"do"`
	DoNot string `json:"do_not"`
	// Warnings are further things to mind, one a line.
	Warnings string `json:"warnings"`

	// CPR is "for", "not-for" or empty.
	CPR     string `json:"cpr"`
	CPRDate string `json:"cpr_date"`
	// Ceiling of treatment is "comfort", "home", "hospital", "full" or empty.
	Ceiling string `json:"ceiling"`
	// ADRT is an advance decision to refuse treatment: "made", "retracted" or empty; ADRTText what it says.
	ADRT     string `json:"adrt"`
	ADRTText string `json:"adrt_text"`

	// Give and Avoid are medicines in an emergency; Takes are those that the patient takes anyway.
	Allergies     string `json:"allergies"`
	Give          string `json:"give"`
	Avoid         string `json:"avoid"`
	Takes         string `json:"takes"`
	Equipment     string `json:"equipment"`
	Communication string `json:"communication"`
	Carers        string `json:"carers"`

	// Phone is where the centre is reached at any hour.
	Phone     string `json:"phone"`
	Author    string `json:"author"`
	Role      string `json:"role"`
	Reviewed  string `json:"reviewed"`
	ReviewDue string `json:"review_due"`

	// Kinds are the SNOMED CT codes of the kinds of plan it is: an agreement may cover named kinds only.
	Kinds string `json:"kinds"`
	// Starts and Ends bound the days on which the plan holds.
	Starts string `json:"starts"`
	Ends   string `json:"ends"`
	// Consent is "given", "dissent" or empty. OnlyOrganisations and OnlyRoles are the ODS codes and the roles of those who may be shown the
	// plan, if not everybody whom an agreement names.
	Consent           string `json:"consent"`
	OnlyOrganisations string `json:"only_organisations"`
	OnlyRoles         string `json:"only_roles"`

	// Sections are those of the personalised care and support plan (PRSB), and any other.
	Sections []Section `json:"sections" nullable:"false"`
	// Attachments are the files that go with the plan, in the order in which they are shown.
	Attachments []FormFile `json:"attachments,omitempty"`
}

// String tells nothing of the patient.
func (f Form) String() string { return "a form" }

// GoString masks the form in %#v.
func (f Form) GoString() string { return f.String() }

// Fault is one thing in a form that must be put right before it can be published.
type Fault struct {
	// Field is the field's name as in JSON; empty for the form as a whole.
	Field string `json:"field"`
	// Words tell the author what to do. They quote nothing that was typed.
	Words string `json:"words"`
}

// Choices are the values that the fields of a form with choices can have beside the empty one.
var Choices = map[string][]string{
	"sex": {string(Female), string(Male), string(OtherSex), string(UnknownSex)}, "urgency": {string(Critical), string(Urgent), string(Routine)},
	"cpr": {"not-for", "for"}, "ceiling": {"comfort", "home", "hospital", "full"}, "adrt": {"made", "retracted"}, "consent": {string(Given), string(Dissent)},
}

// Lines are the lines of a field for several things, without empty ones.
func Lines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// TypedDate reads a date as it is typed in three parts, "1980-2-13"; an empty one, "" or "--", is no date and no error.
func TypedDate(s string) (Date, error) {
	if strings.Trim(s, "- ") == "" {
		return "", nil
	}
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return "", ErrDate
	}
	for i, width := range [...]int{4, 2, 2} {
		parts[i] = strings.TrimSpace(parts[i])
		if n := width - len(parts[i]); i > 0 && n > 0 && parts[i] != "" {
			parts[i] = strings.Repeat("0", n) + parts[i]
		}
		if len(parts[i]) != width {
			return "", ErrDate
		}
	}
	return ParseDate(strings.Join(parts, "-"))
}

// Faults are what stands in the way of publishing the form, in the order of its fields. today is the day at the centre.
func (f Form) Faults(today time.Time) []Fault {
	var faults []Fault
	add := func(field, words string) { faults = append(faults, Fault{field, words}) }
	switch _, err := ParseNHSNumber(f.NHSNumber); {
	case strings.TrimSpace(f.NHSNumber) == "":
		add("nhs_number", "Enter the NHS number")
	case errors.Is(err, ErrNHSNumberCheck):
		add("nhs_number", "Check the NHS number: its last digit does not agree with the others, so one of them is wrong")
	case err != nil:
		add("nhs_number", "The NHS number must be 10 digits, like 999 000 0018")
	}
	if strings.TrimSpace(f.Family) == "" {
		add("family", "Enter the family name")
	}
	switch born, err := TypedDate(f.BirthDate); {
	case err != nil:
		add("birth_date", "The date of birth must be a real date, like 13 2 1980")
	case born == "":
		add("birth_date", "Enter the date of birth: without it, an arrival can only be a possible match")
	case string(born) > today.Format(time.DateOnly):
		add("birth_date", "The date of birth must be in the past")
	}
	f.choices(add, "sex", f.Sex, "")
	switch length := utf8.RuneCountInString(strings.TrimSpace(f.Headline)); {
	case length == 0:
		add("headline", "Enter the headline: the one line that A&E sees at once")
	case length > MaxHeadline:
		add("headline", fmt.Sprintf("The headline must be %d characters or fewer; it has %d", MaxHeadline, length))
	}
	f.choices(add, "urgency", f.Urgency, "Choose how urgent the plan is")
	if len(Lines(f.Do)) == 0 {
		add("do", "Enter what to do first")
	}
	f.decisions(add, today)
	f.signature(add, today)
	f.sharing(add)
	for i, s := range f.Sections {
		if strings.TrimSpace(s.Title) == "" && strings.TrimSpace(s.Text) != "" {
			add(fmt.Sprintf("section_title_%d", i), fmt.Sprintf("Enter a heading for section %d", i+1))
		}
	}
	return faults
}

// decisions checks what was decided with the patient.
func (f Form) decisions(add func(field, words string), today time.Time) {
	f.choices(add, "cpr", f.CPR, "")
	switch decided, err := TypedDate(f.CPRDate); {
	case err != nil:
		add("cpr_date", "The date of the CPR decision must be a real date, like 13 2 2026")
	case string(decided) > today.Format(time.DateOnly):
		add("cpr_date", "The date of the CPR decision must be in the past")
	case f.CPR == "" && decided != "":
		add("cpr", "Choose the CPR decision that was made on that date")
	}
	f.choices(add, "ceiling", f.Ceiling, "")
	f.choices(add, "adrt", f.ADRT, "")
	switch text := strings.TrimSpace(f.ADRTText); {
	case f.ADRT == "made" && text == "":
		add("adrt_text", "Enter what the advance decision refuses, and when")
	case f.ADRT == "" && text != "":
		add("adrt", "Choose whether the advance decision holds or was retracted")
	}
}

// signature checks who answers for the plan and until when.
func (f Form) signature(add func(field, words string), today time.Time) {
	if digits := strings.Count(strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '0'
		}
		return c
	}, f.Phone), "0"); strings.TrimSpace(f.Phone) == "" {
		add("phone", "Enter the telephone number that is answered at any hour")
	} else if digits < 4 {
		add("phone", "The telephone number must have its digits in it, like 020 7946 0000")
	}
	if strings.TrimSpace(f.Author) == "" {
		add("author", "Enter who wrote the plan")
	}
	reviewed, err := TypedDate(f.Reviewed)
	switch {
	case err == nil && reviewed == "":
		add("reviewed", "Enter the day on which the plan was last read through")
	case err != nil:
		add("reviewed", "The day of the last review must be a real date, like 1 11 2026")
	case string(reviewed) > today.Format(time.DateOnly):
		add("reviewed", "The day of the last review must not be in the future")
	}
	switch due, err := TypedDate(f.ReviewDue); {
	case err != nil:
		add("review_due", "The day by which the plan is to be reviewed must be a real date, like 1 11 2027")
	case due != "" && reviewed != "" && due <= reviewed:
		add("review_due", "The next review must be after the last one")
	}
}

// sharing checks who may be shown the plan, and when it holds.
func (f Form) sharing(add func(field, words string)) {
	starts, err := TypedDate(f.Starts)
	if err != nil {
		add("starts", "The day on which the plan begins to hold must be a real date, like 1 12 2026")
	}
	switch ends, err := TypedDate(f.Ends); {
	case err != nil:
		add("ends", "The last day of the plan must be a real date, like 1 12 2027")
	case ends != "" && starts != "" && ends < starts:
		add("ends", "The last day of the plan must not be before the first")
	}
	f.choices(add, "consent", f.Consent, "")
	if f.Consent == string(Dissent) && len(Lines(f.OnlyOrganisations))+len(Lines(f.OnlyRoles)) > 0 {
		add("consent", "The patient cannot both dissent and name who may be shown the plan: choose one")
	}
}

func (f Form) choices(add func(field, words string), field, value, required string) {
	if value == "" {
		if required != "" {
			add(field, required)
		}
		return
	}
	for _, choice := range Choices[field] {
		if value == choice {
			return
		}
	}
	add(field, "Choose one of the answers")
}
