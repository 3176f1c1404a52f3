// Command bench compares two keepalived binaries on one lab, turn and turn
// about in one run: how long after the protocol's limit the backup takes over
// from a master that was killed, and what memory the processes hold. Only
// figures of one run are worth comparing.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"keepalived/test/lab"
)

func main() { os.Exit(lab.Main(run)) }

// options are the command line.
type options struct {
	a, b      string
	rounds    int
	intervals []time.Duration
	kinds     []string
}

func run() int {
	o, err := parse()
	if err == nil {
		err = compare(o)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		return 1
	}
	return 0
}

func parse() (o options, err error) {
	var intervals, kinds string
	flag.StringVar(&o.a, "a", "bin/keepalived", "the first binary")
	flag.StringVar(&o.b, "b", "", "the second binary; without it Debian's C daemon")
	flag.IntVar(&o.rounds, "rounds", 10, "rounds of each binary and interval")
	flag.StringVar(&intervals, "intervals", "0.1,1", "values of advert_int, seconds")
	flag.StringVar(&kinds, "kinds", "kill,term", "how the master ends")
	flag.Parse()
	for _, text := range strings.Split(intervals, ",") {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || seconds < 0.01 || seconds > 40.95 {
			return o, fmt.Errorf("advert_int %q is not between 0.01 and 40.95", text)
		}
		o.intervals = append(o.intervals, time.Duration(seconds*float64(time.Second)).Round(time.Millisecond))
	}
	for _, kind := range strings.Split(kinds, ",") {
		if kind != killed && kind != stopped {
			return o, fmt.Errorf("kind %q is neither %s nor %s", kind, killed, stopped)
		}
		o.kinds = append(o.kinds, kind)
	}
	return o, nil
}

// compare runs all rounds and prints the table.
func compare(o options) error {
	programs, err := o.programs()
	if err != nil {
		return err
	}
	tab := newTable(programs)
	for _, kind := range o.kinds {
		for _, interval := range o.intervals {
			c := contest{kind: kind, interval: interval}
			for round := range o.rounds {
				for i, p := range programs {
					r, err := c.run(p)
					if err != nil {
						return fmt.Errorf("%s, round %d of %s: %w", c.title(), round+1, p.Name, err)
					}
					fmt.Fprintf(os.Stderr, "%s  %-4s %s\n", c.title(), p.Name, r)
					tab.add(c, i, r)
				}
			}
		}
	}
	tab.print(os.Stdout)
	return nil
}

func (o options) programs() ([2]lab.Program, error) {
	var out [2]lab.Program
	path, err := filepath.Abs(o.a)
	if err != nil {
		return out, err
	}
	if out[0], err = lab.Binary("A", path); err != nil {
		return out, err
	}
	if o.b == "" {
		err = lab.Run("bench", func(t lab.TB) { out[1] = lab.CKeepalived(t) })
		out[1].Name = "B"
		return out, err
	}
	if path, err = filepath.Abs(o.b); err == nil {
		out[1], err = lab.Binary("B", path)
	}
	return out, err
}
