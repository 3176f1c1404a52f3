package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// slack is how much earlier than due a timer may be served together with
// another one.
const slack = 500 * time.Microsecond

// machineConfig turns a configuration into the parameters of the state machine,
// without what the outside world contributes (interfaces, source addresses).
func machineConfig(c *config.Config, trackers *trackerSet, startup time.Duration) fsm.Config {
	out := fsm.Config{
		Trackers:      trackers.list,
		StartupDelay:  startup,
		Slack:         slack,
		RewriteStates: c.Global.Notify.FIFOWriteVRRPStatesOnReload,
	}
	index := map[string]int{}
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		index[in.Name] = i
		m := machineInstance(in, trackers)
		m.LVSSync = c.Global.IPVS.SyncDaemon.Instance == in.Name
		out.Instances = append(out.Instances, m)
	}
	for _, g := range c.VRRP.SyncGroups {
		mg := fsm.Group{Name: g.Name, TrackingWeight: g.SyncGroupTrackingWeight}
		for _, name := range g.Members {
			if i, ok := index[name]; ok {
				mg.Members = append(mg.Members, i)
			}
		}
		out.Groups = append(out.Groups, mg)
	}
	return out
}

func machineInstance(in *config.Instance, trackers *trackerSet) fsm.Instance {
	m := fsm.Instance{
		Key:                   instanceKey(in),
		Name:                  in.Name,
		Version:               uint8(in.Version),
		Priority:              in.Priority,
		StartMaster:           in.State == config.StateMaster,
		AdvertInt:             in.AdvertInt,
		DownTimerAdverts:      in.DownTimerAdverts,
		NoPreempt:             !in.Preempt,
		PreemptDelay:          in.PreemptDelay,
		HigherPrioSendAdvert:  in.HigherPrioSendAdvert,
		LowerPrioNoAdvert:     in.LowerPrioNoAdvert,
		TimerExpiredBackup:    in.TimerExpiredBackup,
		NotifyPriorityChanges: in.NotifyPriorityChanges,
		NotifyDeleted:         in.NotifyDeleted,
		AH:                    in.Auth.Type == config.AuthAH,
		Addresses:             addressFingerprint(in),
		Garp: fsm.Garp{
			Delay:         in.GarpMasterDelay,
			Repeat:        in.GarpMasterRepeat,
			Refresh:       in.GarpMasterRefresh,
			RefreshRepeat: in.GarpMasterRefreshRepeat,
			LowerDelay:    in.GarpLowerPrioDelay,
			LowerRepeat:   in.GarpLowerPrioRepeat,
			ExtraIf:       in.GarpExtraIf,
		},
	}
	for _, kind := range trackKinds {
		for _, t := range kind.of(in) {
			m.Tracks = append(m.Tracks, fsm.Track{Tracker: trackers.index(kind.kind, t.Name), Weight: t.Weight, Reverse: t.Reverse})
		}
	}
	return m
}

// Bits of fsm.Key.VMAC.
const (
	keyVMAC uint8 = 1 << iota
	keyXmitBase
	keyIPVLAN
)

func instanceKey(in *config.Instance) fsm.Key {
	k := fsm.Key{VRID: in.VRID, IPv6: in.Family == config.IPv6, Interface: in.Interface}
	if in.Unicast {
		k.Unicast, k.Source = true, in.SrcIP
	} else {
		k.Group = in.McastDst
	}
	for _, b := range []struct {
		on  bool
		bit uint8
	}{{in.VMAC.Use, keyVMAC}, {in.VMAC.XmitBase, keyXmitBase}, {in.IPVLAN.Use, keyIPVLAN}} {
		if b.on {
			k.VMAC |= b.bit
		}
	}
	return k
}

// addressFingerprint changes when something changes that a master holds. Where
// it was written in the configuration does not matter.
func addressFingerprint(in *config.Instance) string {
	vips := slices.Clone(slices.Concat(in.VIPs, in.ExcludedVIPs))
	for i := range vips {
		vips[i].Origin = config.Origin{}
	}
	routes := slices.Clone(in.VirtualRoutes)
	for i := range routes {
		routes[i].Origin = config.Origin{}
	}
	rules := slices.Clone(in.VirtualRules)
	for i := range rules {
		rules[i].Origin = config.Origin{}
	}
	return fmt.Sprint(vips, routes, rules)
}

// codecParams is what the wire format of an instance depends on.
func codecParams(in *config.Instance) packet.Params {
	p := packet.Params{
		Version:        uint8(in.Version),
		VRID:           in.VRID,
		IPv6:           in.Family == config.IPv6,
		Interval:       in.AdvertInt,
		Unicast:        in.Unicast,
		CheckSource:    in.CheckUnicastSrc,
		Group4:         in.McastDst,
		Checksum:       checksumModes[in.OldUnicastChecksum],
		ChecksumAsV2:   in.V3ChecksumAsV2,
		SkipCheckAddrs: in.SkipCheckAdvAddr,
		IgnoreAdverts:  in.OwnerIgnoreAdverts,
		Auth:           authTypes[in.Auth.Type],
		Pass:           in.Auth.Pass,
	}
	for _, a := range in.VIPs {
		p.Addrs = append(p.Addrs, a.Addr())
	}
	for _, peer := range in.UnicastPeers {
		p.Peers = append(p.Peers, packet.Peer{Addr: peer.Addr, MinTTL: peer.MinTTL, MaxTTL: peer.MaxTTL})
	}
	if in.AuthHMAC.Enable {
		p.HMAC = hmacParams(in.AuthHMAC)
	}
	return p
}

func hmacParams(h config.AuthHMAC) packet.HMAC {
	out := packet.HMAC{Mode: hmacModes[h.Mode], ActiveKey: h.ActiveKey, Window: h.TimeWindow, Monotonic: h.Monotonic}
	for _, k := range h.Keys {
		out.Keys = append(out.Keys, packet.Key{ID: k.ID, Value: k.Value})
	}
	return out
}

var (
	checksumModes = map[config.UnicastChecksum]packet.Checksum{
		config.ChecksumAuto:  packet.ChecksumAuto,
		config.ChecksumOld:   packet.ChecksumOld,
		config.ChecksumNever: packet.ChecksumNever,
	}
	authTypes = map[config.AuthType]packet.Auth{
		config.AuthNone: packet.AuthNone,
		config.AuthPass: packet.AuthPass,
		config.AuthAH:   packet.AuthAH,
	}
	hmacModes = map[config.HMACMode]packet.HMACMode{
		config.HMACEnforce:     packet.HMACEnforce,
		config.HMACPermissive:  packet.HMACPermissive,
		config.HMACReceiveOnly: packet.HMACReceiveOnly,
	}
)

// allVIPs is every address that any instance may hold. None of them is ever a
// source address: it may be on the other router tomorrow.
func allVIPs(instances []config.Instance) map[netip.Addr]bool {
	vips := map[netip.Addr]bool{}
	for _, in := range instances {
		for _, a := range in.VIPs {
			vips[a.Addr()] = true
		}
		for _, a := range in.ExcludedVIPs {
			vips[a.Addr()] = true
		}
	}
	return vips
}
