package lint

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"keepalived/internal/config"
)

// What the sample configuration has, and so every copy of it.
const (
	sampleVRID = 51
	samplePass = "1111"
)

func (l *linter) auth(in *config.Instance) {
	_, pass, _ := l.find(in.Origin, "authentication", "auth_pass")
	if pass == "" {
		pass = string(bytes.TrimRight(in.Auth.Pass[:], "\x00"))
	}
	if in.VRID == sampleVRID && pass == samplePass {
		l.add(Finding{Rule: SamplePassword, Pos: l.at(in.Origin, "virtual_router_id"),
			Help: "choose another virtual_router_id and auth_pass, the same on every router of this group",
			Text: fmt.Sprintf("(%s) VRID %d with password %s comes from the sample: whoever copied it, too, is on the same virtual router",
				in.Name, sampleVRID, samplePass)})
	}
	if in.Auth.Type == config.AuthAH {
		l.add(Finding{Rule: LegacyAuth, Pos: l.at(in.Origin, "authentication", "auth_type"),
			Help: "use auth_hmac on all routers of the group",
			Text: fmt.Sprintf("(%s) authentication AH rests on MD5 and was dropped from the standard (RFC 3768)", in.Name)})
	}
}

// scripts finds scripts that only ask whether a process exists.
func (l *linter) scripts() {
	for i := range l.cfg.VRRP.Scripts {
		s := &l.cfg.VRRP.Scripts[i]
		if !asksForProcess(s.Script.Argv) {
			continue
		}
		l.add(Finding{Rule: ProcessByScript, Pos: l.at(s.Origin, "script"),
			Help: "write vrrp_track_process NAME { process PROGRAM } and track it with track_process",
			Text: fmt.Sprintf("vrrp_script %s starts a program every time to see whether a process exists, and knows of its end only then", s.Name)})
	}
}

func asksForProcess(argv []string) bool {
	if len(argv) == 0 {
		return false
	}
	switch path.Base(argv[0]) {
	case "killall":
		return slices.Contains(argv, "-0")
	case "pidof", "pgrep":
		return true
	}
	return false
}
