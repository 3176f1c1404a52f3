package snmp

import (
	"keepalived/internal/agentx/pdu"
)

// maxVars bounds an answer to GETBULK: the master agent asks again for more.
const maxVars = 2000

// Responder answers the requests of a master agent. It belongs to the goroutine
// of the session.
type Responder struct {
	source Source
	// sets is transactions between TestSet and CleanupSet.
	sets map[uint32][]pending
}

// pending is a write that was judged.
type pending struct {
	Action
	done bool
}

// maxSets bounds transactions that a master agent has begun and not ended; so
// many are only there if it has forgotten them.
const maxSets = 64

// NewResponder answers from the views of source.
func NewResponder(source Source) *Responder {
	return &Responder{source: source, sets: map[uint32][]pending{}}
}

// Respond answers a request; false for what wants no answer.
func (r *Responder) Respond(m *pdu.Message) (pdu.Response, bool) {
	if m.Flags&pdu.FlagNonDefaultContext != 0 && m.Context != "" {
		return pdu.Response{Status: pdu.UnsupportedContext}, true
	}
	switch body := m.Body.(type) {
	case *pdu.Get:
		return r.get(body), true
	case *pdu.GetNext:
		return r.next(body.Ranges, len(body.Ranges), 0), true
	case *pdu.GetBulk:
		return r.next(body.Ranges, int(body.NonRepeaters), int(body.MaxRepetitions)), true
	case *pdu.TestSet:
		return r.test(m.TransactionID, body.Vars), true
	case *pdu.CommitSet:
		return r.commit(m.TransactionID), true
	case *pdu.UndoSet:
		return r.undo(m.TransactionID), true
	case *pdu.CleanupSet:
		delete(r.sets, m.TransactionID)
		return pdu.Response{}, false
	}
	return pdu.Response{}, false
}

// Reset forgets transactions: the session has ended.
func (r *Responder) Reset() { clear(r.sets) }

func (r *Responder) get(q *pdu.Get) pdu.Response {
	view, err := r.source.View()
	if err != nil {
		return pdu.Response{Status: pdu.GenErr, Index: 1}
	}
	var out pdu.Response
	for _, x := range q.Ranges {
		out.Vars = append(out.Vars, VarBind{Name: x.Start, Value: view.Get(x.Start)})
	}
	return out
}

// next serves GETNEXT and GETBULK (RFC 2741, 7.2.3.2 and 7.2.3.3).
func (r *Responder) next(ranges []pdu.Range, single, repeat int) pdu.Response {
	view, err := r.source.View()
	if err != nil {
		return pdu.Response{Status: pdu.GenErr, Index: 1}
	}
	single = min(single, len(ranges))
	var out pdu.Response
	for _, x := range ranges[:single] {
		out.Vars = append(out.Vars, view.Next(x))
	}
	repeated := append([]pdu.Range(nil), ranges[single:]...)
	for round := 0; round < repeat && len(repeated) > 0 && len(out.Vars) < maxVars; round++ {
		ended := true
		for i := range repeated {
			v := view.Next(repeated[i])
			out.Vars = append(out.Vars, v)
			repeated[i].Start, repeated[i].Include = v.Name, false
			ended = ended && v.Value.Type == pdu.TypeEndOfMIBView
		}
		if ended {
			break
		}
	}
	return out
}
