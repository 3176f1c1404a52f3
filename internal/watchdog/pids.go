package watchdog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/watchdog/link"
)

const (
	// orphanWait is how long children of a daemon that was killed may take to stop.
	orphanWait = 5 * time.Second
	orphanPoll = 20 * time.Millisecond
	// parentWait is how long the kernel may take to end a process that was killed.
	parentWait = 500 * time.Millisecond
)

// claimPids locks the pid files of the parent and of its children, before any
// child runs.
func (p *parent) claimPids() error {
	p.paths = resolvePaths(p.o.run(), p.o.PidFiles, &p.global)
	if p.paths.dir != "" {
		if err := makeDir(p.paths.dir); err != nil {
			return err
		}
	}
	f, err := claimParent(p.paths.parent)
	if err != nil {
		return err
	}
	p.pid = f
	for _, r := range p.roles {
		lock, err := p.claimChild(p.paths.child[r])
		if err != nil {
			return err
		}
		p.kids[r] = &kid{lock: lock}
	}
	return f.write(os.Getpid())
}

// claimParent is patient with a daemon that was killed a moment ago: it keeps
// its lock until the kernel has taken it apart.
func claimParent(path string) (*pidFile, error) {
	for start := time.Now(); ; time.Sleep(orphanPoll) {
		f, err := openPidFile(path)
		var locked *lockedError
		if !errors.As(err, &locked) || time.Since(start) > parentWait {
			return f, err
		}
	}
}

// claimChild waits for the child of a daemon that was killed to end, and ends
// it when it cannot: a start is never refused because of the dead.
func (p *parent) claimChild(path string) (*pidFile, error) {
	killed := false
	for start := time.Now(); ; time.Sleep(orphanPoll) {
		f, err := openPidFile(path)
		var locked *lockedError
		if !errors.As(err, &locked) {
			return f, err
		}
		waited := time.Since(start)
		// What has just been killed has no executable any more.
		if waited > parentWait && !isOrphan(locked.pid) || waited > 2*orphanWait {
			return nil, err
		}
		if waited > orphanWait && !killed {
			killed = true
			p.log.Infof("Process %d of an earlier daemon does not stop - forcing termination", locked.pid)
			_ = unix.Kill(locked.pid, unix.SIGKILL)
		}
	}
}

// lockChild is claimChild for a child that a reload brought. It runs without a
// pid file when it cannot have one.
func (p *parent) lockChild(role link.Role) *pidFile {
	f, err := openPidFile(p.paths.child[role])
	if err != nil {
		p.log.Infof("%v", err)
	}
	return f
}

// isOrphan says whether pid is a keepalived whose parent is none.
func isOrphan(pid int) bool {
	if pid == 0 || !sameProgram(pid) {
		return false
	}
	parent := parentOf(pid)
	return parent != os.Getpid() && !sameProgram(parent)
}

// sameProgram compares names and not files: the daemon may have been updated.
func sameProgram(pid int) bool {
	theirs, err1 := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	ours, err2 := os.Readlink(selfExe)
	clean := func(s string) string { return filepath.Base(strings.TrimSuffix(s, " (deleted)")) }
	return err1 == nil && err2 == nil && clean(theirs) == clean(ours)
}

// parentOf is the fourth field of /proc/PID/stat; the second one, a name in
// parentheses, may hold anything.
func parentOf(pid int) int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	text := string(data)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return n
}

// recordPid writes the pid of a child to its file, or empties the file.
func (p *parent) recordPid(k *kid) {
	if k.lock == nil {
		return
	}
	var err error
	if k.pid == 0 {
		err = k.lock.empty()
	} else {
		err = k.lock.write(k.pid)
	}
	if err != nil {
		p.log.Infof("%v", err)
	}
}

// removePids removes all that claimPids made.
func (p *parent) removePids() {
	for _, k := range p.kids {
		k.lock.remove()
	}
	p.pid.remove()
	removeDir(p.o.run(), p.paths.dir)
}
