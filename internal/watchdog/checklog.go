package watchdog

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/config/lang"
)

// writeCheckLog writes complaints to the file of reload_check_config, which it
// empties first. It follows no link, waits for no FIFO and touches no file of
// somebody else.
func writeCheckLog(name string, d *lang.Diagnostics) error {
	if name == "" || name == os.DevNull {
		return nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
	if err != nil {
		return fmt.Errorf("writing the configuration check log: %w", err)
	}
	defer f.Close()
	if err := (&pidFile{path: name, f: f}).trusted(); err != nil {
		return fmt.Errorf("writing the configuration check log %s: %w", name, err)
	}
	if err := f.Truncate(0); err != nil && !errors.Is(err, fs.ErrInvalid) {
		return fmt.Errorf("writing the configuration check log: %w", err)
	}
	w := bufio.NewWriter(f)
	for _, diag := range d.All() {
		if diag.Severity != lang.Lint {
			fmt.Fprintln(w, describe(diag))
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing the configuration check log: %w", err)
	}
	return nil
}
