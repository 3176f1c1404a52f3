package config

import "strings"

// defaultHelo is what SMTP_CHECK introduces itself as.
const defaultHelo = "smtpchecker.keepalived.org"

func setHelo(d *decoder, s stmt) {
	if d.lvs.checker.detail.SMTP.Helo != defaultHelo {
		d.errorf(s, 1, "SMTP_CHECK helo name already specified")
	}
	d.lvs.checker.detail.SMTP.Helo = strings.Clone(s.arg(1))
}

// openHost begins a host block: another SMTP check with the options of the
// checker as its defaults.
func openHost(d *decoder, s stmt) bool {
	r := d.lvs.real
	parent := r.checkers[d.lvs.checkAt]
	parent.Origin, parent.hosts = s.origin(), 0
	helo := *parent.detail.SMTP
	parent.detail.SMTP = &helo
	r.checkers = append(r.checkers, parent)
	d.lvs.checker = &r.checkers[len(r.checkers)-1]
	return true
}

func endHost(d *decoder) {
	r := d.lvs.real
	if !d.reachable(d.lvs.checker) {
		d.dropCheck()
	} else {
		r.checkers[d.lvs.checkAt].hosts++
	}
	d.lvs.checker = &r.checkers[d.lvs.checkAt]
}

// endSMTP removes the checker itself when its hosts say all that there is to check.
func endSMTP(d *decoder) {
	r := d.lvs.real
	c := d.lvs.checker
	at := d.lvs.checkAt
	for i := at + 1; i < len(r.checkers); i++ {
		*r.checkers[i].detail.SMTP = *c.detail.SMTP
	}
	if c.hosts > 0 && c.connect == (Connect{}) || !d.reachable(c) {
		r.checkers = append(r.checkers[:at], r.checkers[at+1:]...)
	}
}
