package guest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// boot runs the virtual machine until it powers off. Its three serial lines
// are the kernel's console, the command's output and its exit status.
func boot(ctx context.Context, c *Config, t *tools, work, image string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	console, status := filepath.Join(work, "console"), filepath.Join(work, "status")
	cmd := exec.CommandContext(ctx, t.qemu, arguments(c, t, image, console, status)...)
	cmd.Stdout = c.Output
	var complaints strings.Builder
	cmd.Stderr = &complaints
	// The emulator must not outlive a runner that is killed. The signal is
	// tied to the thread that starts it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runErr := cmd.Run()
	log, _ := os.ReadFile(console)
	if c.Console != nil {
		c.Console.Write(log)
	}
	code, begun, err := readStatus(status)
	switch {
	case ctx.Err() == nil && !begun:
		return 0, fmt.Errorf("%w%s", errNotBegun, lastWords(log))
	case ctx.Err() != nil:
		return 0, fmt.Errorf("guest killed (timeout %v): %w%s", c.Timeout, ctx.Err(), lastWords(log))
	case runErr != nil:
		return 0, fmt.Errorf("running qemu: %w: %s%s", runErr, strings.TrimSpace(complaints.String()), lastWords(log))
	case err != nil:
		return 0, fmt.Errorf("guest ended without an exit status: %w%s", err, lastWords(log))
	}
	return code, nil
}

func arguments(c *Config, t *tools, image, console, status string) []string {
	accel, cpus := []string{"-accel", "tcg,thread=multi"}, c.CPUs
	if c.Icount != "" { // counts instructions on one thread
		accel, cpus = []string{"-accel", "tcg", "-icount", c.Icount}, 1
	}
	return append(accel,
		"-machine", "pc", "-cpu", "max", "-smp", strconv.Itoa(cpus), "-m", strconv.Itoa(c.Memory),
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", t.kernel, "-initrd", image,
		// A panic ends the guest at once (with -no-reboot), an oops is a panic.
		// The check of the timer fails where the host lets the guest wait.
		"-append", "console=ttyS0 quiet panic=-1 oops=panic no_timer_check",
		"-chardev", "stdio,id=output,signal=off",
		"-serial", "file:"+console, "-serial", "chardev:output", "-serial", "file:"+status)
}

// errNotBegun: the guest ended before its command began, which says nothing
// about the command.
var errNotBegun = errors.New("the guest ended before its command began")

// readStatus reads what process 1 left: whether the command began, and its exit
// status.
func readStatus(file string) (code int, begun bool, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, false, err
	}
	words := strings.Fields(string(b))
	if len(words) == 0 || words[0] != "begun" {
		return 0, false, nil
	}
	code, err = strconv.Atoi(strings.Join(words[1:], " "))
	return code, true, err
}

// lastWords are the last lines of the console, for an error message.
func lastWords(log []byte) string {
	const keep = 30
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(log), "\r", "")), "\n")
	return "\nlast lines of its console:\n" + strings.Join(lines[max(0, len(lines)-keep):], "\n")
}
