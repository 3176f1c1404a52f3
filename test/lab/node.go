package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Node is a router or host with namespaces of its own for network, mounts and
// processes. /run, /tmp and /dev are private, the rest is the machine's.
type Node struct {
	Name string

	t      TB
	lab    *Lab
	thread *thread
	first  *exec.Cmd // first process, holds the namespaces
	life   *os.File  // closed to end it
	net    *netlink.Handle
}

// Node makes a node whose loopback interface is up and whose IPv6 addresses
// are usable at once.
func (l *Lab) Node(name string) *Node {
	l.t.Helper()
	n := &Node{Name: name, t: l.t, lab: l, thread: newThread()}
	l.t.Cleanup(n.close)
	if err := n.open(); err != nil {
		Must(l.t, fmt.Errorf("making node %s: %w", name, err))
	}
	return n
}

func (n *Node) open() error {
	if err := n.startFirst(); err != nil {
		return err
	}
	return n.Do(func() error {
		if err := n.enter(); err != nil {
			return err
		}
		for _, which := range []string{"all", "default"} {
			path := "/proc/sys/net/ipv6/conf/" + which + "/accept_dad"
			if err := os.WriteFile(path, []byte("0"), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
		var err error
		if n.net, err = netlink.NewHandle(unix.NETLINK_ROUTE); err != nil {
			return fmt.Errorf("opening netlink: %w", err)
		}
		return n.setUp("lo", true)
	})
}

// startFirst starts the process that holds the namespaces and waits until it
// has arranged them.
func (n *Node) startFirst() error {
	report, reportEnd, err := os.Pipe()
	if err != nil {
		return err
	}
	defer report.Close()
	lifeEnd, life, err := os.Pipe()
	if err != nil {
		return err
	}
	n.life = life
	n.first = exec.Command("/proc/self/exe")
	n.first.Args[0] = "lab-" + n.Name
	n.first.Env = append(os.Environ(), roleEnv+"="+roleNode, keepEnv+"="+moduleRoot())
	n.first.Stderr = os.Stderr
	n.first.ExtraFiles = []*os.File{reportEnd, lifeEnd}
	n.first.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		Setsid:     true,
	}
	err = n.first.Start()
	reportEnd.Close()
	lifeEnd.Close()
	if err != nil {
		n.first = nil
		return &Missing{What: "it needs namespaces for network, mounts and processes", Err: err}
	}
	text, err := io.ReadAll(report)
	if err == nil && len(text) > 0 {
		err = &Missing{What: "a namespace could not be arranged", Err: errors.New(string(text))}
	}
	return err
}

// enter moves the calling thread into the node.
func (n *Node) enter() error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("unsharing the thread's directories: %w", err)
	}
	for _, ns := range []struct {
		file string
		flag int
	}{{"net", unix.CLONE_NEWNET}, {"pid", unix.CLONE_NEWPID}, {"mnt", unix.CLONE_NEWNS}} {
		fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/%s", n.first.Process.Pid, ns.file), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("opening the %s namespace: %w", ns.file, err)
		}
		err = unix.Setns(fd, ns.flag)
		unix.Close(fd)
		if err != nil {
			return fmt.Errorf("entering the %s namespace: %w", ns.file, err)
		}
	}
	return nil
}

// close kills everything that runs in the node.
func (n *Node) close() {
	n.thread.end()
	if n.net != nil {
		n.net.Close()
	}
	if n.life != nil {
		n.life.Close()
	}
	if n.first != nil {
		n.first.Process.Kill() // what closing its pipe does too, a little later
		n.first.Wait()
	}
}

// Do runs f on a thread that is inside the node: sockets that it opens are
// the node's, and so are the paths that it uses.
func (n *Node) Do(f func() error) error { return n.thread.do(f) }

// Start starts a command in the node.
func (n *Node) Start(cmd *exec.Cmd) error { return n.Do(cmd.Start) }

// Output runs a program in the node and returns what it printed on both of
// its outputs.
func (n *Node) Output(argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = &out, &out
	err := n.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return out.String(), fmt.Errorf("%s: running %s: %w: %s", n.Name, strings.Join(argv, " "), err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

// Run is Output for a program that must succeed.
func (n *Node) Run(argv ...string) string {
	n.t.Helper()
	out, err := n.Output(argv...)
	if err != nil {
		n.t.Fatalf("%v", err)
	}
	return out
}

// WriteFile writes a file in the node, with the directories above it.
func (n *Node) WriteFile(path, text string, perm os.FileMode) {
	n.t.Helper()
	err := n.Do(func() error {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(text), perm)
	})
	if err != nil {
		n.t.Fatalf("%s: writing %s: %v", n.Name, path, err)
	}
}

// ReadFile returns the content of a file in the node, and whether there is one.
func (n *Node) ReadFile(path string) (string, bool) {
	n.t.Helper()
	var text []byte
	err := n.Do(func() (err error) {
		text, err = os.ReadFile(path)
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		n.t.Fatalf("%s: reading %s: %v", n.Name, path, err)
	}
	return string(text), err == nil
}
