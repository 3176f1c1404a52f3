// Command reload compares how long two keepalived binaries hold up their adverts
// while they reload a large configuration, turn and turn about in one run. Each
// advertises every 10 ms and has the given number of virtual servers; the reload
// changes the priority. A moment in which the machine itself stood still is told
// beside each figure.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"keepalived/test/lab"
)

func main() { os.Exit(lab.Main(run)) }

// options are the command line.
type options struct {
	a, b    string
	rounds  int
	servers int
}

// machine tells when it stood still.
var machine *lab.Lateness

func run() int {
	var o options
	flag.StringVar(&o.a, "a", "bin/keepalived", "the first binary")
	flag.StringVar(&o.b, "b", "", "the second binary; without it Debian's C daemon")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each binary")
	flag.IntVar(&o.servers, "servers", 50000, "virtual servers with two real servers each")
	flag.Parse()
	machine = lab.WatchLateness()
	if err := compare(o); err != nil {
		fmt.Fprintf(os.Stderr, "reload: %v\n", err)
		return 1
	}
	return 0
}

// compare runs all rounds and prints a line for each.
func compare(o options) error {
	first, err := binary("ours", o.a)
	if err != nil {
		return err
	}
	var second lab.Program
	if o.b != "" {
		second, err = binary("other", o.b)
	} else {
		err = lab.Run("C", func(t lab.TB) { second = lab.CKeepalived(t) })
	}
	if err != nil {
		return err
	}
	for range o.rounds {
		for _, p := range []lab.Program{first, second} {
			r, err := round(p, o.servers)
			if err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
			fmt.Printf("%-5s %s\n", p.Name, r)
		}
	}
	return nil
}

func binary(name, path string) (lab.Program, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return lab.Program{}, err
	}
	return lab.Binary(name, path)
}
