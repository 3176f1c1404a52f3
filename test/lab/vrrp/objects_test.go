package vrrp

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// object is a line of configuration and what ip(8) then has to print.
type object struct {
	keyword string
	line    string
	key     string // what to find the object by
	want    string // what its line contains; empty: there is none
	cDiffer string // why the C daemon's object looks otherwise
}

// wrong compares what ip prints of an object with what is wanted.
func (o object) wrong(lines []string) string {
	found := find(lines, o.key)
	switch {
	case o.want == "" && len(found) > 0:
		return "is there: " + strings.Join(found, "; ")
	case o.want != "" && len(find(found, o.want)) == 0:
		return "is " + strings.Join(found, "; ") + ", want " + o.want
	}
	return ""
}

var seconds = regexp.MustCompile(`\b(expires|valid_lft|preferred_lft) \d+sec|cache | tentative\b`)

// alike leaves out what differs from run to run.
func alike(lines []string) []string {
	var out []string
	for _, line := range lines {
		out = append(out, strings.TrimSpace(seconds.ReplaceAllString(line, "$1")))
	}
	slices.Sort(out)
	return out
}

// compareObjects runs both daemons on a configuration and compares their
// objects with the table and with each other, and that ours leaves none at the end.
func compareObjects(t *testing.T, config string, objects []object, list func(*router) []string, prepare ...string) {
	lines := map[bool][]string{}
	for _, kind := range kinds {
		r := newRouter(t, kind(t))
		for _, command := range prepare {
			r.Run(strings.Fields(command)...)
		}
		before := alike(list(r))
		r.start(config)
		r.daemon.WaitState("VI_1", "MASTER")
		lines[r.p.IsC] = alike(r.objects(objects, list))
		r.daemon.Stop()
		// The C daemon leaves some IPv6 routes.
		if left := alike(list(r)); !r.p.IsC && !slices.Equal(left, before) {
			t.Errorf("%s leaves\n%s\nbefore the start there was\n%s", r.Name, strings.Join(left, "\n"), strings.Join(before, "\n"))
		}
	}
	for _, o := range objects {
		t.Run(o.keyword, func(t *testing.T) {
			if text := o.wrong(lines[false]); text != "" {
				t.Errorf("ours: %s: %s", o.line, text)
			}
			if text := o.wrong(lines[true]); text != "" && o.cDiffer == "" {
				t.Errorf("C: %s: %s", o.line, text)
			}
			ours, c := find(lines[false], o.key), find(lines[true], o.key)
			if o.cDiffer == "" && !slices.Equal(ours, c) {
				t.Errorf("%s\nours: %s\nC:    %s", o.line, strings.Join(ours, "\n"), strings.Join(c, "\n"))
			}
			if o.cDiffer != "" && slices.Equal(ours, c) {
				t.Errorf("%s: both are the same: %s; there is no difference to explain (%s)", o.line, ours, o.cDiffer)
			}
		})
	}
}

// objects waits until all are there, or for long enough.
func (r *router) objects(objects []object, list func(*router) []string) (now []string) {
	for end := time.Now().Add(lab.Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		now = list(r)
		if !slices.ContainsFunc(objects, func(o object) bool { return !(r.p.IsC && o.cDiffer != "") && o.wrong(now) != "" }) {
			break
		}
	}
	return now
}

// lines is the configuration of the objects.
func configLines(objects []object) (lines []string) {
	for _, o := range objects {
		lines = append(lines, o.line)
	}
	return lines
}
