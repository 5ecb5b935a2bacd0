package web

import (
	"net/netip"
	"slices"
)

// inner are networks that are not the internet though they look like it (RFC 6890).
var inner = []netip.Prefix{ //nolint:gochecknoglobals // a constant list
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// translated are IPv4 addresses as a network without them sees them (RFC 6052); they are what lies within.
var translated = netip.MustParsePrefix("64:ff9b::/96") //nolint:gochecknoglobals // a constant

// OnTheInternet says whether an address is on the internet: the networks around us are nobody's to ask through us.
func OnTheInternet(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if translated.Contains(ip) {
		b := ip.As16()
		return OnTheInternet(netip.AddrFrom4([4]byte(b[12:])))
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(inner, func(p netip.Prefix) bool { return p.Contains(ip) })
}
