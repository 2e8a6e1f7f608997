package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/ucpalert/ucpalert/access"
)

// Address is one row of the table of addresses, as docs/access.md shows it.
type Address struct {
	Method, Path string
	// Who may come at all, in words.
	Who string
	// Action is what they must be allowed to do to the object that the address names; empty if nothing is asked.
	Action access.Action
}

// whoWords say who may come to an address.
var whoWords = map[who]string{everybody: "everybody", signedIn: "signed in", ownDoor: "signs in by itself"}

// Addresses are all addresses of a service, in the order of their paths.
func Addresses() []Address {
	s := server{Options: Options{Metrics: http.NotFoundHandler()}}
	var all []Address
	for _, r := range s.routes() {
		all = append(all, Address{r.method, r.path, whoWords[r.who], r.action})
	}
	slices.SortFunc(all, func(a, b Address) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return all
}
