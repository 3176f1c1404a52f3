package explain

import (
	"strings"
	"testing"

	"keepalived/internal/config"
)

// Each kind of item adds what the state machine of internal/vrrp/fsm adds.
func TestItemEffects(t *testing.T) {
	for _, tt := range []struct {
		kind     Kind
		weight   int
		reverse  bool
		up, down Effect
	}{
		{Script, 10, false, Effect{Add: 10}, Effect{}},
		{Script, -10, false, Effect{}, Effect{Add: -10}},
		{Script, 10, true, Effect{Add: -10}, Effect{}},
		{Script, -10, true, Effect{}, Effect{Add: 10}},
		{Script, 0, false, Effect{}, Effect{Fault: true}},
		{Interface, 0, true, Effect{Fault: true}, Effect{}},
		{File, 5, false, Effect{}, Effect{Add: 5}},
		{File, 5, true, Effect{}, Effect{Add: -5}},
		{File, 0, false, Effect{}, Effect{Fault: true}},
		{File, -254, false, Effect{}, Effect{Add: -253, Fault: true}},
	} {
		i := newItem(tt.kind, config.Track{Name: "x", Weight: tt.weight, Reverse: tt.reverse}, false, false)
		if i.Up != tt.up || i.Down != tt.down {
			t.Errorf("%s %d %v: %+v %+v, want %+v %+v", tt.kind, tt.weight, tt.reverse, i.Up, i.Down, tt.up, tt.down)
		}
	}
}

func TestIgnoredWeights(t *testing.T) {
	track := config.Track{Name: "x", Weight: 10}
	if i := newItem(Script, track, true, false); i.Ignored != ignoredOwner || i.Weighted() || i.CanFault() {
		t.Errorf("owner: %+v", i)
	}
	if i := newItem(Script, track, false, true); i.Ignored != ignoredGroup || i.Weighted() || i.CanFault() {
		t.Errorf("group: %+v", i)
	}
	if i := newItem(Interface, track, false, true); i.Ignored != ignoredGroup || !i.Down.Fault {
		t.Errorf("interface of a group: %+v", i)
	}
}

func explained(in config.Instance) Instance {
	c := &config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	return Instances(c, nil)[0]
}

func TestCases(t *testing.T) {
	in := config.Instance{Name: "A", Priority: 250, DontTrackPrimary: true,
		TrackScripts:    []config.Track{{Name: "a", Weight: 10}, {Name: "b", Weight: -100}},
		TrackInterfaces: []config.Track{{Name: "eth1"}}}
	got := map[string]Case{}
	for _, c := range explained(in).Cases {
		got[strings.Join(c.Down, " ")] = c
	}
	for down, want := range map[string]int{"": 254, "a": 250, "b": 160, "a b": 150} {
		if got[down].Priority != want || got[down].Fault {
			t.Errorf("%q down: %+v, want %d", down, got[down], want)
		}
	}
	if !got["eth1"].Fault || len(got) != 5 {
		t.Errorf("%+v", got)
	}
}

// The number of cases stays small however much is tracked.
func TestManyItems(t *testing.T) {
	in := config.Instance{Name: "A", Priority: 100}
	for range 40 {
		in.TrackScripts = append(in.TrackScripts, config.Track{Name: "s", Weight: -1})
	}
	if e := explained(in); len(e.Cases) != 42 || !e.Rest {
		t.Errorf("%d cases, more: %v", len(e.Cases), e.Rest)
	}
}

func TestCounterpart(t *testing.T) {
	in := &config.Instance{Name: "A", VRID: 1, Family: config.IPv4, Interface: "eth0"}
	c := &config.Config{VRRP: config.VRRP{Instances: []config.Instance{
		{Name: "B", VRID: 1, Family: config.IPv4, Interface: "eth1"},
		{Name: "C", VRID: 1, Family: config.IPv4, Interface: "eth0"},
		{Name: "A", VRID: 1, Family: config.IPv6, Interface: "eth0"},
		{Name: "A", VRID: 2, Family: config.IPv4, Interface: "eth0"},
	}}}
	if got := Counterpart(in, c); got == nil || got.Name != "C" {
		t.Errorf("%+v", got)
	}
	if Counterpart(in, nil) != nil || Counterpart(&config.Instance{VRID: 9}, c) != nil {
		t.Error("found a counterpart where there is none")
	}
}
