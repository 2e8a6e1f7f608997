package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/fhir"
)

// Rates are how many requests a second are taken of one sender on average. Zero is no limit.
type Rates struct {
	// Address bounds what one network address asks for without credentials that hold: signing in, tokens, enrolling screens, and whatever is
	// answered 401. Many screens may stand behind one address, so whoever has signed in is never slowed by what others there do.
	Address float64
	// Person bounds an account of a person or a screen, System one of a program.
	Person, System float64
}

const (
	// burstSeconds is for how many seconds' worth of requests a sender may ask at once; an address for more, because a shift begins for all who
	// stand behind it at the same time.
	burstSeconds, addressBurstSeconds = 10, 50
	// mostBuckets is how many senders are told apart at a time. Those beyond share one bucket.
	mostBuckets = 10_000
)

// slowedError refuses a sender who asks too much.
type slowedError struct {
	why  string // "address" or "account", for the figures
	wait time.Duration
}

func (e slowedError) Error() string {
	return fmt.Sprintf("Too much was asked from here. Nothing was done. Try again in %d s.", e.seconds())
}

func (e slowedError) seconds() int { return int(e.wait/time.Second) + 1 }

func (e slowedError) refusal() refusal {
	return refusal{http.StatusTooManyRequests, fhir.Transient, e.Error()}
}

// buckets are token buckets, one for each sender. Their number is bounded.
type buckets struct {
	rate, size float64

	mu    sync.Mutex
	held  map[string]*bucket
	swept time.Time
}

// bucket is how much a sender had left at an instant.
type bucket struct {
	left float64
	at   time.Time
}

func newBuckets(rate, seconds float64) *buckets {
	return &buckets{rate: rate, size: max(rate*seconds, 1), held: map[string]*bucket{}}
}

// take takes one from a sender's bucket. If there is none, it tells how long it takes until there is.
func (b *buckets) take(sender string, now time.Time) (wait time.Duration, ok bool) {
	if b.rate <= 0 {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	of := b.bucket(sender, now)
	if passed := now.Sub(of.at).Seconds(); passed > 0 {
		of.left, of.at = min(of.left+passed*b.rate, b.size), now
	}
	if of.left < 1 {
		return time.Duration((1 - of.left) / b.rate * float64(time.Second)), false
	}
	of.left--
	return 0, true
}

// bucket finds a sender's bucket, or begins a full one. Where there are too many, those that are full again are dropped, at most once a
// second; if that does not make room, the sender shares a bucket with others. The buckets are locked.
func (b *buckets) bucket(sender string, now time.Time) *bucket {
	if of := b.held[sender]; of != nil {
		return of
	}
	if len(b.held) >= mostBuckets && now.Sub(b.swept) >= time.Second {
		b.swept = now
		for of, is := range b.held {
			if is.left+now.Sub(is.at).Seconds()*b.rate >= b.size {
				delete(b.held, of)
			}
		}
	}
	if len(b.held) >= mostBuckets {
		sender = ""
		if of := b.held[sender]; of != nil {
			return of
		}
	}
	of := &bucket{b.size, now}
	b.held[sender] = of
	return of
}

// rates are the buckets of all senders.
type rates struct{ addresses, persons, systems *buckets }

func newRates(r Rates) rates {
	return rates{newBuckets(r.Address, addressBurstSeconds), newBuckets(r.Person, burstSeconds), newBuckets(r.System, burstSeconds)}
}

// stranger slows an address that asks without credentials. The addresses of one IPv6 network are one sender: it has as many as it likes.
func (r rates) stranger(place string, now time.Time) error {
	if a, err := netip.ParseAddr(place); err == nil && a.Unmap().Is6() {
		if network, err := a.WithZone("").Prefix(64); err == nil {
			place = network.String()
		}
	}
	if wait, ok := r.addresses.take(place, now); !ok {
		return slowedError{"address", wait}
	}
	return nil
}

// account slows an account.
func (r rates) account(a access.Account, now time.Time) error {
	of := r.persons
	if a.Role.OfSystem() {
		of = r.systems
	}
	if wait, ok := of.take(a.Organisation+" "+string(a.Role)+" "+a.Name, now); !ok {
		return slowedError{"account", wait}
	}
	return nil
}

// slowed tells in the answer when to come back.
func slowed(h http.Header, by slowedError) { h.Set("Retry-After", strconv.Itoa(by.seconds())) }
