package ldirectord

import (
	"fmt"
	"slices"
	"strings"
)

// Convert returns the keepalived.conf that does what an ldirectord.cf with that
// name and text does, and notes in the order of its lines. It always returns a
// configuration that keepalived accepts; what cannot be in it is in the notes.
func Convert(name, text string) (conf string, about []Note) {
	f, n := read(text)
	c := &converter{file: f, notes: n}
	servers := &writer{}
	for _, v := range c.distinct() {
		c.virtual(servers, v)
	}
	head := &writer{}
	head.line("# From %s by keepalived --import-ldirectord", strings.Map(printable, name))
	c.globals(head)
	slices.SortStableFunc(c.notes, func(a, b Note) int { return a.Line - b.Line })
	return head.String() + servers.String(), slices.Compact(c.notes)
}

// converter writes virtuals.
type converter struct {
	*file
	notes
	scripts bool // some are used
}

// distinct returns the virtuals that can be used.
func (c *converter) distinct() (list []*virtual) {
	seen := map[string]int{}
	for _, v := range c.virtuals {
		v.defaults()
		id := v.name() + " " + v.protocol
		switch first := seen[id]; {
		case first != 0:
			c.lost(v.line, "this virtual is there already, from line %d: left out", first)
		case v.checkType == "off":
			c.lost(v.where("checktype"), "checktype=off activates no server: the virtual is left out")
		case len(v.reals) == 0:
			c.lost(v.line, "this virtual has no real server: left out")
		case v.totalWeight() == 0:
			c.lost(v.line, "no real server of this virtual has a weight: left out")
		default:
			seen[id] = v.line
			list = append(list, v)
		}
	}
	return list
}

// defaults fills in what ldirectord(8) takes when nothing is said.
func (v *virtual) defaults() {
	if v.checkType == "" {
		v.checkType = "negotiate"
	}
	if v.scheduler == "" {
		v.scheduler = "wrr"
	}
	if v.service == "" {
		v.service = services[v.target.port]
	}
	if v.protocol == "" && !v.isMark() {
		v.protocol = "TCP"
		if v.target.port == 53 {
			v.protocol = "UDP"
		}
	}
}

// name is the virtual in the words of keepalived.conf(5).
func (v *virtual) name() string {
	if v.isMark() {
		return fmt.Sprintf("fwmark %d", v.mark)
	}
	return v.target.String()
}

// String is the address, and the port when there is one.
func (e endpoint) String() string {
	if e.port == 0 {
		return e.addr.String()
	}
	return fmt.Sprintf("%v %d", e.addr, e.port)
}

func (c *converter) globals(w *writer) {
	to, smtp := c.global.mail, c.global.smtp
	for _, v := range c.virtuals {
		if len(v.mail) > 0 {
			c.mention(v.where("emailalert"), "emailalert of one virtual: its addresses get all mail")
		}
		to = append(to, v.mail...)
		if smtp == "" {
			smtp = v.smtp
		}
	}
	if len(to) == 0 && !c.scripts {
		return
	}
	w.open("global_defs")
	if c.scripts {
		w.line("enable_script_security")
		w.line("script_user root")
	}
	if len(to) > 0 {
		c.mail(w, to, smtp)
	}
	w.close()
}

func (c *converter) mail(w *writer, to []string, smtp string) {
	w.open("notification_email")
	slices.Sort(to)
	for _, address := range slices.Compact(to) {
		w.line("%s", word(address))
	}
	w.close()
	if c.from != "" {
		w.line("notification_email_from %s", word(bare(c.from)))
	}
	if smtp == "" {
		smtp = "127.0.0.1"
	}
	w.line("smtp_server %s", word(smtp))
}

// bare is the address of a From header.
func bare(from string) string {
	if _, rest, ok := strings.Cut(from, "<"); ok {
		from, _, _ = strings.Cut(rest, ">")
	}
	return unquote(from)
}
