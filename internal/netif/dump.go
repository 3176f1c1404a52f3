package netif

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// maxDumps bounds how often a listing is repeated because the kernel's state
// changed underneath.
const maxDumps = 8

// errInterrupted is a listing that may hold an item twice or lack one.
var errInterrupted = errors.New("changed while it was listed")

// dump lists what a request of typ answers, repeating it when it was
// interrupted. begin is called before each try, f for each item.
func (s *socket) dump(typ uint16, body []byte, begin func(), f func(body []byte)) error {
	var err error
	for range maxDumps {
		begin()
		if err = s.dumpOnce(typ, body, f); !errors.Is(err, errInterrupted) {
			return err
		}
	}
	return nil // constant change: the events tell the rest
}

func (s *socket) dumpOnce(typ uint16, body []byte, f func(body []byte)) error {
	s.seq++
	seq := s.seq
	req := appendMessage(nil, typ, unix.NLM_F_REQUEST|unix.NLM_F_DUMP, seq, body)
	if err := s.send(req); err != nil {
		return fmt.Errorf("asking for a listing: %w", err)
	}
	var result error
	for done := false; !done; {
		err := s.receive(0, func(m message) {
			if m.seq != seq || done {
				return
			}
			if m.flags&unix.NLM_F_DUMP_INTR != 0 {
				result = errInterrupted
			}
			switch m.typ {
			case unix.NLMSG_DONE, unix.NLMSG_ERROR:
				done = true
				if errno := errorCode(m.body); errno != 0 {
					result = errno
				}
			default:
				f(m.body)
			}
		})
		if err != nil {
			return fmt.Errorf("reading a listing: %w", err)
		}
	}
	return result
}

// errorCode reads the number that NLMSG_ERROR and NLMSG_DONE start with.
func errorCode(body []byte) unix.Errno {
	if len(body) < 4 {
		return 0
	}
	if code := int32(host.Uint32(body)); code < 0 {
		return unix.Errno(-code)
	}
	return 0
}

// List reads the present state: links and addresses, and what o asks for. It
// opens a socket of its own.
func List(o Options) (Snapshot, error) {
	s, err := openLister()
	if err != nil {
		return Snapshot{}, err
	}
	defer s.close()
	return s.list(o)
}

func openLister() (*socket, error) {
	s, err := openSocket(0)
	if err != nil {
		return nil, err
	}
	// Lets the kernel leave out routes of others; older ones send all.
	_ = unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	return s, nil
}

func (s *socket) list(o Options) (snap Snapshot, err error) {
	if snap.Links, err = listAll(s, unix.RTM_GETLINK, make([]byte, unix.SizeofIfInfomsg), decodeLink); err != nil {
		return Snapshot{}, fmt.Errorf("listing interfaces: %w", err)
	}
	if snap.Addresses, err = listAll(s, unix.RTM_GETADDR, make([]byte, unix.SizeofIfAddrmsg), decodeAddress); err != nil {
		return Snapshot{}, fmt.Errorf("listing addresses: %w", err)
	}
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		if o.Routes {
			if err := s.listRoutes(&snap, family, o.routeProtocol()); err != nil {
				return Snapshot{}, fmt.Errorf("listing routes: %w", err)
			}
		}
		if o.Rules {
			if err := s.listRules(&snap, family); err != nil {
				return Snapshot{}, fmt.Errorf("listing rules: %w", err)
			}
		}
	}
	return snap, nil
}

func (s *socket) listRoutes(snap *Snapshot, family, protocol uint8) error {
	body := make([]byte, unix.SizeofRtMsg)
	body[0], body[5] = family, protocol
	routes, err := listAll(s, unix.RTM_GETROUTE, body, func(b []byte) (Route, bool) {
		r, ok := decodeRoute(b)
		return r, ok && b[0] == family && r.Protocol == protocol
	})
	snap.Routes = append(snap.Routes, routes...)
	return ignoreNoFamily(err)
}

func (s *socket) listRules(snap *Snapshot, family uint8) error {
	body := make([]byte, fibRuleHeader)
	body[0] = family
	rules, err := listAll(s, unix.RTM_GETRULE, body, func(b []byte) (Rule, bool) {
		r, ok := decodeRule(b)
		return r, ok && r.Family == family
	})
	snap.Rules = append(snap.Rules, rules...)
	return ignoreNoFamily(err)
}

// ignoreNoFamily takes a kernel without IPv6, or without policy routing, for
// one that has nothing to list.
func ignoreNoFamily(err error) error {
	if errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EOPNOTSUPP) {
		return nil
	}
	return err
}

func listAll[T any](s *socket, typ uint16, body []byte, decode func([]byte) (T, bool)) ([]T, error) {
	var all []T
	err := s.dump(typ, body, func() { all = nil }, func(b []byte) {
		if item, ok := decode(b); ok {
			all = append(all, item)
		}
	})
	return all, err
}
