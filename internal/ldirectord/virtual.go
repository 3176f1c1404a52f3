package ldirectord

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// virtualDirectives belong to a virtual.
var virtualDirectives = map[string]func(*reader, *virtual, line) error{
	"real":         (*reader).real,
	"real6":        (*reader).real,
	"checktype":    text(func(v *virtual) *string { return &v.checkType }),
	"service":      text(func(v *virtual) *string { return &v.service }),
	"checkcommand": text(func(v *virtual) *string { return &v.command }),
	"request":      text(func(v *virtual) *string { return &v.request }),
	"receive":      text(func(v *virtual) *string { return &v.receive }),
	"virtualhost":  text(func(v *virtual) *string { return &v.host }),
	"netmask":      text(func(v *virtual) *string { return &v.netmask }),
	"servicename":  text(func(v *virtual) *string { return &v.label }),
	"comment":      func(*reader, *virtual, line) error { return nil },
	"scheduler":    scheduler,
	"protocol":     protocol,
	"checkport":    checkPort,
	"persistent":   persistent,
	"ops":          ops,
	"httpmethod":   httpMethod,
	"monitorfile":  lost("no equivalent: changes are in the log"),
	"login":        func(*reader, *virtual, line) error { return nil }, // the check says what it leaves out
	"passwd":       func(*reader, *virtual, line) error { return nil },
	"database":     func(*reader, *virtual, line) error { return nil },
	"secret":       func(*reader, *virtual, line) error { return nil },
}

func text(p func(*virtual) *string) func(*reader, *virtual, line) error {
	return func(_ *reader, v *virtual, l line) error {
		if *p(v) = unquote(l.value); *p(v) == "" {
			return errNoValue
		}
		return nil
	}
}

func lost(why string) func(*reader, *virtual, line) error {
	return func(*reader, *virtual, line) error { return errors.New(why) }
}

// schedulers are those that both know.
var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf", "twos"}

func scheduler(_ *reader, v *virtual, l line) error {
	if name := unquote(l.value); slices.Contains(schedulers, name) {
		v.scheduler = name
		return nil
	}
	return fmt.Errorf("%s is not a scheduler: wrr is used", short(l.value))
}

func protocol(_ *reader, v *virtual, l line) error {
	switch name := unquote(l.value); {
	case name == "fwm" && v.isMark(), (name == "tcp" || name == "udp") && !v.isMark():
		v.protocol = strings.ToUpper(name)
		return nil
	}
	return fmt.Errorf("%s does not fit this virtual", short(l.value))
}

func checkPort(_ *reader, v *virtual, l line) (err error) {
	v.checkPort, err = parsePort(unquote(l.value))
	return err
}

func persistent(_ *reader, v *virtual, l line) error {
	n, err := parseCount(unquote(l.value))
	if err == nil && n > 2678400 {
		n, err = 2678400, errors.New("31 days are the most, which are used")
	}
	v.persistent = n
	return err
}

func ops(_ *reader, v *virtual, l line) (err error) {
	v.ops, err = parseYes(unquote(l.value))
	return err
}

func httpMethod(_ *reader, _ *virtual, l line) error {
	if strings.EqualFold(unquote(l.value), "GET") {
		return nil
	}
	return errors.New("pages are always asked for with GET")
}

// real reads ADDRESS[->ADDRESS][:PORT] METHOD [WEIGHT] ["REQUEST", "RECEIVE"].
func (r *reader) real(v *virtual, l line) error {
	plain, quoted, _ := strings.Cut(l.value, `"`)
	f := strings.Fields(plain)
	if len(f) == 0 {
		return errNoValue
	}
	s := server{line: l.number, weight: 1, method: "DR"}
	if len(f) < 2 || methods[f[1]] == "" {
		r.lost(l.number, "%s: gate, masq or ipip is missing: gate is used", l.key)
	} else {
		s.method = methods[f[1]]
	}
	if len(f) > 2 {
		n, err := strconv.ParseUint(f[2], 10, 31)
		if err != nil {
			return fmt.Errorf("%s is not a weight", short(f[2]))
		}
		s.weight = int(n)
	}
	s.request, s.receive = pair(quoted)
	return r.addReals(v, s, f[0])
}

// pair splits REQUEST", "RECEIVE".
func pair(s string) (request, receive string) {
	request, rest, _ := strings.Cut(s, `"`)
	_, receive, _ = strings.Cut(rest, `"`)
	return request, strings.TrimSuffix(strings.TrimSpace(receive), `"`)
}

func (r *reader) addReals(v *virtual, s server, hosts string) error {
	list, err := expand(hosts)
	if err != nil {
		return err
	}
	for _, host := range list {
		if s.endpoint, err = parseEndpoint(host); err != nil {
			return err
		}
		if s.method != "NAT" && !v.isMark() && s.port != v.target.port {
			if s.port != 0 {
				r.mention(s.line, "only masq can change the port: %d is used", v.target.port)
			}
			s.port = v.target.port
		}
		// A mark's servers have no ports of their own.
		if same := slices.IndexFunc(v.reals, func(o server) bool { return o.endpoint == s.endpoint || v.isMark() && o.addr == s.addr }); same >= 0 {
			return fmt.Errorf("%s is there already, from line %d", host, v.reals[same].line)
		}
		if !v.isMark() && s.method != "TUN" && s.addr.Is4() != v.target.addr.Is4() {
			return fmt.Errorf("%s is not of the virtual's family", host)
		}
		v.reals = append(v.reals, s)
	}
	return nil
}
