package check

import (
	"slices"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/test/guest"
)

// insideGuest says that there is a real kernel with IPVS, which the test must use.
var insideGuest = guest.Inside()

// testKernel is IPVS for a test: that of the kernel inside the guest, elsewhere
// a table in memory.
type testKernel struct {
	kernelTable
	mu     sync.Mutex
	steps  []string
	absent bool
}

func newTestKernel(t *testing.T) *testKernel {
	t.Helper()
	k := &testKernel{kernelTable: &memoryTable{}}
	if insideGuest {
		c, err := ipvs.Open(ipvs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		k.kernelTable = c
	}
	return k
}

// open is what a keeper is given.
func (k *testKernel) open() (kernelTable, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.absent {
		return nil, ipvs.ErrUnavailable
	}
	if insideGuest {
		o := openIPVS(&config.Global{})
		c, err := o()
		return &recorder{c, k}, err
	}
	return &recorder{k.kernelTable, k}, nil
}

func (k *testKernel) set(absent bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.absent = absent
}

// sent is the steps since the last call.
func (k *testKernel) sent() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.steps
	k.steps = nil
	return s
}

// table is what IPVS has, sorted by service.
func (k *testKernel) table(t *testing.T) []string {
	t.Helper()
	entries, err := k.Table()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(entries, func(a, b ipvs.Entry) int {
		return slices.Compare(lines([]ipvs.Entry{a}), lines([]ipvs.Entry{b}))
	})
	for i := range entries {
		if s := &entries[i].Service; s.Persistence == 0 {
			s.Netmask = 0
		}
		slices.SortFunc(entries[i].Destinations, func(a, b ipvs.Destination) int { return a.Addr.Compare(b.Addr) })
	}
	return lines(entries)
}

// recorder notes what is applied.
type recorder struct {
	kernelTable
	k *testKernel
}

func (r *recorder) Apply(steps []ipvs.Step) ([]ipvs.Failure, error) {
	r.k.mu.Lock()
	for _, s := range steps {
		r.k.steps = append(r.k.steps, s.String())
	}
	r.k.mu.Unlock()
	return r.kernelTable.Apply(steps)
}

// missingScheduler is one that the guest's kernel does not have.
const missingScheduler = "twos"

// memoryTable is a table in memory that behaves as the kernel's.
type memoryTable struct {
	mu       sync.Mutex
	entries  []ipvs.Entry
	timeouts ipvs.Timeouts
	daemons  []ipvs.SyncDaemon
}

func (m *memoryTable) at(k ipvs.ServiceKey) int {
	return slices.IndexFunc(m.entries, func(e ipvs.Entry) bool { return e.Service.Key == k })
}

var commands = map[ipvs.Op]ipvs.Command{
	ipvs.AddService: ipvs.CmdAdd, ipvs.EditService: ipvs.CmdEdit, ipvs.DeleteService: ipvs.CmdDel,
	ipvs.AddDestination: ipvs.CmdAddDest, ipvs.EditDestination: ipvs.CmdEditDest, ipvs.DeleteDestination: ipvs.CmdDelDest,
}

func (m *memoryTable) Apply(steps []ipvs.Step) (failures []ipvs.Failure, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, s := range steps {
		if errno := m.apply(s); errno != 0 {
			failures = append(failures, ipvs.Failure{Step: i, Err: &ipvs.CommandError{Command: commands[s.Op], Errno: errno, Service: s.Service.Key.String()}})
		}
	}
	return failures, nil
}

func (m *memoryTable) apply(s ipvs.Step) unix.Errno {
	i := m.at(s.Service.Key)
	switch {
	case s.Op == ipvs.AddService && i >= 0:
		return unix.EEXIST
	case s.Op == ipvs.AddService && s.Service.Scheduler == missingScheduler:
		return unix.ENOENT
	case s.Op == ipvs.AddService:
		m.entries = append(m.entries, ipvs.Entry{Service: *s.Service})
		return 0
	case i < 0:
		return unix.ESRCH
	}
	e := &m.entries[i]
	switch s.Op {
	case ipvs.EditService:
		e.Service = *s.Service
		return 0
	case ipvs.DeleteService:
		m.entries = slices.Delete(m.entries, i, i+1)
		return 0
	}
	j := slices.IndexFunc(e.Destinations, func(d ipvs.Destination) bool { return d.Addr == s.Destination.Addr })
	switch {
	case s.Op == ipvs.AddDestination && j >= 0:
		return unix.EEXIST
	case s.Op == ipvs.AddDestination:
		e.Destinations = append(slices.Clone(e.Destinations), *s.Destination)
	case j < 0:
		return unix.ENOENT
	case s.Op == ipvs.EditDestination:
		e.Destinations = slices.Clone(e.Destinations)
		e.Destinations[j] = *s.Destination
	default:
		e.Destinations = slices.Delete(slices.Clone(e.Destinations), j, j+1)
	}
	return 0
}

func (m *memoryTable) Table() ([]ipvs.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := slices.Clone(m.entries)
	for i := range out {
		out[i].Destinations = slices.Clone(out[i].Destinations)
	}
	return out, nil
}

func (m *memoryTable) EachService(f func(*ipvs.ServiceState)) error {
	entries, _ := m.Table()
	for _, e := range entries {
		f(&ipvs.ServiceState{Service: e.Service})
	}
	return nil
}

func (m *memoryTable) Service(k ipvs.ServiceKey) (ipvs.ServiceState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.at(k); i >= 0 {
		return ipvs.ServiceState{Service: m.entries[i].Service}, nil
	}
	return ipvs.ServiceState{}, &ipvs.CommandError{Errno: unix.ESRCH}
}

func (m *memoryTable) AppendDestinations(list []ipvs.DestinationState, k ipvs.ServiceKey) ([]ipvs.DestinationState, error) {
	out := list[:0]
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.at(k)
	if i < 0 {
		return nil, &ipvs.CommandError{Errno: unix.ESRCH}
	}
	for _, d := range m.entries[i].Destinations {
		out = append(out, ipvs.DestinationState{Destination: d})
	}
	return out, nil
}

func (m *memoryTable) Flush() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = nil
	return nil
}

func (m *memoryTable) Timeouts() (ipvs.Timeouts, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.timeouts == (ipvs.Timeouts{}) {
		m.timeouts = ipvs.Timeouts{TCP: 900, TCPFin: 120, UDP: 300}
	}
	return m.timeouts, nil
}

func (m *memoryTable) SetTimeouts(t ipvs.Timeouts) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.timeouts = t
	return nil
}

func (m *memoryTable) StartSync(d ipvs.SyncDaemon) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.daemons = append(m.daemons, d)
	return nil
}

func (m *memoryTable) StopSync(r ipvs.SyncRole) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.daemons = slices.DeleteFunc(m.daemons, func(d ipvs.SyncDaemon) bool { return d.Role == r })
	return nil
}

func (m *memoryTable) SyncDaemons() ([]ipvs.SyncDaemon, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.daemons), nil
}

func (m *memoryTable) Close() error { return nil }
