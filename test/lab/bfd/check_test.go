package bfd

import (
	"testing"

	"keepalived/test/lab"
)

// checked is a real server whose health is a BFD session. The kernel's IPVS is
// not needed to see what the checker makes of it.
const checked = `virtual_server 203.0.113.80 80 {
  delay_loop 1
  protocol TCP
  lvs_sched rr
  lvs_method NAT
  real_server 192.0.2.2 80 {
    BFD_CHECK {
      name peer
    }
  }
  real_server 192.0.2.3 80 {
    BFD_CHECK {
      name peer
      alpha
    }
  }
}
`

// Real servers follow the session, and with alpha they begin down.
func TestBFDCheck(t *testing.T) {
	t.Parallel()
	p := newPair(t, families[0])
	p.ours = p.a.Daemon(lab.Ours(t), instance("peer", p.f.ours, p.f.theirs, rates)+checked)
	p.ours.Log.Wait("BFD check of [peer] RS([192.0.2.3]:tcp:80) is DOWN")
	mark := p.ours.Log.Mark()
	p.b.Daemon(lab.CKeepalived(t), instance("peer", p.f.theirs, p.f.ours, rates))
	p.servers(mark, "UP")
	mark = p.ours.Log.Mark()
	p.lan.Cut(p.left, p.right)
	p.servers(mark, "DOWN")
	mark = p.ours.Log.Mark()
	p.lan.Heal()
	p.servers(mark, "UP")
	mark = p.ours.Log.Mark() // a new child learns it at once
	p.ours.KillChild(lab.Checker)
	p.ours.Log.WaitSince(mark, lab.Patience, "Received BFD event: instance peer is in state Up")
}

func (p *pair) servers(mark int, state string) {
	p.t.Helper()
	for _, server := range []string{"2", "3"} {
		p.ours.Log.WaitSince(mark, lab.Patience, "BFD check of [peer] RS([192.0.2."+server+"]:tcp:80) is "+state)
	}
}
