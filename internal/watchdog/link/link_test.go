package link

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func pair(t *testing.T) (*Peer, *Child) {
	t.Helper()
	p, c, err := InProcess(RoleVRRP, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(); c.Close() })
	return p, c
}

func receive(t *testing.T, p *Peer) Message {
	t.Helper()
	m, err := p.Recv()
	if err != nil {
		t.Fatalf("Recv: %v", err)
	}
	return m
}

func TestChildMessages(t *testing.T) {
	p, c := pair(t)
	now := time.Now()
	for _, err := range []error{c.Hello(now), c.Ready(), c.ReloadDone("no room"), c.ReloadRequest(), c.SetHeld([]byte("state"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := receive(t, p); got.Type != Hello {
		t.Errorf("got %v, want Hello", got)
	}
	for _, want := range []Message{{Type: Ready}, {Type: ReloadDone, Text: "no room"}, {Type: ReloadRequest}} {
		if got := receive(t, p); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	held := receive(t, p)
	data, err := ReadPart(held.Part)
	if err != nil || string(data) != "state" {
		t.Errorf("held %q, %v", data, err)
	}
}

// A Hello that is read late says when it was said.
func TestHelloSaysWhen(t *testing.T) {
	p, c := pair(t)
	said := time.Now()
	if err := c.Hello(said); err != nil {
		t.Fatal(err)
	}
	m := receive(t, p)
	later := said.Add(3 * time.Second)
	if off := m.SaidAt(later).Sub(said); off.Abs() > time.Microsecond {
		t.Errorf("off by %v", off)
	}
	if early := said.Add(-time.Second); !m.SaidAt(early).Equal(early) {
		t.Errorf("a time to come: %v, want %v", m.SaidAt(early), early)
	}
	for _, other := range []Message{{Type: Ready, Text: m.Text}, {Type: Hello}, {Type: Hello, Text: "-5"}, {Type: Hello, Text: "x"}} {
		if !other.SaidAt(later).Equal(later) {
			t.Errorf("%v %q: %v, want %v", other.Type, other.Text, other.SaidAt(later), later)
		}
	}
}

func TestReloadCarriesTheConfiguration(t *testing.T) {
	type part struct{ Names []string }
	p, c := pair(t)
	f, err := EncodePart(part{Names: []string{"VI_1", "VI_2"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(Message{Type: Reload, Part: f}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	m, err := c.Recv()
	if err != nil || m.Type != Reload {
		t.Fatalf("%v, %v", m, err)
	}
	for range 2 { // a part can be read again
		got, err := DecodePart[part](m.Part)
		if err != nil || strings.Join(got.Names, " ") != "VI_1 VI_2" {
			t.Fatalf("%v, %v", got, err)
		}
	}
}

func TestHelloIsRareUnlessAsked(t *testing.T) {
	p, c := pair(t)
	start := time.Now()
	for i := range 100 {
		if err := c.Hello(start.Add(time.Duration(i) * 10 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if n := drain(p); n != 2 {
		t.Errorf("%d hellos within a second, want 2", n)
	}
	if err := p.Send(Message{Type: Ping}); err != nil {
		t.Fatal(err)
	}
	if m, err := c.Recv(); err != nil || m.Type != Ping {
		t.Fatal(m, err)
	}
	if err := c.Hello(start.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if n := drain(p); n != 1 {
		t.Errorf("%d hellos after a ping, want 1", n)
	}
}

func drain(p *Peer) (n int) {
	p.raw.Control(func(fd uintptr) {
		for {
			if _, err := recv(int(fd)); err != nil {
				return
			}
			n++
		}
	})
	return n
}

// A parent that does not read must not hold up the child, and hears what
// matters as soon as it reads again.
func TestDeafParent(t *testing.T) {
	p, c := pair(t)
	now := time.Now()
	for i := range 10_000 {
		if err := c.Hello(now.Add(time.Duration(i) * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 50 {
		if err := c.SetHeld([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Ready(); err != nil {
		t.Fatal(err)
	}
	if len(c.pending) != 2 {
		t.Errorf("%d messages kept, want the last Held and Ready", len(c.pending))
	}
	drain(p)
	if err := c.Hello(now); err != nil {
		t.Fatal(err)
	}
	held := receive(t, p)
	data, err := ReadPart(held.Part)
	if err != nil || !bytes.Equal(data, []byte{49}) {
		t.Errorf("held %v, %v; want the last one", data, err)
	}
	if m := receive(t, p); m.Type != Ready {
		t.Errorf("got %v, want Ready", m.Type)
	}
}

func TestEndOfTheOtherSide(t *testing.T) {
	p, c := pair(t)
	p.Close()
	if _, err := c.Recv(); err != io.EOF {
		t.Errorf("child: %v, want EOF", err)
	}
	if err := c.Ready(); err != io.EOF {
		t.Errorf("child sends: %v, want EOF", err)
	}

	p, c = pair(t)
	c.Close()
	if _, err := p.Recv(); err != io.EOF {
		t.Errorf("parent: %v, want EOF", err)
	}
}

func TestMessagesChannel(t *testing.T) {
	p, c := pair(t)
	ch, err := c.Messages()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(Message{Type: Ping}); err != nil {
		t.Fatal(err)
	}
	if m := <-ch; m.Type != Ping {
		t.Errorf("got %v", m)
	}
	p.Close()
	if _, open := <-ch; open {
		t.Error("channel is open after the parent's end")
	}
}

func TestPartMustBeSealed(t *testing.T) {
	plain, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	fd, err := unix.MemfdCreate("x", unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	open := os.NewFile(uintptr(fd), "x")
	defer open.Close()
	for name, f := range map[string]*os.File{"file": plain, "unsealed": open, "nil": nil} {
		if _, err := ReadPart(f); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	good, err := NewPart([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	if _, err := good.WriteAt([]byte("y"), 0); err == nil {
		t.Error("a sealed part was changed")
	}
}

// TestFromEnv runs this test binary as a child process.
func TestFromEnv(t *testing.T) {
	if os.Getenv("LINK_TEST_CHILD") != "" {
		child(t)
		return
	}
	parent, sock, err := NewPair()
	if err != nil {
		t.Fatal(err)
	}
	config, err := EncodePart("conf")
	if err != nil {
		t.Fatal(err)
	}
	held, err := NewPart([]byte("held"))
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	h := Handover{Role: RoleBFD, Ident: "Keepalived_bfd_a b", Socket: sock, Config: config, Held: held, Lock: lock, HeardAt: time.Now().Add(-time.Second)}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestFromEnv$")
	cmd.ExtraFiles = h.Files()
	cmd.Env = append(os.Environ(), "LINK_TEST_CHILD=1", h.Environ(3))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if m := receive(t, parent); m.Type != Ready {
		t.Errorf("got %v", m)
	}
}

func child(t *testing.T) {
	c, err := FromEnv()
	if err != nil || c == nil {
		t.Fatal(c, err)
	}
	if _, set := os.LookupEnv(envName); set {
		t.Error("the variable is still there")
	}
	config, err := DecodePart[string](c.Config())
	if c.Role() != RoleBFD || c.Ident() != "Keepalived_bfd_a b" || string(c.Held()) != "held" || config != "conf" || err != nil {
		t.Errorf("got %q %q %q %q %v", c.Role(), c.Ident(), c.Held(), config, err)
	}
	if age := c.HeldAge(); age < time.Second || age > time.Minute {
		t.Errorf("heard %v ago, want a second", age)
	}
	if info, err := c.lock.Stat(); err != nil || info.Name() != partName && info.Mode()&os.ModeDevice == 0 {
		t.Errorf("lock: %v, %v", info, err)
	}
	if err := c.Ready(); err != nil {
		t.Error(err)
	}
}

func TestBadEnv(t *testing.T) {
	for _, v := range []string{"", "vrrp", "vrrp a b c d e f g h i", "vrrp 0 1 2 -1 -1 -1 -1 0 x", "vrrp 99 98 97 96 95 94 93 0 x",
		"vrrp -1 -1 -1 -1 -1 -1 -1 0 x"} {
		t.Setenv(envName, v)
		if c, err := FromEnv(); err == nil {
			t.Errorf("%q: %v", v, c)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for t := Hello; t < typeEnd; t++ {
		f.Add(encode(Message{Type: t, Text: "x"}), t.hasPart())
	}
	f.Add([]byte{}, false)
	f.Add([]byte{version + 1, byte(Hello)}, false)
	f.Fuzz(func(t *testing.T, b []byte, part bool) {
		m, err := decode(b, part)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(encode(m), b) {
			t.Fatalf("%x became %x", b, encode(m))
		}
	})
}

func FuzzDecodePart(f *testing.F) {
	type sub struct {
		Name string
		N    int
		On   bool
	}
	type tree struct {
		Names []string
		Sub   []sub
		Other *sub
	}
	good, err := EncodePart(tree{Names: []string{"a"}, Sub: []sub{{"b", 1, true}}, Other: &sub{}})
	if err != nil {
		f.Fatal(err)
	}
	data, err := ReadPart(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := NewPart(b)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		_, _ = DecodePart[tree](p)
	})
}
