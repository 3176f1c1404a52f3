package ldirectord

import "net/netip"

// file is what an ldirectord.cf says.
type file struct {
	global   settings
	from     string // emailalertfrom
	virtuals []*virtual
}

// settings may be global or belong to a virtual. Nil pointers and empty texts
// were not given.
type settings struct {
	checkTimeout, negotiateTimeout, checkInterval *int // seconds
	checkCount, failureCount                      *int
	quiescent                                     *bool
	fallback, fallback6                           *server
	fallbackCommand                               string
	mail                                          []string
	smtp                                          string
}

// virtual is a virtual service.
type virtual struct {
	line   int
	at     map[string]int // lines of its directives
	v6     bool
	target endpoint
	mark   uint32 // when target is not valid
	reals  []server
	settings
	checkType, service, command string
	request, receive            string
	protocol, scheduler         string
	host                        string // virtualhost
	netmask, label              string
	checkPort, persistent       int
	ops                         bool
}

// endpoint is an address with a port; port 0 is none.
type endpoint struct {
	addr netip.Addr
	port int
}

// server is a real or a fallback server.
type server struct {
	line int
	endpoint
	method           string // NAT, DR or TUN, empty when not given
	weight           int
	request, receive string // instead of the virtual's
}

// where is the line of a directive, or that of the virtual when it has none.
func (v *virtual) where(directive string) int {
	if l, ok := v.at[directive]; ok {
		return l
	}
	return v.line
}

func (v *virtual) isMark() bool { return !v.target.addr.IsValid() }

func (v *virtual) totalWeight() (sum int) {
	for _, s := range v.reals {
		sum += s.weight
	}
	return sum
}

// over returns the first setting that was given.
func over[T any](def T, settings ...*T) T {
	for _, s := range settings {
		if s != nil {
			return *s
		}
	}
	return def
}
