package outages

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

// guestOutages need a kernel of their own: a clock that may be set, and what the
// kernel of a build machine may lack. They run together in one guest.
var guestOutages = []outage{
	{"clock steps", "the wall clock set forwards and back: 10 s, an hour, ten years", clockSteps},
	{"mutations LVS", "60 one-token mistakes in a file with virtual servers", mutations(balancing, 60)},
	{"jitter", "every frame of both directors delayed at random, by up to 200 ms", jitter},
}

var insideGuest = guest.Inside()

func needsGuest(o outage) bool {
	for _, g := range guestOutages {
		if g.name == o.name {
			return !insideGuest
		}
	}
	return false
}

// clockSteps: frames are stamped with the wall clock, so the gap across a step is
// what passed before it and what passed after it.
func clockSteps(s *site) {
	s.pair()
	s.advertised()
	for _, step := range []time.Duration{10 * time.Second, -10 * time.Second, time.Hour, -time.Hour, 87600 * time.Hour, -87600 * time.Hour} {
		if !insideGuest {
			s.Fatalf("only a guest's clock may be set")
		}
		// Just after an advert, so that none is on its way at the step.
		n := len(s.a.allAdverts())
		lab.Wait(s, lab.Patience, "an advert", func() bool { return len(s.a.allAdverts()) > n })
		n = len(s.a.allAdverts())
		last, before := s.a.allAdverts()[n-1].At, time.Now()
		to := unix.NsecToTimeval(before.Add(step).UnixNano())
		if err := unix.Settimeofday(&to); err != nil {
			s.Fatalf("setting the clock: %v", err)
		}
		after := time.Now().Round(0)
		const observed = 15
		if !happens(5*observed*s.interval, func() bool { return len(s.a.allAdverts()) >= n+observed }) {
			s.note(false, fmt.Sprintf("%v: %d adverts only", step, len(s.a.allAdverts())-n), "more")
			continue
		}
		frames := s.a.allAdverts()[n:]
		gap := before.Sub(last) + frames[0].At.Sub(after)
		for i := range frames[1:] {
			gap = max(gap, frames[i+1].At.Sub(frames[i].At))
		}
		s.note(gap <= s.interval*12/10, fmt.Sprintf("%v: longest gap %.2f intervals", step, gap.Seconds()/s.interval.Seconds()), "at most 1.2 intervals")
	}
	s.saw(s.never(), "no takeover", "the peer took over")
	s.saw(s.a.HasAddr(vip) && !s.b.HasAddr(vip), "one master", "not one master")
}

// allAdverts are those of the director's instance, whatever their time.
func (d *director) allAdverts() []lab.Frame {
	return d.site.frames.Select(lab.From(d.Node), lab.VRID(vrid), lab.Alive)
}

// never says that the backup has never advertised and the master never resigned.
func (s *site) never() bool {
	return len(s.b.allAdverts()) == 0 && len(s.frames.Select(lab.From(s.a.Node), lab.Priority(0))) == 0
}

// jitter is less than the backup's patience, which is three intervals. Adverts
// come on time, but for the jitter, which is one interval.
func jitter(s *site) {
	s.pair()
	for _, d := range []*director{s.a, s.b} {
		d.Run("tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "100ms", "100ms")
	}
	start := time.Now()
	lab.Wait(s, lab.Patience, "adverts", func() bool { return len(s.a.adverts(start)) >= times(100, 40) })
	adverts, gap := s.a.adverts(start), time.Duration(0)
	for i := range adverts[1:] {
		gap = max(gap, adverts[i+1].At.Sub(adverts[i].At))
	}
	s.note(gap <= s.interval*22/10, fmt.Sprintf("longest gap %.2f intervals", gap.Seconds()/s.interval.Seconds()), "at most 2.2 intervals")
	s.saw(s.never(), "no takeover", "the peer took over")
	s.saw(s.a.HasAddr(vip) && !s.b.HasAddr(vip), "one master", "not one master")
}

// guestFigure is a figure on its way out of the guest.
type guestFigure struct {
	Outage string
	C, Bad bool
	Text   string
}

const guestMark = "FIGURE "

// tellHost prints what was found in the guest.
func tellHost(name string, c bool, figures []figure) {
	if !insideGuest {
		return
	}
	for _, f := range figures {
		b, _ := json.Marshal(guestFigure{name, c, f.bad, f.text})
		fmt.Printf("\n%s%s\n", guestMark, b)
	}
}

type guestResult struct {
	figures []guestFigure
	output  string
}

func (r guestResult) of(name string, c bool) (out []figure) {
	for _, f := range r.figures {
		if f.Outage == name && f.C == c {
			out = append(out, figure{f.Text, f.Bad})
		}
	}
	return out
}

// inGuest runs all of them, those of the C daemon only for a report.
func inGuest(t lab.TB) (guestResult, error) { return runGuest(t) }

var runGuest = func() func(lab.TB) (guestResult, error) {
	var once sync.Once
	var result guestResult
	var err error
	return func(t lab.TB) (guestResult, error) {
		once.Do(func() { result, err = bootGuest(t) })
		return result, err
	}
}()

func bootGuest(t lab.TB) (r guestResult, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	ours := lab.Ours(t).Path
	var names []string
	for _, o := range guestOutages {
		names = append(names, strings.ReplaceAll(o.name, " ", "_"))
	}
	pattern := "/^(" + strings.Join(names, "|") + ")$"
	c := guest.Config{
		Command:  []string{self, "-test.v", "-test.run", "^TestOutages$" + pattern, fmt.Sprintf("-full=%v", *full), "-test.parallel=1"},
		Programs: []string{"ip", "tc"}, Files: []string{ours}, Env: []string{"LAB_KEEPALIVED=" + ours},
		// The clock counts instructions: what is timed does not see a busy host.
		Icount: "shift=1,sleep=off", Timeout: 15 * time.Minute,
	}
	if *report != "" {
		theirs := lab.CKeepalived(t).Path
		c.Command[3] = "^(TestOutages|TestC)$" + pattern
		c.Command = append(c.Command, "-c")
		c.Programs = append(c.Programs, theirs)
		c.Env = append(c.Env, "LAB_C_KEEPALIVED="+theirs)
	}
	var out bytes.Buffer
	c.Output = &out
	status, err := guest.Run(context.Background(), c)
	r.output = out.String()
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), guestMark); ok {
			var f guestFigure
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				return r, err
			}
			r.figures = append(r.figures, f)
		}
	}
	if err == nil && status != 0 {
		err = fmt.Errorf("the guest's tests ended with status %d", status)
	}
	return r, err
}

// outsideGuest has an outage carried out in the guest.
func outsideGuest(t *testing.T, o outage, row *row) {
	r, err := inGuest(t)
	if errors.Is(err, guest.ErrUnavailable) && os.Getenv(guest.EnvRequired) == "" {
		t.Skip(err)
	}
	row.ours, row.c = r.of(o.name, false), r.of(o.name, true)
	t.Log(cell(row.ours))
	if err != nil || len(row.ours) == 0 {
		t.Fatalf("%v\n%s", err, r.output)
	}
	for _, f := range row.ours {
		if f.bad {
			t.Error(f.text)
		}
	}
}
