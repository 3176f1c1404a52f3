package signals

import (
	"os"
	"os/signal"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// While nobody receives, signals of one kind do not displace another.
func TestNoKindIsLost(t *testing.T) {
	caught := Catch(unix.SIGUSR1, unix.SIGUSR2, unix.SIGTERM)
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, unix.SIGUSR1, unix.SIGUSR2, unix.SIGTERM)
	send := func(s unix.Signal) {
		t.Helper()
		if err := unix.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		select {
		case <-arrived:
		case <-time.After(time.Minute):
			t.Fatalf("%v did not arrive", s)
		}
	}
	for range 1000 {
		send(unix.SIGUSR1)
	}
	send(unix.SIGTERM)
	send(unix.SIGUSR2)
	seen := map[os.Signal]int{}
	for seen[unix.SIGUSR1] == 0 || seen[unix.SIGTERM] == 0 || seen[unix.SIGUSR2] == 0 {
		select {
		case s := <-caught:
			seen[s]++
		case <-time.After(time.Minute):
			t.Fatalf("of three kinds there came %v", seen)
		}
	}
	if seen[unix.SIGTERM] > 1 || seen[unix.SIGUSR1] > 2 {
		t.Errorf("there came more than was sent, or than can wait: %v", seen)
	}
}
