package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// checkOptions is what --check, --check-format and --peer say.
type checkOptions struct {
	on     bool // show problems to a person, wherever the output goes
	bare   bool // --check without a value
	full   bool
	static bool
	strict bool
	format string // json, sarif; empty: text
	peer   string // file of the other node; empty: none
	bad    bool   // a value was not understood
}

// setCheck carries out an option. A value makes it a configuration test; without
// one --check is the C daemon's, see resolveCheck.
func (s *settings) setCheck(name, value string, errs io.Writer) {
	c := &s.check
	ok := true
	switch {
	case name == "check" && value == optional:
		c.bare = true
		s.noVRRP = true
		return
	case name == "check":
		ok = c.setModes(value)
	case name == "check-format":
		c.format = value
		ok = value == "json" || value == "sarif"
	default:
		c.peer = value
	}
	if !ok {
		fmt.Fprintf(errs, "Unknown option --%s=%s\n", name, value)
		c.bad = true
		return
	}
	c.on = true
	s.testOnly()
}

// setModes adds the modes of a list.
func (c *checkOptions) setModes(list string) bool {
	for mode := range strings.SplitSeq(list, ",") {
		switch mode {
		case "full":
			c.full = true
		case "static":
			c.static = true
		case "strict":
			c.strict = true
		default:
			return false
		}
	}
	return true
}

// testOnly makes the program a configuration test.
func (s *settings) testOnly() {
	s.configTest, s.dontRespawn, s.foreground, s.noSyslog = true, true, true, true
}

// readingOptions say what is read, not how a daemon runs.
var readingOptions = []string{"use-file", "config-id", "all-config", "config-test", "check", "check-format", "peer"}

// resolveCheck decides what --check without a value means: among options of a
// daemon it is the C daemon's "no VRRP process", otherwise a full check.
func (s *settings) resolveCheck(flags *pflag.FlagSet) {
	if !s.check.bare {
		return
	}
	if !s.configTest {
		daemon := false
		flags.VisitAll(func(f *pflag.Flag) {
			daemon = daemon || f.Changed && !slices.Contains(readingOptions, f.Name)
		})
		if daemon {
			return
		}
		s.testOnly()
	}
	s.check.on = true
	s.check.full = true
}
