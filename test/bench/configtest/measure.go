package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"keepalived/test/lab"
)

const file = "/tmp/bench.conf"

// result is the medians of both binaries.
type result struct {
	benchCase
	seconds [2]float64
	peak    [2]float64 // bytes
}

// measure lets both binaries test the configuration in turn.
func (c benchCase) measure(n *lab.Node, programs [2]lab.Program, rounds int) (result, error) {
	if err := n.Do(c.create); err != nil {
		return result{}, err
	}
	var seconds, peak [2][]float64
	for range max(rounds, 1) {
		for i, p := range programs {
			s, b, err := once(n, p)
			if err != nil {
				return result{}, err
			}
			seconds[i], peak[i] = append(seconds[i], s), append(peak[i], b)
		}
	}
	r := result{benchCase: c}
	for i := range programs {
		r.seconds[i], r.peak[i] = median(seconds[i]), median(peak[i])
	}
	return r, nil
}

// create writes the configuration bit by bit: the peak of this process counts as
// one of every process that it starts.
func (c benchCase) create() error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	w := bufio.NewWriter(f)
	c.write(w)
	return errors.Join(w.Flush(), f.Close())
}

// once runs one test. The configuration must be found good, or time would be
// spent on messages.
func once(n *lab.Node, p lab.Program) (seconds, peak float64, err error) {
	var out bytes.Buffer
	cmd := exec.Command(p.Path, "-t", "-f", file)
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err = n.Start(cmd); err == nil {
		err = cmd.Wait()
	}
	seconds = time.Since(start).Seconds()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, 0, fmt.Errorf("running %s: %w", p.Path, err)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%s finds fault with the configuration: %w\n%.500s", p.Path, err, out.String())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, 0, errors.New("no resource usage")
	}
	return seconds, float64(usage.Maxrss) * 1024, nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

func ratio(v [2]float64) float64 { return v[0] / v[1] }

func (r result) missed() int {
	n := 0
	for _, goal := range []struct{ have, want float64 }{{ratio(r.seconds), r.time}, {ratio(r.peak), r.memory}} {
		if goal.want > 0 && goal.have > goal.want {
			n++
		}
	}
	return n
}

func (r result) String() string {
	return fmt.Sprintf("| %s | %.3f | %.3f | %.2f | %s | %.1f | %.1f | %.2f | %s |", r.name,
		r.seconds[0], r.seconds[1], ratio(r.seconds), goal(r.time), r.peak[0]/1e6, r.peak[1]/1e6, ratio(r.peak), goal(r.memory))
}

func goal(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%g", v)
}
