package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

const (
	tcpCheck  = "TCP_CHECK {\nconnect_timeout 3\nretry 0\n}\n"
	httpCheck = "HTTP_GET {\nurl {\npath /\nstatus_code 200\n}\nconnect_timeout 3\nretry 0\n}\n"
)

func (b *bench) tcp() error  { return b.checks("TCP_CHECK", tcpCheck) }
func (b *bench) http() error { return b.checks("HTTP_GET", httpCheck) }

// checks measures many real servers that are checked each second, and how long
// a failure is in the table.
func (b *bench) checks(kind, checker string) error {
	const per = 10
	n := b.Checks
	what := func(s string) string { return fmt.Sprintf("%d servers, %s each second: %s", n, kind, s) }
	d, err := b.director()
	if err != nil {
		return err
	}
	for _, net := range []string{"10.100.0.0/14", "10.20.0.0/14"} {
		d.node.Run("ip", "route", "add", "local", net, "dev", "lo")
	}
	target, err := newTarget(d)
	if err != nil {
		return err
	}
	d.start(config(n/per, per, 1, checker))
	if _, err := until(20*time.Minute, func() bool { return d.has(n/per-1, per, 1) }); err != nil {
		return err
	}
	time.Sleep(6 * time.Second)
	before, err := target.count()
	if err != nil {
		return err
	}
	begun, cpu := time.Now(), d.cpu()
	time.Sleep(time.Duration(b.Seconds) * time.Second)
	after, err := target.count()
	if err != nil {
		return err
	}
	took, used := time.Since(begun).Seconds(), d.cpu()-cpu
	done := float64(after-before) / took
	b.figures.add(what("processor time per check, µs"), used/float64(max(after-before, 1))*1e6)
	b.figures.add(what("done of planned"), done/float64(n))
	b.figures.add(what("RSS, MB"), d.rss())
	for i := range 5 {
		server := 16 + i*7
		service := server / per
		addr := serverAddr(server).String()
		down := time.Now()
		d.node.Run("ip", "route", "add", "unreachable", addr+"/32", "table", "local")
		if _, err := until(time.Minute, func() bool { return d.has(service, per-1, 1) }); err != nil {
			return fmt.Errorf("server %s is not removed: %w", addr, err)
		}
		b.figures.add(what("detection, s"), time.Since(down).Seconds())
		d.node.Run("ip", "route", "del", "unreachable", addr+"/32", "table", "local")
		if _, err := until(time.Minute, func() bool { return d.has(service, per, 1) }); err != nil {
			return fmt.Errorf("server %s does not come back: %w", addr, err)
		}
	}
	d.daemon.Kill9()
	return nil
}

// target is a process of this command that all checks go to.
type target struct {
	ask    io.Writer
	answer *bufio.Reader
}

func newTarget(d *director) (*target, error) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleEnv+"=80")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.node.Start(cmd); err != nil {
		return nil, err
	}
	d.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	t := &target{ask: in, answer: bufio.NewReader(out)}
	_, err = t.count()
	return t, err
}

// count is how many connections there were.
func (t *target) count() (n uint64, err error) {
	if _, err = fmt.Fprintln(t.ask); err == nil {
		_, err = fmt.Fscanln(t.answer, &n)
	}
	return n, err
}
