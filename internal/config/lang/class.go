package lang

// Class is the kind of a configuration error, in the order in which the
// highest one decides the exit status of a configuration test.
type Class uint8

// The classes, lowest first.
const (
	ClassOK Class = iota
	ClassFileNotFound
	ClassBadIf
	ClassFatal
	ClassMultipleFiles
	ClassUnknownKeyword
	ClassUnexpectedBOB
	ClassMissingBOB
	ClassUnexpectedEOB
	ClassMissingEOB
	ClassUnmatchedQuote
	ClassMissingParameter
	ClassInvalidNumber
	ClassGeneralError
	ClassWarning
	ClassDeprecated
	ClassSecurityError
)

var classNames = [...]string{
	"OK", "FILE_NOT_FOUND", "BAD_IF", "FATAL", "MULTIPLE_FILES", "UNKNOWN_KEYWORD", "UNEXPECTED_BOB",
	"MISSING_BOB", "UNEXPECTED_EOB", "MISSING_EOB", "UNMATCHED_QUOTE", "MISSING_PARAMETER", "INVALID_NUMBER",
	"GENERAL_ERROR", "WARNING", "DEPRECATED", "SECURITY_ERROR",
}

// String returns the name of the class in capitals.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return "UNKNOWN"
}

// ExitStatus returns the status of a configuration test whose highest class is c.
func (c Class) ExitStatus() int {
	switch {
	case c == ClassOK:
		return 0
	case c <= ClassFatal:
		return 4
	case c <= ClassDeprecated:
		return 5
	}
	return 6
}

// Severity says how a diagnostic is shown to a person.
type Severity uint8

// Errors and warnings count for the exit status by their class, lints never do.
const (
	Error Severity = iota
	Warning
	Lint
)

// String returns error, warning or lint.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	}
	return "lint"
}

// Stage is a step of a configuration test in which the C daemon ends at once
// with a status of its own, in the order in which they happen.
type Stage uint8

// The parent's pass and its end, then the passes of the children.
const (
	StageParent Stage = iota + 1
	StageParentEnd
	StageChecker
	StageVRRP
	StageBFD
)
