package ldirectord

import (
	"errors"
	"fmt"
	"strings"
)

var errNoValue = errors.New("the value is missing")

// sharedDirectives may stand for all virtuals or in one.
var sharedDirectives = map[string]func(*settings, line) error{
	"checktimeout":     func(s *settings, l line) error { return number(&s.checkTimeout, l) },
	"negotiatetimeout": func(s *settings, l line) error { return number(&s.negotiateTimeout, l) },
	"checkinterval":    func(s *settings, l line) error { return number(&s.checkInterval, l) },
	"checkcount":       func(s *settings, l line) error { return number(&s.checkCount, l) },
	"failurecount":     func(s *settings, l line) error { return number(&s.failureCount, l) },
	"quiescent":        func(s *settings, l line) error { return yes(&s.quiescent, l) },
	"fallback":         func(s *settings, l line) error { return fallback(&s.fallback, l) },
	"fallback6":        func(s *settings, l line) error { return fallback(&s.fallback6, l) },
	"fallbackcommand":  func(s *settings, l line) error { s.fallbackCommand = unquote(l.value); return nil },
	"emailalert":       func(s *settings, l line) error { s.mail = addresses(l.value); return nil },
	"smtp":             func(s *settings, l line) error { s.smtp = unquote(l.value); return nil },
	"emailalertfreq":   emailFrequency,
	"emailalertstatus": emailStatus,
	"cleanstop":        cleanStop,
}

func number(p **int, l line) error {
	n, err := parseCount(unquote(l.value))
	if err == nil {
		*p = &n
	}
	return err
}

func yes(p **bool, l line) error {
	b, err := parseYes(unquote(l.value))
	if err == nil {
		*p = &b
	}
	return err
}

func fallback(p **server, l line) error {
	s, err := parseFallback(l)
	if err == nil {
		*p = s
	}
	return err
}

func addresses(value string) (list []string) {
	return strings.FieldsFunc(unquote(value), func(c rune) bool { return c == ',' || c == ' ' || c == '\t' || c == '"' })
}

func emailFrequency(_ *settings, l line) error {
	if unquote(l.value) == "0" {
		return nil
	}
	return errors.New("mail is sent once for each change, not again and again")
}

func emailStatus(_ *settings, l line) error {
	if unquote(l.value) == "all" {
		return nil
	}
	return errors.New("no equivalent: mail is sent for every change")
}

func cleanStop(_ *settings, l line) error {
	if unquote(l.value) == "yes" {
		return nil
	}
	return errors.New("no keyword for it: start keepalived with --dont-release-ipvs")
}

// globalDirectives may only stand outside of virtuals.
var globalDirectives = map[string]func(*reader, line){
	"emailalertfrom": func(r *reader, l line) { r.from = l.value },
	"autoreload":     unless("no", "autoreload", "keepalived reads its file again when told: systemctl reload keepalived"),
	"logfile":        logFile,
	"supervised":     unless("no", "supervised", "start keepalived with --dont-fork --log-console"),
	"fork":           func(*reader, line) {}, // servers never wait for each other
	"callback":       nothing("use what changes the file"),
	"execute":        nothing("import that file, too"),
	"readdquiescent": nothing("servers removed by hand come back with their next change"),
	"maintenancedir": nothing("set the weight of a server to 0 and reload, or use FILE_CHECK"),
}

func unless(usual, name, text string) func(*reader, line) {
	return func(r *reader, l line) {
		if unquote(l.value) != usual {
			r.mention(l.number, "%s: %s", name, text)
		}
	}
}

func nothing(instead string) func(*reader, line) {
	return func(r *reader, l line) { r.lost(l.number, "%s has no equivalent: %s", l.key, instead) }
}

func logFile(r *reader, l line) {
	option := fmt.Sprintf("--log-facility=%s", unquote(l.value))
	if strings.HasPrefix(unquote(l.value), "/") {
		option = fmt.Sprintf("--log-file=%s", unquote(l.value))
	}
	r.mention(l.number, "logfile: start keepalived with %s", option)
}
