// Command lvs compares two keepalived binaries as directors in one run of a
// guest kernel that has IPVS, turn and turn about: how long the kernel's table
// takes at the start, at a reload, at the stop and at the next start, what the
// checks cost, when a failure is found, and what memory the processes hold.
//
// Times are those of the guest. With -icount its clock counts instructions, so
// what else the machine does is not in them; without, they are only comparable
// on a machine that does nothing else.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

// settingsEnv holds the options, as JSON, for the command in the guest.
const settingsEnv = "LVS_BENCH"

// roleEnv makes the command a web server in a node.
const roleEnv = "LVS_BENCH_SERVER"

func main() {
	switch {
	case os.Getenv(roleEnv) != "":
		serve(os.Getenv(roleEnv))
	case guest.Inside():
		os.Exit(lab.Main(inside))
	default:
		os.Exit(lab.Main(outside))
	}
}

// settings are the command line.
type settings struct {
	A, B     string
	Cases    string // what to measure, separated by commas
	Services int
	Checks   int
	Again    int // services of the case again
	Memory   int // services of the memory case
	Seconds  int // how long checks are counted
	Rounds   int
}

func outside() int {
	var s settings
	icount := flag.String("icount", "shift=0,sleep=off", "qemu's -icount; empty for a clock of its own and two processors")
	flag.StringVar(&s.A, "a", "bin/keepalived", "the first binary")
	flag.StringVar(&s.B, "b", "", "the second binary; without it Debian's C daemon")
	flag.StringVar(&s.Cases, "cases", "floor,table,nothing,again,tcp,http,memory", "what to measure")
	flag.IntVar(&s.Services, "services", 10000, "services of the cases table and nothing, with 4 real servers each")
	flag.IntVar(&s.Again, "again", 2000, "services of the case again; C keepalived takes minutes for 5000")
	flag.IntVar(&s.Checks, "checks", 5000, "real servers of the cases tcp and http, checked each second")
	flag.IntVar(&s.Memory, "memory", 50000, "services of the case memory, with 2 real servers each")
	flag.IntVar(&s.Seconds, "seconds", 10, "how long checks are counted")
	flag.IntVar(&s.Rounds, "rounds", 2, "rounds of each binary and case")
	flag.Parse()
	if err := boot(s, *icount); err != nil {
		fmt.Fprintf(os.Stderr, "lvs: %v\n", err)
		return 1
	}
	return 0
}

// boot runs this command in the guest.
func boot(s settings, icount string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if s.B == "" {
		if err := lab.Run("bench", func(t lab.TB) { s.B = lab.CKeepalived(t).Path }); err != nil {
			return err
		}
	}
	for _, p := range []*string{&s.A, &s.B} {
		if *p, err = filepath.Abs(*p); err != nil {
			return err
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	status, err := guest.Run(context.Background(), guest.Config{
		Command:  []string{self},
		Env:      []string{settingsEnv + "=" + string(text)},
		Programs: []string{"ip", s.A, s.B},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		Timeout:  5 * time.Hour,
		Memory:   4096,
		Icount:   icount,
		Output:   os.Stdout,
	})
	if err == nil && status != 0 {
		err = fmt.Errorf("the measurements ended with status %d", status)
	}
	return err
}
