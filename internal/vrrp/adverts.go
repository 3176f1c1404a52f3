package vrrp

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/vrrp/wire"
)

// sendAdvert sends one advert, to the group or to every peer; with a valid only
// address a unicast instance sends it to that peer alone.
func (l *loop) sendAdvert(in *instance, priority uint8, only netip.Addr) {
	if in.sockets == nil || !in.source.IsValid() {
		return
	}
	in.codec.Seal(in.source, priority, l.now)
	ttl := in.conf.UnicastTTL.Or(packet.TTL)
	if !in.conf.Unicast {
		l.noteBlocked(in, in.blocks(l.transmit(in, in.conf.McastDst, packet.TTL, priority), priority))
		return
	}
	sent, blocked := 0, 0
	for _, peer := range in.conf.UnicastPeers {
		if !only.IsValid() || only == peer.Addr {
			sent++
			if in.blocks(l.transmit(in, peer.Addr, ttl, priority), priority) {
				blocked++
			}
		}
	}
	if sent > 0 {
		l.noteBlocked(in, blocked == sent)
	}
}

// blocks tells whether the error of an advert says that this machine does not
// let it leave: by a packet filter, because a permission was taken away, or
// because an IPv6 source address is not there. The address may just have gone
// with the interface, for which an instance says farewell.
func (in *instance) blocks(err error, priority uint8) bool {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return true
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EADDRNOTAVAIL):
		return priority != packet.PriorityStop || in.blocked
	}
	return false
}

// noteBlocked tells the state machine when adverts begin or cease to be blocked,
// after what it is being carried out for.
func (l *loop) noteBlocked(in *instance, blocked bool) {
	if in.blocked != blocked {
		in.blocked = blocked
		go l.inbox.post(advertsBlocked{in.id})
	}
}

// advertsBlocked says that in.blocked has changed.
type advertsBlocked struct{ instance fsm.InstanceID }

func (m advertsBlocked) handle(l *loop) {
	if in, ok := l.instances[m.instance]; ok {
		l.step(fsm.AdvertsBlocked{Instance: in.id, Blocked: in.blocked})
	}
}

// transmit sends the sealed advert to one destination.
func (l *loop) transmit(in *instance, dst netip.Addr, ttl, priority uint8) error {
	to := wire.Target{Dst: dst}
	if in.conf.Family == config.IPv6 {
		to.Src = in.source
		if in.conf.Unicast && in.conf.UnicastTTL.Set {
			to.HopLimit = int(ttl)
		}
	}
	in.frame = in.codec.Append(in.frame[:0], dst, ttl)
	err := in.sockets.send.Send(in.frame, to)
	switch {
	case err == nil:
		in.sendFailed = false
	case errors.Is(err, wire.ErrWouldBlock):
		// The interface's queue is full: the next advert is the next chance.
	case priority == packet.PriorityStop && errors.Is(err, unix.ENETUNREACH) && !l.ownUp(in):
		// A farewell on an interface that is down.
	case !in.sendFailed:
		in.sendFailed = true
		l.logSendError(in, dst, err)
	}
	return err
}

func (l *loop) ownUp(in *instance) bool {
	link, ok := l.links.lookup(advertInterface(&in.conf))
	return ok && l.links.up(link.Index)
}

func (l *loop) logSendError(in *instance, dst netip.Addr, err error) {
	var errno unix.Errno
	if errors.As(err, &errno) {
		err = errno
	}
	// As strerror(3) has it.
	text := err.Error()
	text = strings.ToUpper(text[:1]) + text[1:]
	if in.conf.Unicast {
		l.log.Infof("(%s) Cant send advert to %s (%s)", in.conf.Name, dst, text)
		return
	}
	l.log.Infof("(%s): send advert error %d (%s)", in.conf.Name, int(errno), text)
}

// advert judges a received packet and tells the state machine.
func (l *loop) advert(p *socketPair, data []byte, meta wire.Meta) {
	if meta.Truncated {
		return
	}
	vrid, ok := packet.VRID(p.endpoint.Is6(), data)
	if !ok {
		l.tooShort(p, data)
		return
	}
	in := p.byVRID[vrid]
	if in == nil {
		l.unknownVRID(p, vrid)
		return
	}
	l.datagram = packet.Datagram{
		Data: data, Src: meta.Src, Multicast: meta.Dst.IsMulticast(), HopLimit: meta.TTL, Wall: l.now,
	}
	if in.conf.SkipCheckAdvAddr || in.conf.OwnerIgnoreAdverts {
		l.addStatus(in)
	}
	a, verdict := in.codec.Check(&l.datagram)
	if !verdict.OK() {
		l.step(fsm.AdvertRejected{Instance: in.id, Verdict: verdict})
		l.rejected(in, verdict)
		return
	}
	l.carryOut(l.machine.Step(l.arrival(meta.At), fsm.AdvertReceived{Instance: in.id, Advert: a}))
}

// maxTransit bounds how old an advert may seem when it is read; more is a step
// of the wall clock, which kernel timestamps are of.
const maxTransit = 100 * time.Millisecond

// arrival is when a packet arrived: timers count from then, not from when this
// process came to read it.
func (l *loop) arrival(at time.Time) time.Time {
	if at.IsZero() {
		return l.now
	}
	transit := l.now.Round(0).Sub(at)
	if transit < 0 || transit > maxTransit {
		return l.now
	}
	return l.now.Add(-transit)
}

// addStatus adds what the rarer checks want to know of the instance.
func (l *loop) addStatus(in *instance) {
	s, ok := l.machine.Status(in.id)
	if !ok {
		return
	}
	l.datagram.IsOwner = s.Priority == packet.PriorityOwner
	if s.State != fsm.StateMaster {
		l.datagram.Master = s.MasterAddr
	}
}

// shortEvery is how often packets without a complete header are told of.
const shortEvery = time.Second

// minIPv4 is the smallest IPv4 header and the header of an advert.
const minIPv4 = 20 + packet.HeaderLen

func (l *loop) tooShort(p *socketPair, data []byte) {
	if l.now.Sub(p.shortAt) < shortEvery {
		return
	}
	p.shortAt = l.now
	kind := "IPv4 VRRP packet"
	switch {
	case p.endpoint.Is6():
		kind = "IPv6 VRRP packet"
	case p.endpoint.Protocol == packet.ProtocolAH && len(data) >= minIPv4:
		kind = "IPv4 VRRP packet with AH"
	}
	l.log.Infof("%s too short - %d bytes", kind, len(data))
}

// unknownVRID logs each unknown virtual router of an interface once.
func (l *loop) unknownVRID(p *socketPair, vrid uint8) {
	if !l.conf.Global.LogUnknownVRIDs || p.unknown[vrid] {
		return
	}
	p.unknown[vrid] = true
	l.log.Infof("Unknown VRID(%d) received on interface(%s). ignoring...", vrid, p.endpoint.Name)
}
