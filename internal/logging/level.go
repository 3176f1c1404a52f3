package logging

import (
	"strconv"
	"strings"
)

// Level is a severity of RFC 3164 section 4.1.1.
type Level uint8

// The severities in use. Nearly every line of keepalived is LevelInfo.
const (
	LevelAlert   Level = 1
	LevelErr     Level = 3
	LevelWarning Level = 4
	LevelInfo    Level = 6
	LevelDebug   Level = 7
)

// Facility is a syslog facility, RFC 3164 section 4.1.1.
type Facility uint8

// The facilities that can be chosen, besides Local0+1 to Local0+7.
const (
	User   Facility = 1
	Daemon Facility = 3
	Local0 Facility = 16
)

// ParseFacility reads the argument of --log-facility: 0-7, local0-local7, user
// or daemon. Other words give ok false and Daemon.
func ParseFacility(word string) (f Facility, ok bool) {
	switch word {
	case "user":
		return User, true
	case "daemon":
		return Daemon, true
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "local"), 10, 8)
	if err != nil || n > 7 {
		return Daemon, false
	}
	return Local0 + Facility(n), true
}
