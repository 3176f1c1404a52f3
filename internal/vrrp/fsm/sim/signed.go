package sim

import (
	"bytes"
	"net/netip"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// Window is the time window of signed adverts.
const Window = 5 * time.Second

var group = netip.AddrFrom4([4]byte{224, 0, 0, 18})

// keys are known to all routers; each signs with one of them.
var keys = []packet.Key{{ID: 1, Value: bytes.Repeat([]byte{1}, 32)}, {ID: 2, Value: bytes.Repeat([]byte{2}, 32)}}

// codec signs and verifies the adverts of an instance; nil: nobody does.
func (r *Router) codec(i fsm.Instance) *packet.Codec {
	if r.Key == 0 {
		return nil
	}
	p := packet.Params{
		Version: i.Version, VRID: i.Key.VRID, Interval: i.AdvertInt, Unicast: i.Key.Unicast, Group4: group,
		HMAC: packet.HMAC{Mode: packet.HMACEnforce, Keys: keys, ActiveKey: r.Key, Window: Window},
	}
	for _, o := range r.net.Routers {
		// Also one that does not have this virtual router now, and may later.
		if o != r && i.Key.Unicast && len(o.Config.Instances) > 0 {
			p.Peers = append(p.Peers, packet.Peer{Addr: o.Config.Instances[0].Source, MaxTTL: packet.TTL})
		}
	}
	c, err := packet.NewCodec(p)
	if err != nil {
		panic(err) // a mistake of the test
	}
	return c
}

// source is where its adverts of a virtual router come from.
func (r *Router) source(vrid uint8) netip.Addr {
	for _, i := range r.Config.Instances {
		if i.Key.VRID == vrid {
			return i.Source
		}
	}
	return netip.Addr{}
}

// datagram is the advert that was sealed last, as it goes to one router.
func (r *Router) datagram(vrid uint8, to *Router) []byte {
	c := r.codecs[vrid]
	if c == nil {
		return nil
	}
	dst := group
	for _, i := range r.Config.Instances {
		if i.Key.VRID == vrid && i.Key.Unicast {
			dst = to.source(vrid)
		}
	}
	if !dst.IsValid() {
		return nil
	}
	return c.Append(nil, dst, packet.TTL)
}

// verify hands the router a signed advert, or the verdict that it is none.
func (r *Router) verify(id fsm.InstanceID, ad advert) {
	a, verdict := r.codecs[ad.vrid].Check(&packet.Datagram{Data: ad.datagram, Wall: r.net.Now.Add(r.Wall)})
	if !verdict.OK() {
		r.Step(fsm.AdvertRejected{Instance: id, Verdict: verdict})
		return
	}
	r.Step(fsm.AdvertReceived{Instance: id, Advert: a})
}
