package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// privateDirs are empty in a new node. /var/run is usually a link to /run; it
// is replaced only where it is a directory.
var privateDirs = []string{"/run", "/tmp", "/var/run"}

// devices are the device nodes and directories that a node's /dev has.
var devices = []string{"null", "zero", "full", "random", "urandom", "tty", "pts", "ptmx", "net"}

// arrangeMounts gives the calling process's mount namespace a file system that
// shares nothing writable that daemons use with others.
func arrangeMounts(keep string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making the mounts private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	kept, err := hold(keep)
	if err != nil {
		return err
	}
	if err := mountDev(); err != nil {
		return err
	}
	for _, dir := range privateDirs {
		if fi, err := os.Lstat(dir); err != nil || !fi.IsDir() {
			continue
		}
		if err := mountTmpfs(dir); err != nil {
			return err
		}
	}
	return show(keep, kept)
}

func mountTmpfs(dir string) error {
	mode := "mode=0755"
	if dir == "/tmp" {
		mode = "mode=1777"
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID, mode); err != nil {
		return fmt.Errorf("mounting a private %s: %w", dir, err)
	}
	return nil
}

// hidden reports whether a node sees something else at a path of the machine.
func hidden(path string) bool {
	for _, p := range append([]string{"/dev"}, privateDirs...) {
		if strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

// hold opens a directory that a private one will hide; show makes it visible
// again. A directory that stays visible is nothing to them.
func hold(dir string) (fd int, err error) {
	if !hidden(dir) {
		return -1, nil
	}
	fd, err = unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("keeping %s: %w", dir, err)
	}
	return fd, nil
}

func show(dir string, fd int) error {
	if fd < 0 {
		return nil
	}
	defer unix.Close(fd)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("keeping %s: %w", dir, err)
	}
	return bind(fmt.Sprintf("/proc/self/fd/%d", fd), dir)
}

// mountDev makes a /dev that has the usual devices and room for a log socket.
func mountDev() error {
	const stage = "/run"
	if err := mountTmpfs(stage); err != nil {
		return err
	}
	for _, name := range devices {
		if err := bindDevice(filepath.Join("/dev", name), filepath.Join(stage, name)); err != nil {
			return err
		}
	}
	for name, target := range map[string]string{"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"} {
		if err := os.Symlink("/proc/self/"+target, filepath.Join(stage, name)); err != nil {
			return fmt.Errorf("filling /dev: %w", err)
		}
	}
	if err := os.Mkdir(filepath.Join(stage, "shm"), 0o1777); err != nil {
		return fmt.Errorf("filling /dev: %w", err)
	}
	if err := unix.Mount(stage, "/dev", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("mounting a private /dev: %w", err)
	}
	return nil
}

// bindDevice shows a device, or a directory of them, at another place. One
// that the machine does not have is left out.
func bindDevice(from, to string) error {
	fi, err := os.Stat(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("filling /dev: %w", err)
	}
	if fi.IsDir() {
		err = os.Mkdir(to, 0o755)
	} else {
		err = os.WriteFile(to, nil, 0o666)
	}
	if err != nil {
		return fmt.Errorf("filling /dev: %w", err)
	}
	return bind(from, to)
}

func bind(from, to string) error {
	if err := unix.Mount(from, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mounting %s at %s: %w", from, to, err)
	}
	return nil
}
