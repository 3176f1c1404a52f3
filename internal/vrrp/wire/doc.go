// Package wire moves VRRP packets and address announcements between the
// process and its interfaces: raw sockets for adverts, packet sockets for
// gratuitous ARP and unsolicited neighbour advertisements.
//
// Receiver and Sender belong to the event loop: they never wait, and once they
// are open neither allocates. Opening them and the Announcer ask the kernel for
// things it may take its time for; that is work for another goroutine.
package wire
