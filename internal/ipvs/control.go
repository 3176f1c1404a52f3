package ipvs

import (
	"errors"
	"fmt"
	"syscall"
)

// Info returns the version and table size of the kernel's IPVS.
func (c *Client) Info() (Info, error) {
	var info Info
	err := c.conn.ask(c.family, appendCommand(nil, cmdGetInfo, familyVersion), false, func(data []byte) (err error) {
		info, err = decodeInfo(data)
		return err
	})
	if err != nil {
		return Info{}, fmt.Errorf("reading the IPVS version: %w", err)
	}
	return info, nil
}

// Timeouts returns the timeouts in use.
func (c *Client) Timeouts() (Timeouts, error) {
	var t Timeouts
	err := c.conn.ask(c.family, appendCommand(nil, cmdGetConfig, familyVersion), false, func(data []byte) (err error) {
		t, err = decodeTimeouts(data)
		return err
	})
	if err != nil {
		return Timeouts{}, fmt.Errorf("reading the IPVS timeouts: %w", err)
	}
	return t, nil
}

// SetTimeouts changes the timeouts that are not 0.
func (c *Client) SetTimeouts(t Timeouts) error {
	if err := t.check(); err != nil {
		return fmt.Errorf("setting the IPVS timeouts: %w", err)
	}
	return c.command(CmdTimeout, "", appendTimeouts(nil, t))
}

// Flush deletes all services, also those of others. The kernel does it in the
// order of its hash tables; for what comes back soon, Diff's order is far
// better.
func (c *Client) Flush() error {
	return c.command(CmdFlush, "", appendCommand(nil, cmdFlush, familyVersion))
}

// Zero sets the counters of a service and of its destinations to 0.
func (c *Client) Zero(k ServiceKey) error {
	if err := k.check(); err != nil {
		return fmt.Errorf("zeroing the counters of %v: %w", k, err)
	}
	return c.command(CmdZero, k.String(), appendKeyRequest(nil, cmdZero, &k))
}

// ZeroAll sets all counters to 0.
func (c *Client) ZeroAll() error {
	return c.command(CmdZero, "", appendCommand(nil, cmdZero, familyVersion))
}

// StartSync starts a connection synchronisation daemon. When one with the same
// role runs, the error is Settled and that one goes on as it is. The kernel
// refuses (EINVAL) while a destination's address family differs from its
// service's.
func (c *Client) StartSync(d SyncDaemon) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("starting the sync daemon: %w", err)
	}
	return c.command(CmdStartDaemon, "", appendStartDaemon(nil, d))
}

// StopSync stops the synchronisation daemon with the role. When none runs, the
// error is Settled.
func (c *Client) StopSync(r SyncRole) error {
	return c.command(CmdStopDaemon, "", appendStopDaemon(nil, r))
}

// SyncDaemons returns the daemons that run, the master first.
func (c *Client) SyncDaemons() ([]SyncDaemon, error) {
	var list []SyncDaemon
	err := c.conn.ask(c.family, appendCommand(nil, cmdGetDaemon, familyVersion), true, func(data []byte) error {
		d, err := decodeDaemon(data)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the sync daemons: %w", err)
	}
	return list, nil
}

// command sends a request and gives a refusal its name.
func (c *Client) command(cmd Command, service string, body []byte) error {
	err := c.conn.call(c.family, body)
	var errno syscall.Errno
	if errors.As(err, &errno) && err == error(errno) {
		return &CommandError{Command: cmd, Errno: errno, Service: service}
	}
	return err
}
