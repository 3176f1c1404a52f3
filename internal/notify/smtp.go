package notify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/textproto"
	"os"
	"strconv"
	"time"
)

// dialogue sends one mail (RFC 5321). It logs what goes wrong.
type dialogue struct {
	log     Log
	options MailOptions
	mail    Mail
	server  string // in messages
}

const (
	defaultPort    = 25
	defaultTimeout = 30 * time.Second
	// maxReply is the most that a server may say in one answer.
	maxReply = 16 << 10
)

var (
	errReported  = errors.New("reported") // the operator has been told
	errNoAddress = errors.New("the server has no address")
)

func (d *dialogue) run(ctx context.Context) {
	if d.options.Timeout <= 0 {
		d.options.Timeout = defaultTimeout
	}
	if d.options.Port == 0 {
		d.options.Port = defaultPort
	}
	conn, err := d.connect(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	d.talk(conn)
}

// connect resolves the server's name and opens the connection to the first
// address that answers.
func (d *dialogue) connect(ctx context.Context) (net.Conn, error) {
	addrs, err := d.resolve(ctx)
	if err != nil {
		d.log.Infof("Unable to resolve SMTP server %s: %s", d.options.Server, err)
		return nil, err
	}
	err = errNoAddress
	for _, addr := range addrs {
		d.server = fmt.Sprintf("[%s]:%d", addr, d.options.Port)
		dialer := net.Dialer{Timeout: d.options.Timeout}
		var conn net.Conn
		conn, err = dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(addr, d.options.Port).String())
		if err == nil {
			d.log.Detailf("Remote SMTP server %s connected.", d.server)
			return conn, nil
		}
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			d.log.Infof("Timeout opening connection to remote SMTP server %s.", d.server)
		} else {
			d.log.Infof("SMTP connection ERROR to %s.", d.server)
		}
	}
	return nil, err
}

func (d *dialogue) resolve(ctx context.Context) ([]netip.Addr, error) {
	if d.options.Addr.IsValid() {
		return []netip.Addr{d.options.Addr.Unmap()}, nil
	}
	if addr, err := netip.ParseAddr(d.options.Server); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, d.options.Timeout)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", d.options.Server)
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, err
}

// step is one command and the answer that it wants.
type step struct {
	name string // in messages
	line string // empty: nothing is sent
	code int
}

func (d *dialogue) talk(conn net.Conn) {
	helo := d.options.Helo
	if helo == "" {
		helo = "localhost"
	}
	steps := []step{
		{"(E)SMTP", "", 220},
		{"HELO", "HELO " + oneLine(helo), 250},
		{"MAIL", "MAIL FROM:" + envelope(d.options.From), 250},
	}
	for _, to := range d.options.To {
		steps = append(steps, step{"RCPT", "RCPT TO:" + envelope(to), 250})
	}
	steps = append(steps, step{"DATA", "DATA", 354})
	c := connection{conn: conn, limit: &io.LimitedReader{R: conn}}
	c.text = textproto.NewReader(bufio.NewReader(c.limit))
	for _, s := range steps {
		if d.step(&c, s, d.line(s)) != nil {
			return
		}
	}
	if d.step(&c, step{name: "BODY", code: 250}, d.body) != nil {
		return
	}
	d.log.Detailf("SMTP alert successfully sent.")
	d.quit(&c)
}

// connection is one end of the dialogue.
type connection struct {
	conn  net.Conn
	limit *io.LimitedReader
	text  *textproto.Reader
}

func (d *dialogue) line(s step) func(io.Writer) error {
	return func(w io.Writer) error {
		if s.line == "" {
			return nil
		}
		_, err := io.WriteString(w, s.line+"\r\n")
		return err
	}
}

func (d *dialogue) body(w io.Writer) error {
	b := bufio.NewWriter(w)
	dot := textproto.NewWriter(b).DotWriter()
	if _, err := io.WriteString(dot, message(d.options, d.mail)); err != nil {
		return err
	}
	return dot.Close()
}

// step sends and waits for the answer. After a wrong answer it says QUIT.
func (d *dialogue) step(c *connection, s step, send func(io.Writer) error) error {
	if err := c.conn.SetDeadline(time.Now().Add(d.options.Timeout)); err != nil {
		return err // closed because the daemon stops
	}
	if err := send(c.conn); err != nil {
		d.log.Infof("Cannot send data to remote SMTP server %s.", d.server)
		return errReported
	}
	code, err := c.reply()
	if err == nil && code == s.code {
		return nil
	}
	if d.complain(c, s, code, err) && s.name != "QUIT" {
		d.quit(c)
	}
	return errReported
}

// reply reads an answer of one or several lines and returns the code of the
// last, 0 if it has none.
func (c *connection) reply() (int, error) {
	c.limit.N = maxReply
	for {
		line, err := c.text.ReadLine()
		if err != nil {
			return 0, err
		}
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		code, err := strconv.ParseUint(line[:min(len(line), 3)], 10, 16)
		if err != nil {
			code = 0
		}
		return int(code), nil
	}
}

// complain logs why a step failed, and says whether the server still listens.
func (d *dialogue) complain(c *connection, s step, code int, err error) (listens bool) {
	switch {
	case err == nil:
		d.log.Infof("Error processing %s cmd on SMTP server %s. SMTP status code = %d", s.name, d.server, code)
		return true
	case errors.Is(err, os.ErrDeadlineExceeded):
		d.log.Infof("Timeout reading data to remote SMTP server %s.", d.server)
	case c.limit.N == 0:
		d.log.Infof("Received buffer from remote SMTP server %s overflow our get read buffer length.", d.server)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		d.log.Infof("Remote SMTP server %s has closed the connection.", d.server)
	default:
		d.log.Infof("Error reading data from remote SMTP server %s.", d.server)
	}
	return false
}

// quit ends the dialogue. The mail is on its way already, or never will be.
func (d *dialogue) quit(c *connection) {
	s := step{"QUIT", "QUIT", 221}
	_ = d.step(c, s, d.line(s)) // logged
}
