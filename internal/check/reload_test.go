package check

import (
	"slices"
	"strings"
	"testing"

	"keepalived/internal/ipvs"
)

const reloadConf = `virtual_server 10.0.0.1 80 {
	protocol TCP
	lvs_sched wrr
	delay_before_retry 1
	real_server 10.1.0.1 81 {
		weight 5
		TCP_CHECK {
		}
	}
	real_server 10.1.0.1 82 {
		weight 3
		TCP_CHECK {
		}
	}
}
virtual_server 10.0.0.2 80 {
	protocol TCP
	real_server 10.1.0.1 81 {
	}
}`

func reloadStory(t *testing.T) *story {
	s := newStory(t, reloadConf)
	s.up(0)
	s.down(1)
	s.happened()
	return s
}

func TestReloadOfTheSame(t *testing.T) {
	s := reloadStory(t)
	before := s.topo.table().Entries()
	s.reload(reloadConf)
	s.expect("reload", "81(5)")
	if steps := ipvs.Diff(before, s.topo.table().Entries()); len(steps) > 0 {
		t.Errorf("a reload that changes nothing sends %v", steps)
	}
	c := s.topo.virtuals[0].reals[1].checks[0]
	if c.up || !c.hasRun {
		t.Error("the result of an unchanged checker is lost")
	}
}

func TestReload(t *testing.T) {
	s := reloadStory(t)
	next := strings.NewReplacer("wrr", "wlc", "weight 5", "weight 7", "10.0.0.2", "10.0.0.3").Replace(reloadConf)
	next = strings.Replace(next, "weight 3\n\t\tTCP_CHECK {", "weight 3\n\t\tTCP_CHECK {\n\t\t\tconnect_timeout 7", 1)
	next = strings.Replace(next, "virtual_server 10.0.0.3", "virtual_server 10.0.0.3", 1)
	next = strings.Replace(next, "\treal_server 10.1.0.1 82", `	real_server 10.1.0.4 84 {
		alpha
		TCP_CHECK {
		}
	}
	real_server 10.1.0.5 85 {
		TCP_CHECK {
		}
	}
	real_server 10.1.0.1 82`, 1)
	s.reload(next)
	s.expect("reload", "81(7) 85(1) 82(3)",
		"Removing Virtual Server [10.0.0.2]:tcp:80",
		"Removing service [10.1.0.1]:tcp:81 from VS [10.0.0.2]:tcp:80",
		"RS [10.1.0.1]:tcp:81 DOWN", "mail DOWN => Removing <=", "VS DOWN mail ",
		"Changing weight from 5 to 7 for active service [10.1.0.1]:tcp:81 of VS [10.0.0.1]:tcp:80",
		"Adding service [10.1.0.1]:tcp:82 to VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:82 UP",
		"Gained quorum 1+0=1 <= 1 for VS [10.0.0.3]:tcp:80", "VS UP mail => Starting with quorum up 1+0=1 <= 1 <=")
	if s.topo.virtuals[0].services()[0].Scheduler != "wlc" {
		t.Error("the scheduler is the old one")
	}
	s.down(3)
	s.expect("a changed checker of a dead server has one try", "81(7) 85(1)", "TCP_CHECK on service [10.1.0.1]:tcp:82 failed.",
		"Removing service [10.1.0.1]:tcp:82 from VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:82 DOWN", "mail DOWN => TCP CHECK failed on service <=")
	s.down(2)
	s.expect("a new one has its retries", "81(7) 85(1)")
	s.down(2)
	s.expect("and no more", "81(7)", "TCP_CHECK on service [10.1.0.5]:tcp:85 failed after 1 retries.",
		"Removing service [10.1.0.5]:tcp:85 from VS [10.0.0.1]:tcp:80", "RS [10.1.0.5]:tcp:85 DOWN", "mail DOWN => TCP CHECK failed on service <=")
	s.reload(reloadConf)
	got := s.happened()
	for _, want := range []string{"service [10.1.0.4]:tcp:84 no longer exist", "service [10.1.0.5]:tcp:85 no longer exist"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Removing service [10.1.0.5]") {
		t.Errorf("a server that is not in the table is removed:\n%s", got)
	}
}

func TestReloadOfSorryServer(t *testing.T) {
	s := newStory(t, sprintf(sorryConf, ""))
	s.down(0)
	s.down(1)
	s.up(0)
	s.happened()
	s.reload(strings.Replace(sprintf(sorryConf, ""), "10.1.0.9 89", "10.1.0.9 90", 1))
	s.expect("another sorry server", "90(1)", "Removing sorry server [10.1.0.9]:tcp:89 from VS [10.0.0.1]:tcp:80",
		"Starting with quorum down 2-1=1 > 1 for VS [10.0.0.1]:tcp:80", "Adding sorry server [10.1.0.9]:tcp:90 to VS [10.0.0.1]:tcp:80",
		"Removing alive servers from the pool for VS [10.0.0.1]:tcp:80", "VS DOWN mail => Starting with quorum down 2+1=1 <= 1 <=")
	s.reload(strings.Replace(sprintf(sorryConf, ""), "sorry_server 10.1.0.9 89", "", 1))
	s.expect("none", "81(1)", "Removing sorry server [10.1.0.9]:tcp:90 from VS [10.0.0.1]:tcp:80")
}

// A group entry that comes by a reload gets the servers that are alive, with or
// without a sorry server.
func TestReloadOfGroup(t *testing.T) {
	conf := `virtual_server_group G {
	10.0.5.1 80
	%s
}
virtual_server group G {
	protocol TCP
	real_server 10.1.0.1 80 {
	}
}`
	s := newStory(t, sprintf(conf, "10.0.5.2 80"))
	s.happened()
	s.reload(sprintf(conf, "10.0.5.3-4 80"))
	got := s.happened()
	if got != "VS [[10.0.5.2]:tcp:80] in group G no longer exists\nVS [[10.0.5.3]:tcp:80-10.0.5.4] added into group G\n" {
		t.Errorf("%s", got)
	}
	if got := lines(s.topo.table().Entries()); len(got) != 6 || !slices.Contains(got, "10.0.5.4:tcp:80 wlc") {
		t.Errorf("%q", got)
	}
}

// A reload that turns one server judges the quorum by all of them, not by those
// that it has come to so far.
func TestReloadJudgesAllServers(t *testing.T) {
	conf := `track_file F {
	file /tmp/keepalived-check-test
	weight 1
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	%s
	real_server 10.1.0.1 81 {
		TCP_CHECK {
			%s
		}
	}
	real_server 10.1.0.1 82 {
		TCP_CHECK {
		}
	}
}`
	const off = "}\nFILE_CHECK {\ntrack_file F\nweight 0" // beside the TCP_CHECK
	s := newStory(t, sprintf(conf, "alpha\nsorry_server 10.1.0.9 89", ""))
	s.up(0)
	s.up(1)
	s.happened()
	next := parse(t, sprintf(conf, "alpha\nsorry_server 10.1.0.9 89", off))
	s.topo, s.conf = s.topo.reload(s.conf, next, map[string]int{"F": 1}), next
	s.expect("the first server goes, the second stays", "82(1)",
		"Removing service [10.1.0.1]:tcp:81 from VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:81 DOWN")

	s = newStory(t, sprintf(conf, "quorum 2", ""))
	s.down(0)
	s.down(1)
	s.happened()
	s.reload(sprintf(conf, "quorum 2", "connect_timeout 7"))
	s.expect("the first server comes back, the second does not", "81(1)",
		"Adding service [10.1.0.1]:tcp:81 to VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:81 UP")
}

// A script with other arguments is another check, also when they consist of the
// same words.
func TestReloadOfScript(t *testing.T) {
	const conf = "virtual_server 10.0.0.1 80 {\nprotocol TCP\nreal_server 10.1.0.1 81 {\nMISC_CHECK {\nmisc_path \"/bin/echo %s\"\n}\n}\n}"
	s := newStory(t, sprintf(conf, "'a b' c"))
	s.up(0)
	s.reload(sprintf(conf, "'a b' c"))
	if !s.topo.virtuals[0].reals[0].checks[0].hasRun {
		t.Error("the same script is another check")
	}
	s.reload(sprintf(conf, "a 'b c'"))
	if s.topo.virtuals[0].reals[0].checks[0].hasRun {
		t.Error("another script is the same check")
	}
}
