package main

import (
	"bytes"
	"testing"

	"github.com/spf13/pflag"

	"keepalived/internal/logging"
)

// The cases without a comment were recorded from keepalived 2.4.3.
func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		status int
		out    string
		errs   string
	}{
		{[]string{"-x=1", "foo", "bar"}, 1, "Unexpected argument(s): foo bar \n", "Unknown option -=\nUnknown option -1\n"},
		{[]string{"--no_b"}, goOn, "", ""},
		{[]string{"--no"}, 1, "", "Unknown option --no\n"},
		{[]string{"-Z"}, 1, "", "Unknown option -Z\n"},
		{[]string{"-Zq"}, 1, "", "Unknown option -Z\nUnknown option -q\n"},
		{[]string{"--bogus"}, 1, "", "Unknown option --bogus\n"},
		{[]string{"--check=1"}, 1, "", "Unknown option --check=1\n"},
		{[]string{"--all=3"}, 1, "", "Unknown option --all=3\n"},
		{[]string{"--log-f"}, 1, "", "Unknown option --log-f\n"},
		{[]string{"--con"}, 1, "", "Unknown option --con\n"},
		{[]string{"--v"}, 1, "", "Unknown option --v\n"},
		{[]string{"--debug"}, 1, "", "Unknown option --debug\n"},
		{[]string{"--no-mem-check"}, 1, "", "Unknown option --no-mem-check\n"},
		{[]string{"-L"}, 1, "", "Unknown option -L\n"},
		{[]string{"-f"}, 1, "", "Missing parameter for option -f\n"},
		{[]string{"-S"}, 1, "", "Missing parameter for option -S\n"},
		{[]string{"--use-file="}, 1, "", "Missing parameter for option --use-file\n"},
		{[]string{"--use-file", ""}, 1, "", "Missing parameter for option --use-file\n"},
		{[]string{"--use-file"}, 1, "", "Missing parameter for option --use-file\n"}, // 2.4.3 crashes
		{[]string{"--signum"}, 1, "", "Missing parameter for option --signum\n"},     // 2.4.3 crashes
		{[]string{"--signum="}, 1, "", "Missing parameter for option --signum\n"},
		{[]string{"-f", ""}, goOn, "", ""},
		{[]string{"-i", ""}, goOn, "", ""},
		{[]string{"--signum=STOP", "--bogus"}, 0, "15\n", ""},
		{[]string{"--bogus", "--signum=STOP"}, 0, "15\n", "Unknown option --bogus\n"},
		{[]string{"--signum=RELOAD"}, 0, "1\n", ""},
		{[]string{"--signum=DATA"}, 0, "10\n", ""},
		{[]string{"--signum=STATS"}, 0, "12\n", ""},
		{[]string{"--signum=STATS_CLEAR"}, 0, "63\n", ""},
		{[]string{"-DDnl", "--signum", "JSON"}, 0, "36\n", ""},
		{[]string{"--signum=FOO"}, 1, "", "Unknown sigfunc FOO\n"},
		{[]string{"--log-facility=bogus"}, goOn, "", "Invalid log facility 'bogus'\n"},
		{[]string{"-S", "9"}, goOn, "", "Invalid log facility '9'\n"},
		{[]string{"-u", "0x1g"}, goOn, "", "Invalid --umask option 0x1g\n"},
		{[]string{"-t", "foo", "bar"}, goOn, "Unexpected argument(s): foo bar \n", ""},
		{[]string{"-n", "--", "-t"}, goOn, "Unexpected argument(s): -t \n", ""},
		{[]string{"-n", "-", "x"}, goOn, "Unexpected argument(s): - x \n", ""},
	} {
		var out, errs bytes.Buffer
		_, status := parse(append([]string{"keepalived"}, tt.args...), &out, &errs)
		if status != tt.status || out.String() != tt.out || errs.String() != tt.errs {
			t.Errorf("%q: status %d, want %d; out %q, want %q; errors %q, want %q",
				tt.args, status, tt.status, out.String(), tt.out, errs.String(), tt.errs)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Setenv("TMPDIR", "/var/tmp")
	for _, tt := range []struct {
		args []string
		ok   func(s *settings) bool
	}{
		{nil, func(s *settings) bool {
			return s.useFile == defaultConfig && s.umask == -1 && s.facility == logging.Daemon
		}},
		{[]string{"-P"}, func(s *settings) bool { return s.noChecker && !s.noVRRP && !s.noBFD }},
		{[]string{"-C"}, func(s *settings) bool { return s.noVRRP && !s.noChecker }},
		{[]string{"-PC"}, func(s *settings) bool { return s.noVRRP && s.noChecker && !s.noBFD }},
		{[]string{"-PB", "--all"}, func(s *settings) bool { return !s.noChecker && !s.noVRRP && !s.noBFD && s.all }},
		{[]string{"--all", "-B"}, func(s *settings) bool { return s.noBFD && s.all }},
		{[]string{"-D", "-D", "-d", "-S", "2"}, func(s *settings) bool { return s.detail == 2 && s.dump && s.facility == logging.Local0+2 }},
		{[]string{"-DdS0"}, func(s *settings) bool { return s.detail == 1 && s.dump && s.facility == logging.Local0 }},
		{[]string{"-g"}, func(s *settings) bool { return s.logFile == "/var/tmp/keepalived.log" }},
		{[]string{"--log-file=/x", "-n"}, func(s *settings) bool { return s.logFile == "/x" && s.foreground }},
		{[]string{"-g/x"}, func(s *settings) bool { return s.logFile == "/x" }},
		{[]string{"-ntf"}, func(s *settings) bool { return s.configTest && s.testLog == "f" && s.foreground }},
		{[]string{"-t", "-f", "/x"}, func(s *settings) bool {
			return s.configTest && s.testLog == "" && s.useFile == "/x" && s.noSyslog && s.dontRespawn
		}},
		{[]string{"--config-test=/l"}, func(s *settings) bool { return s.testLog == "/l" }},
		{[]string{"-M"}, func(s *settings) bool { return s.core && s.corePattern == "core" }},
		{[]string{"-u", "022"}, func(s *settings) bool { return s.umask == 0o22 }},
		{[]string{"-u0x1f"}, func(s *settings) bool { return s.umask == 0x1f }},
		{[]string{"-p", "/a", "-r", "/b", "-c", "/c", "-b", "/d"}, func(s *settings) bool {
			return s.pid+s.vrrpPid+s.checkersPid+s.bfdPid == "/a/b/c/d"
		}},
		{[]string{"--vrrp_p", "/b", "--use", "-n"}, func(s *settings) bool { return s.vrrpPid == "/b" && s.useFile == "-n" }},
		{[]string{"-i", "lb1", "-s", "ns", "-A", "tcp:x", "-xeaXVIRn"}, func(s *settings) bool {
			return s.id() == "lb1" && s.namespace == "ns" && s.agentSocket == "tcp:x" && s.snmp && s.allConfig &&
				s.addressLog && s.releaseVIPs && s.keepVRRP && s.keepIPVS && s.dontRespawn
		}},
		{[]string{"--ignore-sigint", "--config-fd", "3", "--flush-log-file", "-mG"}, func(s *settings) bool {
			return s.ignoreInt && s.configFD == "3" && s.flushLog && s.core && s.noSyslog
		}},
	} {
		var out, errs bytes.Buffer
		s, status := parse(append([]string{"keepalived"}, tt.args...), &out, &errs)
		if status != goOn || out.Len()+errs.Len() > 0 || !tt.ok(s) {
			t.Errorf("%q: status %d, %q, %q, %+v", tt.args, status, out.String(), errs.String(), s)
		}
	}
}

// The Prometheus exporter looks for this option.
func TestVersion(t *testing.T) {
	var errs bytes.Buffer
	if _, status := parse([]string{"keepalived", "--ve"}, nil, &errs); status != 0 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{"Keepalived v2.4.3 (", "configure options: ", " --enable-snmp ", " --enable-dbus ", " --enable-json ", "Go implementation"} {
		if !bytes.Contains(errs.Bytes(), []byte(want)) {
			t.Errorf("no %q in\n%s", want, errs.String())
		}
	}
}

// Every option that is accepted is in the help text, but for the internal one.
func TestHelpIsComplete(t *testing.T) {
	var errs bytes.Buffer
	printHelp(&errs, "keepalived")
	flags := pflag.NewFlagSet("keepalived", pflag.ContinueOnError)
	define(flags, &settings{})
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config-fd" && f.Name != noVRRPName && !bytes.Contains(errs.Bytes(), []byte("--"+f.Name)) {
			t.Errorf("--%s is not in the help text", f.Name)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("-x=1\x00foo")
	f.Add("--use-file=\x00-ntf\x00--\x00-q")
	f.Fuzz(func(t *testing.T, line string) {
		args := []string{"keepalived"}
		for _, a := range bytes.Split([]byte(line), []byte{0}) {
			args = append(args, string(a))
		}
		var out, errs bytes.Buffer
		_, status := parse(args, &out, &errs)
		if status < goOn || status > 1 {
			t.Errorf("status %d", status)
		}
	})
}
