package check

import (
	"fmt"
	"strconv"
)

// sum is the weight of the servers that are alive.
func (v *virtual) sum() (sum int64) {
	for _, r := range v.reals {
		if r.alive {
			sum += r.weight()
		}
	}
	return sum
}

// gainAt is the weight with which the quorum is gained.
func (v *virtual) gainAt() int64 { return int64(v.conf.Quorum) + int64(v.conf.Hysteresis) }

// lossBelow is the weight below which it is lost.
func (v *virtual) lossBelow() int64 { return int64(v.conf.Quorum) - int64(v.conf.Hysteresis) }

// judge decides about the quorum. initial: at the start or after a reload, where
// a missing quorum brings in the sorry server even if it never was there.
func (t *topology) judge(v *virtual, initial bool) {
	sum := v.sum()
	switch {
	case !v.up && sum > 0 && sum >= v.gainAt():
		t.gain(v, sum, initial)
	case v.up && (sum == 0 || sum < v.lossBelow()),
		initial && !v.up && v.conf.Sorry != nil && !v.sorry:
		t.lose(v, sum, initial)
	}
}

func (t *topology) gain(v *virtual, sum int64, initial bool) {
	v.up, t.changed = true, true
	t.say(gained(v, sum)) // at the start there is one for each virtual server
	if v.sorry {
		v.sorry = false
		t.sayf("%s sorry server %s from VS %s", inhibitWord(v.conf.Sorry.Inhibit, "Disabling", "Removing"), v.sorryName(), v.name())
		t.sayf("Adding alive servers to the pool for VS %s", v.name())
		t.sync(v)
	}
	word := "Gained quorum"
	if initial {
		word = "Starting with quorum up"
	}
	t.tellQuorum(v, true, quorumMail{word, v.gainAt(), sum})
}

// gained is what is said when a quorum is gained.
func gained(v *virtual, sum int64) string {
	b := append(make([]byte, 0, 128), "Gained quorum "...)
	b = append(strconv.AppendUint(b, uint64(v.conf.Quorum), 10), '+')
	b = append(strconv.AppendUint(b, uint64(v.conf.Hysteresis), 10), '=')
	b = append(strconv.AppendInt(b, v.gainAt(), 10), " <= "...)
	b = append(strconv.AppendInt(b, sum, 10), " for VS "...)
	return string(append(b, v.name()...))
}

func (t *topology) lose(v *virtual, sum int64, initial bool) {
	v.up, t.changed = false, true
	word := "Lost quorum"
	if initial {
		word = "Starting with quorum down"
	}
	t.sayf("%s %d-%d=%d > %d for VS %s", word, v.conf.Quorum, v.conf.Hysteresis, v.lossBelow(), sum, v.name())
	if s := v.conf.Sorry; s != nil && !v.sorry {
		v.sorry = true
		t.sayf("%s sorry server %s to VS %s", inhibitWord(s.Inhibit, "Enabling", "Adding"), v.sorryName(), v.name())
		t.sayf("Removing alive servers from the pool for VS %s", v.name())
		t.sync(v)
	}
	t.tellQuorum(v, false, quorumMail{word, v.lossBelow(), sum})
}

// quorumMail is the body of the mail, which gives a loss in the same form as a
// gain.
type quorumMail struct {
	word           string // "": none
	threshold, sum int64
}

func (m quorumMail) text(v *virtual) string {
	return fmt.Sprintf("=> %s %d+%d=%d <= %d <=", m.word, v.conf.Quorum, v.conf.Hysteresis, m.threshold, m.sum)
}

func (v *virtual) sorryName() string {
	return v.conf.ServerName(v.conf.Sorry.Addr, v.conf.Sorry.Port)
}

func inhibitWord(inhibit bool, yes, no string) string {
	if inhibit {
		return yes
	}
	return no
}

// settle gives a checker its state, and the server and the quorum theirs. A
// server is alive when none of its checkers says otherwise.
func (t *topology) settle(c *checker, up bool) {
	first := !c.hasRun
	t.changed = t.changed || first || c.up != up
	c.hasRun = true
	if c.up == up {
		if first && !up {
			t.tellReal(c.r, c.r.alive)
		}
		return
	}
	c.up = up
	if up {
		c.r.failed--
	} else {
		c.r.failed++
	}
	t.setAlive(c.r, c.r.failed == 0)
}

func (t *topology) setAlive(r *real, alive bool) {
	if t.turn(r, alive) {
		t.judge(r.v, false)
	}
}

// turn makes a server alive or not, and says whether it was not so before. The
// quorum is left to the caller.
func (t *topology) turn(r *real, alive bool) bool {
	if r.alive == alive {
		return false
	}
	r.alive = alive
	what := inhibitWord(r.conf.InhibitOnFailure, "Disabling service %s of VS %s", "Removing service %s from VS %s")
	if alive {
		what = inhibitWord(r.conf.InhibitOnFailure, "Enabling service %s of VS %s", "Adding service %s to VS %s")
	}
	t.sayf(what, r.name(), r.v.name())
	if !r.v.sorry {
		t.sync(r.v)
	}
	t.tellReal(r, alive)
	return true
}

// setExtra changes what a checker adds to the weight of its server.
func (t *topology) setExtra(c *checker, weight int64) {
	if c.weight == weight {
		return
	}
	r := c.r
	before := r.weight()
	r.extra += weight - c.weight
	c.weight, t.changed = weight, true
	t.weightChanged(r, before)
}

// dropExtra takes back what a checker adds, without a word: the server is down,
// so neither the table nor the quorum changes.
func (t *topology) dropExtra(c *checker) {
	if c.weight == 0 {
		return
	}
	c.r.extra -= c.weight
	c.weight, t.changed = 0, true
}

func (t *topology) weightChanged(r *real, before int64) {
	now := r.weight()
	if now == before {
		return
	}
	t.sayf("Changing weight from %d to %d for %sactive service %s of VS %s", before, now,
		inhibitWord(r.alive, "", "in"), r.name(), r.v.name())
	if r.alive && !r.v.sorry {
		t.sync(r.v)
	}
	t.judge(r.v, false)
}

// start is what happens before the first check.
func (t *topology) start() {
	for _, v := range t.virtuals {
		t.begin(v)
	}
}

// begin is that for one virtual server.
func (t *topology) begin(v *virtual) {
	t.sync(v)
	for _, r := range v.reals {
		if t.options.initNotify && r.alive {
			t.tellReal(r, true)
		}
	}
	t.judge(v, true)
}
