// Package manual makes the documentation of keepalived.conf from the keyword
// tables: what --help-config prints, and the manual page keepalived.conf(5).
package manual
