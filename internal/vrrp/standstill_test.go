package vrrp

import (
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// A loop that gets no processor for a while sees the events of that time
// together: an interface that went and came back was there all the time.
func TestInterfaceThatGoesAndComesWhileTheLoopStandsStill(t *testing.T) {
	for name, commands := range map[string][]string{
		"removed": {
			"link delete vrrp0", "link add vrrp0 type veth peer name wire0", "address add 192.0.2.1/24 dev vrrp0",
			"link set vrrp0 up", "link set wire0 up",
		},
		"renamed":                {"link set vrrp0 down", "link set vrrp0 name other0", "link set other0 name vrrp0", "link set vrrp0 up"},
		"renamed while it is up": {"link set vrrp0 name other0", "link set other0 name vrrp0"}, // from Linux 6.2 on
		"switched off and on":    {"link set vrrp0 down", "link set vrrp0 up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Run("addresses alone", func(t *testing.T) {
				goesAndComes(t, configOf(testInstance()), commands, func(*testRouter) {})
			})
			t.Run("routes and static objects, too", func(t *testing.T) {
				conf := staticsConfig()
				conf.VRRP.Instances[0].VirtualRoutes = []config.Route{linkRoute("203.0.114.0/24")}
				goesAndComes(t, conf, commands, func(r *testRouter) {
					r.waitStatics(true)
					r.waitIP("route", "203.0.114.0/24", true)
				})
			})
		})
	}
}

func goesAndComes(t *testing.T, conf config.Config, commands []string, others func(*testRouter)) {
	r, l := startInPieces(t, conf)
	r.waitIP("address show dev vrrp0", "192.0.2.10/32", true)
	others(r)
	r.standStill(l, func(next func() message) {
		for _, args := range append(commands, "link add mark0 type veth peer name mark1", "link delete mark0") {
			if exec.Command("ip", strings.Fields(args)...).Run() != nil {
				t.Logf("this kernel refuses: ip %s", args)
			}
		}
		for over := false; !over; {
			m := next()
			e, _ := m.(kernelEvent)
			gone, ok := e.Event.(netif.LinkRemoved)
			over = m == nil || ok && gone.Link.Name == "mark0"
		}
	})
	r.caughtUp(l)
	r.waitIP("address show dev vrrp0", "192.0.2.10/32", true)
	others(r)
}

// startInPieces is startConfigured for a test that has to do with the loop itself.
func startInPieces(t *testing.T, conf config.Config) (*testRouter, *loop) {
	t.Helper()
	needsNamespace(t)
	ip(t, "link add vrrp0 type veth peer name wire0")
	t.Cleanup(func() { ip(t, "link delete vrrp0") })
	for _, args := range []string{"address add 192.0.2.1/24 dev vrrp0", "link set vrrp0 up", "link set wire0 up"} {
		ip(t, args)
	}
	r := newTestRouter(t)
	r.loop = make(chan *loop, 1)
	r.start(conf)
	t.Cleanup(r.stop)
	return r, <-r.loop
}

// standStill has the loop do something else for a while; next is what comes for it
// meanwhile, nil after a long time. It then handles all that at once.
func (r *testRouter) standStill(l *loop, something func(next func() message)) {
	over := make(chan bool)
	l.inbox.post(busCall(func(l *loop) {
		defer close(over)
		var all []message
		something(func() message {
			select {
			case m := <-l.inbox.ch:
				all = append(all, m)
				return m
			case <-time.After(60 * time.Second):
				r.t.Error("nothing comes for the loop")
				return nil
			}
		})
		for _, m := range all {
			m.handle(l)
		}
	}))
	<-over
}

// caughtUp waits until the loop has handled what waits for it, and the worker
// what came of it.
func (r *testRouter) caughtUp(l *loop) {
	for range 3 { // what the worker tells makes further work
		done := make(chan bool)
		l.inbox.post(busCall(func(l *loop) {
			go l.inbox.post(busCall(func(l *loop) { // in the next turn
				n := new(atomic.Int32)
				keys := []int{staticsKey, devicesKey}
				for id := range l.instances {
					keys = append(keys, int(id))
				}
				n.Store(int32(len(keys)))
				for _, key := range keys {
					l.worker.add(key, taskFunc(func() {
						if n.Add(-1) == 0 {
							close(done)
						}
					}))
				}
			}))
		}))
		<-done
	}
}

// Interface events that come while everything is being removed at the stop bring
// nothing back.
func TestNothingIsSetAgainDuringTheStop(t *testing.T) {
	r, l := startInPieces(t, staticsConfig())
	r.waitStatics(true)
	r.waitIP("address show dev vrrp0", "192.0.2.10/32", true)
	events := make(chan bool)
	l.inbox.post(busCall(func(l *loop) {
		l.worker.add(rehearsalKey, taskFunc(func() { <-events })) // it has a lot to do
		l.stop()
		s, err := netif.List(netif.Options{})
		if err != nil {
			t.Error(err)
		}
		l.kernelEvent(netif.Resync{Snapshot: s})
		go l.inbox.post(busCall(func(*loop) { close(events) }))
	}))
	r.stop()
	r.waitStatics(false)
	r.waitIP("address show dev vrrp0", "192.0.2.10/32", false)
}
