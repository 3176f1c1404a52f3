package packet

// Diag says why a session changed its state last, RFC 5880 4.1.
type Diag uint8

// The diagnostics.
const (
	NoDiagnostic Diag = iota
	TimeExpired
	EchoFailed
	NeighborDown
	ForwardingReset
	PathDown
	ConcatenatedPathDown
	AdministrativelyDown
	ReverseConcatenatedPathDown
	maxDiag = ReverseConcatenatedPathDown
)

var diagNames = [...]string{
	"No Diagnostic", "Control Detection Time Expired", "Echo Function Failed", "Neighbor Signaled Session Down",
	"Forwarding Plane Reset", "Path Down", "Concatenated Path Down", "Administratively Down", "Reverse Concatenated Path Down",
}

// String returns the name that log lines show.
func (d Diag) String() string {
	if d > maxDiag {
		return "Unknown"
	}
	return diagNames[d]
}
