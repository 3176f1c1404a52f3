// Package link carries the messages between the parent and its children, both
// ends of them.
//
// Each child shares one SOCK_SEQPACKET socket pair with the parent. Messages
// are small; a configuration, or what a child holds, travels beside them as a
// sealed memfd. Sending never waits: a peer that does not read loses liveness
// messages only, the others are kept until they fit.
//
// When Recv gives io.EOF the other end is gone. A child then stops cleanly.
package link
