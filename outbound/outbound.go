// Package outbound answers: may this service connect to that address?
//
// An address that somebody else names (a partner's key set) must not lead to what only this machine or its network can reach. The question is
// asked of the address that is dialled, after the name was looked up, so that no second answer of the name's server slips by.
package outbound

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrAddress is returned for an address that is not connected to.
var ErrAddress = errors.New("outbound: this address is not connected to")

// Reach says how far connections may go.
type Reach uint8

const (
	// Public: to addresses of the public Internet only.
	Public Reach = iota
	// Private: also to private networks, where partners of a health network often are, and to this machine.
	Private
)

// inside are the networks that are not the public Internet (IANA's special-purpose registries, RFC 6890): private ones and this machine.
var inside = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "::1/128")

// never are networks with no partner's server in them: "this network", link-local with the clouds' metadata, protocol assignments, examples,
// benchmarks, multicast, reserved, and the ways of writing an IPv4 address in IPv6 under which another address hides.
var never = prefixes("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fe80::/10", "fec0::/10", "ff00::/8")

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Allows tells whether an address is in reach. An IPv4 address in IPv6 is judged as what it is.
func (r Reach) Allows(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsValid() && !within(never, a) && (r == Private || !within(inside, a))
}

func within(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// control is asked by the dialler of every address that it is about to connect to (net.Dialer.Control).
func (r Reach) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !r.Allows(to.Addr()) {
		return fmt.Errorf("%w: %s", ErrAddress, address)
	}
	return nil
}

// Client is an HTTP client that stays in reach. It follows no redirect: whoever names an address names the right one. timeout is for a whole
// exchange.
func (r Reach) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout, Transport: r.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Transport connects to what is in reach. It uses no proxy, which would look the name up by itself.
func (r Reach) Transport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: r.control}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
		MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: true,
	}
}
