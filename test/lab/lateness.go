package lab

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Lateness watches how late the machine itself is: when it wakes a thread of the
// highest priority. No daemon can be earlier. A virtual machine that shares its
// processors is late by tens of milliseconds now and then.
type Lateness struct {
	mu     sync.Mutex
	delays []delay
}

type delay struct {
	at time.Time // when the thread ran at last
	by time.Duration
}

// WatchLateness watches every processor until the program ends. Where that is
// not permitted it sees no lateness.
func WatchLateness() *Lateness {
	l := &Lateness{}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleEnv+"="+roleLateness, fmt.Sprintf("GOMAXPROCS=%d", runtime.NumCPU()+1))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return l
	}
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread() // it ends with its parent's thread
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
		err = cmd.Start()
		close(started)
		if err == nil {
			l.read(out)
			cmd.Wait()
		}
	}()
	<-started
	return l
}

func (l *Lateness) read(r io.Reader) {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var at, by int64
		if _, err := fmt.Sscan(lines.Text(), &at, &by); err != nil {
			continue
		}
		l.mu.Lock()
		l.delays = append(l.delays, delay{time.Unix(0, at), time.Duration(by)})
		l.mu.Unlock()
	}
}

// Worst is the longest delay that ended after a time.
func (l *Lateness) Worst(since time.Time) time.Duration {
	return l.worst(func(d delay) bool { return d.at.After(since) })
}

// Within is the longest delay of which a part lies between two times.
func (l *Lateness) Within(from, to time.Time) time.Duration {
	return l.worst(func(d delay) bool { return d.at.After(from) && d.at.Add(-d.by).Before(to) })
}

func (l *Lateness) worst(counts func(delay) bool) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var worst time.Duration
	for _, d := range l.delays {
		if counts(d) {
			worst = max(worst, d.by)
		}
	}
	return worst
}

const (
	latenessEvery = 2 * time.Millisecond
	latenessLeast = time.Millisecond // what is worth a line
)

// latenessMain is a process of its own: in another one the runtime would have
// the threads wait for what the other goroutines do.
func latenessMain() int {
	var all unix.CPUSet
	if unix.SchedGetaffinity(0, &all) != nil {
		return 1
	}
	ended := make(chan struct{})
	for cpu := range 1024 {
		if all.IsSet(cpu) {
			go func() {
				defer close(ended)
				watchProcessor(cpu)
			}()
		}
	}
	<-ended
	return 1
}

// watchProcessor prints when the thread ran and how late that was.
func watchProcessor(cpu int) {
	runtime.LockOSThread()
	var one unix.CPUSet
	one.Set(cpu)
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 99}
	if unix.SchedSetaffinity(0, &one) != nil || unix.SchedSetAttr(0, &attr, 0) != nil {
		return
	}
	for due := time.Now(); ; {
		due = due.Add(latenessEvery)
		pause := unix.NsecToTimespec(int64(max(time.Until(due), 0)))
		// The runtime is not told, so that it does not take part.
		unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&pause)), 0, 0)
		if now := time.Now(); now.Sub(due) >= latenessLeast {
			fmt.Println(now.UnixNano(), int64(now.Sub(due)))
			due = time.Now()
		}
	}
}
