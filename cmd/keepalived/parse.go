package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"keepalived/internal/logging"
)

// exit statuses of the command line, keepalived(8).
const (
	statusOK    = 0
	statusFatal = 1
)

// goOn is the status of a command line after which the daemon runs.
const goOn = -1

// parse reads the command line. A status other than goOn ends the program.
func parse(argv []string, out, errs io.Writer) (s *settings, status int) {
	s = &settings{umask: -1, facility: logging.Daemon}
	flags := pflag.NewFlagSet(argv[0], pflag.ContinueOnError)
	define(flags, s)
	status = goOn
	scan := scanner{flags: flags, args: argv[1:], errs: errs}
	scan.action = func(name, value string) (stop bool) {
		status = s.act(name, value, argv[0], out, errs)
		return status != goOn
	}
	if !scan.scan() {
		return s, status
	}
	if s.manual.asked {
		return s, s.manual.print(scan.words, out, errs)
	}
	s.resolveCheck(flags)
	if len(scan.words) > 0 {
		fmt.Fprintf(out, "Unexpected argument(s): %s \n", strings.Join(scan.words, " "))
	}
	if scan.bad || s.check.bad {
		return s, statusFatal
	}
	return s, goOn
}

// act does what an option does beyond storing its value.
func (s *settings) act(name, value, program string, out, errs io.Writer) (status int) {
	switch name {
	case "version":
		printVersion(errs)
		return statusOK
	case "help":
		printHelp(errs, program)
		return statusOK
	case "signum":
		return printSignal(value, out, errs)
	case "import-ldirectord":
		return importLdirectord(value, out, errs)
	case "log-facility":
		s.setFacility(value, errs)
	case "umask":
		s.setUmask(value, errs)
	case "check", "check-format", "peer":
		s.setCheck(name, value, errs)
	case "help-config":
		s.manual.add(value)
	default:
		s.combine(name, value)
	}
	return goOn
}

// combine carries out options that have an effect on others.
func (s *settings) combine(name, value string) {
	switch name {
	case "vrrp":
		s.noChecker = true
	case noVRRPName:
		s.noVRRP = true
	case "all":
		s.all, s.noChecker, s.noVRRP, s.noBFD = true, false, false, false
	case "config-id":
		s.configIDSet = true
	case "log-file":
		if value == optional {
			s.logFile = filepath.Join(tmpDir(), defaultLogName)
		}
	case "core-dump-pattern":
		s.core = true
		if value == optional {
			s.corePattern = "core"
		}
	case "config-test":
		s.testOnly()
		if value == optional {
			s.testLog = ""
		}
	}
}

func (s *settings) setFacility(word string, errs io.Writer) {
	f, ok := logging.ParseFacility(word)
	if !ok {
		fmt.Fprintf(errs, "Invalid log facility '%s'\n", word)
		return
	}
	s.facility = f
}

func (s *settings) setUmask(word string, errs io.Writer) {
	n, err := strconv.ParseUint(word, 0, 32)
	if err != nil || n > 0o777 {
		fmt.Fprintf(errs, "Invalid --umask option %s\n", word)
		return
	}
	s.umask = int(n)
}

// tmpDir is where files without a configured place go.
func tmpDir() string {
	if dir := os.Getenv("TMPDIR"); filepath.IsAbs(dir) {
		return dir
	}
	return "/tmp"
}
