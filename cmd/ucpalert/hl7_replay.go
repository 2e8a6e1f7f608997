package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ucpalert/ucpalert/alerts"
)

// replay gives a message of the quarantine to the listener that it came over. What was kept before messages had listeners came over the
// only one there was.
func (h hospitals) replay(ctx context.Context, q alerts.Quarantined) (alerts.Replayed, error) {
	i := slices.IndexFunc(h, func(l *hospitalListener) bool { return l.Name == q.Listener })
	if q.Listener == "" && len(h) == 1 {
		i = 0
	}
	if i < 0 {
		return alerts.Replayed{}, alerts.ErrNoListener
	}
	return h[i].receiver.Again(ctx, q)
}

type hl7ReplayCommand struct {
	operations
	All    bool     `help:"All messages that wait, the oldest first."`
	Reason string   `placeholder:"TEXT" help:"Of these only those whose reason holds this text."`
	IDs    []string `arg:"" optional:"" name:"id" help:"As listed, or whole ids."`
}

// errNotTaken is returned when a message was refused again; the lines printed say which and why.
var errNotTaken = errors.New("not every message was taken")

// Run has each message taken, prints what became of it, and at last how many were taken. One that is refused keeps none of the others back.
func (c hl7ReplayCommand) Run(ctx context.Context) error {
	ids, err := c.chosen(ctx)
	if err != nil {
		return err
	}
	taken := 0
	for _, id := range ids {
		body, err := c.ask(ctx, http.MethodPost, "/"+url.PathEscape(id)+"/replay")
		if err != nil {
			fmt.Printf("%s %v\n", short(id), err)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		var became struct {
			Taken                    bool
			Answer, Location, Reason string
			Condition                int
		}
		if err := json.Unmarshal(body, &became); err != nil {
			return fmt.Errorf("read the service's answer: %w", err)
		}
		if became.Taken {
			taken++
			fmt.Println(short(id), became.Answer)
			continue
		}
		fmt.Printf("%s %s %d %s %s\n", short(id), became.Answer, became.Condition, became.Location, became.Reason)
	}
	fmt.Printf("%d of %d taken\n", taken, len(ids))
	if taken < len(ids) {
		return errNotTaken
	}
	return nil
}

// chosen are the ids to replay, the oldest message first.
func (c hl7ReplayCommand) chosen(ctx context.Context) ([]string, error) {
	switch {
	case c.All == (len(c.IDs) > 0):
		return nil, errors.New("name the messages to replay, or say --all")
	case !c.All && c.Reason != "":
		return nil, errors.New("--reason goes with --all")
	case !c.All:
		return c.IDs, nil
	}
	waiting, err := c.list(ctx, false)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(waiting, func(a, b keptMessage) int { return a.First.Compare(b.First) })
	var ids []string
	for _, e := range waiting {
		if strings.Contains(e.Reason, c.Reason) {
			ids = append(ids, e.ID)
		}
	}
	return ids, nil
}

func short(id string) string { return id[:min(len(id), 16)] }
