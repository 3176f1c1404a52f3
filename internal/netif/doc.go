// Package netif talks to the kernel's rtnetlink: it lists and watches links,
// addresses, routes and rules (Monitor) and changes them in batches (Writer).
//
// Every call that reaches the kernel may block there for as long as somebody
// holds the kernel's network configuration lock, which can be seconds. Call
// from worker goroutines only, never from an event loop.
package netif
