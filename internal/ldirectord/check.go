package ldirectord

import (
	"fmt"
	"strconv"
)

// servicePorts is where a service is checked when no port is named.
var servicePorts = func() map[string]int {
	byName := map[string]int{}
	for port, name := range services {
		byName[name] = port
	}
	return byName
}()

// check writes the checker of a real server.
func (c *converter) check(w *writer, v *virtual, s server) {
	switch v.checkType {
	case "on":
	case "ping":
		c.ping(w, v)
	case "connect":
		c.connect(w, v, s)
	case "external", "external-perl":
		c.external(w, v, s)
	default:
		if _, err := strconv.Atoi(v.checkType); err == nil {
			c.mention(v.where("checktype"), "checktype=%s: every check negotiates", v.checkType)
		} else if v.checkType != "negotiate" {
			c.lost(v.where("checktype"), "checktype=%s is unknown: negotiate is used", short(v.checkType))
		}
		c.negotiate(w, v, s)
	}
}

// timeout is that of connect, external and ping checks, in seconds.
func (c *converter) timeout(v *virtual) int {
	return over(5, v.checkTimeout, c.global.checkTimeout, v.negotiateTimeout, c.global.negotiateTimeout)
}

func (c *converter) negotiateTimeout(v *virtual) int {
	return over(30, v.negotiateTimeout, c.global.negotiateTimeout, v.checkTimeout, c.global.checkTimeout)
}

// begin opens a checker with what all have.
func (c *converter) begin(w *writer, v *virtual, kind string, timeout, tries int) {
	w.open("%s", kind)
	if kind != "MISC_CHECK" {
		w.line("connect_timeout %d", timeout)
	}
	w.line("retry %d", tries-1)
	if tries > 1 {
		w.line("delay_before_retry %d", c.interval(v))
	}
}

func (c *converter) tries(v *virtual) int { return over(1, v.failureCount, c.global.failureCount) }

func (c *converter) ping(w *writer, v *virtual) {
	tries := max(c.tries(v), over(1, v.checkCount, c.global.checkCount))
	c.begin(w, v, "PING_CHECK", c.timeout(v), tries)
	w.close()
}

// port is where a server is checked, 0 when that is not known.
func (v *virtual) port(s server) int {
	for _, p := range []int{v.checkPort, s.port, servicePorts[v.service]} {
		if p != 0 {
			return p
		}
	}
	return 0
}

// connect is ping for UDP.
func (c *converter) connect(w *writer, v *virtual, s server) {
	if v.protocol == "UDP" {
		c.ping(w, v)
		return
	}
	c.tcp(w, v, s, c.timeout(v))
}

func (c *converter) tcp(w *writer, v *virtual, s server, timeout int) {
	if v.port(s) == 0 {
		c.lost(s.line, "no port to check: the server is pinged; checkport names one")
		c.ping(w, v)
		return
	}
	c.begin(w, v, "TCP_CHECK", timeout, c.tries(v))
	c.checkPort(w, v, s)
	w.close()
}

func (c *converter) checkPort(w *writer, v *virtual, s server) {
	if p := v.port(s); p != 0 && (p != s.port || v.isMark()) {
		w.line("connect_port %d", p)
	}
}

func (c *converter) external(w *writer, v *virtual, s server) {
	command := v.command
	if command == "" {
		c.lost(v.where("checktype"), "checktype=%s without checkcommand: nothing is checked", v.checkType)
		return
	}
	target, port := v.target.addr.String(), strconv.Itoa(v.target.port)
	if v.isMark() {
		target, port = strconv.FormatUint(uint64(v.mark), 10), "0"
	}
	c.scripts = true
	c.begin(w, v, "MISC_CHECK", 0, c.tries(v))
	w.line("misc_path %s", script(fmt.Sprintf("%s %s %s %v %d", command, target, port, s.addr, s.port)))
	w.line("misc_timeout %d", min(c.timeout(v), 4294))
	w.close()
}
