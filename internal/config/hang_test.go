package config

import (
	"syscall"
	"time"
)

// fuzzPatience is how much processor time reading one small input may take before
// it counts as a hang. One that reaches every bound of the lexer needs seconds,
// and some tens of them under the fuzzer, which counts what is executed.
const fuzzPatience = 5 * time.Minute

// noHang ends the process, with all stacks, when what follows takes too long.
func noHang() (done func()) {
	begin, over := processorTime(), make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				if processorTime()-begin > fuzzPatience {
					panic("it hangs")
				}
			}
		}
	}()
	return func() { close(over) }
}

func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
