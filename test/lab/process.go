package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Process is a process of a node.
type Process struct {
	PID    int // as this program sees it
	Parent int
	Inner  int // as the node sees it
}

// Processes returns all processes of the node but its first.
func (n *Node) Processes() []Process {
	first := n.first.Process.Pid
	ns, err := os.Readlink(procPath(first, "ns/pid"))
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var out []Process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == first {
			continue
		}
		if link, err := os.Readlink(procPath(pid, "ns/pid")); err != nil || link != ns {
			continue
		}
		if p, ok := readProcess(pid); ok {
			out = append(out, p)
		}
	}
	return out
}

// readProcess returns a process that has not ended.
func readProcess(pid int) (Process, bool) {
	status := statusFields(pid)
	inner := strings.Fields(status["NSpid"])
	if len(inner) == 0 || strings.HasPrefix(status["State"], "Z") {
		return Process{}, false
	}
	p := Process{PID: pid}
	p.Parent, _ = strconv.Atoi(status["PPid"])
	p.Inner, _ = strconv.Atoi(inner[len(inner)-1])
	return p, true
}

// statusFields reads /proc/PID/status; it is empty when the process is gone.
func statusFields(pid int) map[string]string {
	fields := map[string]string{}
	text, err := os.ReadFile(procPath(pid, "status"))
	if err != nil {
		return fields
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			fields[key] = strings.TrimSpace(value)
		}
	}
	return fields
}

// RSS is the resident memory of the process in bytes, 0 when it is gone.
func (p Process) RSS() int64 {
	kb, _, _ := strings.Cut(statusFields(p.PID)["VmRSS"], " ")
	v, _ := strconv.ParseInt(kb, 10, 64)
	return v * 1024
}

func procPath(pid int, name string) string {
	return filepath.Join("/proc", fmt.Sprint(pid), name)
}
