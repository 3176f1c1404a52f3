package pack_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link/pack"
)

// filler sets values of all kinds at random.
type filler struct {
	*rand.Rand
	depth int
}

func (f filler) fill(v reflect.Value) {
	f.depth++
	switch v.Type() {
	case reflect.TypeFor[netip.Addr]():
		v.Set(reflect.ValueOf(f.addr()))
		return
	case reflect.TypeFor[netip.AddrPort]():
		v.Set(reflect.ValueOf(netip.AddrPortFrom(f.addr(), uint16(f.Uint32()))))
		return
	case reflect.TypeFor[netip.Prefix]():
		v.Set(reflect.ValueOf(netip.PrefixFrom(f.addr(), f.IntN(140)-1)))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.String:
		v.SetString([]string{"", "a", "rr", strings.Repeat("ü", 300), fmt.Sprint(f.IntN(20)), fmt.Sprint(f.Uint64())}[f.IntN(6)])
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Slice:
		n := f.IntN(4)
		if f.depth > 12 {
			n = f.IntN(2)
		}
		if n == 0 {
			return
		}
		s := reflect.MakeSlice(v.Type(), n-1, n-1)
		for i := range n - 1 {
			f.fill(s.Index(i))
		}
		v.Set(s)
	case reflect.Pointer:
		if f.IntN(2) == 0 {
			p := reflect.New(v.Type().Elem())
			f.fill(p.Elem())
			v.Set(p)
		}
	default:
		if v.CanInt() {
			v.SetInt(int64(f.Uint64()))
		} else {
			v.SetUint(f.Uint64())
		}
	}
}

func (f filler) addr() netip.Addr {
	switch f.IntN(5) {
	case 0:
		return netip.Addr{}
	case 1:
		return netip.AddrFrom16([16]byte{0xfe, 0x80, 15: byte(f.Uint32())}).WithZone("eth0")
	case 2:
		return netip.AddrFrom16([16]byte{10: 0xff, 11: 0xff, 12: 10}) // ::ffff:10.0.0.0, which is not 10.0.0.0
	case 3:
		return netip.AddrFrom16([16]byte{0xfd, 15: byte(f.Uint32())})
	}
	return netip.AddrFrom4([4]byte{10, 0, 0, byte(f.Uint32())})
}

func write(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pack.Write(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a configuration may hold, it arrives as it was, nil and empty told
// apart; and the same configuration always makes the same octets.
func TestConfigurationsArriveAsTheyWere(t *testing.T) {
	for seed := range uint64(60) {
		f := filler{Rand: rand.New(rand.NewPCG(seed, 5))}
		var c, got config.Config
		f.fill(reflect.ValueOf(&c).Elem())
		b := write(t, c)
		if err := pack.Read(b, &got); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !reflect.DeepEqual(c, got) {
			t.Fatalf("seed %d: it was\n%+v\nand became\n%+v", seed, c, got)
		}
		if again := write(t, got); !bytes.Equal(b, again) {
			t.Fatalf("seed %d: written again it is different", seed)
		}
		var part struct{ Global config.Global }
		if err := pack.Read(b, &part); err != nil || !reflect.DeepEqual(part.Global, c.Global) {
			t.Fatalf("seed %d: the global part alone: %v", seed, err)
		}
	}
}

// Strings that were many are one afterwards.
func TestStringsAreShared(t *testing.T) {
	type row struct{ File, Own string }
	var rows []row
	for i := range 1000 {
		rows = append(rows, row{strings.Clone("/etc/keepalived/keepalived.conf"), fmt.Sprint(i)})
	}
	b := write(t, rows)
	if len(b) > 15*len(rows) {
		t.Errorf("%d octets for %d rows", len(b), len(rows))
	}
	var got []row
	if err := pack.Read(b, &got); err != nil || !reflect.DeepEqual(got, rows) {
		t.Fatalf("%v: %v", err, got)
	}
	allocs := testing.AllocsPerRun(3, func() { got = nil; _ = pack.Read(b, &got) })
	if allocs > 1200 {
		t.Errorf("%v allocations for %d strings", allocs, len(rows)+1)
	}
}

// node leads to itself.
type node struct{ Next *node }

func TestWhatCannotBeHandedOver(t *testing.T) {
	for _, v := range []any{
		map[string]int{}, struct{ F func() }{}, struct{ C chan int }{}, struct{ A any }{}, struct{ hidden int }{},
		[]struct{}{}, 1.5, struct{ Inner struct{ M map[int]int } }{}, node{}, []node{}, struct{ N node }{},
	} {
		if err := pack.Write(&bytes.Buffer{}, v); err == nil || !strings.Contains(err.Error(), "cannot be handed over") {
			t.Errorf("%T: %v", v, err)
		}
	}
}

func TestAnotherTypeIsRefused(t *testing.T) {
	b := write(t, struct {
		A struct{ N int32 }
		B string
	}{})
	for _, into := range []any{
		&struct{ A struct{ N uint32 } }{}, &struct{ A struct{ M int32 } }{}, &struct{ C int }{}, new(string), &struct{ B []byte }{},
	} {
		if err := pack.Read(b, into); err == nil {
			t.Errorf("%T was read", into)
		}
	}
	if err := pack.Read(b, &struct{ B string }{}); err != nil {
		t.Error(err)
	}
}

// Octets that are cut or changed give an error or another value, nothing worse.
func FuzzRead(f *testing.F) {
	type sub struct {
		Name string
		On   bool
	}
	type row struct {
		Name  string
		Addr  netip.Addr
		To    netip.AddrPort
		In    netip.Prefix
		On    bool
		Ports []uint16
		Sub   *sub
		Subs  []sub
	}
	var value row
	filler{Rand: rand.New(rand.NewPCG(1, 2))}.fill(reflect.ValueOf(&value.Addr).Elem())
	value = row{"a", value.Addr, netip.MustParseAddrPort("10.0.0.1:80"), netip.MustParsePrefix("fd00::/64"), true, []uint16{1, 2},
		&sub{Name: "a"}, []sub{{Name: "b"}}}
	var b bytes.Buffer
	if err := pack.Write(&b, value); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		var got row
		if pack.Read(data, &got) == nil {
			write(t, got)
		}
	})
}
