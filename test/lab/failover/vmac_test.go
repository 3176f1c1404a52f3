package failover

import (
	"testing"
	"time"

	"keepalived/test/lab"
)

// virtualMAC is that of the virtual router, RFC 9568 7.3.
const virtualMAC = "00:00:5e:00:01:33"

// TestVMAC runs the pairings with use_vmac on both sides: the address has one
// MAC, wherever it is, and adverts come from it.
func TestVMAC(t *testing.T) {
	for _, more := range []struct{ name, lines string }{
		{"use_vmac", "    use_vmac\n"},
		{"vmac_xmit_base", "    use_vmac\n    vmac_xmit_base\n"},
	} {
		for _, s := range []struct {
			name string
			run  func(*pair)
		}{{"graceful stop", gracefulStop}, {"kill -9", kill9}, {"link loss", linkLoss}} {
			for _, high := range kinds {
				for _, low := range kinds {
					hi, lo := high(t), low(t)
					if hi.IsC && lo.IsC {
						continue
					}
					t.Run(more.name+"/"+s.name+"/"+hi.Name+"-"+lo.Name, func(t *testing.T) {
						t.Parallel()
						r := newPair(t, v3, hi, lo)
						r.configure(more.lines)
						s.run(r)
					})
				}
			}
		}
	}
}

// TestVMACKeepsTheMACOfTheAddress: after a takeover the client needs to learn
// nothing new.
func TestVMACKeepsTheMACOfTheAddress(t *testing.T) {
	for _, high := range kinds {
		for _, low := range kinds {
			hi, lo := high(t), low(t)
			t.Run(hi.Name+"-"+lo.Name, func(t *testing.T) {
				t.Parallel()
				r := newPair(t, v3, hi, lo)
				r.configure("    use_vmac\n")
				r.startBoth()
				r.sentBy(r.high, time.Time{})
				at := time.Now()
				r.high.daemon.Stop()
				r.low.waitState(t, "VI_1", "MASTER")
				r.sentBy(r.low, at)
			})
		}
	}
}

// sentBy checks that a director advertises and announces from the virtual MAC.
func (r *pair) sentBy(d *director, since time.Time) {
	r.t.Helper()
	for _, what := range []lab.Match{lab.Alive, lab.Announces(vip)} {
		f := r.frames.Wait(lab.Patience, "frame of "+d.Name, lab.After(since), lab.From(d.Node), what)
		if f.Src.String() != virtualMAC {
			r.t.Errorf("%s sends from %s, want %s", d.Name, f.Src, virtualMAC)
		}
	}
}
