package main

import (
	"os"

	"keepalived/internal/logging"
)

// corePatternFile is described in core(5).
const corePatternFile = "/proc/sys/kernel/core_pattern"

// setCorePattern sets the kernel's name of core files for as long as the daemon
// runs; the function that it returns puts the old one back.
func (s *settings) setCorePattern(log *logging.Logger) (restore func()) {
	if s.corePattern == "" || s.configTest {
		return func() {}
	}
	old, err := os.ReadFile(corePatternFile)
	if err == nil {
		err = os.WriteFile(corePatternFile, []byte(s.corePattern), 0)
	}
	if err != nil {
		log.Infof("Unable to set core_pattern: %v", err)
		return func() {}
	}
	return func() {
		if err := os.WriteFile(corePatternFile, old, 0); err != nil {
			log.Infof("Unable to restore core_pattern: %v", err)
		}
	}
}
