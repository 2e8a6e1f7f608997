package hl7

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

// Again gives a message of the quarantine to the receiver as if it had just come from its sender: the same sender rules, the same rules
// of reading and of resending, as they are configured now. It is kept already, so it is not quarantined anew, and it is answered in any
// case, whatever its MSH-15 and MSH-16 want. An error means that nothing was kept; the message may be given again.
func (r *Receiver) Again(ctx context.Context, q alerts.Quarantined) (alerts.Replayed, error) {
	again := &Receiver{
		Desk: r.Desk, Quarantine: keptAlready{}, Answers: r.Answers.always(), Rules: r.Rules, Now: r.Now, Log: r.Log, Documents: r.Documents,
		Profiles: r.Profiles, Gate: r.Gate, Refusals: r.Refusals, SilentOnFailure: true,
	}
	from := mllp.Peer{Address: q.Address, Listener: q.Listener, Subject: q.Subject, Fingerprint: q.Fingerprint, Names: q.Names}
	answer, err := again.Handle(ctx, from, q.Raw)
	if err != nil {
		return alerts.Replayed{}, fmt.Errorf("take a message of the quarantine: %w", err)
	}
	return readAnswer(answer)
}

// keptAlready is the quarantine of messages that are in quarantine.
type keptAlready struct{}

func (keptAlready) KeepQuarantined(context.Context, alerts.Quarantined) error { return nil }

// readAnswer reads an answer of ours.
func readAnswer(answer []byte) (alerts.Replayed, error) {
	m, err := Parse(answer)
	if err != nil {
		return alerts.Replayed{}, fmt.Errorf("read the answer: %w", err)
	}
	msa, failure := m.Segment("MSA"), m.Segment("ERR")
	became := alerts.Replayed{Answer: msa.Field(1).Text(), Reason: msa.Field(3).Text()}
	if became.Answer == string(AA) {
		return alerts.Replayed{Taken: true, Answer: became.Answer}, nil
	}
	if eld := failure.Field(1); eld.Presence() == Present { // up to HL7 2.4
		became.Location = joined(eld.Component(1), eld.Component(2), eld.Component(3))
		became.Condition, err = strconv.Atoi(eld.Component(4).Subcomponent(1).Text())
	} else {
		where := failure.Field(2)
		became.Location = joined(where.Component(1), where.Component(2), where.Component(3))
		became.Condition, err = strconv.Atoi(failure.Field(3).Component(1).Text())
	}
	if err != nil {
		return alerts.Replayed{}, fmt.Errorf("read the condition in the answer: %w", err)
	}
	return became, nil
}

// joined writes the parts of a location that are there, as a [Refusal] has them.
func joined(parts ...Value) string {
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.Text())
	}
	return strings.TrimRight(strings.Join(texts, "^"), "^")
}
