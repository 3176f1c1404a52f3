package lvs

import (
	"fmt"
	"slices"
	"strings"
)

// stories are all that TestKernelBesideC plays.
func stories() []*story {
	return slices.Concat(serviceStories(), connectStories(), webStories(), checkerStories(), topologyStories(), globalStories(), reloadStories())
}

// virtual is a virtual server for a port with a round robin of masqueraded
// servers, checked every 2 seconds.
func virtual(addr, protocol, options string, reals ...string) string {
	return fmt.Sprintf("virtual_server %s {\ndelay_loop 2\nlvs_sched rr\nlvs_method NAT\nprotocol %s\n%s\n%s}\n",
		addr, protocol, options, strings.Join(reals, ""))
}

// real is a real server with options and checkers.
func real(addr string, inside ...string) string {
	return fmt.Sprintf("real_server %s {\n%s\n}\n", addr, strings.Join(inside, "\n"))
}

// check is a checker.
func check(kind string, options ...string) string {
	return fmt.Sprintf("%s {\n%s\n}", kind, strings.Join(options, "\n"))
}

// tcp is a TCP check without retries that begins at once.
var tcp = check("TCP_CHECK", "connect_timeout 1", "retry 0", "warmup 0")
