package config

import (
	"net/netip"
	"time"
)

// CheckKind is a type of checker.
type CheckKind uint8

// The types of checkers.
const (
	CheckTCP CheckKind = iota + 1
	CheckHTTP
	CheckSSL
	CheckSMTP
	CheckDNS
	CheckMisc
	CheckUDP
	CheckPing
	CheckFile
	CheckBFD
)

var checkNames = [...]string{CheckTCP: "TCP_CHECK", CheckHTTP: "HTTP_GET", CheckSSL: "SSL_GET", CheckSMTP: "SMTP_CHECK",
	CheckDNS: "DNS_CHECK", CheckMisc: "MISC_CHECK", CheckUDP: "UDP_CHECK", CheckPing: "PING_CHECK", CheckFile: "FILE_CHECK",
	CheckBFD: "BFD_CHECK"}

// String returns the keyword of the checker.
func (k CheckKind) String() string {
	if int(k) < len(checkNames) {
		return checkNames[k]
	}
	return ""
}

// Checker is one health check of a real server.
type Checker struct {
	Kind  CheckKind
	Alpha bool
	// LogAllFailures adds to Global.CheckerLogAllFailures.
	LogAllFailures bool
	Timing         TimingID     // everything in it is set
	Connect        *Connect     // nil: the real server's address, no options
	Detail         *CheckDetail // nil for TCP_CHECK and PING_CHECK
}

// Connect is where a checker connects to and from. What is zero is as without it.
type Connect struct {
	Addr     netip.Addr // instead of the real server's
	Port     uint16     // instead of the real server's
	BindTo   netip.Addr
	BindPort uint16
	BindIf   string
	Fwmark   uint32
}

// Options returns the connection options.
func (c *Checker) Options() Connect {
	if c.Connect == nil {
		return Connect{}
	}
	return *c.Connect
}

// Target returns the address that the checker of rs connects to.
func (c *Checker) Target(rs *RealServer) netip.AddrPort {
	o := c.Options()
	addr, port := rs.Addr, rs.Port
	if o.Addr.IsValid() {
		addr = o.Addr
	}
	if o.Port != 0 {
		port = o.Port
	}
	return netip.AddrPortFrom(addr, port)
}

// CheckDetail is what the type of a checker has of its own: one is not nil.
type CheckDetail struct {
	HTTP *HTTPCheck // HTTP_GET and SSL_GET
	SMTP *SMTPCheck
	DNS  *DNSCheck
	Misc *MiscCheck
	UDP  *UDPCheck
	File *FileCheck
	BFD  *BFDCheck
}

// HTTPVersion is the protocol version of a request.
type HTTPVersion string

// The versions of http_protocol.
const (
	HTTP10      HTTPVersion = "1.0"
	HTTP10Close HTTPVersion = "1.0C" // with Connection: close
	HTTP11      HTTPVersion = "1.1"
)

// HTTPCheck is an `HTTP_GET` or `SSL_GET`.
type HTTPCheck struct {
	Version      HTTPVersion
	VirtualHost  string
	EnableSNI    bool
	FastRecovery bool
	TLSCompliant bool
	URLs         []URLCheck // at least one
}

// URLCheck is a `url`.
type URLCheck struct {
	Path         string
	Digest       Opt[[16]byte]
	Status       []StatusRange // none: 200-299
	VirtualHost  string
	Regex        *RegexCheck
	TLSCompliant bool
}

// StatusRange is a range of HTTP status codes, both ends included.
type StatusRange struct{ First, Last uint16 }

// RegexCheck is the pattern that a page must (or must not) match.
type RegexCheck struct {
	Pattern    string
	Options    []string // names of regex_options
	NoMatch    bool
	MinOffset  uint64
	MaxOffset  Opt[uint64]
	StackStart uint64 // octets, 0: default
	StackMax   uint64
}

// SMTPCheck is an `SMTP_CHECK`.
type SMTPCheck struct{ Helo string }

// DNSCheck is a `DNS_CHECK`.
type DNSCheck struct {
	Type uint16 // query type, default SOA
	Name string // without the last dot; "": the root
}

// MiscCheck is a `MISC_CHECK`.
type MiscCheck struct {
	Script  Script
	Timeout time.Duration
	Dynamic bool
}

// UDPCheck is a `UDP_CHECK`.
type UDPCheck struct {
	Payload      []byte // never empty
	Specified    bool   // the payload was configured
	RequireReply bool
	Reply        []byte
	ReplyMask    []byte // bits of Reply that count; same length
	MinReply     uint16
	MaxReply     uint16
}

// FileCheck is a `FILE_CHECK`.
type FileCheck struct {
	Name    string // of a track_file
	Weight  int32
	Reverse bool
}

// BFDCheck is a `BFD_CHECK`.
type BFDCheck struct{ Name string }
