// Package logging carries log lines to syslog, the console and a file without
// ever holding up whoever logs.
//
// Every destination has a bounded queue and a goroutine of its own: a syslog
// daemon that does not read, a full pipe or a frozen disk delays neither the
// caller nor the other destinations. What does not fit is dropped and counted;
// "N log messages lost" takes its place. Nothing runs while nobody logs.
//
// Lines are what operators read and match: their text is keepalived's.
package logging
