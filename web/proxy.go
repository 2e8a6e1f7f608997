package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// overTLSKey marks the context of a request that came to a trusted proxy over TLS.
type overTLSKey struct{}

// overTLS tells whether a client spoke TLS: to the service itself, or to a proxy that it trusts.
func overTLS(r *http.Request) bool {
	told, _ := r.Context().Value(overTLSKey{}).(bool)
	return r.TLS != nil || told
}

// behindProxy takes from a request of a trusted proxy where it really came from (X-Forwarded-For) and whether over TLS (X-Forwarded-Proto). What
// anybody else says there counts for nothing: addresses are throttled and journalled, and cookies are Secure, by what this finds.
func (s *server) behindProxy(next http.Handler) http.Handler {
	if len(s.TrustedProxies) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && s.trusts(from.Addr()) {
			secure := strings.EqualFold(lastOf(r.Header.Values("X-Forwarded-Proto")), "https")
			r = r.WithContext(context.WithValue(r.Context(), overTLSKey{}, secure))
			r.RemoteAddr = netip.AddrPortFrom(s.clientOf(r, from.Addr()), from.Port()).String()
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) trusts(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(s.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// clientOf is the nearest address that is no trusted proxy's: each proxy appends whom it heard, and what stands before that anybody can have
// written. Where the list ends, or has something else than an address, the last proxy that is known stands for the client.
func (s *server) clientOf(r *http.Request, proxy netip.Addr) netip.Addr {
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(told) {
		a, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return proxy
		}
		if proxy = a; !s.trusts(a) {
			break
		}
	}
	return proxy
}

// lastOf is the last of the values of a header's lines, which the nearest proxy wrote.
func lastOf(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	values := strings.Split(lines[len(lines)-1], ",")
	return strings.TrimSpace(values[len(values)-1])
}
