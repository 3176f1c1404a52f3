package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const servers = 4

// table measures the kernel's table: start, reload of each hundredth service,
// stop, start again.
func (b *bench) table() error {
	n := b.Services
	first, second := config(n, servers, 1, ""), config(n, servers, 2, "")
	what := func(s string) string { return fmt.Sprintf("%d services with %d servers: %s", n, servers, s) }
	d, err := b.director()
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
	begun = time.Now()
	d.start(first)
	if _, err := until(20*time.Minute, func() bool { return d.has(n-1, servers, 1) }); err != nil {
		return err
	}
	b.figures.add(what("start again, s"), time.Since(begun).Seconds())
	d.daemon.Kill9()
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

// stop measures the stop with 2,000 services.
func (b *bench) stop() error {
	const n = 2000
	d, err := b.director()
	if err != nil {
		return err
	}
	d.start(config(n, servers, 1, ""))
	if _, err := until(20*time.Minute, func() bool { return d.has(n-1, servers, 1) }); err != nil {
		return err
	}
	time.Sleep(time.Second)
	took, err := d.stopped()
	if err != nil {
		return err
	}
	b.figures.add(fmt.Sprintf("%d services: stop, s", n), took.Seconds())
	if s, _, _ := d.count(); s != 0 {
		return fmt.Errorf("%d services left", s)
	}
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
