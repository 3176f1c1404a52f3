package lab

import (
	"debug/elf"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// endless is an instruction that jumps to itself.
var endless = map[string][]byte{"amd64": {0xeb, 0xfe}, "arm64": {0, 0, 0, 0x14}}

// Spin makes one process compute for ever: its event loop gets to an endless
// loop. In a Go program that is the function of the name, which its loop calls;
// in another one the place where the process waits.
func (d *Daemon) Spin(r Role, function string) {
	d.t.Helper()
	if err := spin(d.Process(r).PID, function); err != nil {
		d.t.Fatalf("making the %s process on %s loop: %v", r, d.Node.Name, err)
	}
}

func spin(pid int, function string) error {
	code, ok := endless[runtime.GOARCH]
	if !ok {
		return &Missing{What: "it knows no endless loop of this processor"}
	}
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		return err
	}
	defer unix.Kill(pid, unix.SIGCONT)
	if !poll(Patience, func() bool { return strings.HasPrefix(statusFields(pid)["State"], "T") }) {
		return fmt.Errorf("process %d does not stop", pid)
	}
	at, err := symbol(procPath(pid, "exe"), function)
	if err != nil {
		at, err = waitsAt(pid)
	}
	if err != nil {
		return err
	}
	mem, err := os.OpenFile(procPath(pid, "mem"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer mem.Close()
	_, err = mem.WriteAt(code, int64(at))
	return err
}

// symbol is the address of a function of a program that is not relocated.
func symbol(path, function string) (uint64, error) {
	f, err := elf.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return 0, err
	}
	for _, s := range symbols {
		if s.Name == function && f.Type == elf.ET_EXEC {
			return s.Value, nil
		}
	}
	return 0, fmt.Errorf("%s has no function %s", path, function)
}

// waitsAt is where a process with one thread goes on after its system call.
func waitsAt(pid int) (uint64, error) {
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		text, err := os.ReadFile(procPath(pid, "syscall"))
		if err != nil {
			return 0, err
		}
		if f := strings.Fields(string(text)); len(f) == 9 {
			return strconv.ParseUint(f[8], 0, 64)
		}
	}
	return 0, fmt.Errorf("process %d is in no system call", pid)
}
