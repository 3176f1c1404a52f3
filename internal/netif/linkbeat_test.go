package netif

import (
	"testing"
	"time"

	"keepalived/test/need"
)

func TestLinkProber(t *testing.T) {
	need.Namespace(t)
	ip(t, "link add beat0 type veth peer name beat1")
	p, err := NewLinkProber()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ask := func(when, name string, way, want, used LinkQuery, up bool) {
		t.Helper()
		// The kernel tells of a carrier a moment after it has changed.
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			q, is := p.Ask(name, way, want)
			if q == used && is == up {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%s: %s is %v, asked by %s; want %v, by %s", when, name, is, q, up, used)
			}
		}
	}
	ask("down", "beat0", QueryAny, QueryAny, QueryEthtool, false)
	ip(t, "link set beat0 up")
	ask("other end down", "beat0", QueryAny, QueryAny, QueryEthtool, false)
	ask("other end down", "beat0", QueryFlags, QueryAny, QueryFlags, false)
	ip(t, "link set beat1 up")
	ask("up", "beat0", QueryAny, QueryAny, QueryEthtool, true)
	ask("up, no MII", "beat0", QueryAny, QueryMII, QueryEthtool, true)
	ask("up", "beat0", QueryAny, QueryFlags, QueryFlags, true)
	ask("up", "beat0", QueryEthtool, QueryAny, QueryEthtool, true)
	ask("MII does not answer any more", "beat0", QueryMII, QueryAny, QueryMII, true)
	ip(t, "link set beat1 down")
	ask("lost", "beat0", QueryEthtool, QueryAny, QueryEthtool, false)
	ip(t, "link delete beat0")
	ask("gone", "beat0", QueryEthtool, QueryAny, QueryAny, false)
	ask("a name that is too long", "a-name-of-16-or-more", QueryAny, QueryAny, QueryAny, false)
}
