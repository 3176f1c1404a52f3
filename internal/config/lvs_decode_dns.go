package config

import (
	"slices"
	"strings"
)

// dnsSOA is the number of the query type SOA.
const dnsSOA = 6

// dnsTypes are the numbers of query types.
var dnsTypes = map[string]uint16{"A": 1, "NS": 2, "CNAME": 5, "SOA": dnsSOA, "MX": 15, "TXT": 16, "AAAA": 28, "RRSIG": 46, "DNSKEY": 48}

// DNSTypeName is the name of the query type of a DNS_CHECK, "" for one that
// DNS_CHECK does not know.
func DNSTypeName(n uint16) string {
	for name, number := range dnsTypes {
		if number == n {
			return name
		}
	}
	return ""
}

func setDNSType(d *decoder, s stmt) {
	n, ok := dnsTypes[strings.ToUpper(s.arg(1))]
	if !ok {
		d.refuse(s, 1, "Unknown DNS check type {v} - ignoring")
		return
	}
	d.lvs.checker.detail.DNS.Type = n
}

func setDNSName(d *decoder, s stmt) {
	c := d.lvs.checker
	name := s.arg(1)
	switch {
	case c.named:
		d.errorf(s, 1, "DNS_CHECK name already specified - ignoring")
		return
	case name != "" && name != "." && hasEmptyLabel(name):
		d.refuse(s, 1, "DNS_CHECK name '{v}' has empty label - ignoring")
		return
	case !dnsNameFits(name):
		d.info(s.at(1), "DNS_CHECK name '%s' is too long: a label has at most 63 octets, a name 253 - ignoring", name)
		return
	}
	c.named = true
	c.detail.DNS.Name = strings.Clone(strings.TrimSuffix(name, "."))
}

// hasEmptyLabel reports two dots in a row or one at an end. A dot behind the last
// of several labels is the root; behind a single one the C daemon refuses it.
func hasEmptyLabel(name string) bool {
	if rooted := strings.TrimSuffix(name, "."); strings.Contains(rooted, ".") {
		name = rooted
	}
	return slices.Contains(strings.Split(name, "."), "")
}

func dnsNameFits(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > 63 {
			return false
		}
	}
	return len(name) <= 253
}
