// Package pdu is the protocol data units of AgentX version 1 (RFC 2741) as
// values and as bytes. Nothing here performs I/O.
package pdu

import "errors"

// Kind is the type of a PDU (RFC 2741, 6.1).
type Kind uint8

// The kinds.
const (
	KindOpen            Kind = 1
	KindClose           Kind = 2
	KindRegister        Kind = 3
	KindUnregister      Kind = 4
	KindGet             Kind = 5
	KindGetNext         Kind = 6
	KindGetBulk         Kind = 7
	KindTestSet         Kind = 8
	KindCommitSet       Kind = 9
	KindUndoSet         Kind = 10
	KindCleanupSet      Kind = 11
	KindNotify          Kind = 12
	KindPing            Kind = 13
	KindIndexAllocate   Kind = 14
	KindIndexDeallocate Kind = 15
	KindAddAgentCaps    Kind = 16
	KindRemoveAgentCaps Kind = 17
	KindResponse        Kind = 18
)

// Flags of a PDU's header.
const (
	FlagInstanceRegistration uint8 = 1 << 0
	FlagNewIndex             uint8 = 1 << 1
	FlagAnyIndex             uint8 = 1 << 2
	FlagNonDefaultContext    uint8 = 1 << 3
	FlagNetworkByteOrder     uint8 = 1 << 4
)

// HeaderSize is the length of every PDU's header in bytes.
const HeaderSize = 20

// MaxPayload is the longest payload in bytes that is read: far more than a
// master agent sends.
const MaxPayload = 1 << 20

// Header precedes the payload of every PDU.
type Header struct {
	Kind          Kind
	Flags         uint8
	SessionID     uint32
	TransactionID uint32
	PacketID      uint32
	// Length of the payload in bytes; Append works it out.
	Length uint32
}

// Message is a PDU. Context is used if FlagNonDefaultContext is set.
type Message struct {
	Header
	Context string
	Body    Body
}

// Body is what a kind of PDU carries.
type Body interface {
	kind() Kind
	append(*writer)
}

type (
	// Open asks for a session.
	Open struct {
		Timeout     uint8 // seconds, 0: the master's own
		ID          OID
		Description string
	}
	// Close ends a session.
	Close struct{ Reason Reason }
	// Register says that a subtree is served here. UpperBound is the last number
	// of a range at the place RangeSubID, if that is not 0.
	Register struct {
		Timeout    uint8
		Priority   uint8
		RangeSubID uint8
		Subtree    OID
		UpperBound uint32
	}
	// Unregister ends that.
	Unregister struct {
		Priority   uint8
		RangeSubID uint8
		Subtree    OID
		UpperBound uint32
	}
	// Get asks for the values of the ranges' starts.
	Get struct{ Ranges []Range }
	// GetNext asks for what follows within each range.
	GetNext struct{ Ranges []Range }
	// GetBulk asks for what follows once for the first ranges, repeatedly for
	// the others.
	GetBulk struct {
		NonRepeaters   uint16
		MaxRepetitions uint16
		Ranges         []Range
	}
	// TestSet asks whether values can be set.
	TestSet struct{ Vars []VarBind }
	// CommitSet has what was tested carried out.
	CommitSet struct{}
	// UndoSet takes it back.
	UndoSet struct{}
	// CleanupSet ends a transaction.
	CleanupSet struct{}
	// Notify is a notification.
	Notify struct{ Vars []VarBind }
	// Ping asks whether the other end is alive.
	Ping struct{}
	// IndexAllocate asks for index values.
	IndexAllocate struct{ Vars []VarBind }
	// IndexDeallocate gives them back.
	IndexDeallocate struct{ Vars []VarBind }
	// AddAgentCaps adds a line to sysORTable.
	AddAgentCaps struct {
		ID          OID
		Description string
	}
	// RemoveAgentCaps removes it.
	RemoveAgentCaps struct{ ID OID }
	// Response answers any of them.
	Response struct {
		UpTime uint32 // sysUpTime in hundredths of a second
		Status Status
		Index  uint16 // of the variable that Status is about, from 1
		Vars   []VarBind
	}
)

// Reason is why a session is closed.
type Reason uint8

// The reasons.
const (
	ReasonOther         Reason = 1
	ReasonParseError    Reason = 2
	ReasonProtocolError Reason = 3
	ReasonTimeouts      Reason = 4
	ReasonShutdown      Reason = 5
	ReasonByManager     Reason = 6
)

// Range is where an answer is looked for: from Start on, which counts if
// Include is set, and before End, if there is one.
type Range struct {
	Start   OID
	Include bool
	End     OID // empty: no bound
}

// ErrShort says that a PDU ends too early.
var ErrShort = errors.New("AgentX: the PDU is shorter than it says")

// ErrMalformed says that a PDU contradicts RFC 2741.
var ErrMalformed = errors.New("AgentX: malformed PDU")

func (*Open) kind() Kind            { return KindOpen }
func (*Close) kind() Kind           { return KindClose }
func (*Register) kind() Kind        { return KindRegister }
func (*Unregister) kind() Kind      { return KindUnregister }
func (*Get) kind() Kind             { return KindGet }
func (*GetNext) kind() Kind         { return KindGetNext }
func (*GetBulk) kind() Kind         { return KindGetBulk }
func (*TestSet) kind() Kind         { return KindTestSet }
func (*CommitSet) kind() Kind       { return KindCommitSet }
func (*UndoSet) kind() Kind         { return KindUndoSet }
func (*CleanupSet) kind() Kind      { return KindCleanupSet }
func (*Notify) kind() Kind          { return KindNotify }
func (*Ping) kind() Kind            { return KindPing }
func (*IndexAllocate) kind() Kind   { return KindIndexAllocate }
func (*IndexDeallocate) kind() Kind { return KindIndexDeallocate }
func (*AddAgentCaps) kind() Kind    { return KindAddAgentCaps }
func (*RemoveAgentCaps) kind() Kind { return KindRemoveAgentCaps }
func (*Response) kind() Kind        { return KindResponse }
