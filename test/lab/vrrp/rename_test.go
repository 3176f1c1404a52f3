package vrrp

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestRename gives VMACs other names by a reload: the router stays master. The
// C daemon stays master as well, but without its addresses.
func TestRename(t *testing.T) {
	t.Parallel()
	ours := lab.Ours(t)
	for _, f := range []feature{
		{name: "VMAC", lines: "    use_vmac lab51\n"},
		{name: "VMAC of IPv6", lines: "    use_vmac lab51\n", vips: vips6, vip: "fe80::100"},
	} {
		for _, low := range []lab.Program{ours, lab.CKeepalived(t)} {
			t.Run(f.name+" beside "+low.Name, func(t *testing.T) {
				t.Parallel()
				p := newPair(t, f, ours, low)
				p.start(p.high)
				p.start(p.low)
				p.settled(p.high, p.low)
				p.rename("lab51", "lab52")
				p.rename("lab52", "lab51")
			})
		}
	}
}

// renames tells whether the kernel gives an interface that is up another name,
// as those from 6.2 on do. On others the VMAC is made anew, and its router begins
// as backup.
func (p *pair) renames() bool {
	p.client.Run("ip", "link", "add", "probe", "type", "veth", "peer", "name", "probe1")
	p.client.Run("ip", "link", "set", "probe", "up")
	_, err := p.client.Output("ip", "link", "set", "probe", "name", "other")
	p.client.Run("ip", "link", "delete", "probe1")
	return err == nil
}

func (p *pair) rename(from, to string) {
	p.t.Helper()
	at := time.Now()
	p.high.config = strings.Replace(p.high.config, from, to, 1)
	p.high.daemon.Configure(p.high.config)
	p.high.daemon.Reload()
	lab.Wait(p.t, lab.Patience, "the address on the renamed VMAC", func() bool {
		out, _ := p.high.Output("ip", "-o", "address", "show", "dev", to)
		return strings.Contains(out, p.vip()+"/")
	})
	p.settled(p.high, p.low)
	if found := find(p.high.ip("link"), from); len(found) > 0 {
		p.t.Errorf("there is still %s", found)
	}
	if zeros := p.frames.Select(lab.After(at), lab.From(p.high.Node), lab.Priority(0)); len(zeros) > 0 && p.renames() {
		p.t.Errorf("%s has resigned", p.high.Name)
	}
}
