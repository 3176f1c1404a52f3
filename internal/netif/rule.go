package netif

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Rule is a policy routing rule as ip-rule(8) describes it. Rules are
// comparable; compare them by Normal.
type Rule struct {
	Family   uint8        // AF_INET or AF_INET6
	From, To netip.Prefix // zero for all
	Invert   bool         // "not"
	TOS      uint8
	Priority uint32 // "preference"; always sent
	IIF, OIF string // names; the interfaces need not exist

	FwMark, FwMask uint32 // mask 0 with a mark means all bits
	Realms         Realms // IPv4
	TunnelID       uint64
	UIDs           UIDRange
	IPProto        uint8
	SPort, DPort   PortRange
	L3MDev         bool
	Protocol       uint8

	Action uint8  // FR_ACT_*
	Table  uint32 // of FR_ACT_TO_TBL; 0 with L3MDev
	Goto   uint32 // of FR_ACT_GOTO

	SuppressPrefixLen Suppress
	SuppressGroup     Suppress
}

// UIDRange is an inclusive range of user ids; Set tells a range from none.
type UIDRange struct {
	Set         bool
	First, Last uint32
}

// PortRange is an inclusive range of ports; the zero value is none.
type PortRange struct{ First, Last uint16 }

// Suppress is a limit below which a route found by a rule is not used.
type Suppress struct {
	Set   bool
	Value uint32
}

// fibRuleHeader is the size of struct fib_rule_hdr, linux/fib_rules.h.
const fibRuleHeader = 12

// suppressNothing is how the kernel reports that there is no limit.
const suppressNothing = 1<<32 - 1

// Normal is the same for a rule as it was sent and as the kernel reports it.
func (r Rule) Normal() Rule {
	r.From, r.To = normalPrefix(r.From), normalPrefix(r.To)
	if r.FwMark != 0 && r.FwMask == 0 {
		r.FwMask = 1<<32 - 1
	}
	return r
}

func normalPrefix(p netip.Prefix) netip.Prefix {
	if !p.IsValid() || p.Bits() == 0 {
		return netip.Prefix{}
	}
	return p.Masked()
}

func (r Rule) String() string {
	s := fmt.Sprintf("rule %d", r.Priority)
	if r.Family == unix.AF_INET6 {
		s = "inet6 " + s
	}
	if r.Invert {
		s += " not"
	}
	if r.From.IsValid() {
		s += " from " + r.From.String()
	}
	if r.To.IsValid() {
		s += " to " + r.To.String()
	}
	if r.Action == unix.FR_ACT_TO_TBL {
		s += fmt.Sprintf(" table %d", r.Table)
	}
	return s
}

func (r Rule) check() error {
	if r.Family != unix.AF_INET && r.Family != unix.AF_INET6 {
		return fmt.Errorf("no family given")
	}
	for _, p := range []netip.Prefix{r.From, r.To} {
		if p.IsValid() && family(p.Addr()) != r.Family {
			return fmt.Errorf("prefix %s is of another family", p)
		}
	}
	for _, name := range []string{r.IIF, r.OIF} {
		if len(name) >= unix.IFNAMSIZ {
			return fmt.Errorf("interface name %q is longer than %d bytes", name, unix.IFNAMSIZ-1)
		}
	}
	switch {
	case r.Action == unix.FR_ACT_UNSPEC:
		return fmt.Errorf("no action given")
	case r.Action == unix.FR_ACT_TO_TBL && r.Table == 0 && !r.L3MDev:
		return fmt.Errorf("table 0 is not valid")
	case r.Action == unix.FR_ACT_GOTO && r.Goto <= r.Priority:
		return fmt.Errorf("goto %d does not lead forward", r.Goto)
	case r.SPort.First > r.SPort.Last || r.DPort.First > r.DPort.Last || r.UIDs.First > r.UIDs.Last:
		return fmt.Errorf("a range ends before it begins")
	}
	return nil
}
