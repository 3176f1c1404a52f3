package vrrp

import (
	"fmt"
	"os"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/firewall"
	"keepalived/internal/vrrp/wire"
)

// kernelSide is what the worker changes the kernel and the network with.
type kernelSide struct {
	writer    kernelWriter
	port      uint32 // of the writer
	announcer announcer
	devices   *deviceMaker
	firewall  *firewall.Firewall
	pacer     *pacer
	claims    claims
}

func openKernelSide(log *logging.Logger) (kernelSide, error) {
	writer, err := netif.NewWriter()
	if err != nil {
		return kernelSide{}, fmt.Errorf("opening netlink: %w", err)
	}
	announcer, err := wire.NewAnnouncer()
	if err != nil {
		return kernelSide{}, err
	}
	slow, err := wire.NewAnnouncer()
	if err != nil {
		return kernelSide{}, err
	}
	devices, err := newDeviceMaker(log)
	if err != nil {
		return kernelSide{}, err
	}
	return kernelSide{writer: writer, port: writer.Port(), announcer: announcer, devices: devices, pacer: newPacer(log, slow), claims: claims{}}, nil
}

// configureSockets sets the buffer of what carries out commands
// (vrrp_netlink_cmd_rcv_bufs).
func (k kernelSide) configureSockets(log *logging.Logger, b config.Buffer) {
	w, ok := k.writer.(*netif.Writer)
	if !ok || b.Size == 0 {
		return
	}
	if err := w.SetReceiveBuffer(int(b.Size), b.Force); err != nil {
		log.Infof("vrrp_netlink_cmd_rcv_bufs: %v", err)
	}
}

// forwarding reports whether the interface forwards IPv6, which neighbour
// adverts tell (RFC 4861 4.4, router flag).
func (kernelSide) forwarding(name string) bool {
	b, err := os.ReadFile("/proc/sys/net/ipv6/conf/" + name + "/forwarding")
	return err == nil && strings.TrimSpace(string(b)) != "0"
}
