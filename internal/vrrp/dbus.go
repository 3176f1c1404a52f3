package vrrp

import (
	"fmt"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dbus"
	"keepalived/internal/logging"
	"keepalived/internal/vrrp/fsm"
)

const (
	// busGoodBye is how long the bus may take to hear of the stop.
	busGoodBye = 500 * time.Millisecond
	// busPatience is how long a client waits for what it has asked for.
	busPatience = 5 * time.Second
)

// newBus makes the D-Bus service; what its clients ask for is posted to the loop.
func newBus(log *logging.Logger, inbox *inbox, p parent) *dbus.Service {
	ask := func(do func(l *loop, done func(error))) func() error {
		return func() error { return busRequest(inbox, do) }
	}
	return dbus.New(log, dbus.Actions{
		PrintData:       ask(func(l *loop, done func(error)) { l.printData(onRequest, done) }),
		PrintStats:      ask(func(l *loop, done func(error)) { l.printStats(onRequest, done) }),
		PrintStatsClear: ask(func(l *loop, done func(error)) { l.printStatsClear(onRequest, done) }),
		Reload:          func() error { p.reloadRequest(); return nil },
		SendGARP: func(name string) error {
			return busRequest(inbox, func(l *loop, done func(error)) { done(l.announceFor(name)) })
		},
	})
}

// onRequest is who asked, in log lines.
const onRequest = "on DBus request"

// busCall is a request of a client of D-Bus.
type busCall func(*loop)

func (f busCall) handle(l *loop) { f(l) }

// busRequest has the loop do something and waits until it is done.
func busRequest(inbox *inbox, do func(l *loop, done func(error))) error {
	result := make(chan error, 1)
	go inbox.post(busCall(func(l *loop) { do(l, func(err error) { result <- err }) }))
	select {
	case err := <-result:
		return err
	case <-time.After(busPatience):
		return fmt.Errorf("not done within %v, it may be done later", busPatience)
	}
}

// announceFor announces the addresses of a master once more.
func (l *loop) announceFor(name string) error {
	for _, in := range l.instances {
		if in.conf.Name == name {
			l.log.Infof("Sending garps on %s %s", name, onRequest)
			if l.isMaster(in) {
				l.announce(in, &fsm.Effect{Kind: fsm.Announce, Instance: in.id, Scope: fsm.ScopeAll, Repeat: 1})
			}
			return nil
		}
	}
	return fmt.Errorf("instance %s is gone", name)
}

// configureBus brings the service in line with the configuration in use.
func (l *loop) configureBus() {
	g := &l.conf.Global
	if !g.DBus.Enable {
		l.bus.Configure(nil, nil)
		return
	}
	var instances []dbus.Instance
	for _, id := range l.machine.Instances() {
		if in, ok := l.instances[id]; ok {
			instances = append(instances, busInstance(in.conf, l.machine.State(id)))
		}
	}
	l.bus.Configure(&dbus.Config{
		Name: g.DBus.ServiceName, NoInterface: g.DBus.NoInterfaceName, Namespace: g.NetNamespace, Instance: g.Instance,
	}, instances)
}

func busInstance(c config.Instance, s fsm.State) dbus.Instance {
	return dbus.Instance{
		Name: c.Name, Interface: c.Interface, VRID: c.VRID, IPv6: c.Family == config.IPv6, State: dbus.State(s),
	}
}
