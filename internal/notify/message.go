package notify

import (
	"fmt"
	"strings"
)

const (
	maxSubject = 255 // octets, with the router id
	maxBody    = 511
)

// message is the text of a mail, without the dot that ends it.
func message(o MailOptions, m Mail) string {
	subject := m.Subject
	if o.RouterID != "" {
		subject = "[" + o.RouterID + "] " + subject
	}
	recipients := make([]string, len(o.To))
	for i, to := range o.To {
		recipients[i] = header(to)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Date: %s\r\n", m.at.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	fmt.Fprintf(&b, "From: %s\r\n", header(o.From))
	fmt.Fprintf(&b, "Subject: %s\r\n", oneLine(cut(subject, maxSubject)))
	fmt.Fprintf(&b, "X-Mailer: Keepalived\r\n")
	fmt.Fprintf(&b, "To: %s\r\n", strings.Join(recipients, ",\r\n "))
	fmt.Fprintf(&b, "\r\n%s\r\n\r\n", cut(m.Body, maxBody))
	return b.String()
}

// envelope is an address for MAIL FROM and RCPT TO: what is in angle brackets.
func envelope(address string) string {
	address = oneLine(address)
	if i := strings.LastIndexByte(address, '<'); i >= 0 && strings.HasSuffix(address, ">") {
		return address[i:]
	}
	return "<" + address + ">"
}

// header is an address for From and To. A display name with special characters
// is quoted (RFC 5322 3.2.3).
func header(address string) string {
	address = oneLine(address)
	i := strings.LastIndexByte(address, '<')
	if i < 0 || !strings.HasSuffix(address, ">") {
		return address
	}
	name := strings.TrimRight(address[:i], " \t")
	if strings.HasPrefix(name, `"`) || !strings.ContainsAny(name, `()<>[]:;@\,."`) {
		return address
	}
	name = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
	return `"` + name + `"` + address[len(strings.TrimRight(address[:i], " \t")):]
}

// oneLine keeps a value from becoming a second header or command.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func cut(s string, octets int) string { return s[:min(len(s), octets)] }
