package lint

import (
	"strings"
	"testing"

	"keepalived/internal/config"
)

func TestProcessByScript(t *testing.T) {
	for _, tt := range []struct {
		argv []string
		want bool
	}{
		{[]string{"/usr/bin/killall", "-0", "haproxy"}, true}, {[]string{"killall", "haproxy"}, false},
		{[]string{"/bin/pidof", "nginx"}, true}, {[]string{"/bin/true"}, false}, {nil, false},
	} {
		if got := asksForProcess(tt.argv); got != tt.want {
			t.Errorf("%q: %v", tt.argv, got)
		}
	}
}

func TestSelfStop(t *testing.T) {
	for _, tt := range []struct {
		argv []string
		want bool
	}{
		{[]string{"/bin/sh", "-c", "killall -0 haproxy || service keepalived stop"}, true},
		{[]string{"sh", "-c", "pidof nginx || systemctl stop keepalived.service"}, true},
		{[]string{"sh", "-c", "pidof nginx||/etc/init.d/keepalived stop"}, true},
		{[]string{"sh", "-c", "test -e /run/ok || pkill keepalived"}, true},
		{[]string{"sh", "-c", "test -e /run/ok || killall -9 keepalived"}, true},
		{[]string{"sh", "-c", "test -e /run/ok || kill $(pidof keepalived)"}, true},
		{[]string{"killall", "-0", "keepalived"}, false},
		{[]string{"pidof", "keepalived"}, false},
		{[]string{"sh", "-c", "kill -0 $(pidof keepalived)"}, false},
		{[]string{"/etc/keepalived/stop_service.sh", "stop"}, false},
		{[]string{"/etc/keepalived/chk.sh", "stop"}, false},
		{[]string{"systemctl", "is-active", "keepalived"}, false},
		{[]string{"systemctl", "stop", "haproxy"}, false},
		{nil, false},
	} {
		if got := endsUs(tt.argv); got != tt.want {
			t.Errorf("%q: %v", tt.argv, got)
		}
	}
}

func TestMistypedPath(t *testing.T) {
	for name, want := range map[string]string{
		"/etc/keeplived/chk": "/etc/keeplived", "/etc/kepalived/a/b": "/etc/kepalived", "/etc/keepalived/chk": "",
		"/etc/keepalived2/chk": "", "/etc/keepalive/chk": "", "/etc/keeplived": "", "/opt/keeplived/chk": "", "/etc/haproxy/chk": "", "chk": "",
	} {
		if _, got := mistypedPath([]string{name, "arg"}); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestQuotedWord(t *testing.T) {
	for _, tt := range []struct {
		line, word string
		column     int
	}{
		{"    path “/health”", "“/health”", 10},
		{"é “a b”", "“a", 3},
		{`    path "“x”"`, "“x”", 10},
		{"    path /é“x”y", "", 0},
		{"    path /x # “commented”", "", 0},
		{"    path /x ! “commented”", "", 0},
		{"    path /x", "", 0},
	} {
		word, column := quotedWord(tt.line)
		if word != tt.word || column != tt.column {
			t.Errorf("%s: %q in column %d, want %q in %d", tt.line, word, column, tt.word, tt.column)
		}
	}
}

// A weight of that size is doubtful only as long as nobody knows the other node.
func TestSmallWeight(t *testing.T) {
	for _, tt := range []struct {
		in   config.Instance
		peer *config.Config
		want int
	}{
		{instance(1, 100, 2), nil, 1}, {instance(1, 100, -4), nil, 1}, {instance(1, 100, 5), nil, 0}, {instance(1, 100, 0), nil, 0},
		{instance(1, 101, 2), node(instance(1, 100)), 0}, {instance(1, 101, 2), node(instance(9, 100)), 0},
		{instance(1, 254, 2), nil, 0}, // it never changes anything: that is another finding
	} {
		if got := count(Check(node(tt.in), Options{Peer: tt.peer}), SmallWeight); got != tt.want {
			t.Errorf("%+v: %d findings, want %d", tt.in, got, tt.want)
		}
	}
}

const twoServers = `virtual_server 192.0.2.1 80 {
    lb_algo rr
    lb_kind NAT
    real_server 192.0.2.11 80 {
        TCP_CHECK {
        }
    }
}
virtual_server 192.0.2.2 80 {
    lb_algo rr
    lb_kind NAT
    real_server 192.0.2.11 80 {
        TCP_CHECK {
        }
    }
}
`

func TestCheckedAgain(t *testing.T) {
	last := strings.LastIndex
	change := func(from, to string) string {
		i := last(twoServers, from)
		return twoServers[:i] + to + twoServers[i+len(from):]
	}
	for name, tt := range map[string]struct {
		text string
		want int
	}{
		"same":            {twoServers, 1},
		"three":           {twoServers + strings.ReplaceAll(twoServers[:last(twoServers, "virtual_server")], "192.0.2.1 ", "192.0.2.3 "), 1},
		"other port":      {change("192.0.2.2 80", "192.0.2.2 81"), 0},
		"other server":    {change("192.0.2.11 80", "192.0.2.12 80"), 0},
		"other scheduler": {change("lb_algo rr", "lb_algo wrr"), 0},
		"without check":   {strings.ReplaceAll(twoServers, "        TCP_CHECK {\n        }\n", ""), 0},
		"by mark":         {change("192.0.2.2 80", "fwmark 3"), 0},
	} {
		files := sources{"k": tt.text}
		r := config.Read(files, "k", config.Options{Test: true, Static: true}, config.StaticEnv{})
		if got := count(Check(r.Config, Options{Sources: r.Snapshot}), CheckedAgain); got != tt.want {
			t.Errorf("%s: %d findings, want %d", name, got, tt.want)
		}
	}
}
