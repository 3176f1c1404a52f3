package ldirectord

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ports are the names of services that stand in such files.
var ports = map[string]int{"ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "http": 80, "www": 80, "pop3": 110,
	"nntp": 119, "ntp": 123, "imap": 143, "imap2": 143, "ldap": 389, "https": 443, "submission": 587, "ldaps": 636, "imaps": 993,
	"pop3s": 995, "radius": 1812, "mysql": 3306, "postgresql": 5432, "sip": 5060}

// services are what is checked when a virtual does not say it, by its port.
var services = map[int]string{21: "ftp", 25: "smtp", 53: "dns", 80: "http", 110: "pop", 119: "nntp", 143: "imap", 389: "ldap",
	443: "https", 587: "submission", 993: "imaps", 995: "pops", 1521: "oracle", 1812: "radius", 3128: "http_proxy",
	3306: "mysql", 5432: "pgsql", 5060: "sip"}

// parseEndpoint reads ADDRESS[:PORT] and [ADDRESS6][:PORT].
func parseEndpoint(s string) (e endpoint, err error) {
	host, port := s, ""
	if rest, ok := strings.CutPrefix(s, "["); ok {
		host, port, ok = strings.Cut(rest, "]")
		if !ok {
			return e, fmt.Errorf("%s: ] is missing", short(s))
		}
		port = strings.TrimPrefix(port, ":")
	} else if strings.Count(s, ":") == 1 {
		host, port, _ = strings.Cut(s, ":")
	}
	if e.addr, err = parseAddr(host); err != nil {
		return e, err
	}
	e.port, err = parsePort(port)
	return e, err
}

func parseAddr(s string) (netip.Addr, error) {
	if s == "localhost" {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%s is not an address: keepalived does not look names up", short(s))
	}
	return a.Unmap(), nil
}

// parsePort reads a number or a name of ports; nothing is 0.
func parsePort(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	if p, ok := ports[s]; ok {
		return p, nil
	}
	p, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s is not a port number", short(s))
	}
	return int(p), nil
}

// parseCount reads a number that is at least 1 and no longer than a year.
func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 365*24*3600 {
		return 0, fmt.Errorf("%s is not a number from 1", short(s))
	}
	return n, nil
}

func parseYes(s string) (bool, error) {
	switch s {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither yes nor no", short(s))
}

// methods are ldirectord's names of forwarding methods.
var methods = map[string]string{"gate": "DR", "masq": "NAT", "ipip": "TUN"}

// maxRange is how many servers a range may stand for.
const maxRange = 1024

// expand returns the addresses FIRST->LAST, or the one that stands alone.
func expand(s string) (hosts []string, err error) {
	first, last, ok := strings.Cut(s, "->")
	if !ok {
		return []string{s}, nil
	}
	last, port, _ := strings.Cut(last, ":")
	a, errA := netip.ParseAddr(first)
	b, errB := netip.ParseAddr(last)
	if errA != nil || errB != nil || !a.Is4() || !b.Is4() || b.Less(a) {
		return nil, fmt.Errorf("%s is not a range of IPv4 addresses", short(s))
	}
	for ; a.IsValid() && !b.Less(a); a = a.Next() {
		if len(hosts) == maxRange {
			return nil, fmt.Errorf("%s is more than %d servers", short(s), maxRange)
		}
		host := a.String()
		if port != "" {
			host += ":" + port
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}
