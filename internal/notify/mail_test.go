package notify

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// relay is an SMTP server that says what the test wants.
type relay struct {
	listener net.Listener
	// answers by the first word of the command; "" is the greeting, "." the end
	// of the message. No entry: the usual answer.
	answers map[string]string
	delay   time.Duration // before each answer

	mu   sync.Mutex
	seen []string // one entry per connection, lines with their CR LF
}

var usual = map[string]string{
	"": "220 relay\r\n", "HELO": "250 hi\r\n", "MAIL": "250 ok\r\n", "RCPT": "250 ok\r\n",
	"DATA": "354 go\r\n", ".": "250 queued\r\n", "QUIT": "221 bye\r\n",
}

// silent and hangUp are answers that are none.
const (
	silent = "silent"
	hangUp = "hang up"
)

func newRelay(t *testing.T, answers map[string]string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener, answers: answers}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			r.serve(conn)
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return r
}

func (r *relay) serve(conn net.Conn) {
	defer conn.Close()
	r.mu.Lock()
	n := len(r.seen)
	r.seen = append(r.seen, "")
	r.mu.Unlock()
	in := bufio.NewReader(conn)
	word, data := "", false
	for {
		if !data || word == "." {
			if !r.answer(conn, word) {
				io.Copy(io.Discard, conn)
				return
			}
			data = word == "DATA" && r.answers[word] == ""
		}
		line, err := in.ReadString('\n')
		r.mu.Lock()
		r.seen[n] += line
		r.mu.Unlock()
		if err != nil || word == "QUIT" {
			return
		}
		word = strings.TrimSpace(line)
		if !data {
			word, _, _ = strings.Cut(word, " ")
		}
	}
}

func (r *relay) answer(conn net.Conn, word string) bool {
	time.Sleep(r.delay)
	text, ok := r.answers[word]
	if !ok {
		text = usual[word]
	}
	if text == silent {
		return false
	}
	if text == hangUp {
		conn.Close()
		return false
	}
	_, err := io.WriteString(conn, text)
	return err == nil
}

func (r *relay) mails() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.seen...)
}

func (r *relay) options() MailOptions {
	addr := netip.MustParseAddrPort(r.listener.Addr().String())
	return MailOptions{
		RouterID: "lb1", From: "from@example.com", To: []string{"a@example.com", "Ops Team <b@example.com>"},
		Server: "relay", Addr: addr.Addr(), Port: addr.Port(), Helo: "lb1.example.com", Timeout: 20 * time.Second,
	}
}

func TestMailDialogue(t *testing.T) {
	noLeaks(t)
	multi := map[string]string{"": "220-relay\r\n220-is\r\n220 ready\r\n", "HELO": "250-hi\r\n250-SIZE\r\n250 x\r\n", "RCPT": "250\r\n"}
	for name, answers := range map[string]map[string]string{"usual": nil, "multi-line": multi} {
		t.Run(name, func(t *testing.T) {
			r, log := newRelay(t, answers), &record{}
			m := NewMailer(log, r.options())
			m.Send(Mail{Subject: "VRRP Instance VI_1 - Entering MASTER state", Body: "=> VRRP Instance is now owning VRRP VIPs <=\n.\nend"})
			m.Close(20 * time.Second)
			if len(r.mails()) != 1 {
				t.Fatalf("%d connections, log:\n%s", len(r.mails()), log.text())
			}
			got := strings.Split(r.mails()[0], "\r\n")
			date := got[5]
			if _, err := time.Parse("Date: Mon, 02 Jan 2006 15:04:05 -0700", date); err != nil {
				t.Errorf("date: %v", err)
			}
			want := strings.Join([]string{
				"HELO lb1.example.com", "MAIL FROM:<from@example.com>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>", "DATA",
				date, "From: from@example.com", "Subject: [lb1] VRRP Instance VI_1 - Entering MASTER state", "X-Mailer: Keepalived",
				"To: a@example.com,", " Ops Team <b@example.com>", "",
				"=> VRRP Instance is now owning VRRP VIPs <=", "..", "end", "", ".", "QUIT", "",
			}, "\r\n")
			if r.mails()[0] != want {
				t.Errorf("got\n%s\nwant\n%s", r.mails()[0], want)
			}
			server := "[127.0.0.1]:" + fmt.Sprint(r.options().Port)
			if log.text() != "Remote SMTP server "+server+" connected.\nSMTP alert successfully sent." {
				t.Errorf("log:\n%s", log.text())
			}
		})
	}
}

func TestMailTrouble(t *testing.T) {
	noLeaks(t)
	tests := []struct {
		name    string
		answers map[string]string
		log     string // %s: the server
		last    string // what the server saw at the end
	}{
		{"refused at once", map[string]string{"": "554 no\r\n"}, "Error processing (E)SMTP cmd on SMTP server %s. SMTP status code = 554", "QUIT\r\n"},
		{"HELO", map[string]string{"HELO": "501 no\r\n"}, "Error processing HELO cmd on SMTP server %s. SMTP status code = 501", "QUIT\r\n"},
		{"MAIL", map[string]string{"MAIL": "550-no\r\n550 really\r\n"}, "Error processing MAIL cmd on SMTP server %s. SMTP status code = 550", "QUIT\r\n"},
		{"RCPT", map[string]string{"RCPT": "550 no\r\n"}, "Error processing RCPT cmd on SMTP server %s. SMTP status code = 550", "RCPT TO:<a@example.com>\r\nQUIT\r\n"},
		{"DATA", map[string]string{"DATA": "250 no\r\n"}, "Error processing DATA cmd on SMTP server %s. SMTP status code = 250", "DATA\r\nQUIT\r\n"},
		{"BODY", map[string]string{".": "452 full\r\n"}, "Error processing BODY cmd on SMTP server %s. SMTP status code = 452", ".\r\nQUIT\r\n"},
		{"QUIT", map[string]string{"QUIT": "500 no\r\n"}, "SMTP alert successfully sent.\nError processing QUIT cmd on SMTP server %s. SMTP status code = 500", "QUIT\r\n"},
		{"no code", map[string]string{"HELO": "hello there\r\n"}, "Error processing HELO cmd on SMTP server %s. SMTP status code = 0", "QUIT\r\n"},
		{"short line", map[string]string{"HELO": "\r\n"}, "Error processing HELO cmd on SMTP server %s. SMTP status code = 0", "QUIT\r\n"},
		{"closes", map[string]string{"MAIL": hangUp}, "Remote SMTP server %s has closed the connection.", "MAIL FROM:<from@example.com>\r\n"},
		{"never ends", map[string]string{"HELO": strings.Repeat("250-more\r\n", 4000)}, "Received buffer from remote SMTP server %s overflow our get read buffer length.", "HELO lb1.example.com\r\n"},
		{"silent", map[string]string{"": silent}, "Timeout reading data to remote SMTP server %s.", ""},
		{"silent later", map[string]string{"DATA": silent}, "Timeout reading data to remote SMTP server %s.", "DATA\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, log := newRelay(t, tt.answers), &record{}
			o := r.options()
			if strings.HasPrefix(tt.name, "silent") {
				o.Timeout = 100 * time.Millisecond
			}
			m := NewMailer(log, o)
			m.Send(Mail{Subject: "s", Body: "b"})
			m.Close(20 * time.Second)
			want := strings.ReplaceAll(tt.log, "%s", "[127.0.0.1]:"+fmt.Sprint(o.Port))
			if !strings.HasSuffix(log.text(), "connected.\n"+want) {
				t.Errorf("log:\n%s\nwant\n%s", log.text(), want)
			}
			eventually(t, "the server saw it all", func() bool {
				return len(r.mails()) == 1 && strings.HasSuffix(r.mails()[0], tt.last)
			})
		})
	}
}

func TestMailNoServer(t *testing.T) {
	noLeaks(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddrPort(listener.Addr().String())
	listener.Close()
	log := &record{}
	m := NewMailer(log, MailOptions{To: []string{"a"}, Addr: addr.Addr(), Port: addr.Port()})
	m.Send(Mail{})
	m.Close(20 * time.Second)
	if want := fmt.Sprintf("SMTP connection ERROR to [127.0.0.1]:%d.", addr.Port()); log.text() != want {
		t.Errorf("log %q, want %q", log.text(), want)
	}
}

// TestMailConnectTimeout: a listener whose queue is full does not answer.
func TestMailConnectTimeout(t *testing.T) {
	addr := fullListener(t)
	log := &record{}
	m := NewMailer(log, MailOptions{To: []string{"a"}, Addr: addr.Addr(), Port: addr.Port(), Timeout: 100 * time.Millisecond})
	m.Send(Mail{})
	m.Close(20 * time.Second)
	if want := fmt.Sprintf("Timeout opening connection to remote SMTP server [127.0.0.1]:%d.", addr.Port()); log.text() != want {
		t.Errorf("log %q, want %q", log.text(), want)
	}
}

func TestMailUnresolvable(t *testing.T) {
	log := &record{}
	m := NewMailer(log, MailOptions{To: []string{"a"}, Server: "no such host", Timeout: 100 * time.Millisecond})
	m.Send(Mail{})
	m.Close(20 * time.Second)
	if !strings.HasPrefix(log.text(), "Unable to resolve SMTP server no such host: ") {
		t.Errorf("log %q", log.text())
	}
}

func TestMailNumericName(t *testing.T) {
	r, log := newRelay(t, nil), &record{}
	o := r.options()
	o.Server, o.Addr = "127.0.0.1", netip.Addr{}
	m := NewMailer(log, o)
	m.Send(Mail{Subject: "s"})
	m.Close(20 * time.Second)
	if log.count("successfully sent") != 1 {
		t.Errorf("log: %s", log.text())
	}
}

// TestMailCloseIsBounded: a slow server does not hold up the end, and what can be
// sent is sent.
func TestMailCloseIsBounded(t *testing.T) {
	noLeaks(t)
	r, log := newRelay(t, map[string]string{"HELO": silent}), &record{}
	m := NewMailer(log, r.options())
	for range 5 {
		m.Send(Mail{Subject: "s"})
	}
	eventually(t, "it talks", func() bool { return len(r.mails()) == 1 })
	begin := time.Now()
	m.Close(100 * time.Millisecond)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("closing took %s", took)
	}
	if !isClosed(m.gone) {
		t.Error("its goroutine is still there")
	}
	m.Send(Mail{})
	m.Close(time.Hour)

	quick := newRelay(t, nil)
	m = NewMailer(log, quick.options())
	for range 20 {
		m.Send(Mail{Subject: "last"})
	}
	m.Close(20 * time.Second)
	if n := len(quick.mails()); n != 20 {
		t.Errorf("%d of 20 mails were sent at the end", n)
	}
}

// TestMailQueueIsBounded: of too many, the newest are sent, and the sender never
// waits.
func TestMailQueueIsBounded(t *testing.T) {
	r, log := newRelay(t, nil), &record{}
	m := &Mailer{log: log, wake: make(chan struct{}, 1), options: r.options()} // nobody sends yet
	const n = maxMails + 50
	for i := range n {
		m.Send(Mail{Subject: fmt.Sprint(i)})
	}
	if len(m.queued) != maxMails || m.queued[0].Subject != "50" || m.dropped != 50 {
		t.Errorf("%d queued from %s on, %d dropped", len(m.queued), m.queued[0].Subject, m.dropped)
	}
}

// A takeover of many instances is many mails at once.
func TestMailBurst(t *testing.T) {
	r := newRelay(t, nil)
	m := NewMailer(&record{}, r.options())
	const n = 1000
	for i := range n {
		m.Send(Mail{Subject: fmt.Sprint("no ", i, ".")})
	}
	m.Close(time.Minute)
	mails := r.mails()
	if len(mails) != n {
		t.Fatalf("%d of %d mails", len(mails), n)
	}
	for i, text := range mails {
		if !strings.Contains(text, fmt.Sprint("no ", i, ".")) {
			t.Fatalf("mail %d is %q", i, text)
		}
	}
}

// What nobody could be told for an hour is history.
func TestMailsGrowOld(t *testing.T) {
	log := &record{}
	m := &Mailer{log: log, context: t.Context(), queued: []Mail{
		{Subject: "old", at: time.Now().Add(-maxAge - time.Second)}, {Subject: "new", at: time.Now().Add(-maxAge / 2)},
	}}
	if mail, _, state := m.take(); state != taken || mail.Subject != "new" {
		t.Errorf("%v, %q", state, mail.Subject)
	}
	if _, _, state := m.take(); state != empty {
		t.Errorf("then %v", state)
	}
	if want := "1 SMTP alerts were dropped, the server is too slow"; log.count(want) != 1 {
		t.Errorf("logged %s", log.text())
	}
}

func TestMailWithoutRecipients(t *testing.T) {
	m := NewMailer(&record{}, MailOptions{Server: "relay"})
	defer m.Close(time.Second)
	m.Send(Mail{})
	if len(m.queued) != 0 {
		t.Error("a mail without recipients was queued")
	}
	m.Configure(MailOptions{To: []string{"a"}})
	m.Send(Mail{})
	if len(m.queued) != 0 {
		t.Error("a mail without server was queued")
	}
}

func TestMessage(t *testing.T) {
	at := time.Date(2024, 2, 29, 3, 4, 5, 0, time.FixedZone("", -5*3600))
	o := MailOptions{From: "Ke Ep. <from@example.com>", To: []string{"<a@b>", "c@d"}}
	want := "Date: Thu, 29 Feb 2024 03:04:05 -0500\r\nFrom: \"Ke Ep.\" <from@example.com>\r\nSubject: s Bcc: x\r\n" +
		"X-Mailer: Keepalived\r\nTo: <a@b>,\r\n c@d\r\n\r\nbody\r\n\r\n"
	if got := message(o, Mail{Subject: "s\nBcc: x", Body: "body", at: at}); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	long := message(MailOptions{RouterID: "r"}, Mail{Subject: strings.Repeat("s", 999), Body: strings.Repeat("b", 999)})
	if n := strings.Count(long, "s"); n != maxSubject-len("[r] ") {
		t.Errorf("%d octets of subject", n)
	}
	if n := strings.Count(long, "bbb") * 3; n > maxBody || n < maxBody-3 {
		t.Errorf("%d octets of body", n)
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct{ address, header, envelope string }{
		{"a@b", "a@b", "<a@b>"},
		{"<a@b>", "<a@b>", "<a@b>"},
		{"Ops Team <a@b>", "Ops Team <a@b>", "<a@b>"},
		{"Ke Ep. <a@b>", `"Ke Ep." <a@b>`, "<a@b>"},
		{`A\B, C  <a@b>`, `"A\\B, C"  <a@b>`, "<a@b>"},
		{`"Ke Ep." <a@b>`, `"Ke Ep." <a@b>`, "<a@b>"},
		{"a@b>", "a@b>", "<a@b>>"},
		{"a@b\r\nRCPT TO:<x>", `"a@b  RCPT TO:"<x>`, "<x>"},
	}
	for _, tt := range tests {
		if header(tt.address) != tt.header || envelope(tt.address) != tt.envelope {
			t.Errorf("%q: header %q, envelope %q", tt.address, header(tt.address), envelope(tt.address))
		}
	}
}
