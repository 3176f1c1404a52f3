// Command configtest times the configuration test of two keepalived binaries on
// large configurations, turn and turn about in one run, and compares their time
// and peak memory. Only figures of one run are worth comparing.
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
	a, b   string
	rounds int
	strict bool
}

func run() int {
	var o options
	flag.StringVar(&o.a, "a", "bin/keepalived", "the binary to judge")
	flag.StringVar(&o.b, "b", "", "the binary to compare it with; without it Debian's C daemon")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each binary and configuration")
	flag.BoolVar(&o.strict, "strict", false, "fail when a goal is missed")
	flag.Parse()
	missed := 0
	err := lab.Run("configtest", func(t lab.TB) {
		var err error
		missed, err = compare(t, o)
		lab.Must(t, err)
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "configtest: %v\n", err)
		return 1
	}
	if o.strict && missed > 0 {
		return 1
	}
	return 0
}

// compare runs all rounds and prints the table; missed is how many goals are.
func compare(t lab.TB, o options) (missed int, err error) {
	a, err := program("A", o.a)
	if err != nil {
		return 0, err
	}
	programs := [2]lab.Program{a}
	if o.b == "" {
		programs[1] = lab.CKeepalived(t)
	} else if programs[1], err = program("B", o.b); err != nil {
		return 0, err
	}
	node := lab.New(t).Node("bench")
	for i := range interfaces {
		node.Run("ip", "link", "add", fmt.Sprintf("bench%d", i), "type", "veth", "peer", "name", fmt.Sprintf("peer%d", i))
		node.Run("ip", "link", "set", fmt.Sprintf("bench%d", i), "up")
	}
	fmt.Printf("A = %s\nB = %s\n\n", programs[0].Path, programs[1].Path)
	fmt.Printf("| configuration | A s | B s | A/B | goal | A MB | B MB | A/B | goal |\n|%s\n", "---|---|---|---|---|---|---|---|---|")
	for _, c := range cases {
		r, err := c.measure(node, programs, o.rounds)
		if err != nil {
			return missed, fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Println(r)
		missed += r.missed()
	}
	return missed, nil
}

func program(name, path string) (lab.Program, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return lab.Program{}, err
	}
	return lab.Binary(name, path)
}
