package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/subscribers"
	"github.com/ucpalert/ucpalert/subscribers/subscriptions"
)

// subscriptionsConfig says what people who subscribe to what happens may do.
type subscriptionsConfig struct {
	// CrossQuiet are the urgencies that may be told in somebody's quiet time, if they said so.
	CrossQuiet []plans.Urgency `yaml:"cross_quiet"`
}

func (c subscriptionsConfig) check() error {
	for _, u := range c.CrossQuiet {
		if u != plans.Routine && u != plans.Urgent && u != plans.Critical {
			return fmt.Errorf("configuration: on_call.subscriptions.cross_quiet can name routine, urgent and critical, not %q", u)
		}
	}
	return nil
}

// policy is what of that subscriptions go by.
func (c subscriptionsConfig) policy() subscriptions.Policy {
	return subscriptions.Policy{Crossing: c.CrossQuiet}
}

// interests is this node's part of telling people what they subscribed to.
type interests struct {
	*subscriptions.Router
	sender *subscriptions.Sender
}

func newInterests(c subscriptionsConfig, store *sql.Store, teller subscriptions.Teller, current func() *directory.Directory, log *slog.Logger) interests {
	return interests{
		subscriptions.NewRouter(subscriptions.Options{Routing: store, Directory: current, Policy: c.policy(), Now: time.Now, Log: log}),
		&subscriptions.Sender{Tellings: store, Teller: teller, Directory: current, Node: rand.Text(), Now: time.Now, Log: log},
	}
}

var _ subscribers.Interests = interests{}

// Subscribed implements [subscribers.Interests].
func (i interests) Subscribed(who journal.Actor, s alerts.Sight) bool {
	return i.Index.Subscribed(who, subscriptions.Standing{
		Alert: s.Alert.ID, Plan: s.Alert.Plan, Centre: s.Alert.Centre, Department: s.Alert.Department, Version: s.Alert.Version, Categories: s.Plan.Categories, Urgency: s.Alert.Urgency,
	}, i.Directory(), i.Now())
}

// TellOf implements [subscriptions.Teller].
func (o *onCall) TellOf(ctx context.Context, t subscriptions.ToTell) (by string, err error) {
	to, err := o.reach.teller.TellPerson(ctx, subscribers.Delivery{
		What: subscribers.WhatEvent, Subject: t.Key(), TakenStep: subscribers.TakenStep{Alert: t.Happening.Alert, Person: t.Person}, Department: t.Happening.Department, Ends: t.Ends,
	})
	if errors.Is(err, subscribers.ErrUnreachable) {
		err = subscriptions.ErrNobody
	}
	return to.Kind, err
}
