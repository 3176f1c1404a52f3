// Package ldirectord turns the configuration of ldirectord(8) into that of
// keepalived, keepalived.conf(5).
package ldirectord
