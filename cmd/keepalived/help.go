package main

import (
	"fmt"
	"io"
)

const helpText = `  -f, --use-file=FILE          Read the configuration from FILE (glob allowed)
                                default '/etc/keepalived/keepalived.conf'
  -P, --vrrp                   No health-check process
  -C, --check                  No VRRP process (--check without any option of a
                                running daemon beside it is --check=full)
  -B, --no_bfd                 No BFD process
      --all                    Start all child processes, with or without configuration
  -l, --log-console            Log to the console, too (with -n)
  -D, --log-detail             Detailed messages; twice for more
  -S, --log-facility=([0-7]|local[0-7]|user|daemon)
                               Syslog facility (default daemon)
  -g, --log-file[=FILE]        Log to FILE, too (default /tmp/keepalived.log)
      --flush-log-file         Accepted; the log file is always written at once
  -G, --no-syslog              Do not log to syslog
  -u, --umask=MASK             umask for files, as a number
  -X, --release-vips           Also release VIPs that are not known to be set
  -V, --dont-release-vrrp      Keep VIPs and routes when the daemon stops
  -I, --dont-release-ipvs      Keep the IPVS table when the daemon stops
  -R, --dont-respawn           Do not restart child processes
  -n, --dont-fork              Stay in the foreground
  -d, --dump-conf              Log the configuration
  -p, --pid=FILE               Pid file of the parent process
  -r, --vrrp_pid=FILE          Pid file of the VRRP process
  -c, --checkers_pid=FILE      Pid file of the health-check process
  -b, --bfd_pid=FILE           Pid file of the BFD process
  -T, --genhash                genhash mode (should be the first option)
  -a, --address-monitoring     Log all address changes
  -s, --namespace=NAME         Run in network namespace NAME (overrides the configuration)
  -e, --all-config             Every problem with an include is an error
  -i, --config-id=ID           Id for configuration lines that begin with @ID or @^ID
                                default: the node name
  -x, --snmp                   Enable SNMP
  -A, --snmp-agent-socket=FILE Socket of the SNMP master agent
  -m, --core-dump              Allow core dumps
  -M, --core-dump-pattern[=PATTERN]
                               Also set the kernel's core_pattern (default 'core')
      --ignore-sigint          Ignore SIGINT
      --signum=NAME            Print the number of signal STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON
  -t, --config-test[=LOG_FILE] Check the configuration; messages go to stderr or LOG_FILE
      --check=MODE[,MODE]      Check the configuration and show each problem once, with its
                                line and what to write instead. MODE:
                                full    also explain the priorities of each instance
                                static  the text alone: without root, interfaces, users and scripts
                                strict  exit status 5 instead of 0 when there are lints
      --check-format=FORMAT    Write the check to stdout as json or sarif
      --peer=FILE              Check against the configuration of the other node, too
      --help-config [KEYWORD]  Explain a keyword of keepalived.conf, or list them
      --import-ldirectord=FILE Write the keepalived.conf that does what an ldirectord.cf does
  -v, --version                Print the version
  -h, --help                   Print this text
`

func printHelp(w io.Writer, program string) {
	fmt.Fprintf(w, "Usage: %s [OPTION...]\n%s", program, helpText)
}
