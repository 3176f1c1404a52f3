package watchdog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"keepalived/internal/config/lang"
	"keepalived/internal/dumpfile"
)

// saveCopy keeps the files of a configuration as they were read, in
// config_save_dir, whether it is used or not. It does not wait for the disk.
func (p *parent) saveCopy(c candidate) {
	if c.Config == nil || c.Snapshot == nil || c.Config.Global.Files.ConfigSaveDir == "" {
		return
	}
	dir := c.Config.Global.Files.ConfigSaveDir
	path := filepath.Join(dir, fmt.Sprintf("keepalived.conf.%d.%d", os.Getpid(), p.copies))
	p.copies++
	go func() {
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			err = os.Chmod(dir, 0o700) // whatever the umask
		}
		if err == nil || errors.Is(err, fs.ErrExist) {
			err = dumpfile.Write(path, 0o600, copyOf(c.Snapshot)) // there are passwords in it
		}
		if err != nil {
			p.log.Infof("Saving the configuration: %v", err)
		}
	}()
}

// copyOf is the text of all files, each between lines with its name and an
// exclamation mark.
func copyOf(s *lang.Snapshot) []byte {
	var b strings.Builder
	for _, name := range s.Files() {
		text, _ := s.Source(name)
		fmt.Fprintf(&b, "# %s\n%s", name, text)
		if !strings.HasSuffix(text, "\n") {
			b.WriteByte('\n')
		}
		b.WriteString("!\n")
	}
	return []byte(b.String())
}
