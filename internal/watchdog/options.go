package watchdog

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/watchdog/link"
)

// Options is what the command line says about the parent.
type Options struct {
	// Argv is the command line; children are executed with the same one.
	Argv []string
	// Load reads and checks the configuration, in the network namespace of the
	// calling thread.
	Load func() config.Result
	// ConfigName is how messages name the configuration.
	ConfigName string
	Log        *logging.Logger
	// Roles are the children that were not disabled.
	Roles map[link.Role]bool
	// All starts children without a configuration, too.
	All         bool
	Foreground  bool
	DontRespawn bool
	IgnoreInt   bool
	PidFiles    PidFiles
	// Namespace overrides the configured network namespace.
	Namespace string
	// Begin is called once in the process that stays, before anything else; end
	// is called at its end.
	Begin func() (end func())
	// Dump writes the parent's data at SIGUSR1; nil is not available.
	Dump func(*config.Global) error

	// runDir replaces RunDir in tests.
	runDir string
}

func (o *Options) run() string {
	if o.runDir == "" {
		return RunDir
	}
	return o.runDir
}

// roles returns the children that a configuration needs, in the order of their
// start.
func (o *Options) roles(c *config.Config) []link.Role {
	var out []link.Role
	for _, r := range startOrder {
		if o.Roles[r] && (o.All || needs(r, c)) {
			out = append(out, r)
		}
	}
	return out
}

var startOrder = []link.Role{link.RoleChecker, link.RoleVRRP, link.RoleBFD}

// needs says whether there is something to do for a child.
func needs(r link.Role, c *config.Config) bool {
	switch r {
	case link.RoleVRRP:
		v := &c.VRRP
		return len(v.Instances)+len(v.StaticAddresses)+len(v.StaticRoutes)+len(v.StaticRules) > 0
	case link.RoleChecker:
		return len(c.LVS.VirtualServers) > 0
	case link.RoleBFD:
		return len(c.BFD.Instances) > 0
	}
	return false
}

// part is what a child gets of the configuration.
func part(r link.Role, c *config.Config) config.Config {
	p := *c
	if r != link.RoleVRRP {
		p.VRRP = config.VRRP{}
	}
	if r != link.RoleChecker {
		p.LVS = config.LVS{}
	}
	return p
}

// childWait is child_wait_time.
func childWait(g *config.Global) time.Duration {
	if g.ChildWaitTime <= 0 {
		return 5 * time.Second
	}
	return g.ChildWaitTime
}
