package surface

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"keepalived/test/lab"
)

const mails = `
global_defs {
    router_id lb-1
    notification_email {
        admin@example.org
        other@example.org
    }
    notification_email_from root@lb1.example.org
    smtp_server 127.0.0.1
    smtp_helo_name lb1.example.org
    smtp_connect_timeout 30
}
vrrp_sync_group G {
    group {
        V
    }
    smtp_alert
}
vrrp_instance V {
    interface eth0
    state MASTER
    virtual_router_id 10
    priority 150
    smtp_alert
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

// TestSameMails has both daemons send alerts to a server that records the whole
// dialogue.
func TestSameMails(t *testing.T) {
	ours, c := alerts(t, lab.Ours(t)), alerts(t, lab.CKeepalived(t))
	for i := range max(len(ours), len(c)) {
		if i >= len(c) || i >= len(ours) || ours[i] != c[i] {
			t.Fatalf("mail %d differs\nours: %q\nC:    %q", i, ours, c)
		}
	}
}

// alerts are the dialogues about a master whose link fails and comes back.
func alerts(t *testing.T, p lab.Program) []string {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	waitUp(t, n, "eth0")
	server := newMailServer(t, n)
	d := n.Daemon(p, mails)
	all := 0
	for _, x := range []struct {
		change, state string
		mails         int // of the instance and of its group; BACKUP comes before MASTER
	}{{"", "MASTER", 4}, {"down", "FAULT", 2}, {"up", "MASTER", 4}} {
		if x.change != "" {
			n.Run("ip", "link", "set", "eth0", x.change)
		}
		d.WaitState("V", x.state)
		all += x.mails
		lab.Wait(t, lab.Patience, fmt.Sprintf("%s has sent %d mails", p.Name, all), func() bool { return len(server.mails()) >= all })
	}
	got := server.mails()
	slices.Sort(got) // those of one moment overtake each other
	d.Stop()
	if !p.IsC { // which loses them
		lab.Wait(t, lab.Patience, "the mails about the stop", func() bool { return len(server.mails()) == all+2 })
	}
	return got
}

// mailServer records what clients say.
type mailServer struct {
	mu   sync.Mutex
	done []string
}

func newMailServer(t *testing.T, n *lab.Node) *mailServer {
	t.Helper()
	var listener net.Listener
	err := n.Do(func() (err error) {
		listener, err = net.Listen("tcp", "127.0.0.1:25")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &mailServer{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *mailServer) mails() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.done)
}

var date = regexp.MustCompile(`Date: \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}`)

func (s *mailServer) serve(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, "220 mail.example.org ESMTP\r\n")
	in := bufio.NewReader(conn)
	var dialogue strings.Builder
	for data := false; ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		dialogue.WriteString(line)
		switch {
		case data && line != ".\r\n":
			continue
		case data:
			data = false
		case strings.HasPrefix(line, "DATA"):
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
			continue
		case strings.HasPrefix(line, "QUIT"):
			fmt.Fprint(conn, "221 bye\r\n")
			s.mu.Lock()
			// Debian's version has all recipients in one line.
			text := strings.ReplaceAll(dialogue.String(), ",\r\n ", ", ")
			s.done = append(s.done, date.ReplaceAllString(text, "Date: DATE"))
			s.mu.Unlock()
			return
		}
		fmt.Fprint(conn, "250 yes\r\n")
	}
}
