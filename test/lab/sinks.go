package lab

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// Syslog makes the node's /dev/log and collects what is sent there: lines like
// "<30>Jan  1 00:00:00 Keepalived_vrrp[7]: text".
func (n *Node) Syslog() *Lines {
	n.t.Helper()
	lines := &Lines{t: n.t, what: "syslog of " + n.Name}
	var conn *net.UnixConn
	err := n.Do(func() (err error) {
		conn, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/dev/log", Net: "unixgram"})
		return err
	})
	if err != nil {
		n.t.Fatalf("%s: making /dev/log: %v", n.Name, err)
	}
	n.t.Cleanup(func() { conn.Close() })
	go func() {
		for b := make([]byte, 1<<16); ; {
			size, err := conn.Read(b)
			if err != nil {
				return
			}
			lines.add(string(b[:size]))
		}
	}()
	return lines
}

// FIFO makes a named pipe in the node and collects the lines written to it.
func (n *Node) FIFO(path string) *Lines {
	n.t.Helper()
	lines := &Lines{t: n.t, what: path + " of " + n.Name}
	var pipe *os.File
	err := n.Do(func() error {
		if err := unix.Mkfifo(path, 0o600); err != nil {
			return err
		}
		// Both directions: it then never ends, whoever comes and goes.
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		pipe = os.NewFile(uintptr(fd), path)
		return err
	})
	if err != nil {
		n.t.Fatalf("%s: making the FIFO %s: %v", n.Name, path, err)
	}
	n.t.Cleanup(func() { pipe.Close() })
	go lines.read(pipe)
	return lines
}
