package bfd

import (
	"fmt"
	"os"
)

// portRange is the source ports that may be used, both ends included.
type portRange struct{ first, last int }

// rfcPorts are the source ports of RFC 5881 4.
var rfcPorts = portRange{49152, 65535}

const (
	portRangeFile = "/proc/sys/net/ipv4/ip_local_port_range"
	// fewPorts is how many must remain for the system's range to count.
	fewPorts = 1024
)

// localPorts is what the system's range leaves of rfcPorts.
func localPorts() portRange {
	text, err := os.ReadFile(portRangeFile)
	if err != nil {
		return rfcPorts
	}
	return rfcPorts.within(string(text))
}

func (r portRange) within(text string) portRange {
	var system portRange
	if _, err := fmt.Sscan(text, &system.first, &system.last); err != nil {
		return r
	}
	both := portRange{max(r.first, system.first), min(r.last, system.last)}
	if both.last-both.first+1 < fewPorts {
		return r
	}
	return both
}
