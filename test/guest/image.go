package guest

import (
	"bufio"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// initScript is process 1 of the guest.
//
//go:embed init.sh
var initScript []byte

// commandPath is the script, written for each run, that init calls.
const commandPath = "/guest/command"

// buildImage writes the initramfs of a run to the file name.
func buildImage(c *Config, t *tools, name string) error {
	a := newArchive()
	for _, dir := range []string{"/proc", "/sys", "/dev", "/tmp", "/run", "/root", "/var", "/etc"} {
		a.addDir(dir)
	}
	a.addData("/init", 0o755, initScript)
	a.addFile("/bin/busybox", t.busybox)
	a.addData("/etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"))
	a.addData("/etc/group", 0o644, []byte("root:x:0:\nnogroup:x:65534:\n"))
	a.addData(commandPath, 0o644, []byte(commandScript(c)))
	if err := addModules(a, t.modules, t.release); err != nil {
		return err
	}
	if err := addPrograms(a, c, t.roots); err != nil {
		return err
	}
	if err := addFiles(a, c); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := a.write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// commandScript loads the wanted modules, then becomes the command.
func commandScript(c *Config) string {
	var b strings.Builder
	for _, m := range c.Modules {
		fmt.Fprintf(&b, "modprobe %s || exit 125\n", quote(m))
	}
	for _, e := range c.Env {
		fmt.Fprintf(&b, "export %s\n", quote(e))
	}
	fmt.Fprintf(&b, "export %s=1\ncd %s || exit 125\nexec", EnvInside, quote(c.Dir))
	for i, arg := range c.Command {
		if i == 0 {
			arg = guestPath(arg)
		}
		b.WriteString(" " + quote(arg))
	}
	return b.String() + "\n"
}

// guestPath is where the program to run lies in the guest.
func guestPath(program string) string { return "/guest/" + filepath.Base(program) }

func addPrograms(a *archive, c *Config, roots []string) error {
	l := linker{archive: a, roots: roots}
	if err := l.add(guestPath(c.Command[0]), c.Command[0]); err != nil {
		return err
	}
	for _, name := range c.Programs {
		path, err := findProgram(name, roots)
		if err != nil {
			return err
		}
		at := path
		if !filepath.IsAbs(name) {
			at = "/usr/sbin/" + name
		}
		if err := l.add(at, path); err != nil {
			return err
		}
	}
	return nil
}

// addFiles takes over the testdata of the working directory and Config.Files.
func addFiles(a *archive, c *Config) error {
	a.addDir(c.Dir)
	data := filepath.Join(c.Dir, "testdata")
	if _, err := os.Stat(data); err == nil {
		if err := a.addTree(data, data); err != nil {
			return err
		}
	}
	for _, f := range c.Files {
		from, to, ok := strings.Cut(f, ":")
		from, err := filepath.Abs(from)
		if err != nil {
			return err
		}
		if !ok {
			to = from
		}
		if err := a.addTree(to, from); err != nil {
			return err
		}
	}
	return nil
}
