package check

import (
	"fmt"
	"os"
	"strings"

	"keepalived/internal/config"
)

// pingRange is net.ipv4.ping_group_range, whose lower end has to be 0 so that
// root may send echo requests without a raw socket.
type pingRange struct{ before string }

const pingRangeFile = "/proc/sys/net/ipv4/ping_group_range"

// openPings lets PING_CHECKs send, if there are any.
func (l *loop) openPings() {
	if l.pings != nil || !usesPing(l.conf) {
		return
	}
	p, err := openPingRange()
	if err != nil {
		l.log.Infof("Allowing echo requests for PING_CHECK: %v", err)
	}
	l.pings = p
}

func usesPing(c *config.Config) bool {
	for i := range c.LVS.VirtualServers {
		for _, r := range c.LVS.VirtualServers[i].RealServers {
			for _, k := range r.Checkers {
				if k.Kind == config.CheckPing {
					return true
				}
			}
		}
	}
	return false
}

func openPingRange() (*pingRange, error) {
	text, err := os.ReadFile(pingRangeFile)
	if err != nil {
		return nil, err
	}
	var low, high uint32
	if _, err := fmt.Sscan(string(text), &low, &high); err != nil {
		return nil, fmt.Errorf("reading %s: %w", pingRangeFile, err)
	}
	if low == 0 {
		return nil, nil
	}
	if low > high {
		high = 0
	}
	return &pingRange{strings.TrimSpace(string(text))}, writePingRange(fmt.Sprintf("0\t%d", high))
}

// restore puts back what was there before.
func (p *pingRange) restore() {
	if p != nil {
		_ = writePingRange(p.before)
	}
}

func writePingRange(text string) error { return os.WriteFile(pingRangeFile, []byte(text), 0o644) }
