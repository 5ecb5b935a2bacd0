package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Peer is where a request comes from.
type Peer struct {
	IP     netip.Addr // of the sender, behind the proxies that are believed; invalid when it came through a socket file
	Device string     // the User-Agent, as sent
}

type peerKey struct{}

// From is the peer of the request that ctx belongs to; the zero Peer outside of requests.
func From(ctx context.Context) Peer {
	p, _ := ctx.Value(peerKey{}).(Peer)
	return p
}

func (a *API) recognise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := Peer{IP: a.sender(r), Device: r.UserAgent()}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), peerKey{}, p)))
	})
}

// sender reads X-Forwarded-For from the right: each proxy that is believed vouches for the address before its own, and
// whatever stands further left was written by the sender.
func (a *API) sender(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil || !a.believes(ip) {
			break
		}
		ip = next.Unmap()
	}
	return ip
}

func (a *API) believes(ip netip.Addr) bool {
	if a.cfg.Proxies == nil {
		return ip.IsLoopback()
	}
	return slices.ContainsFunc(a.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}
