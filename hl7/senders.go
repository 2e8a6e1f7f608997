package hl7

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// Sender is for whom a certificate may speak.
type Sender struct {
	// Name is how logs and the journal call the sender.
	Name string
	// Fingerprint, Subject or SAN is how its certificate is known: exactly one is set, as an [mllp.Peer] has it.
	Fingerprint, Subject, SAN string
	// Organisation is the ODS code in whose name it may send.
	Organisation string
	// Sites are the ODS site codes that it may send about; none means all of the organisation.
	Sites []string
}

// Senders are the certificates that may speak.
type Senders []Sender

// Of finds the sender of a certificate: by its fingerprint, else by its subject, else by an alternative name. A certificate whose names
// belong to several senders is nobody's.
func (s Senders) Of(from mllp.Peer) (Sender, bool) {
	if from.Fingerprint == "" {
		return Sender{}, false
	}
	for _, is := range []func(Sender) bool{
		func(of Sender) bool { return of.Fingerprint != "" && of.Fingerprint == from.Fingerprint },
		func(of Sender) bool { return of.Subject != "" && of.Subject == from.Subject },
		func(of Sender) bool { return of.SAN != "" && slices.Contains(from.Names, of.SAN) },
	} {
		i := slices.IndexFunc(s, is)
		if i < 0 {
			continue
		}
		return s[i], !slices.ContainsFunc(s[i+1:], is)
	}
	return Sender{}, false
}

// Check refuses a list that cannot be meant, or that the directory does not bear out.
func (s Senders) Check(dir *directory.Directory) error {
	for i, one := range s {
		err := one.check(dir)
		for _, before := range s[:i] {
			if err == nil && one.Fingerprint == before.Fingerprint && one.Subject == before.Subject && one.SAN == before.SAN {
				err = fmt.Errorf("the sender %q has the same certificate; a certificate speaks for one organisation", before.Name)
			}
			if err == nil && one.Name == before.Name {
				err = errors.New("another sender has the same name")
			}
		}
		if err != nil {
			return fmt.Errorf("senders[%d] (%s): %w", i, one.Name, err)
		}
	}
	return nil
}

func (s Sender) check(dir *directory.Directory) error {
	given := 0
	for _, text := range []string{s.Fingerprint, s.Subject, s.SAN} {
		if text != "" {
			given++
		}
	}
	switch {
	case s.Name == "":
		return errors.New("name must be set")
	case given != 1:
		return errors.New("one of fingerprint, subject and san must be set: how the certificate is known")
	case s.Fingerprint != "" && !isFingerprint(s.Fingerprint):
		return errors.New("fingerprint must be the SHA-256 of the certificate, 64 hexadecimal digits (openssl x509 -noout -fingerprint -sha256)")
	}
	if _, ok := dir.Organisation(s.Organisation); !ok {
		return fmt.Errorf("organisation %q is not in the directory", s.Organisation)
	}
	for _, code := range s.Sites {
		if site, ok := dir.Site(code); !ok || site.Organisation != s.Organisation {
			return fmt.Errorf("site %q is not one of organisation %s in the directory", code, s.Organisation)
		}
	}
	return nil
}

func isFingerprint(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// Gate decides whether a connection may say what it says. A listener without one believes MSH-4. The senders are asked for at each message,
// so that they can be replaced while connections are open; nil: nobody may speak.
type Gate struct {
	Senders   func() Senders
	Directory func() *directory.Directory
	Now       func() time.Time
}

// Admit finds the sender of a connection, or refuses: nobody speaks without being known.
func (g *Gate) Admit(from mllp.Peer) (Sender, *Refusal) {
	if g == nil {
		return Sender{}, nil
	}
	var senders Senders
	if g.Senders != nil {
		senders = g.Senders()
	}
	sender, ok := senders.Of(from)
	if !ok {
		return Sender{}, beyond("MSH^1^4", "this certificate may not send for anybody here: have it entered under mllp.senders")
	}
	return sender, nil
}

// beyond refuses what a sender may not say. It is never kept: what a stranger sends must not fill our disk.
func beyond(location, text string) *Refusal {
	return &Refusal{Code: AR, Condition: TableValue, Location: location, Text: text}
}

// Examine refuses a message in which a sender speaks for others: MSH-4 names another organisation, or MSH-4 or PV1-3 a site that is not
// the sender's. What the directory does not know is nobody's, and is left to whoever looks it up.
func (g *Gate) Examine(sender Sender, m *Message) *Refusal {
	if g == nil {
		return nil
	}
	dir, now := g.Directory(), g.Now()
	own, known := dir.Facility(sender.Organisation, now)
	if !known {
		return beyond("MSH^1^4", "the organisation of this certificate is no longer in the directory")
	}
	facility := upper(m.Segment("MSH").Field(4))
	if claimed, ok := dir.Sending(facility, now); ok && claimed.ID != own.ID {
		return beyond("MSH^1^4", "this certificate may not send for the organisation in MSH-4")
	}
	if !sender.speaksFor(facility, own.ID, dir) {
		return beyond("MSH^1^4", "this certificate may not send for the site in MSH-4")
	}
	if site := location(m.Segment("PV1").Field(3)).Value.Site; !sender.speaksFor(site, own.ID, dir) {
		return beyond("PV1^1^3", "this certificate may not send for the site in PV1-3")
	}
	return nil
}

// speaksFor tells whether a code may stand where a site does: it is no site, or one of the sender's.
func (s Sender) speaksFor(code, organisation string, dir *directory.Directory) bool {
	site, ok := dir.Site(code)
	if !ok {
		return true
	}
	if len(s.Sites) > 0 {
		return slices.Contains(s.Sites, code)
	}
	return site.Organisation == s.Organisation || site.Organisation == organisation
}

// beyondSites is the answer to a message about a visit at a site that the sender may not speak for, whatever it says of it.
func beyondSites() *Refusal {
	return beyond("PV1^1^3", "this certificate may not send about a visit at that site")
}

// beyondPersons is the answer to a message about a person or merged records from a sender that speaks for some sites only.
func beyondPersons() *Refusal {
	return beyond("MSH^1^9", "this certificate speaks for some sites only; what is said of a person or of merged records counts at all of them")
}

// turnAway answers a message that its sender may not send. It is counted, logged, and journalled as far as nobody fills the journal by
// trying; nothing of it is kept.
func (r *Receiver) turnAway(ctx context.Context, from mllp.Peer, sender Sender, m *Message, refusal *Refusal) []byte {
	r.Counters.Foreign.Add(1)
	r.Log.LogAttrs(ctx, slog.LevelWarn, "HL7 message refused: its sender may not send it", slog.String("listener", from.Listener),
		slog.String("from", from.Address), slog.String("subject", from.Subject), slog.String("fingerprint", from.Fingerprint),
		slog.String("sender", sender.Name), slog.Any("answer", refusal))
	if r.Refusals != nil && r.ration.allow(from.Fingerprint, r.Now()) {
		err := r.Refusals.KeepRefusal(ctx, alerts.Refused{
			Sender: cmp.Or(sender.Name, from.Subject), Organisation: sender.Organisation, Certificate: from.Fingerprint,
			At: r.Now(), Reason: refusal.Text + " (" + refusal.Location + ")",
		})
		if err != nil {
			r.Log.LogAttrs(ctx, slog.LevelError, "a refusal could not be journalled", slog.String("from", from.Address), slog.Any("error", err))
		}
	}
	return r.Answers.Answer(m, refusal)
}

// journalledPerMinute is how many refusals of one certificate are journalled in a minute; the rest are in the log only.
const journalledPerMinute = 30

// ration counts what each certificate was refused in the present minute.
type ration struct {
	mu     sync.Mutex
	minute time.Time
	counts map[string]int
}

func (r *ration) allow(certificate string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(r.minute) {
		r.minute, r.counts = minute, map[string]int{}
	}
	r.counts[certificate]++
	return r.counts[certificate] <= journalledPerMinute
}
