// Package fsm is the state machine of all virtual routers and sync groups of
// one process. It holds no socket, goroutine or clock.
//
// The event loop feeds it and carries out what it answers:
//
//	m := fsm.New(cfg, now)
//	run(m.Start(now))
//	for {
//		deadline, ok := m.NextDeadline()
//		// wait for input or the deadline
//		run(m.Step(now, event))   // for each input, before timers are served
//		run(m.Advance(now))       // once the input is drained
//	}
//
// Start, Step, Advance and Reconfigure return effects in the order in which
// they must be carried out for one instance. The slice belongs to the machine
// and is valid until its next call. Adverts are to be sent by the caller at
// once; all other effects of an instance may be queued, in order.
//
// Reading everything that is queued before Advance is called matters after a
// pause of the process: a master that was away hears its successor before it
// speaks again.
//
// A time given to the machine must not be earlier than the one given before;
// an earlier one counts as the latest. Readings should carry Go's monotonic
// clock, so that a step of the wall clock has no effect.
package fsm
