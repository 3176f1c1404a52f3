package main

import "keepalived/internal/logging"

// announceMissing says which options have no effect in this build.
func (s *settings) announceMissing(log *logging.Logger) {
	for option, given := range map[string]bool{
		"--config-fd": s.configFD != "",
	} {
		if given {
			log.Infof("%s has no effect: it is not part of this build", option)
		}
	}
}
