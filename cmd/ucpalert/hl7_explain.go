package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/profiles"
	"github.com/ucpalert/ucpalert/sql"
)

type hl7ExplainCommand struct {
	Config      string   `type:"existingfile" placeholder:"FILE" help:"The configuration: its profiles and directory, and what its database would make of the message."`
	Profile     string   `placeholder:"FILE|CODE" help:"How the sender writes: a profile, or the ODS code of an organisation whose profile is configured. Without it the sender's own."`
	Listener    string   `placeholder:"NAME" help:"The listener that the message is taken to have come to."`
	ShowPatient bool     `help:"Show who the patient is. Do this where nobody looks over your shoulder."`
	JSON        bool     `name:"json" help:"Print JSON, one object a message."`
	Files       []string `arg:"" name:"file" help:"Files of HL7 v2 messages; - is standard input."`
}

// Run explains every message of the files. Nothing is sent and nothing is written.
func (c hl7ExplainCommand) Run(ctx context.Context) error {
	e, err := c.explainer(ctx)
	if err != nil {
		return err
	}
	defer e.close()
	for _, name := range c.Files {
		content, err := readFile(name)
		if err != nil {
			return err
		}
		messages := messagesOf(content)
		for i, raw := range messages {
			title, x := name, e.explain(ctx, raw)
			if len(messages) > 1 {
				title = fmt.Sprintf("%s, message %d", name, i+1)
			}
			if c.JSON {
				err = json.NewEncoder(os.Stdout).Encode(x)
			} else {
				err = x.print(os.Stdout, title)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// messagesOf cuts a file into messages. What has none, or has letters of two bytes, is taken as one: why it cannot be read is the answer.
func messagesOf(content []byte) [][]byte {
	if bytes.IndexByte(content, 0) < 0 {
		if messages := splitMessages(content); len(messages) > 0 {
			return messages
		}
	}
	return [][]byte{bytes.Trim(content, "\x0b\x1c\r\n")}
}

// messageExplainer has what is needed to explain messages.
type messageExplainer struct {
	hl7ExplainCommand
	rules hl7.Rules
	// dir is nil without a configuration.
	dir *directory.Directory
	set *profiles.Set
	// profile is the one that was asked for; nil for the sender's own.
	profile *hl7.Profile
	desk    *alerts.Desk
	glass   *sql.Glass
	// blind is why there is no desk.
	blind   string
	answers *hl7.Answerer
}

func (c hl7ExplainCommand) explainer(ctx context.Context) (*messageExplainer, error) {
	zone, err := time.LoadLocation(directory.DefaultTimeZone)
	if err != nil {
		return nil, err
	}
	e := &messageExplainer{
		hl7ExplainCommand: c, answers: hl7.NewAnswerer("UCPALERT", "UCPALERT", time.Now), blind: "there is no --config to say which database",
		rules: hl7.Rules{Zone: zone, TestPatients: true},
	}
	if c.Config != "" {
		if err := e.configure(ctx); err != nil {
			return nil, err
		}
	}
	if c.Profile == "" {
		return e, nil
	}
	if p := e.set.Find("", c.Profile, e.directory(), time.Now()); p != nil {
		e.profile = p.Reading
		return e, nil
	}
	set, err := profiles.Load(c.Profile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("--profile %s is neither a file nor an organisation that has a profile in the configuration", c.Profile)
	}
	if err != nil {
		return nil, err
	}
	if len(set.Profiles()) != 1 {
		return nil, fmt.Errorf("--profile %s holds %d profiles: name one file", c.Profile, len(set.Profiles()))
	}
	e.profile = set.Profiles()[0].Reading
	if e.dir != nil {
		e.dir, err = set.Apply(e.dir)
	}
	return e, err
}

// configure reads what the service would: profiles, directory, and the database if it can be looked into.
func (e *messageExplainer) configure(ctx context.Context) error {
	cfg, _, err := loadConfig(e.Config, os.Environ())
	if err != nil {
		return err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return err
	}
	h, dir, err := newHabits(cfg, dir, newLog(slog.LevelError))
	if err != nil {
		return err
	}
	e.dir, e.set = dir, h.held.Load()
	e.rules.TestPatients, e.rules.Documents = cfg.AllowTestPatients, cfg.MDM.rules()
	glass, err := sql.OpenGlass(ctx, cfg.unlocked())
	if err != nil {
		e.blind = err.Error()
		return nil
	}
	e.glass, e.desk = glass, alerts.NewDesk(glass, e.directory, time.Now).WithTrust(h.trust)
	return nil
}

func (e *messageExplainer) directory() *directory.Directory { return e.dir }

func (e *messageExplainer) close() {
	if e.glass != nil {
		_ = e.glass.Close() // it was only looked at
	}
}

// explained is all that is told of one message.
type explained struct {
	*hl7.Explanation
	// Organisation is the sender's, Department where the patient would be and PlacedBy what says so.
	Organisation string `json:"organisation,omitempty"`
	Department   string `json:"department,omitempty"`
	PlacedBy     string `json:"placed_by,omitempty"`
	Warning      string `json:"warning,omitempty"`
	// Would is what would follow; Unsure is why that is not known.
	Would  []string `json:"would"`
	Unsure string   `json:"unsure,omitempty"`
	// Answer is MSA and ERR of the answer, a segment each.
	Answer []string `json:"answer"`
}

func (e *messageExplainer) explain(ctx context.Context, raw []byte) explained {
	m, err := hl7.Parse(raw)
	if err != nil {
		refusal, _ := errors.AsType[*hl7.Refusal](err)
		x := explained{Explanation: &hl7.Explanation{Meaning: refusal.Text, Refusal: refusal}}
		x.Would, x.Answer = []string{"keep the message in quarantine"}, e.answer(nil, refusal)
		return x
	}
	rules := e.rules
	rules.Profile = e.profileOf(m)
	m = rules.Profile.Reread(m, raw)
	told := rules.Explain(m, raw, e.ShowPatient)
	x := explained{Explanation: &told}
	org, known := directory.Organisation{}, true
	if e.dir != nil {
		if org, known = e.dir.Sending(told.Facility, time.Now()); known {
			x.Organisation = org.Name + " (" + org.ID + ")"
		}
	}
	refusal := told.Refusal
	if refusal == nil && !known {
		refusal = hl7.UnknownFacility()
	}
	x.Answer = e.answer(m, refusal)
	switch {
	case refusal != nil && refusal.Code == hl7.AE:
		x.Would = []string{"keep the message in quarantine, and nothing of it anywhere else"}
	case refusal != nil:
		x.Would = []string{"keep nothing"}
	default:
		x.place(org, e.dir)
		e.foresee(ctx, &x)
	}
	return x
}

func (e *messageExplainer) profileOf(m *hl7.Message) *hl7.Profile {
	if e.profile != nil {
		return e.profile
	}
	facility, err := m.Get("MSH-4")
	if err != nil {
		return hl7.DefaultProfile() // the path is right
	}
	return e.set.For(e.Listener, hl7.Code(facility), e.dir, time.Now())
}

// place tells where the location of the message is.
func (x *explained) place(org directory.Organisation, dir *directory.Directory) {
	at := x.Understood.Location
	if dir == nil || at.Presence != alerts.Present {
		return
	}
	p := dir.Locate(org, dir.SentFrom(x.Facility, at.Value))
	x.Department, x.Warning = p.Department, p.Warning
	switch {
	case p.Rule != nil:
		x.PlacedBy = p.Rule.Written + " (" + p.Rule.String() + ")"
	case p.Pattern != "":
		x.PlacedBy = "the directory, whose department has the location " + p.Pattern
	}
}

// foresee asks the desk what it would do, on a database in which nothing changes.
func (e *messageExplainer) foresee(ctx context.Context, x *explained) {
	x.Would = []string{}
	if e.desk == nil {
		x.Unsure = e.blind
		return
	}
	out, err := e.desk.Receive(ctx, x.Understood)
	switch {
	case err != nil:
		x.Unsure = err.Error()
	case out.Duplicate:
		x.Would = append(x.Would, "change nothing: the same message was taken before")
	default:
		x.Would = append(x.Would, wordsOf(out)...)
	}
}

// wordsOf says what an outcome comes to. It names departments and reasons; not the plan, whose being there is the patient's business.
func wordsOf(out alerts.Outcome) []string {
	words := []string{"keep the visit"}
	if out.Department != "" {
		words[0] += ", in " + out.Department
	}
	if len(out.Changes) == 0 {
		words = append(words, "raise, change or end no alert")
	}
	deeds := map[journal.Kind]string{
		journal.AlertRaised: "raise an alert in %s", journal.AlertUpdated: "change the alert in %s", journal.AlertWithdrawn: "take the alert off the board of %s",
		journal.AlertClosed: "close the alert in %s", journal.SharingWithheld: "withhold an alert%s",
	}
	for _, change := range out.Changes {
		for _, told := range change.Tell {
			deed, known := deeds[told.Kind]
			if !known {
				deed = string(told.Kind) + " in %s"
			}
			text := fmt.Sprintf(deed, told.Room)
			if told.Kind == journal.AlertRaised {
				text += ", " + string(change.Alert.Match)
			}
			words = append(words, text+": "+told.Reason)
		}
	}
	return words
}

// answer is what the sender would be told, without the header.
func (e *messageExplainer) answer(m *hl7.Message, refusal *hl7.Refusal) []string {
	lines := []string{}
	for i, segment := range bytes.Split(e.answers.Answer(m, refusal), []byte("\r")) {
		if i > 0 && len(segment) > 0 {
			lines = append(lines, string(segment))
		}
	}
	return lines
}

// lineWidth is what is printed in a line.
const lineWidth = 80

// print writes the explanation for people.
func (x explained) print(w io.Writer, title string) error {
	p := &printer{}
	p.line("", title+": "+x.title())
	p.pair("Read as", string(x.Charset)+when(x.CharsetWhy != "", " ("+x.CharsetWhy+")"))
	p.pair("Delimiters", x.Delimiters)
	p.pair("Profile", x.Profile)
	p.pair("Sender", x.Sender+when(x.Organisation != "", ": "+x.Organisation))
	p.pair("Event", x.Event+when(x.Event != "", ", ")+x.Meaning)
	absent := ""
	if len(x.Fields) > 0 {
		p.line("", "")
		p.line("", "What it says")
	}
	for _, f := range x.Fields {
		if f.State == hl7.FieldAbsent {
			absent += when(absent != "", ", ") + f.Place + " " + f.Name
			continue
		}
		p.line("  ", f.Place+"  "+f.Name+": "+f.Sent)
		told := f.State
		if f.State == hl7.FieldStated {
			told = f.Is
		}
		p.line("      ", "= "+told+when(f.Why != "", " ("+f.Why+")"))
	}
	if absent != "" {
		p.line("  ", "Not sent, so left as it is: "+absent+".")
	}
	if x.Department != "" {
		p.section("Where that is")
		p.line("  ", x.Department+when(x.PlacedBy != "", ", by "+x.PlacedBy)+when(x.Warning != "", ". "+x.Warning))
	}
	p.section("What it would do")
	for _, would := range x.Would {
		p.line("  ", "- "+would)
	}
	if x.Unsure != "" {
		p.line("  ", "not known: "+x.Unsure)
	}
	p.section("The answer")
	for _, segment := range x.Answer {
		p.line("  ", segment)
	}
	if len(x.Answer) == 0 {
		p.line("  ", "none: the sender asks for none (MSH-15)")
	}
	p.line("", "")
	_, err := w.Write(p.Bytes())
	return err
}

func (x explained) title() string {
	if x.Message == "" {
		return "not readable"
	}
	return fmt.Sprintf("%s, HL7 %s, control id %s, %d segments", x.Message, x.Version, x.ControlID, x.Segments)
}

func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}
