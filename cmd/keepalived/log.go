package main

import (
	"os"
	"path/filepath"
	"strings"

	"keepalived/internal/logging"
)

// logger returns the log of the process that logs as ident. Each process has a
// log file of its own: keepalived.log, keepalived_vrrp.log, ...
func (s *settings) logger(ident string) *logging.Logger {
	o := logging.Options{Ident: ident, Facility: s.facility, Syslog: !s.noSyslog, Detail: s.detail}
	if s.console && s.foreground {
		o.Console = os.Stderr
	}
	if s.logFile != "" {
		ext := filepath.Ext(s.logFile)
		suffix := strings.TrimPrefix(ident, "Keepalived")
		suffix = strings.Replace(suffix, "_healthcheckers", "_check", 1)
		o.File = strings.TrimSuffix(s.logFile, ext) + suffix + ext
	}
	return logging.New(o)
}
