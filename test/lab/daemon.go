package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// configPath is where a node's daemon finds its configuration.
const configPath = "/run/lab/keepalived.conf"

// Daemon is a run of a keepalived in a node.
type Daemon struct {
	Node    *Node
	Program Program
	Log     *Lines // what it prints

	t      TB
	binary os.FileInfo
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the started process has ended
}

// Option changes how a daemon is started.
type Option func(*start)

type start struct {
	args  []string
	env   []string
	under []string
	plain bool
}

// Args adds arguments.
func Args(args ...string) Option { return func(s *start) { s.args = append(s.args, args...) } }

// Env adds variables like "NAME=value" to the environment.
func Env(vars ...string) Option { return func(s *start) { s.env = append(s.env, vars...) } }

// Under starts the daemon by a program that becomes it, like nice(1) or env(1),
// given with its arguments.
func Under(argv ...string) Option { return func(s *start) { s.under = append(s.under, argv...) } }

// Plain leaves out the arguments that keep the daemon in the foreground and
// its log on the standard output (-n -l -D -G): Args then gives all of them
// but the configuration file.
func Plain() Option { return func(s *start) { s.plain = true } }

// Daemon starts a daemon with a configuration text. It is killed at the end of
// the test; when that has failed, the test's output shows the daemon's log.
func (n *Node) Daemon(p Program, config string, options ...Option) *Daemon {
	n.t.Helper()
	d := &Daemon{Node: n, Program: p, t: n.t, ended: make(chan struct{}),
		Log: &Lines{t: n.t, what: "log of " + p.Name + " on " + n.Name}}
	var s start
	for _, o := range options {
		o(&s)
	}
	n.WriteFile(configPath, config, 0o644)
	if err := d.start(s); err != nil {
		n.t.Fatalf("starting %s on %s: %v", p.Name, n.Name, err)
	}
	return d
}

func (d *Daemon) start(s start) (err error) {
	path, err := d.install()
	if err != nil {
		return err
	}
	out, outEnd, err := os.Pipe()
	if err != nil {
		return err
	}
	defer outEnd.Close()
	args := []string{"-f", configPath}
	if !s.plain {
		args = append(args, "-n", "-l", "-D", "-G")
	}
	args = append(args, s.args...)
	if len(s.under) > 0 {
		d.cmd = exec.Command(s.under[0], append(append(s.under[1:len(s.under):len(s.under)], path), args...)...)
	} else {
		d.cmd = exec.Command(path, args...)
		d.cmd.Args[0] = "keepalived"
	}
	d.cmd.Env = append(plainEnv(), s.env...)
	d.cmd.Dir = "/"
	d.cmd.Stdout, d.cmd.Stderr = outEnd, outEnd
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := d.Node.Start(d.cmd); err != nil {
		out.Close()
		return err
	}
	read := make(chan struct{})
	go func() {
		d.Log.read(out)
		close(read)
	}()
	go func() {
		d.cmd.Wait()
		close(d.ended)
	}()
	d.t.Cleanup(func() {
		d.killAll()
		<-d.ended
		out.Close()
		<-read
		if d.t.Failed() {
			d.t.Logf("%s:\n%s", d.Log.what, d.Log)
		}
	})
	return nil
}

// install makes sure that the node sees the program, and returns where.
func (d *Daemon) install() (path string, err error) {
	path = d.Program.Path
	if hidden(path) {
		if path, err = d.copyProgram(); err != nil {
			return "", err
		}
	}
	return path, d.Node.Do(func() error {
		d.binary, err = os.Stat(path)
		return err
	})
}

// copyProgram copies a program that lies in a directory that the node replaces.
func (d *Daemon) copyProgram() (path string, err error) {
	path = filepath.Join(filepath.Dir(configPath), d.Program.Name, "keepalived")
	if _, ok := d.Node.ReadFile(path); ok {
		return path, nil
	}
	binary, err := os.ReadFile(d.Program.Path)
	if err != nil {
		return "", err
	}
	// A child that another test forks meanwhile would hold the file open for
	// writing until its exec, and the kernel executes no such file.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	d.Node.WriteFile(path, string(binary), 0o755)
	return path, nil
}

// plainEnv is an environment as a service manager would give it.
func plainEnv() []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C"}
}

// Configure replaces the configuration file in one step; Reload makes the
// daemon read it.
func (d *Daemon) Configure(config string) {
	d.t.Helper()
	next := filepath.Join(filepath.Dir(configPath), ".next")
	d.Node.WriteFile(next, config, 0o644)
	if err := d.Node.Do(func() error { return os.Rename(next, configPath) }); err != nil {
		d.t.Fatalf("%s: replacing the configuration: %v", d.Node.Name, err)
	}
}
