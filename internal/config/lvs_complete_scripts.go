package config

import (
	"fmt"

	"keepalived/internal/config/lang"
)

// warn is what the C daemon only logs, or does not notice: no effect on the status.
func (d *decoder) warn(o Origin, help, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: o.pos(), Severity: lang.Warning, Text: fmt.Sprintf(format, args...), Help: help, Bare: true})
}

// quorumScripts keeps the commands of a virtual server for the end.
func (d *decoder) quorumScripts(v *serverDraft, at int) {
	if v.up == nil && v.down == nil {
		return
	}
	extra := func() *VirtualServerExtra {
		out := &d.cfg.LVS.VirtualServers[at]
		if out.Extra == nil {
			out.Extra = &VirtualServerExtra{}
		}
		return out.Extra
	}
	d.scriptLater(v.up, func(s Script) { extra().QuorumUp = s })
	d.scriptLater(v.down, func(s Script) { extra().QuorumDown = s })
}

func (d *decoder) notifyScripts(r *realDraft, out *RealServer) {
	if r.up == nil && r.down == nil {
		return
	}
	extra := func() *RealServerExtra {
		if out.Extra == nil {
			out.Extra = &RealServerExtra{}
		}
		return out.Extra
	}
	d.scriptLater(r.up, func(s Script) { extra().NotifyUp = s })
	d.scriptLater(r.down, func(s Script) { extra().NotifyDown = s })
}

// miscScript keeps the command of a MISC_CHECK. A checker without one is dropped
// in the end.
func (d *decoder) miscScript(v *serverDraft, misc *MiscCheck, command *commandDraft) {
	if misc.Timeout == 0 {
		misc.Timeout = v.miscLimit()
	}
	d.scriptLater(command, func(s Script) { misc.Script = s })
}

func (d *decoder) scriptLater(c *commandDraft, store func(s Script)) {
	if c != nil {
		d.lvs.scripts = append(d.lvs.scripts, lvsScript{c, store})
	}
}

// completeLVSScripts looks the commands up; those that cannot run stay out.
func (d *decoder) completeLVSScripts() {
	for i := range d.lvs.scripts {
		task := &d.lvs.scripts[i]
		if s, ok := d.lvsScript(task.command); ok {
			task.store(s)
		}
	}
	d.lvs.scripts = nil
}

// lvsScript is resolve for the commands of servers, about whose users the C
// daemon says less.
func (d *decoder) lvsScript(c *commandDraft) (Script, bool) {
	if c.user.given {
		if _, ok := d.lookup(c.user); !ok {
			return Script{}, false
		}
	} else if _, ok := d.defaultIdentity(c.at); !ok {
		if c.what == "misc" {
			d.help(c.at, classGeneral, "the real server has no such check then",
				"Unable to set default user for misc script %s - removing", quoteWords(c.argv))
		}
		return Script{}, false
	}
	return d.resolve(c)
}
