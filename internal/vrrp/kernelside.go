package vrrp

import (
	"fmt"
	"os"
	"strings"

	"keepalived/internal/logging"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/firewall"
	"keepalived/internal/vrrp/wire"
)

// kernelSide is what the worker changes the kernel and the network with.
type kernelSide struct {
	writer    kernelWriter
	announcer announcer
	devices   *deviceMaker
	firewall  *firewall.Firewall
	pacer     *pacer
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
	return kernelSide{writer: writer, announcer: announcer, devices: devices, pacer: newPacer(log, slow)}, nil
}

// forwarding reports whether the interface forwards IPv6, which neighbour
// adverts tell (RFC 4861 4.4, router flag).
func (kernelSide) forwarding(name string) bool {
	b, err := os.ReadFile("/proc/sys/net/ipv6/conf/" + name + "/forwarding")
	return err == nil && strings.TrimSpace(string(b)) != "0"
}
