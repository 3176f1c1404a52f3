package main

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/ipvs"
)

const servers = 4

// table measures the kernel's table: start, reload of each hundredth service,
// stop.
func (b *bench) table() error {
	n := b.Services
	first, second := config(n, servers, 1, ""), config(n, servers, 2, "")
	what := func(s string) string { return fmt.Sprintf("%d services with %d servers: %s", n, servers, s) }
	d, err := b.director()
	if err == nil {
		err = d.warmUp()
	}
	if err != nil {
		return err
	}
	begun := time.Now()
	d.start(first)
	if _, err := until(20*time.Minute, func() bool { return d.has(n-1, servers, 1) }); err != nil {
		return err
	}
	b.figures.add(what("start, s"), time.Since(begun).Seconds())
	user, system := d.times()
	b.figures.add(what("start, s in the program"), user)
	b.figures.add(what("start, s in the kernel"), system)
	if s, r, _ := d.count(); s != n || r != n*servers {
		return fmt.Errorf("after the start: %d services, %d servers", s, r)
	}
	time.Sleep(2 * time.Second)
	b.figures.add(what("RSS after the start, MB"), d.rss())
	d.daemon.Configure(second)
	d.daemon.Reload()
	took, err := until(20*time.Minute, func() bool { return d.has(n-1, servers, 2) })
	if err != nil {
		return err
	}
	b.figures.add(what("reload with 1 % changed, s"), took.Seconds())
	time.Sleep(2 * time.Second)
	if s, r, two := d.count(); s != n || r != n*servers || two != n/100*servers {
		return fmt.Errorf("after the reload: %d services, %d servers, %d changed", s, r, two)
	}
	b.figures.add(what("RSS after the reload, MB"), d.rss())
	if took, err = d.stopped(); err != nil {
		return err
	}
	b.figures.add(what("stop, s"), took.Seconds())
	if s, _, _ := d.count(); s != 0 {
		return fmt.Errorf("after the stop: %d services left", s)
	}
	return nil
}

// again measures the start after a stop: the kernel remembers the destinations
// that were deleted, and searches what it remembers.
func (b *bench) again() error {
	n := b.Again
	d, err := b.director()
	if err == nil {
		err = d.warmUp()
	}
	if err != nil {
		return err
	}
	conf := config(n, servers, 1, "")
	for _, what := range []string{"start", "start again"} {
		begun := time.Now()
		d.start(conf)
		if _, err := until(time.Hour, func() bool { return d.has(n-1, servers, 1) }); err != nil {
			return err
		}
		b.figures.add(fmt.Sprintf("%d services with %d servers: %s, s", n, servers, what), time.Since(begun).Seconds())
		time.Sleep(time.Second)
		if _, err := d.stopped(); err != nil {
			return err
		}
		if s, _, _ := d.count(); s != 0 {
			return fmt.Errorf("after the stop: %d services left", s)
		}
	}
	return nil
}

// floor measures what the kernel takes for the same table: with ipvsadm, one
// request after the other, and with our client alone.
func (b *bench) floor() error {
	n := b.Services
	if b.figures.turn > 0 {
		return nil // it is about neither binary
	}
	d, err := b.director()
	if err != nil {
		return err
	}
	var rules strings.Builder
	var table []ipvs.Entry
	for i := range n {
		fmt.Fprintf(&rules, "-A -t %s:80 -s rr\n", serviceAddr(i))
		e := ipvs.Entry{Service: ipvs.Service{Key: key(i), Scheduler: "rr"}}
		for j := range servers {
			addr := netip.AddrPortFrom(serverAddr(i*servers+j), 80)
			fmt.Fprintf(&rules, "-a -t %s:80 -r %s -m -w 1\n", serviceAddr(i), addr)
			e.Destinations = append(e.Destinations, ipvs.Destination{Addr: addr, Weight: 1})
		}
		table = append(table, e)
	}
	what := func(s string) string { return fmt.Sprintf("%d services with %d servers: %s", n, servers, s) }
	timed := func(name string, steps []ipvs.Step) error {
		begun := time.Now()
		failures, err := d.kernel.Apply(steps)
		if err == nil && len(failures) > 0 {
			err = failures[0].Err
		}
		b.figures.add(what(name), time.Since(begun).Seconds())
		return err
	}
	if err := timed("our client alone adds them, s", ipvs.Diff(nil, table)); err != nil {
		return err
	}
	if err := timed("our client alone deletes them, s", ipvs.Diff(table, nil)); err != nil {
		return err
	}
	if err := timed("our client alone adds them again, s", ipvs.Diff(nil, table)); err != nil {
		return err
	}
	fresh, err := b.director() // which remembers nothing
	if err != nil {
		return err
	}
	cmd := exec.Command("ipvsadm", "-R")
	cmd.Stdin = strings.NewReader(rules.String())
	begun := time.Now()
	if err := fresh.node.Start(cmd); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("ipvsadm -R: %w", err)
	}
	b.figures.add(what("ipvsadm -R, s"), time.Since(begun).Seconds())
	if s, r, _ := fresh.count(); s != n || r != n*servers {
		return fmt.Errorf("ipvsadm -R: %d services, %d servers", s, r)
	}
	return nil
}

// nothing counts the requests to IPVS of a reload that changes nothing.
func (b *bench) nothing() error {
	n := b.Services
	d, err := b.director()
	if err != nil {
		return err
	}
	conf := config(n, servers, 1, "")
	d.start(conf)
	if _, err := until(20*time.Minute, func() bool { return d.has(n-1, servers, 1) }); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	tap, err := newTap(d.node)
	if err != nil {
		return err
	}
	defer tap.close()
	d.daemon.Configure(conf)
	cpu := d.cpu()
	d.daemon.Signal("parent", unix.SIGHUP)
	time.Sleep(5 * time.Second)
	for last := -1.0; d.cpu()-last > 0.05; time.Sleep(time.Second) {
		last = d.cpu()
	}
	changes, reads := tap.counts()
	b.figures.add(fmt.Sprintf("%d services, reload with nothing changed: requests that change", n), float64(changes))
	b.figures.add(fmt.Sprintf("%d services, reload with nothing changed: requests that read", n), float64(reads))
	b.figures.add(fmt.Sprintf("%d services, reload with nothing changed: processor time, s", n), d.cpu()-cpu)
	d.daemon.Kill9()
	return nil
}

// memory measures what the processes hold with many services.
func (b *bench) memory() error {
	n := b.Memory
	d, err := b.director()
	if err != nil {
		return err
	}
	begun := time.Now()
	d.start(config(n, 2, 1, ""))
	if _, err := until(time.Hour, func() bool { return d.has(n-1, 2, 1) }); err != nil {
		return err
	}
	b.figures.add(fmt.Sprintf("%d services with 2 servers: start, s", n), time.Since(begun).Seconds())
	time.Sleep(15 * time.Second)
	b.figures.add(fmt.Sprintf("%d services with 2 servers: RSS of all processes, MB", n), d.rss())
	d.daemon.Kill9()
	return nil
}
