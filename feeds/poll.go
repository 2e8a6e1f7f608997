package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
)

// capabilityFor is how long what a server said of itself is believed.
const capabilityFor = time.Hour

// maxPages bounds one walk: a server whose pages never end is broken.
const maxPages = 100_000

// The failures of a walk.
var (
	errLoop       = errors.New("a page link leads back to a page that was read already")
	errEndless    = errors.New("the pages do not end")
	errCapability = errors.New("the server says that it has neither the history of CarePlans nor a search for them")
	errEmptied    = errors.New("the server no longer shows many of the plans that it held, and does not say that they were deleted; none of them is withdrawn until somebody has looked")
)

// poll is one run over what is new on a server.
type poll struct {
	*follower
	position Position
	// newest is the latest time that the walk under way has seen.
	newest time.Time
	began  time.Time

	pages, taken, unchanged, withdrawn, aside int
}

// run reads page after page until the server has nothing more, and keeps how it ended.
func (p *poll) run(ctx context.Context) error {
	if err := p.keepLease(ctx); err != nil {
		return err
	}
	var err error
	if p.position, err = p.Store.FeedPosition(ctx, p.feed.Name); err != nil {
		return err
	}
	p.began = p.Now().UTC()
	if p.began.Before(p.position.Wait) {
		return nil // the server asked for it; Failing still says why
	}
	p.position.Wait = time.Time{}
	err = p.walk(ctx)
	if ctx.Err() != nil || errors.Is(err, errNotOurs) {
		return err
	}
	return errors.Join(err, p.note(ctx, err))
}

// note keeps why a poll failed, or that it did not.
func (p *poll) note(ctx context.Context, failure error) error {
	before := p.position.Failing
	if failure == nil && before == errEmptied.Error() && !p.position.Comparing {
		return p.Store.SaveFeed(ctx, p.feed.Name, nil, p.position) // stands until a comparison finds it mended
	}
	p.position.Failing = ""
	if failure != nil {
		p.position.Failing = failure.Error()
		if before == "" || p.position.FailingSince.IsZero() {
			p.position.FailingSince = p.began
		}
		if rest, ok := errors.AsType[restError](failure); ok {
			p.position.Wait = p.Now().UTC().Add(rest.rest)
		}
	} else {
		p.position.FailingSince = time.Time{}
	}
	return p.Store.SaveFeed(ctx, p.feed.Name, nil, p.position)
}

// walk goes on with the walk under way, or begins one, and reads it to its end.
func (p *poll) walk(ctx context.Context) error {
	if err := p.capability(ctx); err != nil {
		return err
	}
	address := p.resume()
	resumed := address != ""
	if !resumed {
		address = p.begin()
	}
	seen := map[string]bool{}
	for {
		switch {
		case seen[address]:
			return p.abandon(errLoop)
		case p.pages >= maxPages:
			return p.abandon(errEndless)
		}
		seen[address] = true
		next, err := p.page(ctx, address)
		switch {
		case errors.Is(err, errTooLong) && p.count > 1:
			p.count = max(p.count/4, 1)
			address, resumed = p.begin(), false
			clear(seen)
			continue
		case err != nil && resumed && refused(err):
			// The page link of an earlier poll is no longer good: begin again. What was taken since then is known.
			address, resumed = p.begin(), false
			clear(seen)
			continue
		case errors.Is(err, errElsewhere), errors.Is(err, errTooLong):
			return p.abandon(err)
		case err != nil:
			return err
		case next == "":
			return p.finish(ctx)
		}
		address, resumed = next, false
	}
}

// refused tells whether a server does not know a page link.
func refused(err error) bool {
	s, ok := errors.AsType[statusError](err)
	return ok && (s.status == 400 || s.status == 404 || s.status == 410 || s.status == 422) || errors.Is(err, errElsewhere) || errors.Is(err, errTooLong)
}

// resume is the address at which an interrupted walk goes on, if there is one.
func (p *poll) resume() string {
	if p.position.Next == "" {
		return ""
	}
	address, err := p.client.follow(p.position.Next)
	if err != nil {
		return "" // the configured address is another one by now
	}
	p.newest = p.position.Until
	return address
}

// begin starts a walk: over everything if none was ever finished or a comparison is due, else over what changed.
func (p *poll) begin() string {
	p.position.Walk++
	if p.count == 0 {
		p.count = p.feed.Count
	}
	p.position.Next, p.newest = "", p.position.Since
	p.position.Comparing = p.position.Compared.IsZero() || !p.began.Before(p.feed.Compare.Next(p.position.Compared.UTC()))
	query := url.Values{"_count": {strconv.Itoa(p.count)}}
	since := ""
	if !p.position.Comparing && !p.position.Since.IsZero() {
		since = p.position.Since.Add(-p.feed.Overlap).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	// A comparison asks for what is held now, if the server can be asked that, and not for all that ever was.
	if p.history && !(p.position.Comparing && p.search) {
		if since != "" {
			query.Set("_since", since)
		}
		return p.client.address("/CarePlan/_history", query)
	}
	if since != "" {
		query.Set("_lastUpdated", "ge"+since)
	}
	query.Set("_sort", "_lastUpdated")
	query.Set("_include", "CarePlan:subject")
	return p.client.address("/CarePlan", query)
}

// abandon ends a walk that cannot go on where it is; the next poll begins anew from the same position.
func (p *poll) abandon(err error) error {
	p.position.Next = ""
	return err
}

// page reads one page, takes what is in it, and keeps how far that is. It returns the address of the next page.
func (p *poll) page(ctx context.Context, address string) (next string, err error) {
	body, err := p.client.get(ctx, address, p.keepLease)
	if err != nil {
		return "", err
	}
	page, err := fhir.ReadPage(body)
	if err != nil {
		return "", err
	}
	var link error
	if page.Next != "" {
		next, link = p.client.follow(page.Next)
	}
	items, err := p.takeAll(ctx, page.Entries)
	if err != nil {
		return "", err
	}
	p.pages++
	p.position.Next, p.position.Until = next, p.newest
	if err := p.Store.SaveFeed(ctx, p.feed.Name, items, p.position); err != nil {
		return "", err
	}
	return next, link // what was on a page with a broken link was taken first
}

// finish moves the position: everything up to the newest time that was seen is taken. A time in the future would hide what comes before
// it, so the position never goes beyond our own time.
func (p *poll) finish(ctx context.Context) error {
	var emptied error
	if p.position.Comparing {
		emptied = p.compare(ctx)
		if emptied != nil && !errors.Is(emptied, errEmptied) {
			return emptied
		}
		p.position.Compared = p.began
	}
	until := p.newest
	if until.After(p.began) {
		until = p.began
	}
	if until.After(p.position.Since) {
		p.position.Since = until
	}
	p.position.Next, p.position.Until, p.position.Completed = "", time.Time{}, p.Now().UTC()
	p.count = 0
	return emptied
}

// capability asks the server how it can be followed.
func (p *poll) capability(ctx context.Context) error {
	if !p.asked.IsZero() && p.began.Sub(p.asked) < capabilityFor {
		return nil
	}
	body, err := p.client.get(ctx, p.client.address("/metadata", nil), p.keepLease)
	if err != nil {
		return fmt.Errorf("ask what it can do: %w", err)
	}
	history, search, err := fhir.Followable(body)
	if err != nil {
		return fmt.Errorf("ask what it can do: %w", err)
	}
	if !history && !search {
		return errCapability
	}
	p.history, p.search, p.asked = history, search, p.began
	return nil
}
