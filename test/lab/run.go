package lab

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
)

// Run runs f with a lab outside of a test, as a program does that called Main.
// What f makes is cleaned up when it returns. The error is the first that f
// reported, by Fatalf, which ends it, by Errorf or by Skipf.
func Run(name string, f func(TB)) error {
	r := &runner{name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.cleanUp()
		f(r)
	}()
	<-done
	return r.err
}

// runner is the TB of a program.
type runner struct {
	name string

	mu       sync.Mutex
	err      error
	cleanups []func()
}

func (r *runner) Helper()      {}
func (r *runner) Name() string { return r.name }

func (r *runner) Logf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (r *runner) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *runner) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *runner) Skipf(format string, args ...any) { r.Fatalf(format, args...) }

func (r *runner) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err != nil
}

func (r *runner) Cleanup(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cleanups = append(r.cleanups, f)
}

// cleanUp runs the clean-ups, the latest first.
func (r *runner) cleanUp() {
	for {
		r.mu.Lock()
		n := len(r.cleanups)
		if n == 0 {
			r.mu.Unlock()
			return
		}
		f := r.cleanups[n-1]
		r.cleanups = r.cleanups[:n-1]
		r.mu.Unlock()
		f()
	}
}

// Binary is a daemon at a path, for programs that are told which to run.
func Binary(name, path string) (Program, error) {
	fi, err := os.Stat(path)
	if err == nil && (fi.IsDir() || fi.Mode()&0o111 == 0) {
		err = errors.New("it cannot be executed")
	}
	if err != nil {
		return Program{}, fmt.Errorf("using %s: %w", path, err)
	}
	return Program{Name: name, Path: path}, nil
}
