package outages

import (
	"flag"
	"os"
	"testing"

	"keepalived/test/lab"
)

var (
	full   = flag.Bool("full", false, "do everything as often as the table in docs/reliability.md says")
	showC  = flag.Bool("c", false, "show what the C daemon does")
	seed   = flag.Uint64("seed", 9, "which mistakes are made in the configuration")
	report = flag.String("report", "", "write the table, with a comparison with the C daemon, to this file")
)

// sideBySide is how many labs run at a time: they mostly wait. Those that load
// the machine run alone, before the others.
const sideBySide = "4"

// machine tells how late everything is that nobody here is to blame for.
var machine *lab.Lateness

func TestMain(m *testing.M) {
	os.Exit(lab.Main(func() int {
		flag.Parse()
		machine = lab.WatchLateness()
		given := false
		flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
		if !given {
			flag.Set("test.parallel", sideBySide)
		}
		return m.Run()
	}))
}

// times is how often something is done: n in full, else fewer.
func times(n, short int) int {
	if *full {
		return n
	}
	return short
}
