package packet

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"
)

// sample is a packet in state Up with a poll.
func sample() Control {
	return Control{
		Diag: NeighborDown, State: Up, Poll: true, Demand: true, Independent: true, Multiplier: 3,
		Mine: 0x11223344, Yours: 0x55667788,
		DesiredMinTx: 50 * time.Millisecond, RequiredRx: time.Second, EchoRx: time.Microsecond,
	}
}

const sampleHex = "23" + "ea" + "03" + "18" + // version and diagnostic, state and flags, multiplier, length
	"11223344" + "55667788" + "0000c350" + "000f4240" + "00000001"

func sampleBytes(t testing.TB) []byte {
	b, err := hex.DecodeString(sampleHex)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	want := sampleBytes(t)
	if got := sample().Append(nil); !bytes.Equal(got, want) {
		t.Errorf("written\n%x, want\n%x", got, want)
	}
	c, err := Parse(want)
	if err != nil || c != sample() {
		t.Errorf("read %+v, %v", c, err)
	}
}

func TestIntervalsAreBounded(t *testing.T) {
	c := sample()
	c.DesiredMinTx, c.RequiredRx = 100*time.Hour, -time.Second
	got, err := Parse(c.Append(nil))
	if err != nil || got.DesiredMinTx != MaxInterval || got.RequiredRx != 0 {
		t.Errorf("%v %v %v", got.DesiredMinTx, got.RequiredRx, err)
	}
}

func TestBogus(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(b []byte) []byte
		want   error
	}{
		{"empty", func([]byte) []byte { return nil }, ErrBogus},
		{"short", func(b []byte) []byte { return b[:23] }, ErrBogus},
		{"trailing byte", func(b []byte) []byte { return append(b, 0) }, ErrBogus},
		{"length field too large", func(b []byte) []byte { b[3] = 25; return b }, ErrBogus},
		{"longer than without authentication", func(b []byte) []byte { b[3] = 25; return append(b, 0) }, ErrBogus},
		{"version 0", func(b []byte) []byte { b[0] &= 0x1f; return b }, ErrBogus},
		{"version 2", func(b []byte) []byte { b[0] = 2 << 5; return b }, ErrBogus},
		{"multipoint", func(b []byte) []byte { b[1] |= bitMultipoint; return b }, ErrBogus},
		{"multiplier 0", func(b []byte) []byte { b[2] = 0; return b }, ErrBogus},
		{"my discriminator 0", func(b []byte) []byte { clear(b[4:8]); return b }, ErrBogus},
		{"your discriminator 0 while up", func(b []byte) []byte { clear(b[8:12]); return b }, ErrBogus},
		{"poll and final", func(b []byte) []byte { b[1] |= bitFinal; return b }, ErrBogus},
		{"diagnostic 9", func(b []byte) []byte { b[0] = version<<5 | 9; return b }, ErrBogus},
		{"authentication", func(b []byte) []byte { b[1] |= bitAuth; return b }, ErrAuthenticated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if c, err := Parse(tt.change(sampleBytes(t))); !errors.Is(err, tt.want) {
				t.Errorf("%+v, %v; want %v", c, err, tt.want)
			}
		})
	}
}

func TestYourDiscriminatorMayBeZeroWhileDown(t *testing.T) {
	for _, s := range []State{Down, AdminDown} {
		c := sample()
		c.State, c.Yours = s, 0
		if _, err := Parse(c.Append(nil)); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}

func TestNames(t *testing.T) {
	if Up.String() != "Up" || AdminDown.String() != "AdminDown" || TimeExpired.String() != "Control Detection Time Expired" {
		t.Error("wrong names")
	}
	if Diag(31).String() != "Unknown" {
		t.Error("a diagnostic of the future needs a name")
	}
}

// FuzzParse holds what is read to the rules, and to being written the same.
func FuzzParse(f *testing.F) {
	good := sampleBytes(f)
	f.Add(good)
	f.Add([]byte{})
	for i := range good { // each field at its limits
		for _, v := range []byte{0, 0xff} {
			b := bytes.Clone(good)
			b[i] = v
			f.Add(b)
		}
	}
	for _, at := range []int{4, 8, 12, 16, 20} {
		for _, v := range []byte{0, 0xff} {
			b := bytes.Clone(good)
			copy(b[at:at+4], bytes.Repeat([]byte{v}, 4))
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			if !errors.Is(err, ErrBogus) && !errors.Is(err, ErrAuthenticated) {
				t.Fatalf("unknown error %v", err)
			}
			return
		}
		if c.Mine == 0 || c.Multiplier == 0 || strings.Contains(c.Diag.String(), "Unknown") {
			t.Fatalf("accepted %+v", c)
		}
		if got := c.Append(nil); !bytes.Equal(got, b) {
			t.Fatalf("%x became %x", b, got)
		}
	})
}
