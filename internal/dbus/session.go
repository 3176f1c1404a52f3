package dbus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// answerLimit is how long the bus may take to answer.
const answerLimit = 25 * time.Second

// session is one connection to the bus.
type session struct {
	wire  net.Conn
	conn  *dbus.Conn
	lost  <-chan struct{} // closed when the connection has ended
	owner chan bool       // whether the name that was asked for is now ours
	name  string          // that is asked for
}

// connect opens a session. The library's own transport would take file
// descriptors from anybody and keep them, so it is given a connection of ours.
func (s *Service) connect(name string) (*session, error) {
	network, path := address(os.Getenv("DBUS_SYSTEM_BUS_ADDRESS"))
	conn, err := net.Dial(network, path)
	if err != nil {
		return nil, fmt.Errorf("connecting to the system bus: %w", err)
	}
	wire := newWire(conn)
	s.setWire(wire)
	bus := &session{wire: wire, owner: make(chan bool, 16), name: name}
	if err := s.introduce(bus); err != nil {
		s.close(bus)
		return nil, fmt.Errorf("connecting to the system bus: %w", err)
	}
	return bus, nil
}

func (s *Service) introduce(bus *session) (err error) {
	if err = bus.wire.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	bus.conn, err = dbus.NewConn(bus.wire, dbus.WithHandler(handler{s}), dbus.WithSignalHandler(bus),
		dbus.WithIncomingInterceptor(ownMachineID))
	if err != nil {
		return err
	}
	bus.lost = bus.conn.Context().Done()
	if err = bus.conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))}); err != nil {
		return err
	}
	if err = bus.conn.Hello(); err != nil {
		return err
	}
	return bus.wire.SetDeadline(time.Time{})
}

// address is the first place that a bus address names which we can reach.
func address(list string) (network, path string) {
	for _, a := range strings.Split(list, ";") {
		keys, ok := strings.CutPrefix(a, "unix:")
		for _, k := range strings.Split(keys, ",") {
			switch key, value, _ := strings.Cut(k, "="); {
			case ok && key == "path":
				return "unix", value
			case ok && key == "abstract":
				return "unix", "@" + value
			}
		}
	}
	return "unix", "/var/run/dbus/system_bus_socket"
}

// call asks the bus itself.
func (b *session) call(member string, args ...any) (code uint32, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerLimit)
	defer cancel()
	err = b.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus."+member, 0, args...).Store(&code)
	return code, err
}

// request asks for the name, and waits for it in a line if another process has it.
func (b *session) request(name string) (mine bool, err error) {
	code, err := b.call("RequestName", name, uint32(0))
	if err != nil {
		return false, fmt.Errorf("owning the name %s: %w", name, err)
	}
	return dbus.RequestNameReply(code) != dbus.RequestNameReplyInQueue, nil
}

func (b *session) release(name string) {
	_, _ = b.call("ReleaseName", name) // the connection is closed next
}

func (b *session) emit(x signal) {
	_ = b.conn.Emit(dbus.ObjectPath(x.path), x.iface+"."+x.member, x.values...)
}

// close ends the connection; closing the socket first ends a write that waits.
func (b *session) close() {
	b.wire.Close()
	if b.conn != nil {
		b.conn.Close()
	}
}

// DeliverSignal hears of the fate of the name.
func (b *session) DeliverSignal(iface, member string, x *dbus.Signal) {
	if iface != "org.freedesktop.DBus" || x.Sender != "org.freedesktop.DBus" || len(x.Body) != 1 || x.Body[0] != b.name {
		return
	}
	switch member {
	case "NameAcquired":
		b.tell(true)
	case "NameLost":
		b.tell(false)
	}
}

func (b *session) tell(mine bool) {
	select {
	case b.owner <- mine:
	default: // nobody listens: it is being closed
	}
}

// isRefusal tells a bus that does not want us from one that is not there.
func isRefusal(err error) bool {
	var refusal dbus.Error
	return errors.As(err, &refusal)
}
