package genhash

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

// TestHelloFitsOneSegment: there are servers that take what comes first for the
// whole greeting of TLS.
func TestHelloFitsOneSegment(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	length := make(chan int, 1)
	go func() {
		defer close(length)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var header [5]byte // of a record, RFC 8446 5.1
		if _, err := io.ReadFull(conn, header[:]); err == nil {
			length <- len(header) + int(binary.BigEndian.Uint16(header[3:]))
		}
	}()
	run(Options{Server: netip.MustParseAddrPort(l.Addr().String()), URL: "/", TLS: true, SNI: true, VirtualHost: "www.example.com", Timeout: 20 * time.Second})
	const segment = 1220 // of the least MTU of IPv6
	if n := <-length; n == 0 || n > segment {
		t.Errorf("the greeting has %d octets", n)
	}
}
