package proctrack

import (
	"os"
	"strconv"
	"strings"
)

// readProcess reads what a process is; false means that it is gone.
func readProcess(pid int) (Process, bool) {
	dir := "/proc/" + strconv.Itoa(pid) + "/"
	comm, err := os.ReadFile(dir + "comm")
	if err != nil {
		return Process{}, false
	}
	x := Process{Comm: strings.TrimSuffix(string(comm), "\n")}
	if line, err := os.ReadFile(dir + "cmdline"); err == nil && len(line) > 0 {
		x.Args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	}
	return x, !isZombie(dir)
}

// isZombie reports whether the process has ended and only waits for its parent.
func isZombie(dir string) bool {
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return true
	}
	s := string(stat)
	s = s[strings.LastIndexByte(s, ')')+1:] // the name may hold anything
	return strings.HasPrefix(s, " Z") || strings.HasPrefix(s, " X")
}

// scan brings the table in line with /proc.
func (t *table) scan() error {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	alive := map[int]bool{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if x, ok := readProcess(pid); ok {
			alive[pid] = true
			t.set(pid, x)
		}
	}
	t.keep(alive)
	return nil
}
