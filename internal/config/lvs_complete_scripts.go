package config

import (
	"fmt"
	"strings"

	"keepalived/internal/config/lang"
)

// warn is what the C daemon only logs, or does not notice: no effect on the status.
func (d *decoder) warn(o Origin, help, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: o.pos(), Severity: lang.Warning, Text: fmt.Sprintf(format, args...), Help: help, Bare: true})
}

// quorumScripts keeps the commands of virtual server at for the end.
func (d *decoder) quorumScripts(v *serverDraft, at int) {
	extra := func() *VirtualServerExtra {
		v := &d.cfg.LVS.VirtualServers[at]
		if v.Extra == nil {
			v.Extra = &VirtualServerExtra{}
		}
		return v.Extra
	}
	d.scriptLater(v.up, func(s Script, _ bool) { extra().QuorumUp = s })
	d.scriptLater(v.down, func(s Script, _ bool) { extra().QuorumDown = s })
}

func (d *decoder) notifyScripts(r *realDraft, at, i int) {
	extra := func() *RealServerExtra {
		r := &d.cfg.LVS.VirtualServers[at].RealServers[i]
		if r.Extra == nil {
			r.Extra = &RealServerExtra{}
		}
		return r.Extra
	}
	d.scriptLater(r.up, func(s Script, _ bool) { extra().NotifyUp = s })
	d.scriptLater(r.down, func(s Script, _ bool) { extra().NotifyDown = s })
}

// miscScript keeps the command of a MISC_CHECK; a checker whose command cannot run
// loses its kind and is dropped later.
func (d *decoder) miscScript(v *serverDraft, c *checkDraft, at, i, k int) {
	misc := c.detail.Misc
	if misc.Timeout == 0 {
		misc.Timeout = v.miscLimit()
	}
	d.scriptLater(c.script, func(s Script, ok bool) {
		misc.Script = s
		if !ok {
			d.cfg.LVS.VirtualServers[at].RealServers[i].Checkers[k].Kind = 0
		}
	})
}

func (d *decoder) scriptLater(c commandDraft, store func(s Script, ok bool)) {
	if c.isSet() {
		d.lvs.scripts = append(d.lvs.scripts, lvsScript{c, store})
	}
}

// completeLVSScripts looks the commands up.
func (d *decoder) completeLVSScripts() {
	for i := range d.lvs.scripts {
		task := &d.lvs.scripts[i]
		if s, ok := d.lvsScript(&task.command); ok {
			task.store(s, true)
		} else {
			task.store(Script{}, false)
		}
	}
	d.lvs.scripts = nil
}

// lvsScript is resolve for the commands of servers, about whose users the C
// daemon says less.
func (d *decoder) lvsScript(c *commandDraft) (Script, bool) {
	if c.broken {
		return Script{}, false
	}
	if c.user.user != "" {
		if _, ok := d.lookup(c.user); !ok {
			return Script{}, false
		}
	} else if _, ok := d.defaultIdentity(c.at); !ok {
		if c.what == "misc" {
			d.help(c.at, classGeneral, "the real server has no such check then",
				"Unable to set default user for misc script '%s' - removing", strings.Join(c.argv, " "))
		}
		return Script{}, false
	}
	return d.resolve(c)
}
