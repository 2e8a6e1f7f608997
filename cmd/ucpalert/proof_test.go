package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
)

func TestWhenAProofIsDue(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	for _, row := range []struct {
		what        string
		now, newest time.Time
		due         bool
	}{
		{"there never was one", at(22, 14, 0), time.Time{}, true},
		{"one ran this night", at(22, 14, 0), at(22, 2, 4), false},
		{"just before the hour", at(23, 1, 59), at(22, 2, 4), false},
		{"at the hour", at(23, 2, 0), at(22, 2, 4), true},
		{"the node that had it was stopped", at(23, 9, 0), at(22, 2, 4), true},
		{"an operator proved during the day", at(22, 23, 0), at(22, 15, 0), false},
		{"and still there is one at night", at(23, 2, 1), at(22, 15, 0), true},
		{"summer time changes nothing: the hour is UTC", at(23, 2, 0).In(time.FixedZone("BST", 3600)), at(23, 1, 59), true},
	} {
		t.Run(row.what, func(t *testing.T) {
			if got := proofDue(row.now, row.newest); got != row.due {
				t.Errorf("due is %v", got)
			}
		})
	}
}

// reports are the reports of a test.
type reports struct {
	newest []alerts.Proof
	err    error
}

func (r reports) Proofs(context.Context, int) ([]alerts.Proof, error) { return r.newest, r.err }

func (r reports) Proof(context.Context, string) (alerts.Proof, error) { return alerts.Proof{}, r.err }

func TestTheNewestProofIsAnAlarmUntilOneIsClean(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	proof := func(age time.Duration, findings ...alerts.Finding) []alerts.Proof {
		return []alerts.Proof{{Ended: now.Add(-age), Findings: findings}}
	}
	for _, row := range []struct {
		what string
		from reports
		says string // empty if all is well
	}{
		{"none was due yet", reports{}, ""},
		{"clean", reports{newest: proof(12 * time.Hour)}, ""},
		{"a difference that was mended", reports{newest: proof(time.Hour, alerts.Finding{Mended: true})}, "they were mended"},
		{"a difference that was not", reports{newest: proof(time.Hour, alerts.Finding{Mended: true}, alerts.Finding{})}, "not all could be mended"},
		{"the feed of proofs has stopped", reports{newest: proof(49 * time.Hour)}, "no proof for two days"},
		{"the reports cannot be read", reports{err: errors.New("disk")}, "cannot be read"},
	} {
		t.Run(row.what, func(t *testing.T) {
			check := proofCheck(t.Context(), row.from, now)
			if check.OK != (row.says == "") || !strings.Contains(check.Reason, row.says) || !check.Advisory {
				t.Errorf("got %+v", check)
			}
		})
	}
}
