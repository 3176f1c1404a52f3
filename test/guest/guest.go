package guest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// EnvRequired is the environment variable that turns "this machine cannot run
// the guest" from a reason to skip into a failure.
const EnvRequired = "GUEST_REQUIRED"

// EnvInside is set, to 1, for everything that runs inside the guest.
const EnvInside = "KEEPALIVED_GUEST"

// ErrUnavailable is the cause of errors that say what the machine lacks.
var ErrUnavailable = errors.New("the guest kernel cannot run here")

// Config says what runs inside the guest and on which virtual machine.
type Config struct {
	Command []string // host path of a program, then its arguments
	Dir     string   // working directory; its testdata goes along; default: the current one
	Env     []string // KEY=value, beside PATH, HOME and EnvInside

	Files    []string // "host path" or "host path:guest path"; directories go whole
	Programs []string // names or paths of programs, which take their shared libraries along
	Packages []string // Debian packages to fetch and to search for programs and libraries
	Modules  []string // kernel modules to load at boot; the others load on demand

	Timeout time.Duration // for the whole run; default 5 minutes
	CPUs    int           // default 2
	Memory  int           // MiB, default 1024
	Icount  string        // qemu's -icount, e.g. "shift=0,sleep=off"; means one CPU
	Cache   string        // where fetched packages stay; default: .cache/guest of the module

	Output  io.Writer // standard output and error of the command; default: discarded
	Console io.Writer // what the kernel says, as it says it; default: kept for errors only
}

func (c *Config) setDefaults() error {
	if c.Timeout <= 0 {
		c.Timeout = 5 * time.Minute
	}
	if c.CPUs <= 0 {
		c.CPUs = 2
	}
	if c.Memory <= 0 {
		c.Memory = 1024
	}
	if c.Output == nil {
		c.Output = io.Discard
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("running a guest: %w", err)
	}
	c.Dir = dir
	if c.Cache == "" {
		c.Cache, err = defaultCache(dir)
	}
	return err
}

// Run boots a guest, runs the command in it and returns the exit status of the
// command. An error means that there is no such status: the machine cannot run
// a guest (ErrUnavailable), or the guest died or was killed after its timeout;
// then the error ends with the last words of its kernel.
func Run(ctx context.Context, c Config) (int, error) {
	if len(c.Command) == 0 {
		return 0, errors.New("running a guest: no command given")
	}
	if err := c.setDefaults(); err != nil {
		return 0, err
	}
	tools, err := findTools(&c)
	if err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return 0, fmt.Errorf("running a guest: %w", err)
	}
	defer os.RemoveAll(work)
	image := filepath.Join(work, "initramfs")
	if err := buildImage(&c, tools, image); err != nil {
		return 0, fmt.Errorf("building the guest's initramfs: %w", err)
	}
	for try := 1; ; try++ {
		status, err := boot(ctx, &c, tools, work, image)
		if !errors.Is(err, errNotBegun) || try == maxBoots {
			return status, err
		}
		os.Remove(filepath.Join(work, "status"))
	}
}

// maxBoots is how often a guest is booted that dies before its command begins:
// an emulated machine on a busy host does not always come up.
const maxBoots = 3

// Prepare fetches and installs what Run needs, for callers that have no network
// when they run the guest. The command may be missing.
func Prepare(c Config) error {
	if err := c.setDefaults(); err != nil {
		return err
	}
	_, err := findTools(&c)
	return err
}

// defaultCache is .cache/guest beside the go.mod above dir.
func defaultCache(dir string) (string, error) {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return filepath.Join(d, ".cache", "guest"), nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("running a guest: no go.mod above %s, so no place for the cache", dir)
		}
	}
}

// quote makes one word of a shell command of s.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
