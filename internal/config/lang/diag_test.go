package lang

import (
	"fmt"
	"testing"
)

func TestExitStatus(t *testing.T) {
	for c, want := range []int{0, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6} {
		var d Diagnostics
		d.Errorf(Pos{}, Class(c), "x")
		if got := d.ExitStatus(); got != want {
			t.Errorf("%v: status %d, want %d", Class(c), got, want)
		}
	}
}

// The highest class counts, not the last one: an interface that does not exist
// after a general error still gives 5.
func TestHighestClass(t *testing.T) {
	var d Diagnostics
	d.Errorf(Pos{}, ClassBadIf, "a")
	if d.ExitStatus() != 4 {
		t.Errorf("status %d, want 4", d.ExitStatus())
	}
	d.Warnf(Pos{}, ClassGeneralError, "b")
	d.Errorf(Pos{}, ClassBadIf, "c")
	if d.ExitStatus() != 5 || d.Highest() != ClassGeneralError {
		t.Errorf("status %d of %v, want 5 of GENERAL_ERROR", d.ExitStatus(), d.Highest())
	}
}

func TestLintsDoNotCount(t *testing.T) {
	var d Diagnostics
	d.Lintf(Pos{"k", 1, 1}, "do this", "that is %s", "odd")
	d.Add(Diagnostic{Severity: Lint, Class: ClassSecurityError, Text: "x"})
	if d.ExitStatus() != 0 || d.Lints() != 2 || d.All()[0].Help != "do this" {
		t.Errorf("status %d, %d lints", d.ExitStatus(), d.Lints())
	}
}

// The earliest stage that ends the program decides.
func TestAbort(t *testing.T) {
	for _, c := range []struct {
		stages []Stage
		status []int
		want   int
	}{
		{[]Stage{StageVRRP, StageParentEnd}, []int{2, 6}, 6},
		{[]Stage{StageParentEnd, StageParent}, []int{6, 2}, 2},
		{[]Stage{StageChecker, StageChecker}, []int{2, 3}, 2},
	} {
		d := &Diagnostics{}
		d.Errorf(Pos{}, ClassGeneralError, "x")
		for i, s := range c.stages {
			d.Abort(s, c.status[i])
		}
		if got := d.ExitStatus(); got != c.want {
			t.Errorf("%v: status %d, want %d", c.stages, got, c.want)
		}
	}
}

func TestDiagnosticsAreBoundedAndUnique(t *testing.T) {
	var d Diagnostics
	for i := range 2 * maxDiagnostics {
		d.Errorf(Pos{"k", i/2 + 1, 1}, ClassWarning, "same")
	}
	if len(d.All()) != maxDiagnostics || d.Dropped() != 0 {
		t.Errorf("%d stored, %d dropped; want %d, 0", len(d.All()), d.Dropped(), maxDiagnostics)
	}
	for i := range 5 {
		d.Errorf(Pos{}, ClassSecurityError, "%s", fmt.Sprint(i))
	}
	if len(d.All()) != maxDiagnostics || d.Dropped() != 5 || d.ExitStatus() != 6 {
		t.Errorf("%d stored, %d dropped, status %d", len(d.All()), d.Dropped(), d.ExitStatus())
	}
}

func TestNames(t *testing.T) {
	if s := fmt.Sprint(ClassOK, ClassSecurityError, Class(99), Error, Warning, Lint); s != "OK SECURITY_ERROR UNKNOWN error warning lint" {
		t.Errorf("names %q", s)
	}
	if s := fmt.Sprint(Pos{"k", 2, 3}, Pos{File: "k"}); s != "k:2:3 k" {
		t.Errorf("places %q", s)
	}
}
