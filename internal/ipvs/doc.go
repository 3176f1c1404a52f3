// Package ipvs is the kernel's IP Virtual Server table: its values, the
// difference between two tables as a list of steps, and the generic netlink
// client that reads the table and carries the steps out.
//
// Values, Diff and the wire format are pure. Only Client does I/O; one
// goroutine owns it. The names are those of ipvsadm(8) and of linux/ip_vs.h.
package ipvs
