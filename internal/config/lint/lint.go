package lint

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/config/outline"
)

// The rules.
const (
	WeightNoEffect    = "weight-no-effect"
	WeightNoPreempt   = "weight-nopreempt"
	EqualPriority     = "equal-priority"
	OwnerPriority     = "owner-priority"
	StrictUnreachable = "strict-unreachable"
	SamplePassword    = "sample-password"
	LegacyAuth        = "legacy-auth"
	ProcessByScript   = "process-by-script"
	SelfStop          = "self-stop"
	MistypedPath      = "mistyped-path"
	SmallWeight       = "small-weight"
	CheckedAgain      = "checked-again"
	PastedText        = "pasted-text"
	PeerMismatch      = "peer-mismatch"
	PeerUnknown       = "peer-unknown"
)

// Finding is one thing that is probably not meant.
type Finding struct {
	Rule    string
	Pos     lang.Pos
	Text    string
	Help    string     // what to write instead
	Related []lang.Pos // places in the peer's configuration
	Value   string     // of [PastedText]: what was pasted
}

// Options are what the lints may use besides the configuration.
type Options struct {
	Sources *lang.Snapshot // the text, to point at; may be nil
	// Peer is the configuration of the other node; nil when it is not known.
	Peer *config.Config
	// Owns says whether an address is configured on this machine; nil when it
	// is not known.
	Owns func(netip.Addr) bool
}

// Check returns all findings, instance by instance.
func Check(c *config.Config, o Options) []Finding {
	l := &linter{cfg: c, Options: o}
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		l.weights(in)
		l.owner(in)
		l.strict(in)
		l.auth(in)
		l.peer(in)
	}
	l.strictFindings()
	l.scripts()
	l.servers()
	l.pasted()
	return l.findings
}

type linter struct {
	Options
	cfg      *config.Config
	findings []Finding

	strictAt    []lang.Pos
	strictNames map[lang.Pos][]string
}

func (l *linter) add(f Finding) { l.findings = append(l.findings, f) }

// find is [outline.Find] in the block that begins at o.
func (l *linter) find(o config.Origin, path ...string) (pos lang.Pos, value string, ok bool) {
	return outline.Find(l.Sources, originPos(o), path...)
}

// at is the place of a keyword inside the block that begins at o.
func (l *linter) at(o config.Origin, path ...string) lang.Pos {
	pos, _, _ := l.find(o, path...)
	return pos
}
