// Command demo shows a failover live: two directors share a virtual address, a
// client pings it, the director in charge dies and comes back. It exits with
// status 0 only if the address moved and the client was answered again.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"keepalived/test/lab"
)

func main() { os.Exit(lab.Main(run)) }

func run() int {
	binary := flag.String("binary", "bin/keepalived", "the keepalived to show")
	plain := flag.Bool("plain", false, "no colours and no live line, also on a terminal")
	flag.Parse()
	path, err := filepath.Abs(*binary)
	if err != nil {
		return fail(err)
	}
	program, err := lab.Binary("keepalived", path)
	if err != nil {
		return fail(fmt.Errorf("%w (build it with make build)", err))
	}
	v := newView(os.Stdout, *plain)
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		v.close()
		os.Exit(130) // the lab ends with this process
	}()
	err = lab.Run("demo", func(t lab.TB) {
		s := newScene(t, program)
		st := newStory(t, s, v)
		st.play()
		st.summary()
	})
	v.close()
	if err != nil {
		return fail(err)
	}
	return 0
}

func fail(err error) int {
	fmt.Fprintf(os.Stderr, "demo: %v\n", err)
	return 1
}
