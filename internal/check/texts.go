package check

import (
	"fmt"

	"keepalived/internal/config"
)

// result is what one run of a checker found.
type result struct {
	ok bool
	// postponed: the check could not be made; that says nothing about the server.
	postponed bool
	reason    string // of a failure or postponement, as the type of checker words it
	passed    string // the strongest test that a page has passed
	path      string // of that page
	timedOut  bool
	status    int      // exit status of a script
	signal    int      // signal that ended a script
	notes     []string // further log lines
	details   []string // further log lines with --log-detail
}

// wording is the messages of one type of checker.
type wording struct {
	mail    string // in the mail's body
	success string // format with the name of the server
	failed  string // format with the name of the server
}

var wordings = map[config.CheckKind]wording{
	config.CheckTCP:  {"TCP CHECK", "TCP connection to %s success.", "TCP_CHECK on service %s failed"},
	config.CheckUDP:  {"UDP CHECK", "UDP connection to %s success.", "UDP_CHECK on service %s failed"},
	config.CheckPing: {"ICMP CHECK", "ICMP connection to %s success.", "ICMP CHECK on service %s failed"},
	config.CheckHTTP: {"CHECK", "Remote Web server %s succeed on service.", "HTTP_CHECK on service %s failed"},
	config.CheckSSL:  {"CHECK", "Remote Web server %s succeed on service.", "SSL_CHECK on service %s failed"},
	config.CheckSMTP: {"CHECK", "Remote SMTP server %s succeed on service.", ""},
	config.CheckDNS:  {"DNS_CHECK:", "", ""},
}

// lines is what the log gets about a result.
func (c *checker) lines(v verdict, res result, logAll bool) (lines []string) {
	add := func(line string) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	each := v.looked && (logAll || c.conf.LogAllFailures)
	switch v.report {
	case reportSuccess:
		if !v.was {
			add(c.pageLine(res))
		}
		add(c.successLine())
	case reportPage:
		add(c.pageLine(res))
	case reportFailed:
		if each && c.failsInTwoLines() {
			add(c.attemptLine(v, res))
		}
		add(c.failedLine(v, res))
	case reportAttempt:
		if each {
			add(c.attemptLine(v, res))
		}
	}
	return lines
}

// pageLine is about a page that is right, "" for other checks.
func (c *checker) pageLine(res result) string {
	if res.passed == "" {
		return ""
	}
	return fmt.Sprintf("%s %s url(%s)", res.passed, c.r.name(), res.path)
}

// failsInTwoLines reports whether the line about a server that is given up does
// not tell what was wrong this time.
func (c *checker) failsInTwoLines() bool {
	switch c.conf.Kind {
	case config.CheckMisc, config.CheckSMTP, config.CheckDNS:
		return false
	}
	return true
}

func (c *checker) successLine() string {
	if c.conf.Kind == config.CheckMisc {
		return fmt.Sprintf("Misc check for [%s VS %s] by [%s] succeeded.", c.r.name(), c.r.v.name(), c.script())
	}
	if w := wordings[c.conf.Kind].success; w != "" {
		return fmt.Sprintf(w, c.r.name())
	}
	return ""
}

func (c *checker) failedLine(v verdict, res result) string {
	switch c.conf.Kind {
	case config.CheckMisc:
		return c.miscLine(res, retriesMade(v.retries))
	case config.CheckSMTP:
		return "SMTP_CHECK " + res.reason
	case config.CheckDNS:
		if v.ranBefore {
			return c.dnsLine(res, fmt.Sprintf(" after %d retries", v.retries))
		}
		return c.dnsLine(res, "")
	}
	name := c.r.name()
	if v.retries == 0 {
		return fmt.Sprintf(wordings[c.conf.Kind].failed+".", name)
	}
	if c.conf.Kind == config.CheckPing {
		name += " of " + c.r.v.name()
	}
	return fmt.Sprintf(wordings[c.conf.Kind].failed+" after %d retries.", name, v.retries)
}

func (c *checker) attemptLine(v verdict, res result) string {
	switch c.conf.Kind {
	case config.CheckMisc:
		return c.miscLine(res, c.retryNote(v))
	case config.CheckSMTP:
		return "SMTP_CHECK " + res.reason
	case config.CheckDNS:
		return c.dnsLine(res, "")
	case config.CheckHTTP, config.CheckSSL:
		return fmt.Sprintf("%s server %s.", res.reason, c.r.name())
	}
	return res.reason
}

func (c *checker) dnsLine(res result, note string) string {
	return fmt.Sprintf("DNS_CHECK (%s) %s%s", c.r.name(), res.reason, note)
}

func (c *checker) script() string { return c.conf.Detail.Misc.Script.Argv[0] }

func (c *checker) miscLine(res result, note string) string {
	s := fmt.Sprintf("Misc check for [%s VS %s] by [%s] ", c.r.name(), c.r.v.name(), c.script())
	switch {
	case res.timedOut:
		return s + "timed out" + note + "."
	case res.signal != 0:
		return fmt.Sprintf("%sfailed%s (due to signal %d).", s, note, res.signal)
	}
	return fmt.Sprintf("%sfailed%s (exited with status %d).", s, note, res.status)
}

func retriesMade(n uint32) string {
	switch n {
	case 0:
		return " with retry disabled"
	case 1:
		return " after 1 retry"
	}
	return fmt.Sprintf(" after %d retries", n)
}

func (c *checker) retryNote(v verdict) string {
	retry := c.timing.Retry.V
	switch {
	case v.attempt > 0:
		return fmt.Sprintf(" on retry %d/%d", v.attempt, retry)
	case retry == 1:
		return ", will do 1 retry"
	}
	return fmt.Sprintf(", will do %d retries", retry)
}

// mailBody is the text of the mail about a change.
func (c *checker) mailBody(res result) string {
	switch {
	case c.conf.Kind == config.CheckMisc && res.ok:
		return "=> MISC CHECK succeeded on service <="
	case c.conf.Kind == config.CheckMisc:
		return "=> MISC CHECK " + inhibitWord(res.timedOut, "timed out", "failed") + " on service <="
	case c.conf.Kind == config.CheckBFD:
		return fmt.Sprintf("=> BFD CHECK %s %s on service <=", c.conf.Detail.BFD.Name, inhibitWord(res.ok, "succeeded", "failed"))
	case res.ok:
		return "=> " + wordings[c.conf.Kind].mail + " succeed on service <="
	case c.conf.Kind == config.CheckHTTP || c.conf.Kind == config.CheckSSL:
		return "=> CHECK failed on service : HTTP/SSL request failed <="
	case c.conf.Kind == config.CheckSMTP:
		return "=> CHECK failed on service : " + res.reason + " <="
	}
	return "=> " + wordings[c.conf.Kind].mail + " failed on service <="
}
