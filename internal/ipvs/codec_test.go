package ipvs

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Pieces of messages, put together without the code under test.

func n16(v uint16) []byte { return binary.NativeEndian.AppendUint16(nil, v) }
func n32(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }
func n64(v uint64) []byte { return binary.NativeEndian.AppendUint64(nil, v) }

func attr(typ uint16, value ...[]byte) []byte {
	v := slices.Concat(value...)
	return slices.Concat(n16(uint16(4+len(v))), n16(typ), v, make([]byte, -len(v)&3))
}

func nest(typ uint16, value ...[]byte) []byte { return attr(typ|0x8000, value...) }

func msg(cmd byte, attrs ...[]byte) []byte {
	return slices.Concat([]byte{cmd, 1, 0, 0}, slices.Concat(attrs...))
}

func text(s string) []byte { return append([]byte(s), 0) }

var (
	addr4 = []byte{10, 0, 0, 1}
	addr6 = []byte{0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
	port  = []byte{0, 80}
	ones  = []byte{0xff, 0xff, 0xff, 0xff}

	key4Attrs = slices.Concat(attr(1, n16(2)), attr(2, n16(6)), attr(3, addr4), attr(4, port))
	key4      = AddressKey(TCP, netip.MustParseAddrPort("10.0.0.1:80"))
	key6      = AddressKey(UDP, netip.MustParseAddrPort("[fd00::1%eth0]:80"))
)

func TestAppendStep(t *testing.T) {
	gue := Destination{Addr: netip.MustParseAddrPort("[fd00::1]:80"), Forward: Tunnel, Weight: 70000, Upper: 9, Lower: 3,
		TunnelType: GUE, TunnelPort: 5555, TunnelFlags: TunnelRemoteChecksum}
	plain := Destination{Addr: netip.MustParseAddrPort("10.0.0.1:80"), Forward: DirectRoute, Weight: 1, TunnelType: GRE}
	tests := []struct {
		name string
		step Step
		want []byte
	}{
		{"IPv4 service", Step{AddService, &Service{Key: key4, Scheduler: "rr", PE: "sip", Netmask: 1}, nil},
			msg(1, nest(1, key4Attrs, attr(6, text("rr")), attr(7, n32(0), ones), attr(8, n32(0)), attr(9, ones)))},
		{"persistent IPv6 service", Step{EditService, &Service{Key: key6, Scheduler: "mh", Flags: MHPort | OnePacket,
			Persistence: 60, Netmask: 64, PE: "sip"}, nil},
			msg(2, nest(1, attr(1, n16(10)), attr(2, n16(17)), attr(3, addr6), attr(4, port), attr(6, text("mh")),
				attr(11, text("sip")), attr(7, n32(0x15), ones), attr(8, n32(60)), attr(9, n32(64))))},
		{"IPv4 netmask", Step{AddService, &Service{Key: MarkKey(IPv4, 5), Scheduler: "rr", Persistence: 1, Netmask: 0xffffff00}, nil},
			msg(1, nest(1, attr(1, n16(2)), attr(5, n32(5)), attr(6, text("rr")), attr(7, n32(1), ones), attr(8, n32(1)),
				attr(9, []byte{255, 255, 255, 0})))},
		{"service deletion", Step{DeleteService, &Service{Key: key4}, nil}, msg(3, nest(1, key4Attrs))},
		{"tunnel", Step{AddDestination, &Service{Key: key4}, &gue},
			msg(5, nest(1, key4Attrs), nest(2, attr(1, addr6), attr(2, port), attr(11, n16(10)), attr(3, n32(2)), attr(4, n32(70000)),
				attr(5, n32(9)), attr(6, n32(3)), attr(13, []byte{1}), attr(14, []byte{5555 >> 8, 5555 & 0xff}), attr(15, n16(2))))},
		{"no tunnel", Step{EditDestination, &Service{Key: key4}, &plain},
			msg(6, nest(1, key4Attrs), nest(2, attr(1, addr4), attr(2, port), attr(11, n16(2)), attr(3, n32(3)), attr(4, n32(1)),
				attr(5, n32(0)), attr(6, n32(0))))},
		{"destination deletion", Step{DeleteDestination, &Service{Key: key4}, &plain},
			msg(7, nest(1, key4Attrs), nest(2, attr(1, addr4), attr(2, port), attr(11, n16(2))))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := appendStep(nil, &tt.step)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAppendStepRefuses(t *testing.T) {
	good := Service{Key: key4, Scheduler: "rr"}
	with := func(change func(*Service)) *Service { s := good; change(&s); return &s }
	tests := map[string]Step{
		"no operation":        {Service: &good},
		"no service":          {Op: AddService},
		"no destination":      {Op: AddDestination, Service: &good},
		"no scheduler":        {Op: AddService, Service: with(func(s *Service) { s.Scheduler = "" })},
		"long scheduler":      {Op: AddService, Service: with(func(s *Service) { s.Scheduler = "sixteen-letters-" })},
		"zero byte":           {Op: AddService, Service: with(func(s *Service) { s.PE = "a\x00b" })},
		"no address":          {Op: AddService, Service: with(func(s *Service) { s.Key = ServiceKey{Family: IPv4} })},
		"wrong family":        {Op: DeleteService, Service: with(func(s *Service) { s.Key.Family = IPv6 })},
		"destination nowhere": {Op: AddDestination, Service: &good, Destination: &Destination{}},
		"weight":              {Op: AddDestination, Service: &good, Destination: &Destination{Addr: key4.Addr, Weight: MaxWeight + 1}},
		"gue without port":    {Op: AddDestination, Service: &good, Destination: &Destination{Addr: key4.Addr, Forward: Tunnel, TunnelType: GUE}},
	}
	for name, step := range tests {
		before := []byte("before")
		got, err := appendStep(before, &step)
		if err == nil || !bytes.Equal(got, before) {
			t.Errorf("%s: %q, error %v", name, got, err)
		}
	}
}

func TestDecodeService(t *testing.T) {
	stats := nest(10, attr(1, n32(7)), attr(4, n64(8)))
	stats64 := nest(12, attr(1, n64(1<<40)), attr(2, n64(2)), attr(3, n64(3)), attr(4, n64(4)), attr(5, n64(5)),
		attr(6, n64(6)), attr(7, n64(7)), attr(8, n64(8)), attr(9, n64(9)), attr(10, n64(10)), attr(11, nil))
	all := Stats{1 << 40, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	head := []byte{1, 0, 0, 0}
	base := slices.Concat(attr(6, text("wlc")), attr(7, n32(0x17), ones), attr(8, n32(300)))
	tests := []struct {
		name string
		in   []byte
		want ServiceState
	}{
		{"by address, padded, 64 bits win", slices.Concat(head, nest(1, attr(1, n16(2)), attr(2, n16(6)), attr(3, addr4, make([]byte, 12)),
			attr(4, port), base, attr(11, text("sip")), attr(9, []byte{255, 255, 255, 0}), stats64, stats, attr(99, ones))),
			ServiceState{Service{key4, "wlc", OnePacket | SchedFlag2, 300, 0xffffff00, "sip"}, all}},
		{"by mark, 32 bits", slices.Concat(head, nest(1, attr(1, n16(10)), attr(5, n32(9)), base, attr(9, n32(64)), stats)),
			ServiceState{Service{MarkKey(IPv6, 9), "wlc", OnePacket | SchedFlag2, 300, 64, ""}, Stats{Connections: 7, BytesIn: 8}}},
		{"not persistent", slices.Concat(head, nest(1, attr(1, n16(2)), attr(5, n32(9)), attr(6, text("rr")), attr(7, n32(2), ones), attr(8, n32(60)))),
			ServiceState{Service{MarkKey(IPv4, 9), "rr", 0, 0, 0xffffffff, ""}, Stats{}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeService(tt.in)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestDecodeDestination(t *testing.T) {
	head := []byte{1, 0, 0, 0}
	counts := slices.Concat(attr(7, n32(1)), attr(8, n32(2)), attr(9, n32(3)))
	in := slices.Concat(head, nest(2, attr(11, n16(10)), attr(1, addr6), attr(2, port), attr(3, n32(0x102)), attr(4, n32(70000)),
		attr(5, n32(9)), attr(6, n32(3)), counts, attr(13, []byte{2}), attr(14, port), attr(15, n16(1)), nest(12, attr(1, n64(4)))))
	want := DestinationState{Destination{Addr: netip.MustParseAddrPort("[fd00::1]:80"), Forward: Tunnel, Weight: 70000, Upper: 9, Lower: 3,
		TunnelType: GRE, TunnelFlags: TunnelChecksum}, 1, 2, 3, Stats{Connections: 4}}
	if got, err := decodeDestination(in, IPv4); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	old := slices.Concat(head, nest(2, attr(1, addr4, make([]byte, 12)), attr(2, port), attr(4, n32(1))))
	want = DestinationState{Destination: Destination{Addr: key4.Addr, Weight: 1}}
	if got, err := decodeDestination(old, IPv4); err != nil || got != want {
		t.Errorf("without a family of its own: got %+v, %v; want %+v", got, err, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	head := []byte{1, 0, 0, 0}
	for name, in := range map[string][]byte{
		"empty":            nil,
		"short header":     {1, 0, 0},
		"no attributes":    head,
		"another":          slices.Concat(head, attr(3, addr4)),
		"length too small": slices.Concat(head, n16(3), n16(1)),
		"length too great": slices.Concat(head, n16(9), n16(1), addr4),
		"half an attr":     slices.Concat(head, n16(4)),
		"no family":        slices.Concat(head, nest(1, attr(5, n32(9))), nest(2, attr(2, port))),
		"short address":    slices.Concat(head, nest(1, attr(1, n16(10)), attr(3, addr4)), nest(2, attr(11, n16(10)), attr(1, addr4))),
		"short number":     slices.Concat(head, nest(1, attr(1, []byte{2})), nest(2, attr(4, []byte{1}))),
	} {
		if s, err := decodeService(in); err == nil {
			t.Errorf("%s: service %+v", name, s)
		}
		if d, err := decodeDestination(in, 0); err == nil {
			t.Errorf("%s: destination %+v", name, d)
		}
	}
}

func TestSettings(t *testing.T) {
	d := SyncDaemon{SyncMaster, "eth0", 9, 1000, netip.MustParseAddr("224.0.0.99"), 9999, 3}
	wire := nest(3, attr(1, n32(1)), attr(2, text("eth0")), attr(3, n32(9)), attr(4, n16(1000)), attr(5, []byte{224, 0, 0, 99}),
		attr(7, n16(9999)), attr(8, []byte{3}))
	if diff := cmp.Diff(msg(9, wire), appendStartDaemon(nil, d)); diff != "" {
		t.Error(diff)
	}
	if got, err := decodeDaemon(msg(9, wire)); err != nil || got != d {
		t.Errorf("got %+v, %v; want %+v", got, err, d)
	}
	d6 := SyncDaemon{Role: SyncBackup, Interface: "lo", Group: netip.MustParseAddr("ff02::1")}
	if got, err := decodeDaemon(appendStartDaemon(nil, d6)); err != nil || got != d6 {
		t.Errorf("got %+v, %v; want %+v", got, err, d6)
	}
	if diff := cmp.Diff(msg(10, nest(3, attr(1, n32(2)))), appendStopDaemon(nil, SyncBackup)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(msg(12, attr(4, n32(900)), attr(6, n32(30))), appendTimeouts(nil, Timeouts{TCP: 900, UDP: 30})); diff != "" {
		t.Error(diff)
	}
	timeouts, err := decodeTimeouts(msg(13, attr(4, n32(1)), attr(5, n32(2)), attr(6, n32(3))))
	if want := (Timeouts{1, 2, 3}); err != nil || timeouts != want {
		t.Errorf("got %+v, %v; want %+v", timeouts, err, want)
	}
	info, err := decodeInfo(msg(14, attr(1, n32(0x010201)), attr(2, n32(4096))))
	if want := "IP Virtual Server version 1.2.1 (size=4096)"; err != nil || info.String() != want {
		t.Errorf("got %v, %v; want %v", info, err, want)
	}
	id, err := decodeFamilyID(msg(1, attr(2, text("IPVS")), attr(1, n16(30))))
	if err != nil || id != 30 {
		t.Errorf("family %d, %v", id, err)
	}
	if id, err := decodeFamilyID(msg(1, attr(2, text("IPVS")))); err == nil {
		t.Errorf("an answer without a number gave family %d", id)
	}
}

// What was decoded is encoded and decoded again to the same.
func FuzzDecode(f *testing.F) {
	head := []byte{1, 0, 0, 0}
	f.Add(slices.Concat(head, nest(1, key4Attrs, attr(6, text("rr")), attr(7, n32(1), ones), attr(8, n32(1)), attr(9, ones))))
	f.Add(slices.Concat(head, nest(1, attr(1, n16(10)), attr(5, n32(1))), nest(2, attr(1, addr6), attr(2, port), attr(13, []byte{1}))))
	f.Add(slices.Concat(head, nest(3, attr(1, n32(1)), attr(2, text("eth0")), attr(6, addr6))))
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeTimeouts(b)
		decodeInfo(b)
		decodeDaemon(b)
		decodeFamilyID(b)
		eachMessage(b, func(message) (bool, error) { return false, nil })
		if s, err := decodeService(b); err == nil {
			s.Stats = Stats{}
			if again, err := decodeService(appendServiceRequest(nil, cmdNewService, s.Service)); err != nil || again != s {
				t.Errorf("%+v became %+v, %v", s, again, err)
			}
		}
		if d, err := decodeDestination(b, IPv4); err == nil {
			want := DestinationState{Destination: d.Destination}
			if again, err := decodeDestination(appendDestRequest(nil, cmdNewDest, &key4, &d.Destination), 0); err != nil || again != want {
				t.Errorf("%+v became %+v, %v", want, again, err)
			}
		}
	})
}

func TestEachMessage(t *testing.T) {
	one := slices.Concat(n32(18), n16(2), n16(0), n32(7), n32(0), []byte{1, 2, 0, 0}) // 18 bytes, padded
	two := slices.Concat(n32(16), n16(3), n16(0), n32(8), n32(0))
	var seqs []uint32
	collect := func(m message) (bool, error) { seqs = append(seqs, m.seq); return m.seq == 8, nil }
	if last, err := eachMessage(slices.Concat(one, two), collect); !last || err != nil || !slices.Equal(seqs, []uint32{7, 8}) {
		t.Errorf("got %v, last %v, %v", seqs, last, err)
	}
	for _, bad := range [][]byte{two[:15], slices.Concat(n32(15), two[4:]), slices.Concat(n32(17), two[4:])} {
		if _, err := eachMessage(bad, collect); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}
