package ipvs

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
)

// Options say where and how a Client works.
type Options struct {
	// Namespace is the network namespace whose table is meant: a name below
	// /run/netns, a path, or empty for that of the process.
	Namespace string
	// NoLoad leaves out modprobe. Newer kernels may still load the module when
	// they are asked for it.
	NoLoad bool
}

// Client reads and changes the table of one network namespace. It waits for
// the kernel in each call and has no lock: one goroutine owns it.
type Client struct {
	conn   *conn
	family uint16

	batch batch // memory for the next steps
	sent  []int // indexes of the steps in the batch
	body  []byte
}

// Open connects to the kernel. It loads the module ip_vs if need be; an error
// that wraps ErrUnavailable says that there is no IPVS and what to do.
func Open(o Options) (*Client, error) {
	var c *conn
	err := inNamespace(o.Namespace, func() (err error) {
		c, err = dial()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to IPVS: %w", err)
	}
	family, err := c.findFamily(!o.NoLoad)
	if err != nil {
		c.close()
		return nil, err
	}
	return &Client{conn: c, family: family}, nil
}

// Close ends the connection. The table stays as it is.
func (c *Client) Close() error { return c.conn.close() }

// Failure is a step that was not carried out.
type Failure struct {
	Step int   // index
	Err  error // *CommandError when the kernel refused it; else it was never sent
}

// Apply carries out steps in their order, many at a time. A step that fails
// does not hold up the others; the failures are returned in the order of the
// steps. Where CommandError.Settled is true, a failure is worth a log line but
// nothing more. An edit of a destination that is not there becomes an addition.
//
// The error is one of the connection: then it is unknown which of the steps
// were carried out, and the table should be read anew.
func (c *Client) Apply(steps []Step) ([]Failure, error) {
	failures, err := c.apply(steps)
	if err != nil {
		return failures, fmt.Errorf("changing the IPVS table: %w", err)
	}
	var again []int // indexes into failures
	var adds []Step
	for i, f := range failures {
		if s := steps[f.Step]; s.Op == EditDestination && errors.Is(f.Err, syscall.ENOENT) {
			again = append(again, i)
			adds = append(adds, Step{Op: AddDestination, Service: s.Service, Destination: s.Destination})
		}
	}
	if adds == nil {
		return failures, nil
	}
	refused, err := c.apply(adds)
	if err != nil {
		return failures, fmt.Errorf("changing the IPVS table: %w", err)
	}
	return mergeFailures(failures, again, refused), nil
}

// mergeFailures gives the failures with the indexes again the outcome of their
// second attempt, whose failures have the index in again as their step.
func mergeFailures(failures []Failure, again []int, second []Failure) []Failure {
	refused := make(map[int]error, len(second))
	for _, f := range second {
		refused[f.Step] = f.Err
	}
	merged := make([]Failure, 0, len(failures))
	next := 0
	for i, f := range failures {
		if next < len(again) && again[next] == i {
			err, still := refused[next]
			next++
			if !still {
				continue
			}
			f.Err = err
		}
		merged = append(merged, f)
	}
	return merged
}

func (c *Client) apply(steps []Step) ([]Failure, error) {
	var failures []Failure
	b := &c.batch
	flush := func() error {
		err := c.conn.do(b, func(i int, errno syscall.Errno) {
			at := c.sent[i]
			failures = append(failures, Failure{at, stepError(steps[at], errno)})
		})
		c.sent = c.sent[:0]
		return err
	}
	var step *Step
	encode := func(buf []byte) ([]byte, error) { return appendStep(buf, step) }
	for i := range steps {
		step = &steps[i]
		if err := c.conn.add(b, c.family, encode); err != nil {
			failures = append(failures, Failure{i, err})
			continue
		}
		c.sent = append(c.sent, i)
		if b.full() {
			if err := flush(); err != nil {
				return failures, err
			}
		}
	}
	err := flush()
	slices.SortFunc(failures, func(a, b Failure) int { return a.Step - b.Step })
	return failures, err
}

func stepError(s Step, errno syscall.Errno) *CommandError {
	e := &CommandError{Command: opCommands[s.Op], Errno: errno, Service: s.Service.Key.String()}
	if s.Destination != nil {
		e.Destination = s.Destination.String()
	}
	return e
}
