package feeds_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// BenchmarkCatchingUp reads 2,000 plans that a source has published meanwhile, in pages of 100: as it is done, and with a transaction for
// each of them.
func BenchmarkCatchingUp(b *testing.B) {
	const published = 2000
	for _, row := range []struct {
		how  string
		desk func(w *world) desk
	}{
		{"together", func(w *world) desk { return w.desk }},
		{"one by one", func(w *world) desk { return aloneDesk{w.desk} }},
	} {
		b.Run(row.how, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				w := newWorld(b, nil)
				w.use(row.desk(w))
				w.feed.Count, w.feed.PageBytes = 100, 1<<20
				for i := range published {
					w.source.put(carePlan(fmt.Sprintf("plan-%05d", i), "First", "active"))
				}
				b.StartTimer()
				w.poll()
				b.StopTimer()
				w.wants(fmt.Sprintf("plan-%05d", published-1), "1 active First")
			}
			b.ReportMetric(float64(published*b.N)/b.Elapsed().Seconds(), "plans/s")
		})
	}
}

// desk is what a feed publishes to.
type desk interface {
	Publish(ctx context.Context, pub plans.Publication, actor journal.Actor) (plans.Plan, bool, error)
	PublishAll(ctx context.Context, pubs []plans.Publication, actor journal.Actor) ([]plans.Published, error)
}

// aloneDesk lets no two plans share a transaction.
type aloneDesk struct{ desk }

func (aloneDesk) PublishAll(context.Context, []plans.Publication, journal.Actor) ([]plans.Published, error) {
	return nil, errors.New("one at a time")
}
