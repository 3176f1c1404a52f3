// Command bfd compares two keepalived binaries as the router that depends on a
// BFD session, turn and turn about in one run: how long after the detection
// time it gives its VIP up, and how often the session falls for no reason. The
// neighbor is the first binary always. Only figures of one run are worth
// comparing.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"keepalived/test/lab"
)

func main() { os.Exit(lab.Main(run)) }

// machine tells when it stood still.
var machine *lab.Lateness

// options are the command line.
type options struct {
	a, b   string
	rounds int
	hog    bool
	steady time.Duration
	alone  bool
	every  time.Duration
	icount string
}

func run() int {
	var o options
	flag.StringVar(&o.a, "a", "bin/keepalived", "the first binary")
	flag.StringVar(&o.b, "b", "", "the second binary; without it Debian's C daemon")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each binary and rate")
	flag.BoolVar(&o.hog, "hog", false, "keep every processor busy")
	flag.DurationVar(&o.steady, "steady", 2*time.Second, "how long the session has to stay up before each round")
	flag.BoolVar(&o.alone, "alone", false, "try the first binary only")
	flag.DurationVar(&o.every, "interval", 0, "try this rate only, instead of 50ms and 10ms")
	flag.StringVar(&o.icount, "icount", "", "run in a guest with this -icount of qemu, such as shift=2,sleep=off: one processor, 4 ns an instruction")
	flag.Parse()
	measure := compare
	if o.icount != "" {
		measure = boot
	}
	if err := measure(o); err != nil {
		fmt.Fprintf(os.Stderr, "bfd: %v\n", err)
		return 1
	}
	return 0
}

// compare runs all rounds and prints one line for each binary and rate.
func compare(o options) error {
	machine = lab.WatchLateness()
	programs, err := o.programs()
	if err != nil {
		return err
	}
	rates := []time.Duration{50 * time.Millisecond, 10 * time.Millisecond}
	if o.every > 0 {
		rates = []time.Duration{o.every}
	}
	for _, interval := range rates {
		results := make([][]result, len(programs))
		for range o.rounds {
			for i, p := range programs {
				r, err := round(o, p, programs[0], interval)
				if err != nil {
					return fmt.Errorf("%s: %w", p.Name, err)
				}
				results[i] = append(results[i], r)
			}
		}
		for i, p := range programs {
			fmt.Printf("3 x %v  %-5s %s\n", interval, p.Name, summary(results[i]))
		}
	}
	return nil
}

func (o options) programs() ([]lab.Program, error) {
	var second lab.Program
	first, err := binary("ours", o.a)
	switch {
	case err != nil:
		return nil, err
	case o.alone:
		return []lab.Program{first}, nil
	case o.b != "":
		second, err = binary("other", o.b)
	default:
		err = lab.Run("C", func(t lab.TB) { second = lab.CKeepalived(t) })
	}
	return []lab.Program{first, second}, err
}

func binary(name, path string) (lab.Program, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return lab.Program{}, err
	}
	return lab.Binary(name, path)
}

// result is one round.
type result struct {
	late  time.Duration // beyond the detection time, until priority 0 is sent
	falls int           // of the session while nothing was wrong
	// excused is how many of them came when the machine itself stood still.
	excused int
}

func summary(results []result) string {
	var late []time.Duration
	falls, excused := 0, 0
	for _, r := range results {
		late = append(late, r.late)
		falls += r.falls
		excused += r.excused
	}
	slices.Sort(late)
	return fmt.Sprintf("VIP given up after the detection time: median %+.3f ms, worst %+.3f ms; false downs %d, %d of them while the machine stood still",
		ms(late[len(late)/2]), ms(late[len(late)-1]), falls, excused)
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// hogs keep all processors busy until the lab ends.
func hogs(n *lab.Node) {
	for range runtime.NumCPU() {
		n.Run("sh", "-c", "(while :; do :; done) >/dev/null 2>&1 &")
	}
}
