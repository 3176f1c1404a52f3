package notify

import (
	"bufio"
	"io"
	"net/textproto"
	"strings"
	"testing"

	"keepalived/internal/logging"
)

var _ Log = (*logging.Logger)(nil)

func FuzzReply(f *testing.F) {
	for _, seed := range []string{"220 a\r\n", "250-a\r\n250 b\r\n", "250\r\n", "25", "", "\r\n", "+12 a\n", "999-\r\n", "250 a\x00\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		limit := &io.LimitedReader{R: strings.NewReader(text)}
		c := connection{limit: limit, text: textproto.NewReader(bufio.NewReader(limit))}
		code, err := c.reply()
		if code < 0 || code > 999 || err != nil && code != 0 {
			t.Errorf("%q: code %d, %v", text, code, err)
		}
	})
}

func FuzzMessage(f *testing.F) {
	f.Add("subject", "body", "A. B <a@b>")
	f.Add("a\r\nBcc: x", ".\r\n", `"<>\`)
	f.Fuzz(func(t *testing.T, subject, body, address string) {
		text := message(MailOptions{From: address, To: []string{address, address}}, Mail{Subject: subject, Body: body})
		head, _, ok := strings.Cut(text, "\r\n\r\n")
		if !ok || strings.Count(head, "\r\n") != 5 || strings.Count(head, "\n") != 5 {
			t.Errorf("header of %q, %q:\n%q", subject, address, head)
		}
		if strings.ContainsAny(envelope(address), "\r\n") {
			t.Errorf("envelope %q", envelope(address))
		}
	})
}
