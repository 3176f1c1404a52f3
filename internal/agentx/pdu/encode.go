package pdu

import "encoding/binary"

// version of the protocol, the first byte of every PDU.
const version = 1

// Append adds the bytes of m to b. Kind and Length follow from the body; the
// byte order from the flags.
func (m *Message) Append(b []byte) []byte {
	w := &writer{b: b, order: order(m.Flags)}
	start := len(b)
	w.u8(version)
	w.u8(uint8(m.Body.kind()))
	w.u8(m.Flags)
	w.u8(0)
	w.u32(m.SessionID)
	w.u32(m.TransactionID)
	w.u32(m.PacketID)
	w.u32(0)
	if m.Flags&FlagNonDefaultContext != 0 {
		w.octets([]byte(m.Context))
	}
	m.Body.append(w)
	w.order.PutUint32(w.b[start+16:], uint32(len(w.b)-start-HeaderSize))
	return w.b
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func order(flags uint8) byteOrder {
	if flags&FlagNetworkByteOrder != 0 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// writer appends what PDUs consist of (RFC 2741, 5).
type writer struct {
	b     []byte
	order byteOrder
}

func (w *writer) u8(n uint8)   { w.b = append(w.b, n) }
func (w *writer) u16(n uint16) { w.b = w.order.AppendUint16(w.b, n) }
func (w *writer) u32(n uint32) { w.b = w.order.AppendUint32(w.b, n) }
func (w *writer) u64(n uint64) { w.b = w.order.AppendUint64(w.b, n) }

// octets is a length, the bytes, and padding to a multiple of four.
func (w *writer) octets(b []byte) {
	w.u32(uint32(len(b)))
	w.b = append(w.b, b...)
	w.b = append(w.b, make([]byte, padding(len(b)))...)
}

func padding(n int) int { return -n & 3 }

// oid leaves 1.3.6.1.x out where x fits into one byte (RFC 2741, 5.1).
func (w *writer) oid(o OID, include bool) {
	prefix := uint32(0)
	if len(o) > 4 && o.HasPrefix(internet) && o[4] > 0 && o[4] <= 255 {
		prefix, o = o[4], o[5:]
	}
	w.u8(uint8(len(o)))
	w.u8(uint8(prefix))
	w.u8(boolByte(include))
	w.u8(0)
	for _, n := range o {
		w.u32(n)
	}
}

var internet = OID{1, 3, 6, 1}

func boolByte(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

func (w *writer) ranges(list []Range) {
	for _, r := range list {
		w.oid(r.Start, r.Include)
		w.oid(r.End, false)
	}
}

func (w *writer) vars(list []VarBind) {
	for _, v := range list {
		w.u16(uint16(v.Value.Type))
		w.u16(0)
		w.oid(v.Name, false)
		w.value(v.Value)
	}
}

func (w *writer) value(v Value) {
	switch v.Type {
	case TypeInteger, TypeCounter32, TypeGauge32, TypeTimeTicks:
		w.u32(uint32(v.num))
	case TypeCounter64:
		w.u64(v.num)
	case TypeOctetString, TypeIPAddress, TypeOpaque:
		w.octets(v.bytes)
	case TypeObjectID:
		w.oid(v.oid, false)
	}
}

func (p *Open) append(w *writer) {
	w.u8(p.Timeout)
	w.u8(0)
	w.u16(0)
	w.oid(p.ID, false)
	w.octets([]byte(p.Description))
}

func (p *Close) append(w *writer) {
	w.u8(uint8(p.Reason))
	w.u8(0)
	w.u16(0)
}

func (p *Register) append(w *writer) {
	w.u8(p.Timeout)
	w.u8(p.Priority)
	w.u8(p.RangeSubID)
	w.u8(0)
	w.subtree(p.Subtree, p.RangeSubID, p.UpperBound)
}

func (w *writer) subtree(o OID, place uint8, upper uint32) {
	w.oid(o, false)
	if place != 0 {
		w.u32(upper)
	}
}

func (p *Unregister) append(w *writer) {
	w.u8(0)
	w.u8(p.Priority)
	w.u8(p.RangeSubID)
	w.u8(0)
	w.subtree(p.Subtree, p.RangeSubID, p.UpperBound)
}

func (p *GetBulk) append(w *writer) {
	w.u16(p.NonRepeaters)
	w.u16(p.MaxRepetitions)
	w.ranges(p.Ranges)
}

func (p *AddAgentCaps) append(w *writer) {
	w.oid(p.ID, false)
	w.octets([]byte(p.Description))
}

func (p *Response) append(w *writer) {
	w.u32(p.UpTime)
	w.u16(uint16(p.Status))
	w.u16(p.Index)
	w.vars(p.Vars)
}

func (p *Get) append(w *writer)             { w.ranges(p.Ranges) }
func (p *GetNext) append(w *writer)         { w.ranges(p.Ranges) }
func (p *TestSet) append(w *writer)         { w.vars(p.Vars) }
func (p *Notify) append(w *writer)          { w.vars(p.Vars) }
func (p *IndexAllocate) append(w *writer)   { w.vars(p.Vars) }
func (p *IndexDeallocate) append(w *writer) { w.vars(p.Vars) }
func (p *RemoveAgentCaps) append(w *writer) { w.oid(p.ID, false) }
func (*CommitSet) append(*writer)           {}
func (*UndoSet) append(*writer)             {}
func (*CleanupSet) append(*writer)          {}
func (*Ping) append(*writer)                {}
