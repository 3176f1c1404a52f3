package outages

import (
	"testing"

	"keepalived/test/lab"
)

// outage is one thing that happens, and a row of the table.
type outage struct {
	name string
	what string // in the table
	run  func(*site)
}

// outages are in the order of the harm that they do.
var outages = [][]outage{
	reloadOutages, processOutages, removalOutages, packetOutages, frozenOutages, plantedOutages,
	networkOutages, loadOutages, startOutages, guestOutages,
}

// alone are those that load the machine.
var alone = map[string]bool{"CPU hogs": true, "scripts": true, "churn": true, "flood": true, "child loops": true}

func TestOutages(t *testing.T) {
	results := newTable()
	for _, group := range outages {
		for _, o := range group {
			row := results.row(o.what)
			t.Run(o.name, func(t *testing.T) {
				if !alone[o.name] {
					t.Parallel()
				}
				if needsGuest(o) {
					outsideGuest(t, o, row)
					return
				}
				s := newSite(t, lab.Ours(t))
				o.run(s)
				row.ours = s.figures
				tellHost(o.name, false, row.ours)
				t.Log(cell(row.ours))
				if *report != "" {
					row.c = compare(o, lab.CKeepalived(t))
				}
			})
		}
	}
	t.Cleanup(func() {
		if *report == "" {
			return
		}
		if err := results.write(*report); err != nil {
			t.Error(err)
		}
	})
}

// compare runs an outage with the C daemon, which is only measured.
func compare(o outage, c lab.Program) []figure {
	var s *site
	err := lab.Run(o.name, func(t lab.TB) {
		s = newSite(t, c)
		o.run(s)
	})
	if err != nil {
		s.figures = append(s.figures, figure{text: "not to its end: " + err.Error()})
	}
	return s.figures
}

// TestC shows what the C daemon does. It is for looking at single outages, as
// with -c -run TestC/mutations.
func TestC(t *testing.T) {
	if !*showC {
		t.Skip("it is for looking at C keepalived alone: -c runs it; TestOutages compares both")
	}
	for _, group := range outages {
		for _, o := range group {
			t.Run(o.name, func(t *testing.T) {
				if needsGuest(o) {
					t.Skip("it needs IPVS: TestOutages -report compares it in the guest")
				}
				figures := compare(o, lab.CKeepalived(t))
				tellHost(o.name, true, figures)
				t.Log(cell(figures))
			})
		}
	}
}
