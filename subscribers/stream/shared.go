package stream

import (
	"context"
	"sync"
)

// shared is something that many screens need and one draws for all. The zero value is ready.
type shared[T any] struct {
	mu     sync.Mutex
	value  *T
	flight *flight[T]
}

// flight is a drawing under way. Its fields are written before landed is closed.
type flight[T any] struct {
	landed chan struct{}
	value  T
	err    error
}

// get returns the value if it is still good; else it draws it, or waits for the drawing that is under way and shares its outcome, also
// its error. No lock is held while drawing. Errors are those of draw, or of the context while waiting.
func (s *shared[T]) get(ctx context.Context, good func(T) bool, draw func() (T, error)) (T, error) {
	for {
		s.mu.Lock()
		if s.value != nil && good(*s.value) {
			defer s.mu.Unlock()
			return *s.value, nil
		}
		under := s.flight
		if under == nil {
			under = &flight[T]{landed: make(chan struct{})}
			s.flight = under
			s.mu.Unlock()
			return s.fly(under, draw)
		}
		s.mu.Unlock()
		select {
		case <-under.landed:
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
		if under.err != nil || good(under.value) {
			return under.value, under.err
		}
	}
}

// have returns the value if it is there and still good.
func (s *shared[T]) have(good func(T) bool) (value T, there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value == nil || !good(*s.value) {
		return value, false
	}
	return *s.value, true
}

func (s *shared[T]) fly(f *flight[T], draw func() (T, error)) (T, error) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.flight = nil; f.err == nil {
			s.value = &f.value
		}
		close(f.landed)
	}()
	f.value, f.err = draw()
	return f.value, f.err
}

// sweep lets go of a value that nobody may use any more.
func (s *shared[T]) sweep(stale func(T) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value != nil && stale(*s.value) {
		s.value = nil
	}
}
