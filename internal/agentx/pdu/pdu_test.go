package pdu

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// every is a PDU of each kind with all its fields.
func every() []Body {
	o, p := MustOID("1.3.6.1.4.1.9586.100.5"), MustOID("2.5")
	vars := []VarBind{
		{o, Int(-7)}, {o, Gauge(uint64(1) << 40)}, {p, Counter(uint64(1)<<32 + 5)}, {o, BigCounter(1 << 63)}, {o, Ticks(int64(99))},
		{o, Text("five5")}, {o, Object(p)}, {o, IPAddress(netip.MustParseAddr("192.0.2.1"))}, {o, Null},
		{o, NoSuchObject}, {o, NoSuchInstance}, {o, EndOfMIBView}, {nil, Text("")},
	}
	ranges := []Range{{Start: o, Include: true, End: p}, {Start: p}, {}}
	return []Body{
		&Open{Timeout: 3, ID: o, Description: "keepalived"}, &Close{Reason: ReasonShutdown},
		&Register{Timeout: 1, Priority: 127, RangeSubID: 4, Subtree: o, UpperBound: 9}, &Register{Priority: 1, Subtree: o},
		&Unregister{Priority: 127, RangeSubID: 2, Subtree: p, UpperBound: 1}, &Unregister{Subtree: o},
		&Get{Ranges: ranges}, &GetNext{Ranges: ranges}, &GetBulk{NonRepeaters: 1, MaxRepetitions: 20, Ranges: ranges},
		&TestSet{Vars: vars}, &CommitSet{}, &UndoSet{}, &CleanupSet{}, &Notify{Vars: vars}, &Ping{},
		&IndexAllocate{Vars: vars}, &IndexDeallocate{Vars: vars}, &AddAgentCaps{ID: o, Description: "x"},
		&RemoveAgentCaps{ID: o}, &Response{UpTime: 12345, Status: NotWritable, Index: 2, Vars: vars},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, body := range every() {
		for _, flags := range []uint8{0, FlagNetworkByteOrder, FlagNonDefaultContext, FlagNetworkByteOrder | FlagNonDefaultContext} {
			m := Message{Header: Header{Flags: flags, SessionID: 1, TransactionID: 2, PacketID: 3}, Body: body}
			if flags&FlagNonDefaultContext != 0 {
				m.Context = "blue!"
			}
			b := m.Append([]byte("x"))[1:]
			got, err := Parse(b)
			if err != nil {
				t.Errorf("%T: %v", body, err)
				continue
			}
			m.Kind, m.Length = body.kind(), uint32(len(b)-HeaderSize)
			if diff := cmp.Diff(m, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%T:\n%s", body, diff)
			}
			for n := range len(b) {
				if _, err := Parse(b[:n]); !errors.Is(err, ErrShort) {
					t.Errorf("%T cut to %d bytes: %v", body, n, err)
				}
			}
		}
	}
}

// The bytes follow the figures of RFC 2741, 6.2.
func TestBytes(t *testing.T) {
	for _, c := range []struct {
		m    Message
		want string
	}{
		{Message{Header: Header{Flags: FlagNetworkByteOrder, PacketID: 5}, Body: &Open{Timeout: 2, ID: MustOID("1.3.6.1.4.1.8072"), Description: "ka"}}, `
			01 01 10 00  00000000 00000000 00000005 00000018
			02 00 00 00
			02 04 00 00  00000001 00001f88
			00000002 6b61 0000`},
		{Message{Header: Header{SessionID: 1, TransactionID: 2, PacketID: 3}, Body: &GetNext{Ranges: []Range{{Start: MustOID("1.3.6.1.2"), Include: true, End: MustOID("1.3.6.1")}}}}, `
			01 06 00 00  01000000 02000000 03000000 18000000
			00 02 01 00
			04 00 00 00  01000000 03000000 06000000 01000000`},
		{Message{Header: Header{Flags: FlagNetworkByteOrder}, Body: &Response{UpTime: 1, Status: GenErr, Index: 1, Vars: []VarBind{{MustOID("2.1"), BigCounter(258)}}}}, `
			01 12 10 00  00000000 00000000 00000000 00000020
			00000001 0005 0001
			0046 0000  02 00 00 00  00000002 00000001  0000000000000102`},
	} {
		want, err := hex.DecodeString(strings.Join(strings.Fields(c.want), ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.m.Append(nil); !bytes.Equal(got, want) {
			t.Errorf("%T:\n got %x\nwant %x", c.m.Body, got, want)
		}
	}
}

func TestMalformed(t *testing.T) {
	good := (&Message{Header: Header{Flags: FlagNetworkByteOrder}, Body: &TestSet{Vars: []VarBind{{MustOID("1.3.6.1.4.1"), Int(1)}}}}).Append(nil)
	for name, change := range map[string]func(b []byte) []byte{
		"version":        func(b []byte) []byte { b[0] = 2; return b },
		"kind":           func(b []byte) []byte { b[1] = 19; return b },
		"odd length":     func(b []byte) []byte { b[19]++; return append(b, 0) },
		"length":         func(b []byte) []byte { b[16] = 1; return b },
		"type":           func(b []byte) []byte { b[21] = 99; return b },
		"long OID":       func(b []byte) []byte { b[24] = 126; return b },
		"trailing bytes": func(b []byte) []byte { b[1] = byte(KindPing); return b },
	} {
		_, err := Parse(change(bytes.Clone(good)))
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOID(t *testing.T) {
	for _, bad := range []string{"", "1..2", "1.4294967296", "x", strings.Repeat("1.", 128) + "1"} {
		if o, err := ParseOID(bad); err == nil {
			t.Errorf("%q: %v", bad, o)
		}
	}
	if o := MustOID(".1.3.4294967295"); o.String() != "1.3.4294967295" {
		t.Error(o)
	}
}

// What is read is written in the same meaning.
func FuzzParse(f *testing.F) {
	for _, body := range every() {
		for _, flags := range []uint8{0, FlagNetworkByteOrder | FlagNonDefaultContext} {
			f.Add((&Message{Header: Header{Flags: flags, SessionID: 1}, Body: body}).Append(nil))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(m.Append(nil))
		if err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		m.Length, again.Length = 0, 0
		if diff := cmp.Diff(m, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}
