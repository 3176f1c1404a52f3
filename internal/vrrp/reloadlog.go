package vrrp

import (
	"fmt"
	"net/netip"
)

// logWithdrawn tells what a reload takes away of the objects that are set, in the
// order in which that is done: rules, routes, addresses. who is an instance, or
// "static".
func (l *loop) logWithdrawn(who string, old, next, gone []object) {
	if len(gone) == 0 {
		return
	}
	l.logRulesGone(old, next, gone)
	l.logRoutesGone(old, next, gone)
	for _, o := range gone {
		if a, ok := o.(address); ok {
			l.log.Infof("(%s) ip address %s/%d dev %s, no longer exist", who, a.Addr(), kernelAddress(a.Address, 0).Prefix.Bits(), a.dev)
		}
	}
}

func (l *loop) logRulesGone(old, next, gone []object) {
	if !has[rule](old) {
		return
	}
	if !has[rule](next) {
		l.log.Infof("Removing a VirtualRule block")
		return
	}
	for _, o := range gone {
		if r, ok := o.(rule); ok {
			l.log.Detailf("ip rule from %s removed", selectors(r))
		}
	}
}

// selectors is what a rule applies to, in short.
func selectors(r rule) string {
	text := "all"
	if r.From.IsValid() {
		text = shortPrefix(r.From)
	}
	if r.To.IsValid() {
		text += " to " + shortPrefix(r.To)
	}
	return text
}

func (l *loop) logRoutesGone(old, next, gone []object) {
	if !has[route](old) {
		return
	}
	if !has[route](next) {
		l.log.Detailf("Removing a VirtualRoute block")
		return
	}
	if l.log.Detail() == 0 || !has[route](gone) {
		return
	}
	kept := map[string]bool{}
	for _, o := range next {
		if r, ok := o.(route); ok {
			kept[r.way()] = true
		}
	}
	for _, o := range gone {
		if r, ok := o.(route); ok && !kept[r.way()] {
			l.log.Detailf("Removing route %s", shortPrefix(r.Dst))
		}
	}
}

// way is what tells a route from another one; the rest is changed in place.
func (r route) way() string {
	return fmt.Sprint(r.Dst, r.TOS, r.Metric, r.Table, r.Scope, r.Type, r.Via, r.Dev, r.NextHops)
}

func has[T object](list []object) bool {
	for _, o := range list {
		if _, ok := o.(T); ok {
			return true
		}
	}
	return false
}

// shortPrefix is an address with its length, unless that is all of it.
func shortPrefix(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}
