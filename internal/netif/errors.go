package netif

import (
	"errors"

	"golang.org/x/sys/unix"
)

// OpError is a request that was refused.
type OpError struct {
	Request string // what was asked: "adding address 10.0.0.1/32 on interface 3"
	Err     error  // a unix.Errno when the kernel refused it
	Message string // the kernel's explanation; often empty
}

func (e *OpError) Error() string {
	s := e.Request + ": " + e.Err.Error()
	if e.Message != "" {
		s += " (" + e.Message + ")"
	}
	return s
}

func (e *OpError) Unwrap() error { return e.Err }

// AlreadyThere reports that something was not added because it exists.
func AlreadyThere(err error) bool { return errors.Is(err, unix.EEXIST) }

// AlreadyGone reports that something was not deleted because it, or the
// interface that it was on, does not exist.
func AlreadyGone(err error) bool {
	for _, gone := range []error{unix.EADDRNOTAVAIL, unix.ENODEV, unix.ESRCH, unix.ENOENT} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}

// extendedError reads the explanation that the kernel may add to an error. With
// NETLINK_CAP_ACK the request's header follows the number, without its payload;
// the attributes come behind.
func extendedError(m message) (text string) {
	const errorHeader = 4
	at := errorHeader + unix.NLMSG_HDRLEN
	if m.flags&unix.NLM_F_ACK_TLVS == 0 || len(m.body) < at {
		return ""
	}
	if m.flags&unix.NLM_F_CAPPED == 0 {
		at = errorHeader + int(host.Uint32(m.body[errorHeader:]))
	}
	if at < 0 || at > len(m.body) {
		return ""
	}
	attrs(m.body[at:], func(a attr) {
		if a.typ == unix.NLMSGERR_ATTR_MSG {
			text = a.text()
		}
	})
	return text
}
