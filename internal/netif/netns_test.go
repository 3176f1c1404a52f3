package netif

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// ip runs iproute2 in the test's namespace and returns what it prints.
func ip(t testing.TB, args string) string {
	t.Helper()
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
	return string(out)
}

// ether makes an interface that is up, with a cable to its other end, and
// returns its index.
func ether(t testing.TB, name string) int {
	t.Helper()
	ip(t, "link add "+name+" type veth peer name "+name+"-peer")
	ip(t, "link set "+name+" up")
	ip(t, "link set "+name+"-peer up")
	return linkNamed(t, name).Index
}

func linkNamed(t testing.TB, name string) Link {
	t.Helper()
	snap, err := List(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range snap.Links {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no interface %s", name)
	return Link{}
}

func testWriter(t testing.TB) *Writer {
	t.Helper()
	w, err := NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

var seconds = regexp.MustCompile(`\b\d+sec\b`)

// steady rounds lifetimes up to tens of seconds: they run while the test does.
func steady(s string) string {
	return seconds.ReplaceAllStringFunc(s, func(lifetime string) string {
		var n int
		fmt.Sscanf(lifetime, "%dsec", &n)
		return fmt.Sprintf("%dsec", (n+9)/10*10)
	})
}
