// Package fsm is the state machine of all BFD sessions of a router, RFC 5880 in
// asynchronous mode. It has no clock, no socket and no goroutine: time comes
// with every call, and what is to be done comes back as effects.
//
//	     +--+
//	     |  | AdminDown received, silence of the neighbor
//	     |  V
//	   +------+  Down   +------+
//	   | Down |-------->| Init |
//	   +------+         +------+
//	     ^  |Init          | Init, Up
//	     |  |   +------+   |
//	Down,|  +-->|  Up  |<--+
//	silence-----+------+
//
// Start reading at Machine, then session.receive.
package fsm
