package config

import (
	"net/netip"
	"time"
)

// BFD is the part of the BFD child; VRRP and the checkers use its names.
type BFD struct {
	Instances []BFDInstance
}

// BFDInstance is a `bfd_instance`.
type BFDInstance struct {
	Origin
	Name       string
	NeighborIP netip.Addr
	SourceIP   netip.Addr    // invalid: kernel's choice
	MinRx      time.Duration // default 10 ms
	MinTx      time.Duration // default 10 ms
	IdleTx     time.Duration // default 1 s
	Multiplier uint8         // default 5
	Passive    bool
	TTL        uint8 // default 255 IPv4, 64 IPv6
	MaxHops    int   // -1 unchecked
	Multihop   bool
	Weight     int // default of track_bfd, -253..253
	Reverse    bool
	VRRP       bool // events go to the VRRP child
	Checker    bool // events go to the health-check child
}
