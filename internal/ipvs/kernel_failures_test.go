package ipvs

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each failure is reported for its own step, the others go through, also
// across many batches.
func TestKernelFailures(t *testing.T) {
	c := kernel(t)
	table := bigTable(600)
	steps := Diff(nil, table)
	bad := Service{Key: key("10.9.0.1:80"), Scheduler: "none-such"}
	d := dst("10.1.0.9:80", 1)
	remote := dst("[fd00::9]:80", 1)
	missing := Service{Key: key("10.9.0.2:80"), Scheduler: "rr"}
	insert := []struct {
		at   int
		step Step
		want string // empty for success
	}{
		{0, Step{AddService, &bad, nil}, "IPVS cmd IP_VS_SO_SET_ADD(1154) error: Scheduler or persistence engine not found(2) (10.9.0.1:tcp:80)"},
		{1, Step{AddDestination, &bad, &d}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: No such file or directory(2) (10.9.0.1:tcp:80 -> 10.1.0.9:80)"},
		{255, Step{AddDestination, &table[0].Service, &table[0].Destinations[1]}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Destination already exists(17) (10.0.0.0:tcp:80 -> 10.1.1.0:80)"},
		{256, Step{AddService, &table[0].Service, nil}, "IPVS cmd IP_VS_SO_SET_ADD(1154) error: Service already exists(17) (10.0.0.0:tcp:80)"},
		{257, Step{AddDestination, &table[0].Service, &remote}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Invalid argument(22) (10.0.0.0:tcp:80 -> fd00::9:80)"},
		{300, Step{EditDestination, &table[0].Service, &d}, ""},
		{301, Step{EditDestination, &missing, &d}, "IPVS cmd IP_VS_SO_SET_EDITDEST(1161) error: No such destination(2) (10.9.0.2:tcp:80 -> 10.1.0.9:80)"},
		{302, Step{Op: AddService}, "encoding step: add service with the wrong operands"},
		{303, Step{EditService, &missing, nil}, "IPVS cmd IP_VS_SO_SET_EDIT(1155) error: No such service(3) (10.9.0.2:tcp:80)"},
		{2000, Step{DeleteService, &missing, nil}, "IPVS cmd IP_VS_SO_SET_DEL(1156) error: No such file or directory(2) (10.9.0.2:tcp:80)"},
		{2001, Step{DeleteDestination, &missing, &d}, "IPVS cmd IP_VS_SO_SET_DELDEST(1160) error: No such destination(2) (10.9.0.2:tcp:80 -> 10.1.0.9:80)"},
	}
	want := make(map[int]string)
	for _, in := range insert {
		steps = slices.Insert(steps, in.at, in.step)
		if in.want != "" {
			want[in.at] = in.want
		}
	}
	failures, err := c.Apply(steps)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[int]string)
	for _, f := range failures {
		got[f.Step] = f.Err.Error()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	table[0].Destinations = append(table[0].Destinations, d) // the edit that became an addition
	checkReached(t, c, table)

	// A batch in which everything fails answers for everything.
	again := Diff(nil, bigTable(600))
	failures, err = c.Apply(again)
	if err != nil || len(failures) != len(again) {
		t.Errorf("%d of %d failed, %v", len(failures), len(again), err)
	}
	for _, f := range failures {
		var e *CommandError
		if !errors.As(f.Err, &e) || !e.Settled() {
			t.Fatalf("%v: %v", again[f.Step], f.Err)
		}
	}
}
