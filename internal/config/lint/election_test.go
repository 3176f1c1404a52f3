package lint

import (
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/explain"
)

func instance(vrid uint8, priority uint8, weights ...int) config.Instance {
	in := config.Instance{Name: "A", VRID: vrid, Family: config.IPv4, Version: 2, Priority: priority, Preempt: true, Accept: true}
	for k, w := range weights {
		in.TrackScripts = append(in.TrackScripts, config.Track{Name: string(rune('a' + k)), Weight: w})
	}
	return in
}

func node(in config.Instance) *config.Config {
	return &config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
}

// A weight is without effect exactly when no state of all items on both nodes
// makes it decide.
func TestWeightNoEffect(t *testing.T) {
	for _, tt := range []struct {
		name      string
		own, peer config.Instance
		want      int // findings
	}{
		{"crosses", instance(1, 100, -20), instance(1, 90), 0},
		{"too small", instance(1, 100, 2), instance(1, 90), 1},
		{"reaches the same priority", instance(1, 100, -10), instance(1, 90), 0},
		{"leaves the same priority", instance(1, 90, 1), instance(1, 90), 0},
		{"only together", instance(1, 100, -6, -6), instance(1, 90), 0},
		{"not even together", instance(1, 100, -4, -4), instance(1, 90), 2},
		{"the peer's own weight makes it near", instance(1, 100, 2), instance(1, 90, 10), 0},
		{"the peer owns the addresses", instance(1, 100, 50), instance(1, 255), 1},
		{"another router", instance(1, 100, 2), instance(2, 90), 0},
		{"clamped above", instance(1, 254, 5), instance(1, 90), 1},
		{"clamped below", instance(1, 1, -5), instance(1, 90), 1},
		{"weight 0 is a fault", instance(1, 100, 0), instance(1, 90), 0},
	} {
		if got := count(Check(node(tt.own), Options{Peer: node(tt.peer)}), WeightNoEffect); got != tt.want {
			t.Errorf("%s: %d findings, want %d", tt.name, got, tt.want)
		}
	}
}

func count(list []Finding, rule string) int {
	n := 0
	for _, f := range list {
		if f.Rule == rule {
			n++
		}
	}
	return n
}

// Weights that can add anything, or too many of them, are not judged.
func TestWeightNotJudged(t *testing.T) {
	file := instance(1, 100, 2)
	file.TrackFiles = []config.Track{{Name: "f", Weight: 1}}
	many := instance(1, 100, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	for _, in := range []config.Instance{file, many} {
		if got := Check(node(in), Options{Peer: node(instance(1, 10))}); count(got, WeightNoEffect) != 0 {
			t.Errorf("%+v", got)
		}
	}
}

func TestNoPreempt(t *testing.T) {
	in := instance(1, 100, -20)
	in.Preempt = false
	peer := instance(1, 90)
	if got := Check(node(in), Options{Peer: node(peer)}); count(got, WeightNoPreempt) != 0 {
		t.Errorf("a peer that preempts takes over: %+v", got)
	}
	peer.Preempt = false
	for _, o := range []Options{{}, {Peer: node(peer)}} {
		if got := Check(node(in), o); count(got, WeightNoPreempt) != 1 {
			t.Errorf("%+v", got)
		}
	}
}

// In a sync group without sync_group_tracking_weight weights do not count.
func TestGroupWeights(t *testing.T) {
	in := instance(1, 100, -20)
	in.SyncGroup = "G"
	c := node(in)
	c.VRRP.SyncGroups = []config.SyncGroup{{Name: "G"}}
	if got := Check(c, Options{}); count(got, WeightNoEffect) != 1 {
		t.Errorf("%+v", got)
	}
	c.VRRP.SyncGroups[0].SyncGroupTrackingWeight = true
	if got := Check(c, Options{}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSums(t *testing.T) {
	in := instance(1, 100, 10, -20)
	items := explain.Items(node(in), &in)
	got, ok := sums(100, items, -1)
	if !ok || len(got) != 4 || !got[110] || !got[100] || !got[90] || !got[80] {
		t.Errorf("%v %v", got, ok)
	}
}
