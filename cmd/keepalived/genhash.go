package main

import (
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"keepalived/internal/config"
	"keepalived/internal/genhash"
)

// noTimeout is the time limit of genhash without -t.
const noTimeout = 4294 * time.Second

// genhashUsage follows the line that shows the name of the program.
const genhashUsage = `Commands:
   -s server-address -p port -u url
   -S -s server-address -p port -u url
   -h

Options:
   --use-ssl         -S       fetch by TLS
   --use-sni         -I       send the name of -V in the TLS handshake
   --server          -s       address of the server
   --port            -p       its port
   --url             -u       path to fetch
   --use-virtualhost -V       what the Host header says
   --verbose         -v       show the response and the time it took
   --help            -h       this text
   --fwmark          -m       mark of the packets that are sent
   --protocol        -P       1.0, 1.0c (with Connection: close) or 1.1
   --timeout         -t       time limit in seconds
`

// runGenhash is genhash(1). name is how it was started, for the usage; args is
// what follows.
func runGenhash(name string, args []string, out, errs io.Writer) (status int) {
	o, ok := parseGenhash(args, errs)
	if !ok {
		fmt.Fprintf(errs, "Usage: %s COMMAND [OPTIONS]\n%s", name, genhashUsage)
		return statusFatal
	}
	genhash.Run(o, out, errs)
	return statusOK
}

func genhashFlags() *pflag.FlagSet {
	f := pflag.NewFlagSet("genhash", pflag.ContinueOnError)
	f.BoolP("use-ssl", "S", false, "")
	f.BoolP("use-sni", "I", false, "")
	f.BoolP("verbose", "v", false, "")
	f.BoolP("help", "h", false, "")
	f.StringP("server", "s", "", "")
	f.StringP("port", "p", "", "")
	f.StringP("url", "u", "", "")
	f.StringP("use-virtualhost", "V", "", "")
	f.StringP("fwmark", "m", "", "")
	f.StringP("protocol", "P", "", "")
	f.StringP("timeout", "t", "", "")
	return f
}

// parseGenhash reads the options; false when there is nothing to fetch.
func parseGenhash(args []string, errs io.Writer) (o genhash.Options, ok bool) {
	g := genhashOptions{Options: genhash.Options{Version: config.HTTP10, Timeout: noTimeout}, errs: errs}
	s := scanner{flags: genhashFlags(), args: args, errs: errs, action: g.set}
	if !s.scan() || s.bad || g.bad {
		return o, false
	}
	if len(s.words) > 0 {
		fmt.Fprintf(errs, "Unexpected argument(s): %s\n", strings.Join(s.words, " "))
		return o, false
	}
	g.Server = netip.AddrPortFrom(g.addr, g.port)
	return g.Options, g.addr.IsValid() && g.port != 0 && g.URL != ""
}

type genhashOptions struct {
	genhash.Options
	addr netip.Addr
	port uint16
	errs io.Writer
	bad  bool
}

// set carries out an option; true ends the reading.
func (g *genhashOptions) set(name, value string) (stop bool) {
	switch name {
	case "help":
		return true
	case "use-ssl":
		g.TLS = true
	case "use-sni":
		g.SNI = true
	case "verbose":
		g.Verbose = true
	case "url":
		g.URL = value
	case "use-virtualhost":
		g.VirtualHost = value
	case "server":
		addr, err := netip.ParseAddr(value)
		g.check(err == nil, "server should be an IP, not %s", value)
		g.addr = addr
	case "protocol":
		v, known := map[string]config.HTTPVersion{
			"1.0": config.HTTP10, "1.0c": config.HTTP10Close, "1.0C": config.HTTP10Close, "1.1": config.HTTP11,
		}[value]
		g.check(known, "invalid HTTP protocol version '%s'", value)
		g.Version = v
	case "port":
		g.port = uint16(g.number(value, 1, 65535, "invalid port number '%s'"))
	case "fwmark":
		g.Fwmark = uint32(g.number(value, 0, 1<<32-1, "invalid fwmark '%s'"))
	case "timeout":
		g.Timeout = time.Duration(g.number(value, 1, 4294, "invalid timeout '%s'")) * time.Second
	}
	return g.bad
}

func (g *genhashOptions) check(ok bool, format, value string) {
	if !ok {
		fmt.Fprintf(g.errs, format+"\n", value)
		g.bad = true
	}
}

func (g *genhashOptions) number(value string, lo, hi uint64, format string) uint64 {
	n, err := strconv.ParseUint(value, 10, 64)
	g.check(err == nil && n >= lo && n <= hi, format, value)
	return n
}

// genhashWanted finds --genhash or -T on a command line: what follows is
// genhash's own, what comes before is not used.
func genhashWanted(argv []string, errs io.Writer) (args []string, wanted bool) {
	for i, arg := range argv[1:] {
		if arg == "--" {
			return nil, false
		}
		if arg != "--genhash" && arg != "-T" {
			continue
		}
		if i > 0 {
			fmt.Fprintln(errs, "Warning -- `genhash` not used as first option, previous options ignored")
		}
		return argv[i+2:], true
	}
	return nil, false
}
