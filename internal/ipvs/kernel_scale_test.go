package ipvs

import (
	"slices"
	"testing"
	"time"
)

// Ten thousand services with four destinations each are programmed, deleted
// and programmed again. Deleted in another order than Diff's, the second time
// would take twenty times as long as the first.
func TestKernelScale(t *testing.T) {
	c := kernel(t)
	table := bigTable(10000)
	timed := func(what string, f func()) time.Duration {
		start := time.Now()
		f()
		took := time.Since(start)
		t.Logf("%-28s %v", what, took.Round(time.Millisecond))
		return took
	}
	add := timed("50000 additions", func() { apply(t, c, Diff(nil, table)) })
	timed("reading services", func() {
		if s, err := c.Services(); err != nil || len(s) != len(table) {
			t.Errorf("%d services, %v", len(s), err)
		}
	})
	timed("reading everything", func() { checkReached(t, c, table) })
	changed := slices.Clone(table)
	for i := 0; i < len(changed); i += 100 {
		changed[i].Destinations = slices.Clone(changed[i].Destinations)
		for j := range changed[i].Destinations {
			changed[i].Destinations[j].Weight++
		}
	}
	timed("diff and 400 edits", func() { apply(t, c, Diff(table, changed)) })
	timed("10000 deletions", func() { apply(t, c, Diff(changed, nil)) })
	if again := timed("50000 additions again", func() { apply(t, c, Diff(nil, table)) }); again > 4*add {
		t.Errorf("adding again took %v, at first it took %v", again, add)
	}
}
