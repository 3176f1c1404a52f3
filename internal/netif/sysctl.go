package netif

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Sysctl names a kernel parameter by its parts: "net", "ipv4", "conf", "eth0.5",
// "arp_ignore". In this form the dots in an interface's name do no harm.
func Sysctl(parts ...string) Parameter {
	return Parameter{strings.Join(parts, "/"), badPart(parts)}
}

// Parameter is a kernel parameter below /proc/sys.
type Parameter struct {
	path string
	bad  bool
}

// badPart finds what would lead elsewhere.
func badPart(parts []string) bool {
	for _, p := range parts {
		if p == "" || p == "." || p == ".." || strings.ContainsAny(p, "/\x00") {
			return true
		}
	}
	return len(parts) == 0
}

func (p Parameter) String() string { return p.path }

// Dotted is the name as sysctl(8) writes it.
func (p Parameter) Dotted() string { return strings.ReplaceAll(p.path, "/", ".") }

func (p Parameter) file() (string, error) {
	if p.bad {
		return "", fmt.Errorf("%q is not the name of a parameter", p.path)
	}
	return filepath.Join("/proc/sys", p.path), nil
}

// Read returns the value without the line end.
func (p Parameter) Read() (string, error) {
	name, err := p.file()
	if err != nil {
		return "", fmt.Errorf("reading sysctl: %w", err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("reading sysctl %s: %w", p, cause(err))
	}
	return strings.TrimRight(string(b), "\n"), nil
}

// Write sets the value and makes sure that the kernel took it as it is.
func (p Parameter) Write(value string) error {
	name, err := p.file()
	if err != nil {
		return fmt.Errorf("setting sysctl: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("setting sysctl %s to %s: %w", p, value, cause(err))
	}
	_, err = f.WriteString(value)
	f.Close()
	if err != nil {
		return fmt.Errorf("setting sysctl %s to %s: %w", p, value, cause(err))
	}
	got, err := p.Read()
	if err != nil {
		return err
	}
	if got != value {
		return fmt.Errorf("setting sysctl %s to %s: it is %s afterwards", p, value, got)
	}
	return nil
}

// cause leaves out the file's name, which the message has already.
func cause(err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Sysctls remembers what parameters were before they were set, for all who want
// them set. It belongs to one goroutine.
type Sysctls struct {
	saved map[Parameter]*savedValue
	order []Parameter
}

type savedValue struct {
	before, ours string
	users        int
}

// Set sets p for one user more. With several users the last value counts; they
// should agree.
func (s *Sysctls) Set(p Parameter, value string) error {
	if v := s.saved[p]; v != nil {
		if err := p.Write(value); err != nil {
			return err
		}
		v.ours = value
		v.users++
		return nil
	}
	before, err := p.Read()
	if err != nil {
		return err
	}
	if before != value {
		if err := p.Write(value); err != nil {
			return err
		}
	}
	if s.saved == nil {
		s.saved = map[Parameter]*savedValue{}
	}
	s.saved[p] = &savedValue{before: before, ours: value, users: 1}
	s.order = append(s.order, p)
	return nil
}

// Has reports whether p has been set and not been given its old value back.
func (s *Sysctls) Has(p Parameter) bool { return s.saved[p] != nil }

// Release takes one user back. After the last one p gets its old value again,
// unless somebody else has changed it meanwhile or its interface is gone.
func (s *Sysctls) Release(p Parameter) error {
	v := s.saved[p]
	if v == nil {
		return nil
	}
	if v.users--; v.users > 0 {
		return nil
	}
	s.forget(p)
	return restore(p, v)
}

// Restore gives all parameters their old values, the last set first, whatever
// their users.
func (s *Sysctls) Restore() error {
	var errs []error
	for len(s.order) > 0 {
		p := s.order[len(s.order)-1]
		v := s.saved[p]
		s.forget(p)
		errs = append(errs, restore(p, v))
	}
	return errors.Join(errs...)
}

func (s *Sysctls) forget(p Parameter) {
	delete(s.saved, p)
	kept := s.order[:0]
	for _, q := range s.order {
		if q != p {
			kept = append(kept, q)
		}
	}
	s.order = kept
}

func restore(p Parameter, v *savedValue) error {
	if v.before == v.ours {
		return nil
	}
	now, err := p.Read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if now != v.ours {
		return nil
	}
	return p.Write(v.before)
}
