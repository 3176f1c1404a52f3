package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/vrrp/wire"
)

// receiveOptions is how large the receive buffer of the sockets of in is: the
// sum of what the instances that share them need.
func (l *loop) receiveOptions(in *instance) wire.ReceiveOptions {
	o := wire.ReceiveOptions{Timestamps: true}
	want, _ := in.endpoint(l.links)
	for _, other := range l.instances {
		n := l.rxBuffer(other)
		if n == 0 {
			continue
		}
		if e, ok := other.endpoint(l.links); ok && e == want {
			o.Buffer += n
		}
	}
	return o
}

// rxBuffer is what one instance needs in bytes (kernel_rx_buf_size,
// vrrp_rx_bufs_policy); 0 is the kernel's default.
func (l *loop) rxBuffer(in *instance) int {
	b := l.conf.Global.Buffers
	switch {
	case in.conf.KernelRxBufSize.Set:
		return int(in.conf.KernelRxBufSize.V)
	case b.RxBufsSize > 0:
		return int(b.RxBufsSize)
	case b.RxBufsPolicyMTU:
		link, _ := l.links.lookup(advertInterface(&in.conf))
		return link.MTU * int(b.RxBufsMultiplier)
	case b.RxBufsPolicyAdvert:
		return advertSize(&in.conf) * int(b.RxBufsMultiplier)
	}
	return 0
}

// advertSize is the length of an advert with its IP header.
func advertSize(in *config.Instance) int {
	const header, trailer = 8, 28
	n := 20 + header + 4*len(in.VIPs)
	if in.Family == config.IPv6 {
		n = 40 + header + 16*len(in.VIPs)
	}
	if in.Version == 2 && in.Family == config.IPv4 {
		n += len(in.Auth.Pass)
	}
	if in.Auth.Type == config.AuthAH {
		n += 24
	}
	if in.AuthHMAC.Enable {
		n += trailer
	}
	return n
}
