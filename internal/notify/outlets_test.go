package notify

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
)

// A reload can change the umask, for FIFOs and for scripts that are started here.
func TestReloadChangesTheUmask(t *testing.T) {
	defer unix.Umask(unix.Umask(0o177))
	o, err := Open(&record{}, VRRP, &config.Global{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close(time.Minute)
	for _, c := range []struct {
		umask config.Opt[uint32]
		want  os.FileMode
	}{{config.Some(uint32(0o133)), 0o644}, {config.Opt[uint32]{}, 0o600}} {
		var g config.Global
		g.Files.Umask = c.umask
		g.Notify.FIFO.Path = filepath.Join(t.TempDir(), "fifo")
		g.Notify.FIFO.UID, g.Notify.FIFO.GID = uint32(os.Geteuid()), uint32(os.Getegid())
		o.Reconfigure(&g)
		eventually(t, "a FIFO with the mode that the umask leaves", func() bool {
			info, err := os.Lstat(g.Notify.FIFO.Path)
			return err == nil && info.Mode().Perm() == c.want
		})
	}
}
