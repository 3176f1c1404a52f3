package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/config/explain"
	"keepalived/internal/config/lint"
	"keepalived/internal/config/report"
	"keepalived/internal/netif"
	"keepalived/internal/version"
)

// showCheck lints the configuration and shows the result: problems for a person
// go to problems, explanations and the formats of machines to stdout.
func (s *settings) showCheck(r config.Result, stdout, problems io.Writer) int {
	peer, err := s.loadPeer()
	if err != nil {
		fmt.Fprintln(problems, err)
		return statusFatal
	}
	o := lint.Options{Sources: r.Snapshot, Peer: peer}
	if !s.check.static {
		o.Owns = ownAddress()
	}
	rep := report.New(s.useFile, r, lint.Check(r.Config, o))
	if !s.check.static && len(r.Diagnostics.All()) > 0 {
		rep.Status = config.ExitStatus(s.passes(r))
	}
	if s.check.strict {
		rep.Strict()
	}
	if s.check.full {
		rep.Instances = explain.Instances(r.Config, peer)
	}
	if err := s.writeReport(rep, stdout, problems); err != nil {
		fmt.Fprintf(problems, "writing the check: %v\n", err)
		return statusFatal
	}
	return rep.Status
}

func (s *settings) writeReport(rep *report.Report, stdout, problems io.Writer) error {
	switch s.check.format {
	case "json":
		return rep.JSON(stdout)
	case "sarif":
		return rep.SARIF(stdout, version.Version)
	}
	if err := rep.Text(problems); err != nil {
		return err
	}
	return explain.Text(stdout, rep.Instances)
}

// loadPeer reads the configuration of --peer. The problems in it are for a check
// of its own.
func (s *settings) loadPeer() (*config.Config, error) {
	if s.check.peer == "" {
		return nil, nil
	}
	r := s.loadStatic(s.check.peer)
	if r.Files == 0 {
		return nil, fmt.Errorf("reading the peer's configuration %s: %w", s.check.peer, errNoPeer)
	}
	return r.Config, nil
}

var errNoPeer = errors.New("there is no such file, or it cannot be read")

// ownAddress tells addresses that somebody other than keepalived has put on an
// interface. Where the kernel cannot be asked, none is.
func ownAddress() func(netip.Addr) bool {
	own := map[netip.Addr]bool{}
	snap, err := netif.List(netif.Options{})
	if err == nil {
		for _, a := range snap.Addresses {
			if a.Protocol != netif.Protocol {
				own[a.Prefix.Addr()] = true
			}
		}
	}
	return func(a netip.Addr) bool { return own[a] }
}
