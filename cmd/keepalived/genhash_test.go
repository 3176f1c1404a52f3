package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"keepalived/internal/config"
)

// TestGenhashErrors: a mistake is named before the usage, and is the status.
func TestGenhashErrors(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		reason string
	}{
		{nil, ""},
		{[]string{"-h"}, ""},
		{[]string{"-s", "127.0.0.1", "-p", "80"}, ""},
		{[]string{"-s", "x", "-p", "80", "-u", "/"}, "server should be an IP, not x\n"},
		{[]string{"-s", "127.0.0.1", "-p", "0", "-u", "/"}, "invalid port number '0'\n"},
		{[]string{"-s", "127.0.0.1", "-p", "80", "-u", "/", "foo", "bar"}, "Unexpected argument(s): foo bar\n"},
		{[]string{"-m", "x", "-s", "127.0.0.1"}, "invalid fwmark 'x'\n"},
		{[]string{"-P", "2", "-s", "127.0.0.1"}, "invalid HTTP protocol version '2'\n"},
		{[]string{"-t", "x"}, "invalid timeout 'x'\n"},
		{[]string{"-z"}, "Unknown option -z\n"},
		{[]string{"--server"}, "Missing parameter for option --server\n"},
		{[]string{"--server="}, "Missing parameter for option --server\n"},
	} {
		var out, errs bytes.Buffer
		status := runGenhash("genhash", tt.args, &out, &errs)
		if !strings.HasPrefix(errs.String(), tt.reason+"Usage: genhash COMMAND [OPTIONS]\nCommands:\n   -s server-address -p port -u url\n") {
			t.Errorf("%q: %s", tt.args, errs.String())
		}
		if status != 1 || out.Len() > 0 {
			t.Errorf("%q: status %d, out %q", tt.args, status, out.String())
		}
	}
}

func TestGenhashOptions(t *testing.T) {
	var errs bytes.Buffer
	o, ok := parseGenhash([]string{"--serv=::1", "-Sp443", "--ur", "/a?b", "-IvV", "www", "-P", "1.0c", "-t", "3", "-m", "7"}, &errs)
	got := fmt.Sprint(o.Server, o.URL, o.TLS, o.SNI, o.Verbose, o.VirtualHost, o.Timeout, o.Fwmark)
	if want := "[::1]:443/a?btrue true truewww3s 7"; !ok || got != want || o.Version != config.HTTP10Close {
		t.Errorf("options %v %s, want %s; %s", ok, got, want, errs.String())
	}
}

func TestGenhashOnTheCommandLine(t *testing.T) {
	for _, tt := range []struct {
		argv, rest, said string
		wanted           bool
	}{
		{"keepalived --genhash -s x", "-s x", "", true},
		{"keepalived -T", "", "", true},
		{"keepalived -n --genhash -s x", "-s x", "Warning -- `genhash` not used as first option, previous options ignored\n", true},
		{"keepalived -n -f x", "", "", false},
	} {
		var errs bytes.Buffer
		rest, wanted := genhashWanted(strings.Fields(tt.argv), &errs)
		if wanted != tt.wanted || strings.Join(rest, " ") != tt.rest || errs.String() != tt.said {
			t.Errorf("%s: %v %q, %q", tt.argv, wanted, rest, errs.String())
		}
	}
}
