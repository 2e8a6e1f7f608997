package journal

import "context"

type placeKey struct{}

// At is a context whose entries were caused at a place, such as "GET /api/alerts/{alert}/plan from 10.1.2.3". The store that writes an entry
// takes it from there, so that whoever decides what happens need not know where it was asked for.
func At(ctx context.Context, place string) context.Context {
	return context.WithValue(ctx, placeKey{}, place)
}

// PlaceOf is the place of a context; empty if it has none.
func PlaceOf(ctx context.Context) string {
	place, _ := ctx.Value(placeKey{}).(string)
	return place
}
