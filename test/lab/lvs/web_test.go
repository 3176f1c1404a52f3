package lvs

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// web is a web server whose pages are its name.
type web struct {
	t      *testing.T
	node   *lab.Node
	name   string
	port   string
	listen net.Listener
}

// newWeb starts a web server on all addresses of a node.
func newWeb(t *testing.T, n *lab.Node, port string) *web {
	w := &web{t: t, node: n, name: n.Name, port: port}
	w.start()
	t.Cleanup(w.die)
	return w
}

func (w *web) start() {
	w.t.Helper()
	err := w.node.Do(func() (err error) {
		w.listen, err = net.Listen("tcp", ":"+w.port)
		return err
	})
	if err != nil {
		w.t.Fatalf("starting the web server %s: %v", w.name, err)
	}
	go w.serve(w.listen)
}

// die closes the server: connections are refused.
func (w *web) die() { w.listen.Close() }

func (w *web) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go w.answer(c)
	}
}

// answer sends the page when the request is complete. A line "echo" before
// makes it send back each line instead, for as long as the client likes.
func (w *web) answer(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Hour))
	in := bufio.NewScanner(c)
	for in.Scan() {
		switch line := strings.TrimRight(in.Text(), "\r"); {
		case strings.HasPrefix(line, "echo "):
			fmt.Fprintf(c, "%s %s\n", w.name, line)
		case line == "":
			fmt.Fprintf(c, "HTTP/1.0 200 OK\r\n\r\n%s", w.name)
			return
		}
	}
}
