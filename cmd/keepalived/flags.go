package main

import (
	"github.com/spf13/pflag"

	"keepalived/internal/logging"
)

// settings is the command line, keepalived(8).
type settings struct {
	useFile     string
	noChecker   bool
	noVRRP      bool
	noBFD       bool
	all         bool
	console     bool
	detail      int
	facility    logging.Facility
	logFile     string
	flushLog    bool
	noSyslog    bool
	umask       int // negative: unset
	releaseVIPs bool
	keepVRRP    bool
	keepIPVS    bool
	dontRespawn bool
	foreground  bool
	dump        bool
	pid         string
	vrrpPid     string
	checkersPid string
	bfdPid      string
	addressLog  bool
	namespace   string
	allConfig   bool
	configID    string
	configIDSet bool
	snmp        bool
	agentSocket string
	core        bool
	corePattern string
	configTest  bool
	check       checkOptions
	manual      manualRequest
	testLog     string
	ignoreInt   bool
	configFD    string
}

// optional is the value of an option whose argument was left out.
const optional = "\x00"

// define declares the options that only store something. Those that do more
// are carried out by action.
func define(f *pflag.FlagSet, s *settings) {
	f.StringVarP(&s.useFile, "use-file", "f", defaultConfig, "configuration file or glob")
	f.BoolP("vrrp", "P", false, "no checker process")
	f.BoolP(noVRRPName, "C", false, "no VRRP process")
	f.String("check", "", "no VRRP process, or a check of the configuration")
	f.String("check-format", "", "format of the check: json or sarif")
	f.String("peer", "", "configuration of the other node, for the check")
	f.String("help-config", "", "explain a keyword")
	f.BoolVarP(&s.noBFD, "no_bfd", "B", false, "no BFD process")
	f.Bool("all", false, "start all children")
	f.BoolVarP(&s.console, "log-console", "l", false, "log to the console, with -n")
	f.CountVarP(&s.detail, "log-detail", "D", "detailed messages")
	f.StringP("log-facility", "S", "", "syslog facility")
	f.StringVarP(&s.logFile, "log-file", "g", "", "log to a file")
	f.BoolVar(&s.flushLog, "flush-log-file", false, "flush the log file on write")
	f.BoolVarP(&s.noSyslog, "no-syslog", "G", false, "no syslog")
	f.StringP("umask", "u", "", "umask")
	f.BoolVarP(&s.releaseVIPs, "release-vips", "X", false, "release VIPs not known to be set")
	f.BoolVarP(&s.keepVRRP, "dont-release-vrrp", "V", false, "keep VIPs at the end")
	f.BoolVarP(&s.keepIPVS, "dont-release-ipvs", "I", false, "keep IPVS at the end")
	f.BoolVarP(&s.dontRespawn, "dont-respawn", "R", false, "a child's death ends the daemon")
	f.BoolVarP(&s.foreground, "dont-fork", "n", false, "stay in the foreground")
	f.BoolVarP(&s.dump, "dump-conf", "d", false, "log the configuration")
	f.StringVarP(&s.pid, "pid", "p", "", "parent pid file")
	f.StringVarP(&s.vrrpPid, "vrrp_pid", "r", "", "VRRP pid file")
	f.StringVarP(&s.checkersPid, "checkers_pid", "c", "", "checker pid file")
	f.StringVarP(&s.bfdPid, "bfd_pid", "b", "", "BFD pid file")
	f.BoolP("genhash", "T", false, "genhash mode")
	f.BoolVarP(&s.addressLog, "address-monitoring", "a", false, "log address changes")
	f.StringVarP(&s.namespace, "namespace", "s", "", "network namespace")
	f.BoolVarP(&s.allConfig, "all-config", "e", false, "all include errors count")
	f.StringVarP(&s.configID, "config-id", "i", "", "id of @ID lines")
	f.BoolVarP(&s.snmp, "snmp", "x", false, "SNMP")
	f.StringVarP(&s.agentSocket, "snmp-agent-socket", "A", "", "AgentX socket")
	f.BoolVarP(&s.core, "core-dump", "m", false, "core dumps")
	f.StringVarP(&s.corePattern, "core-dump-pattern", "M", "", "pattern of core dumps")
	f.String("signum", "", "number of a signal")
	f.StringVarP(&s.testLog, "config-test", "t", "", "test the configuration")
	f.StringVar(&s.configFD, "config-fd", "", "configuration descriptor")
	f.BoolVar(&s.ignoreInt, "ignore-sigint", false, "ignore SIGINT")
	f.String("import-ldirectord", "", "write the keepalived.conf of an ldirectord.cf")
	f.BoolP("version", "v", false, "version")
	f.BoolP("help", "h", false, "help")
	for _, name := range []string{"log-file", "core-dump-pattern", "config-test", "check", "help-config"} {
		f.Lookup(name).NoOptDefVal = optional
	}
	for _, name := range []string{"check-format", "peer", "help-config"} {
		_ = f.SetAnnotation(name, inFull, nil) // the flag exists
	}
}

// noVRRPName is the long name of -C, which nobody types: --check means the same
// where a daemon is started.
const noVRRPName = "-C"

// inFull marks options that the C daemon does not have: they do not make the
// abbreviations of others ambiguous.
const inFull = "in full"

const (
	defaultConfig  = "/etc/keepalived/keepalived.conf"
	defaultLogName = "keepalived.log"
)
