package ipvs

import (
	"errors"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The texts, except those of editing and of the sync daemon's end, are those
// that C keepalived logs for the same requests.
func TestCommandError(t *testing.T) {
	const s, d = "10.0.0.1:tcp:80", "10.1.0.1:80"
	tests := []struct {
		err     CommandError
		want    string
		settled bool
	}{
		{CommandError{CmdAdd, syscall.EEXIST, "fd00::1:udp:80", ""}, "IPVS cmd IP_VS_SO_SET_ADD(1154) error: Service already exists(17) (fd00::1:udp:80)", true},
		{CommandError{CmdAdd, syscall.ENOENT, s, ""}, "IPVS cmd IP_VS_SO_SET_ADD(1154) error: Scheduler or persistence engine not found(2) (10.0.0.1:tcp:80)", false},
		{CommandError{CmdEdit, syscall.ESRCH, s, ""}, "IPVS cmd IP_VS_SO_SET_EDIT(1155) error: No such service(3) (10.0.0.1:tcp:80)", false},
		{CommandError{CmdDel, syscall.ESRCH, s, ""}, "IPVS cmd IP_VS_SO_SET_DEL(1156) error: No such file or directory(2) (10.0.0.1:tcp:80)", true},
		{CommandError{CmdAddDest, syscall.EEXIST, "Fwm 6 inet6", "fd00::2:0"}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Destination already exists(17) (Fwm 6 inet6 -> fd00::2:0)", true},
		{CommandError{CmdAddDest, syscall.ESRCH, s, d}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: No such file or directory(2) (10.0.0.1:tcp:80 -> 10.1.0.1:80)", false},
		{CommandError{CmdDelDest, syscall.ESRCH, s, d}, "IPVS cmd IP_VS_SO_SET_DELDEST(1160) error: No such destination(2) (10.0.0.1:tcp:80 -> 10.1.0.1:80)", true},
		{CommandError{CmdDelDest, syscall.ENOENT, s, d}, "IPVS cmd IP_VS_SO_SET_DELDEST(1160) error: No such destination(2) (10.0.0.1:tcp:80 -> 10.1.0.1:80)", true},
		{CommandError{CmdAddDest, syscall.EINVAL, s, d}, "IPVS cmd IP_VS_SO_SET_ADDDEST(1159) error: Invalid argument(22) (10.0.0.1:tcp:80 -> 10.1.0.1:80)", false},
		{CommandError{CmdStartDaemon, syscall.EEXIST, "", ""}, "IPVS cmd IP_VS_SO_SET_STARTDAEMON(1163) error: Daemon has already run(17)", true},
		{CommandError{CmdStopDaemon, syscall.ESRCH, "", ""}, "IPVS cmd IP_VS_SO_SET_STOPDAEMON(1164) error: No daemon is running(3)", true},
		{CommandError{CmdFlush, syscall.EPERM, "", ""}, "IPVS cmd IP_VS_SO_SET_FLUSH(1157) error: Operation not permitted(1)", false},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.err.Error()); diff != "" {
			t.Error(diff)
		}
		if got := tt.err.Settled(); got != tt.settled {
			t.Errorf("%v: settled %v, want %v", &tt.err, got, tt.settled)
		}
		if !errors.Is(&tt.err, tt.err.Errno) {
			t.Errorf("%v does not wrap its error number", &tt.err)
		}
	}
}

func TestMergeFailures(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	failures := []Failure{{3, first}, {5, first}, {8, first}, {9, first}}
	got := mergeFailures(failures, []int{0, 1, 3}, []Failure{{1, second}})
	want := []Failure{{5, second}, {8, first}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
}
