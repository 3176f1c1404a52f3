package bfd

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
	"keepalived/test/need"
)

// bfdd is where Debian's package frr has its BFD daemon.
const bfdd = "/usr/lib/frr/bfdd"

// vtySocket is where bfdd expects vtysh, in its node.
const vtySocket = "/run/frr/bfdd.vty"

// frr is FRR's bfdd on a node. It is told what to do on its terminal socket, in
// the language of vtysh(1).
type frr struct {
	t    *testing.T
	node *lab.Node
	cmd  *exec.Cmd
}

func startFRR(t *testing.T, n *lab.Node, config string) *frr {
	t.Helper()
	need.Program(t, bfdd, "frr")
	f := &frr{t: t, node: n}
	n.Run("mkdir", "-p", "/run/frr")
	n.WriteFile("/run/frr/bfdd.conf", config, 0o644)
	n.Run("chown", "-R", "frr:frr", "/run/frr") // the user that it becomes
	t.Cleanup(f.kill)
	f.start()
	return f
}

func (f *frr) start() {
	f.t.Helper()
	f.cmd = exec.Command(bfdd, "-f", "/run/frr/bfdd.conf", "-i", "/run/frr/bfdd.pid",
		"-z", "/run/frr/zserv.api", "--vty_socket", "/run/frr", "--bfdctl", "/run/frr/bfdd.sock", "-A", "127.0.0.1", "-P", "2617", "--log", "file:/run/frr/log")
	f.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := f.node.Start(f.cmd); err != nil {
		f.t.Fatalf("starting bfdd: %v", err)
	}
	lab.Wait(f.t, lab.Patience, "bfdd answers", func() bool {
		_, err := f.ask("show version")
		return err == nil
	})
}

func (f *frr) kill() {
	if f.cmd == nil || f.cmd.Process == nil {
		return
	}
	f.cmd.Process.Signal(unix.SIGKILL)
	f.cmd.Wait()
}

// say sends commands, of which none may fail.
func (f *frr) say(commands ...string) string {
	f.t.Helper()
	out, err := f.ask(commands...)
	if err != nil || strings.Contains(out, "% ") {
		f.t.Fatalf("bfdd: %v: %s, %v", commands, out, err)
	}
	return out
}

// ask sends commands to the socket of vtysh: each ends with a zero byte, each
// answer with three and a status.
func (f *frr) ask(commands ...string) (out string, err error) {
	var c net.Conn
	if err := f.node.Do(func() (err error) {
		c, err = net.Dial("unix", vtySocket)
		return err
	}); err != nil {
		return "", err
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for _, command := range append([]string{"enable"}, commands...) {
		if _, err := io.WriteString(c, command+"\x00"); err != nil {
			return out, err
		}
		answer, err := answer(r)
		out += answer
		if err != nil {
			return out, fmt.Errorf("%s: %w", command, err)
		}
	}
	return out, nil
}

func answer(r *bufio.Reader) (string, error) {
	var b []byte
	for {
		c, err := r.ReadByte()
		if err != nil {
			return string(b), err
		}
		b = append(b, c)
		if n := len(b); n >= 4 && bytes.Equal(b[n-4:n-1], []byte{0, 0, 0}) {
			return string(b[:n-4]), nil
		}
	}
}

func (f *frr) waitStatus(status string) {
	f.t.Helper()
	lab.Wait(f.t, lab.Patience, "bfdd says "+status, func() bool {
		out, err := f.ask("show bfd peers")
		return err == nil && strings.Contains(out, "Status: "+status)
	})
}
