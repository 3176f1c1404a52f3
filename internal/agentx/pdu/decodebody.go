package pdu

// body reads what a kind carries; nil for kinds that do not exist.
func (r *reader) body(k Kind) Body {
	switch k {
	case KindOpen:
		p := &Open{Timeout: r.u8()}
		r.take(3)
		p.ID, p.Description = r.name(), string(r.octets())
		return p
	case KindClose:
		p := &Close{Reason: Reason(r.u8())}
		r.take(3)
		return p
	case KindRegister:
		p := &Register{Timeout: r.u8(), Priority: r.u8(), RangeSubID: r.u8()}
		p.Subtree, p.UpperBound = r.subtree(p.RangeSubID)
		return p
	case KindUnregister:
		r.u8()
		p := &Unregister{Priority: r.u8(), RangeSubID: r.u8()}
		p.Subtree, p.UpperBound = r.subtree(p.RangeSubID)
		return p
	case KindGet:
		return &Get{Ranges: r.ranges()}
	case KindGetNext:
		return &GetNext{Ranges: r.ranges()}
	case KindGetBulk:
		return &GetBulk{NonRepeaters: r.u16(), MaxRepetitions: r.u16(), Ranges: r.ranges()}
	case KindAddAgentCaps:
		return &AddAgentCaps{ID: r.name(), Description: string(r.octets())}
	case KindRemoveAgentCaps:
		return &RemoveAgentCaps{ID: r.name()}
	case KindResponse:
		return &Response{UpTime: r.u32(), Status: Status(r.u16()), Index: r.u16(), Vars: r.vars()}
	}
	return r.plain(k)
}

// plain reads bodies that are a list of variables, or empty.
func (r *reader) plain(k Kind) Body {
	switch k {
	case KindTestSet:
		return &TestSet{Vars: r.vars()}
	case KindNotify:
		return &Notify{Vars: r.vars()}
	case KindIndexAllocate:
		return &IndexAllocate{Vars: r.vars()}
	case KindIndexDeallocate:
		return &IndexDeallocate{Vars: r.vars()}
	case KindCommitSet:
		return &CommitSet{}
	case KindUndoSet:
		return &UndoSet{}
	case KindCleanupSet:
		return &CleanupSet{}
	case KindPing:
		return &Ping{}
	}
	return nil
}

// subtree is what is registered; a range has the end of its numbers behind it.
func (r *reader) subtree(place uint8) (o OID, upper uint32) {
	r.u8()
	o = r.name()
	if place != 0 {
		upper = r.u32()
	}
	return o, upper
}
