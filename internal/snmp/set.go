package snmp

import "keepalived/internal/agentx/pdu"

// A SET runs in phases (RFC 2741, 7.2.4): all variables are judged, then all
// are carried out; what was carried out before one failed is taken back.

func (r *Responder) test(transaction uint32, vars []VarBind) pdu.Response {
	view, err := r.source.View()
	if err != nil {
		return pdu.Response{Status: pdu.ResourceUnavailable, Index: 1}
	}
	if len(r.sets) >= maxSets {
		clear(r.sets)
	}
	set := make([]pending, 0, len(vars))
	for i, v := range vars {
		a, status := view.Prepare(v)
		if status != pdu.NoError {
			return pdu.Response{Status: status, Index: uint16(i + 1)}
		}
		set = append(set, pending{Action: a})
	}
	r.sets[transaction] = set
	return pdu.Response{}
}

func (r *Responder) commit(transaction uint32) pdu.Response {
	set, ok := r.sets[transaction]
	if !ok {
		return pdu.Response{Status: pdu.CommitFailed, Index: 1}
	}
	defer r.source.Forget()
	for i := range set {
		if err := set[i].Commit(); err != nil {
			return pdu.Response{Status: pdu.CommitFailed, Index: uint16(i + 1)}
		}
		set[i].done = true
	}
	return pdu.Response{}
}

func (r *Responder) undo(transaction uint32) pdu.Response {
	set := r.sets[transaction]
	delete(r.sets, transaction)
	defer r.source.Forget()
	out := pdu.Response{}
	for i := len(set) - 1; i >= 0; i-- {
		p := set[i]
		if !p.done || p.Undo == nil {
			continue
		}
		if err := p.Undo(); err != nil {
			out = pdu.Response{Status: pdu.UndoFailed, Index: uint16(i + 1)}
		}
	}
	return out
}
