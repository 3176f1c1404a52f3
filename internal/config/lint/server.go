package lint

import (
	"fmt"
	"strings"

	"keepalived/internal/config"
)

// servers finds virtual servers that differ only in their own address: each of
// them checks the same real servers once more.
func (l *linter) servers() {
	first := map[string]*config.VirtualServer{}
	var again []*config.VirtualServer
	var kept *config.VirtualServer
	for i := range l.cfg.LVS.VirtualServers {
		v := &l.cfg.LVS.VirtualServers[i]
		key := checked(v)
		if key == "" {
			continue
		}
		switch one := first[key]; {
		case one == nil:
			first[key] = v
		case kept == nil || kept == one:
			kept = one
			again = append(again, v)
		}
	}
	if kept == nil {
		return
	}
	names := []string{kept.String()}
	for _, v := range again {
		names = append(names, v.String())
	}
	l.add(Finding{Rule: CheckedAgain, Pos: originPos(again[0].Origin),
		Help: "to check them once, name the addresses in a virtual_server_group and write one virtual_server group NAME",
		Text: fmt.Sprintf("%s have the same real servers, and each of them checks them by itself", someOf(names))})
}

// checked is what a virtual server checks, and how it uses it; "" when it checks
// nothing or is a group already.
func checked(v *config.VirtualServer) string {
	if v.Group != "" || v.IsFwmark {
		return ""
	}
	var b strings.Builder
	fmt.Fprint(&b, v.Port, v.Protocol, v.Family, v.Scheduler, v.Forwarding, v.Persistence)
	checks := 0
	for i := range v.RealServers {
		r := &v.RealServers[i]
		fmt.Fprint(&b, "\n", r.Addr, r.Port, r.Weight, r.Forwarding)
		for k := range r.Checkers {
			fmt.Fprint(&b, " ", r.Checkers[k].Kind)
			checks++
		}
	}
	if checks == 0 {
		return ""
	}
	return b.String()
}
