package watchdog

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/resident"
	"keepalived/internal/watchdog/link"
)

// SetName makes ps(1), killall(1) and pidof(1) find this process under name:
// the kernel calls what was executed through /proc/self/exe "exe".
func SetName(name string) {
	tasks, err := filepath.Glob("/proc/self/task/*/comm")
	if err != nil {
		return
	}
	for _, t := range tasks {
		if f, err := os.OpenFile(t, os.O_WRONLY, 0); err == nil {
			_, _ = f.WriteString(name)
			f.Close()
		}
	}
}

// defaultRTTime is the documented default of *_rlimit_rttime. It is not applied:
// reading a configuration or collecting garbage takes longer than that without a
// pause, and the kernel would kill the process. A child that runs wild is found
// by the parent, which hears no Hello of it.
const defaultRTTime = 10 * time.Millisecond

// SetupChild gives a child process the settings that belong to a process and
// not to a thread. What cannot be set is logged.
func SetupChild(role link.Role, g *config.Global, log *logging.Logger) {
	p := processOf(role, g)
	if name := childName(role, g, p); name != "" {
		SetName(name)
	}
	if p.RTPriority > 0 && p.RlimitRTTime != defaultRTTime {
		limit := rttimeLimit(p.RlimitRTTime)
		if err := unix.Setrlimit(unix.RLIMIT_RTTIME, &limit); err != nil {
			log.Infof("Unable to set RLIMIT_RTTIME to %d: %v", limit.Max, err)
		}
	}
	if p.NoSwap {
		if err := resident.KeepAll(); err != nil {
			log.Infof("Unable to lock %s process in memory: %v", title(role), err)
		}
	}
}

// minRTTime is how long a real-time thread may at least run without a pause
// before the kernel kills the process. Reading a large configuration takes
// longer than what is sensible for the keyword; a loop that hangs is noticed by
// its silence, see the policy.
const minRTTime = 2 * time.Second

// rttimeLimit is the limit for vrrp_rlimit_rttime and the like, in microseconds
// as getrlimit(2) has it.
func rttimeLimit(d time.Duration) unix.Rlimit {
	hard := max(d, minRTTime)
	return unix.Rlimit{Cur: uint64(hard / 2 / time.Microsecond), Max: uint64(hard / time.Microsecond)}
}

// childName is that of process_names and process_name, "" is the executable's.
func childName(role link.Role, g *config.Global, p config.Process) string {
	if p.Name != "" || !g.Processes.SetNames {
		return p.Name
	}
	return fmt.Sprintf("keepalived_%s", map[link.Role]string{link.RoleVRRP: "vrrp", link.RoleChecker: "lvs", link.RoleBFD: "bfd"}[role])
}
