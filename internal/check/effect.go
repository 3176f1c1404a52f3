package check

import "fmt"

// effectKind is what is to be done.
type effectKind uint8

const (
	doSay         effectKind = iota // log text
	doDetail                        // log text with --log-detail
	doSync                          // give IPVS the servers that v wants now
	doTellReal                      // scripts and FIFOs about r
	doTellVirtual                   // scripts and FIFOs about v; mail with body
	doMail                          // mail about r
	doNotify                        // SNMP about r, or v without one
)

// effect is something that the topology wants done. Effects are carried out in
// their order.
type effect struct {
	kind effectKind
	v    *virtual
	r    *real
	up   bool
	text string
	// quorum is what the mail of a doTellVirtual without text says.
	quorum quorumMail
	// alive is how many servers of v were, for SNMP.
	alive int
}

func (t *topology) say(text string) {
	t.effects = append(t.effects, effect{kind: doSay, text: text})
}

func (t *topology) sayf(format string, args ...any) { t.say(fmt.Sprintf(format, args...)) }

func (t *topology) detailf(format string, args ...any) {
	t.effects = append(t.effects, effect{kind: doDetail, text: fmt.Sprintf(format, args...)})
}

func (t *topology) sync(v *virtual) { t.effects = append(t.effects, effect{kind: doSync, v: v}) }

func (t *topology) tellReal(r *real, up bool) {
	t.effects = append(t.effects, effect{kind: doTellReal, v: r.v, r: r, up: up, alive: t.aliveOf(r.v)})
}

func (t *topology) tellVirtual(v *virtual, up bool, body string) {
	t.effects = append(t.effects, effect{kind: doTellVirtual, v: v, up: up, text: body, alive: t.aliveOf(v)})
}

func (t *topology) tellQuorum(v *virtual, up bool, m quorumMail) {
	t.effects = append(t.effects, effect{kind: doTellVirtual, v: v, up: up, quorum: m, alive: t.aliveOf(v)})
}

// body is the text of the mail, which is made only when there is one.
func (e *effect) body() string {
	if e.quorum.word != "" {
		return e.quorum.text(e.v)
	}
	return e.text
}

// notify tells SNMP what nobody else is told: that v ends, or its server r.
func (t *topology) notify(v *virtual, r *real) {
	if t.options.traps {
		t.effects = append(t.effects, effect{kind: doNotify, v: v, r: r, alive: t.aliveOf(v)})
	}
}

// aliveOf counts servers, if somebody wants to know.
func (t *topology) aliveOf(v *virtual) (n int) {
	if !t.options.traps {
		return 0
	}
	for _, r := range v.reals {
		if r.alive {
			n++
		}
	}
	return n
}

func (t *topology) mail(r *real, body string) {
	t.effects = append(t.effects, effect{kind: doMail, v: r.v, r: r, up: r.alive, text: body})
}

// take returns the effects since the last call; they are valid until the next.
func (t *topology) take() []effect {
	clear(t.taken)
	t.taken, t.effects = t.effects, t.taken[:0]
	return t.taken
}
