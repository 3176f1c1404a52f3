package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// cases are the measurements, by name.
var cases = map[string]func(*bench) error{
	"table": (*bench).table, "nothing": (*bench).nothing, "tcp": (*bench).tcp, "http": (*bench).http,
	"memory": (*bench).memory, "again": (*bench).again, "floor": (*bench).floor,
}

// bench is a round of one binary.
type bench struct {
	settings
	t       lab.TB
	program lab.Program
	figures *figures
}

// inside runs in the guest: all cases, each with both binaries in turn.
func inside() int {
	var s settings
	if err := json.Unmarshal([]byte(os.Getenv(settingsEnv)), &s); err != nil {
		fmt.Println("lvs:", err)
		return 1
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 200000, Max: 200000})
	all := new(figures)
	status := 0
	for _, name := range strings.Split(s.Cases, ",") {
		run, ok := cases[name]
		if !ok {
			fmt.Printf("lvs: no case %q\n", name)
			return 1
		}
		for range s.Rounds {
			for i, path := range []string{s.A, s.B} {
				all.turn = i
				p := lab.Program{Name: string(rune('A' + i)), Path: path}
				err := lab.Run(name, func(t lab.TB) {
					b := &bench{settings: s, t: t, program: p, figures: all}
					if err := run(b); err != nil {
						t.Errorf("%v", err)
					}
				})
				if err != nil {
					fmt.Printf("lvs: %s of %s: %v\n", name, p.Name, err)
					status = 1
				}
			}
		}
	}
	all.print()
	return status
}

// figures are the samples of both binaries.
type figures struct {
	turn int // whose turn it is
	rows []*figure
}

type figure struct {
	name    string
	samples [2][]float64
}

func (f *figures) add(name string, value float64) {
	fmt.Printf("# %c %s: %.4g\n", 'A'+f.turn, name, value)
	i := slices.IndexFunc(f.rows, func(r *figure) bool { return r.name == name })
	if i < 0 {
		f.rows = append(f.rows, &figure{name: name})
		i = len(f.rows) - 1
	}
	f.rows[i].samples[f.turn] = append(f.rows[i].samples[f.turn], value)
}

// print writes the medians.
func (f *figures) print() {
	fmt.Print("\n| figure | A | B | A/B |\n|---|---|---|---|\n")
	for _, r := range f.rows {
		a, b := median(r.samples[0]), median(r.samples[1])
		ratio := "-"
		if b != 0 && len(r.samples[0]) > 0 {
			ratio = fmt.Sprintf("%.3f", a/b)
		}
		fmt.Printf("| %s | %.4g | %.4g | %s |\n", r.name, a, b, ratio)
	}
}

func median(samples []float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(samples))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// until returns how long it took until a state was reached.
func until(limit time.Duration, reached func() bool) (time.Duration, error) {
	begun := time.Now()
	for !reached() {
		if time.Since(begun) > limit {
			return 0, fmt.Errorf("not reached in %v", limit)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(begun), nil
}
