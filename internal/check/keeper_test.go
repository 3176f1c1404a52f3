package check

import (
	"errors"
	"testing"

	"keepalived/internal/ipvs"
)

// TestReplaceAfterLoss: what is no longer wanted goes also when the connection to
// the kernel has just been lost.
func TestReplaceAfterLoss(t *testing.T) {
	conf := parse(t, "virtual_server 10.0.0.1 80 {\nprotocol TCP\nreal_server 10.1.0.1 81 {\n}\n}")
	k, table := keeperOf(newTopology(conf, nil, marks{}))
	k.conf, k.open = conf, func() (kernelTable, error) { return table, nil }
	if got, _ := table.Table(); len(got) != 1 {
		t.Fatalf("table %v", got)
	}
	k.lost(errors.New("cut off"))
	k.replace(ipvs.NewTable(0))
	if got, _ := table.Table(); len(got) != 0 || k.table == nil {
		t.Errorf("left in the kernel: %v", got)
	}
}
