package pdu

import "strconv"

// Status is the error of a response: that of SNMP (RFC 1905) for requests of
// the master agent, that of AgentX (RFC 2741, 6.2.16) for those of a subagent.
type Status uint16

// The values.
const (
	NoError             Status = 0
	GenErr              Status = 5
	NoAccess            Status = 6
	WrongType           Status = 7
	WrongLength         Status = 8
	WrongEncoding       Status = 9
	WrongValue          Status = 10
	NoCreation          Status = 11
	InconsistentValue   Status = 12
	ResourceUnavailable Status = 13
	CommitFailed        Status = 14
	UndoFailed          Status = 15
	NotWritable         Status = 17
	InconsistentName    Status = 18

	OpenFailed            Status = 256
	NotOpen               Status = 257
	IndexWrongType        Status = 258
	IndexAlreadyAllocated Status = 259
	IndexNoneAvailable    Status = 260
	IndexNotAllocated     Status = 261
	UnsupportedContext    Status = 262
	DuplicateRegistration Status = 263
	UnknownRegistration   Status = 264
	UnknownAgentCaps      Status = 265
	ParseError            Status = 266
	RequestDenied         Status = 267
	ProcessingError       Status = 268
)

var statusNames = map[Status]string{
	NoError: "noError", GenErr: "genErr", NoAccess: "noAccess", WrongType: "wrongType", WrongLength: "wrongLength",
	WrongEncoding: "wrongEncoding", WrongValue: "wrongValue", NoCreation: "noCreation",
	InconsistentValue: "inconsistentValue", ResourceUnavailable: "resourceUnavailable", CommitFailed: "commitFailed",
	UndoFailed: "undoFailed", NotWritable: "notWritable", InconsistentName: "inconsistentName",
	OpenFailed: "openFailed", NotOpen: "notOpen", IndexWrongType: "indexWrongType",
	IndexAlreadyAllocated: "indexAlreadyAllocated", IndexNoneAvailable: "indexNoneAvailable",
	IndexNotAllocated: "indexNotAllocated", UnsupportedContext: "unsupportedContext",
	DuplicateRegistration: "duplicateRegistration", UnknownRegistration: "unknownRegistration",
	UnknownAgentCaps: "unknownAgentCaps", ParseError: "parseError", RequestDenied: "requestDenied",
	ProcessingError: "processingError",
}

func (s Status) String() string {
	if n, ok := statusNames[s]; ok {
		return n
	}
	return "error " + strconv.Itoa(int(s))
}
