package ipvs

import (
	"fmt"
	"strings"
)

// Flags are the options of a service, IP_VS_SVC_F_* of linux/ip_vs.h. The bits
// for persistence and for the kernel's own use are not among them.
type Flags uint32

// Options of services. The meaning of the scheduler's flags is the scheduler's.
const (
	OnePacket  Flags = 0x04 // each packet is scheduled by itself (UDP)
	SchedFlag1 Flags = 0x08
	SchedFlag2 Flags = 0x10
	SchedFlag3 Flags = 0x20

	SHFallback = SchedFlag1 // sh: another server when the chosen one is out
	SHPort     = SchedFlag2 // sh: the source port counts, too
	MHFallback = SchedFlag1
	MHPort     = SchedFlag2

	flagPersistent Flags = 0x01
	flagHashed     Flags = 0x02
)

// Service is a virtual service.
type Service struct {
	Key       ServiceKey
	Scheduler string // name, 1 to 15 bytes, e.g. "wlc"
	Flags     Flags
	// Persistence is for how many seconds a client stays with its server; 0
	// means that each connection is scheduled, and then Netmask and PE do not
	// count.
	Persistence uint32
	// Netmask groups clients for persistence: the mask of an IPv4 service
	// (255.255.255.0 is 0xffffff00), the prefix length (1 to 128) of an IPv6
	// service; 0 means single clients.
	Netmask uint32
	PE      string // persistence engine, e.g. "sip"; at most 15 bytes
}

// normal is the service with one spelling for what is the same to the kernel.
func (s Service) normal() Service {
	single := uint32(0xffffffff)
	if s.Key.Family == IPv6 {
		single = 128
	}
	if s.Persistence == 0 {
		s.Netmask, s.PE = single, ""
	}
	if s.Netmask == 0 {
		s.Netmask = single
	}
	s.Flags &^= flagPersistent | flagHashed
	return s
}

// Same says whether two services with the same key are the same to the kernel.
func (s Service) Same(o Service) bool { return s == o || s.normal() == o.normal() }

// maxName is the longest name of a scheduler or persistence engine.
const maxName = 15

func (s Service) check() error {
	if err := s.Key.check(); err != nil {
		return err
	}
	if s.Scheduler == "" {
		return fmt.Errorf("no scheduler")
	}
	for _, name := range []string{s.Scheduler, s.PE} {
		if len(name) > maxName || strings.IndexByte(name, 0) >= 0 {
			return fmt.Errorf("%q cannot be the name of a scheduler or persistence engine", name)
		}
	}
	return nil
}
