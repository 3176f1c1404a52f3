package ipvs

import "fmt"

// Op is what a step does.
type Op uint8

// The operations.
const (
	AddService Op = iota + 1
	EditService
	DeleteService // with all its destinations
	AddDestination
	EditDestination
	DeleteDestination
)

var opNames = [...]string{
	AddService: "add service", EditService: "edit service", DeleteService: "delete service",
	AddDestination: "add destination", EditDestination: "edit destination", DeleteDestination: "delete destination",
}

// String names the operation.
func (o Op) String() string {
	if o == 0 || int(o) >= len(opNames) {
		return fmt.Sprintf("operation %d", uint8(o))
	}
	return opNames[o]
}

// Step is one change of the table. Service is always set; of it, operations on
// destinations and deletions use the key alone. Destination is set for
// operations on destinations.
type Step struct {
	Op          Op
	Service     *Service
	Destination *Destination
}

// String is the step in words.
func (s Step) String() string {
	if s.Destination == nil {
		return fmt.Sprintf("%v %v", s.Op, s.Service.Key)
	}
	return fmt.Sprintf("%v %v -> %v", s.Op, s.Service.Key, s.Destination)
}

func (s *Step) check() error {
	if s.Op == 0 || int(s.Op) >= len(opNames) {
		return fmt.Errorf("unknown %v", s.Op)
	}
	if s.Service == nil || (s.Op >= AddDestination) != (s.Destination != nil) {
		return fmt.Errorf("%v with the wrong operands", s.Op)
	}
	if s.Op == AddService || s.Op == EditService {
		return s.Service.check()
	}
	if err := s.Service.Key.check(); err != nil {
		return err
	}
	if s.Destination != nil {
		return s.Destination.check()
	}
	return nil
}
