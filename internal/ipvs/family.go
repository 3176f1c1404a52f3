package ipvs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"
)

// loadTimeout bounds the loading of the module.
const loadTimeout = 10 * time.Second

// familyID asks for the number that the kernel gave the family IPVS. Without
// one every request would "succeed" and do nothing: 0 is netlink's no-op.
func (c *conn) familyID() (uint16, error) {
	var id uint16
	err := c.ask(ctrlFamily, appendGetFamily(nil), false, func(data []byte) (err error) {
		id, err = decodeFamilyID(data)
		return err
	})
	return id, err
}

// findFamily is familyID, loading the module when there is none yet.
func (c *conn) findFamily(load bool) (uint16, error) {
	id, err := c.familyID()
	if !errors.Is(err, unix.ENOENT) {
		return id, err
	}
	if !load {
		return 0, unavailable(errors.New("not tried"))
	}
	loadErr := loadModule()
	if id, err = c.familyID(); !errors.Is(err, unix.ENOENT) {
		return id, err
	}
	if loadErr == nil {
		loadErr = errors.New("modprobe ip_vs reports success")
	}
	return 0, unavailable(loadErr)
}

func loadModule() error {
	path, err := modprobe()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), loadTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "ip_vs").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s ip_vs: %w: %s", path, err, bytes.TrimSpace(out))
	}
	return nil
}

// modprobe finds the program also where the PATH of a service leaves sbin out.
func modprobe() (string, error) {
	path, err := exec.LookPath("modprobe")
	for _, p := range []string{"/sbin/modprobe", "/usr/sbin/modprobe"} {
		if err == nil {
			break
		}
		if _, e := exec.LookPath(p); e == nil {
			path, err = p, nil
		}
	}
	return path, err
}
