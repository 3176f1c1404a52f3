package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// scanner walks a command line as getopt_long(3) does: options and words may be
// mixed, long names may be shortened, short ones joined, and a mistake does not
// keep the rest from being read.
type scanner struct {
	flags *pflag.FlagSet
	args  []string
	errs  io.Writer
	words []string // that are no options
	bad   bool
	// action carries out an option; stop ends the scan.
	action func(name, value string) (stop bool)
}

// scan reads all arguments; false means that an action ended it.
func (s *scanner) scan() bool {
	for len(s.args) > 0 {
		arg := s.args[0]
		s.args = s.args[1:]
		switch {
		case arg == "--":
			s.words = append(s.words, s.args...)
			return true
		case strings.HasPrefix(arg, "--"):
			if s.long(arg) {
				return false
			}
		case len(arg) > 1 && arg[0] == '-':
			if s.short(arg[1:]) {
				return false
			}
		default:
			s.words = append(s.words, arg)
		}
	}
	return true
}

// long reads --name, --name=value and --name value.
func (s *scanner) long(arg string) (stop bool) {
	name, value, given := strings.Cut(arg[2:], "=")
	f := s.find(name)
	if f == nil || given && f.NoOptDefVal != "" && f.NoOptDefVal != optional {
		return s.unknown(arg)
	}
	switch {
	case given && value == "" && f.NoOptDefVal == "":
		return s.missing("--" + f.Name)
	case given:
	case f.NoOptDefVal != "":
		value = f.NoOptDefVal
	default:
		if len(s.args) == 0 {
			return s.missing("--" + f.Name)
		}
		value, s.args = s.args[0], s.args[1:]
		if value == "" {
			return s.missing("--" + f.Name)
		}
	}
	return s.set(f, value)
}

// find returns the option with that name, or the only one that begins with it.
// Options of our own have no abbreviations.
func (s *scanner) find(name string) *pflag.Flag {
	if f := s.flags.Lookup(name); f != nil || name == "" {
		return f
	}
	var found []*pflag.Flag
	s.flags.VisitAll(func(f *pflag.Flag) {
		if _, own := f.Annotations[inFull]; !own && strings.HasPrefix(f.Name, name) {
			found = append(found, f)
		}
	})
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// short reads a group of one-letter options; the last one may have an argument.
func (s *scanner) short(group string) (stop bool) {
	for i := range len(group) {
		rest := group[i+1:]
		f := s.flags.ShorthandLookup(group[i : i+1])
		switch {
		case f == nil:
			s.unknown("-" + group[i:i+1])
			continue
		case f.NoOptDefVal == optional && rest == "", f.NoOptDefVal != "" && f.NoOptDefVal != optional:
			if s.set(f, f.NoOptDefVal) {
				return true
			}
			continue
		case rest != "":
			return s.set(f, rest)
		case len(s.args) == 0:
			return s.missing("-" + f.Shorthand)
		}
		value := s.args[0]
		s.args = s.args[1:]
		return s.set(f, value)
	}
	return false
}

func (s *scanner) set(f *pflag.Flag, value string) (stop bool) {
	_ = f.Value.Set(value) // booleans, counters and strings take what they are given
	f.Changed = true
	return s.action(f.Name, value)
}

func (s *scanner) unknown(option string) (stop bool) {
	fmt.Fprintf(s.errs, "Unknown option %s\n", option)
	s.bad = true
	return false
}

func (s *scanner) missing(option string) (stop bool) {
	fmt.Fprintf(s.errs, "Missing parameter for option %s\n", option)
	s.bad = true
	return false
}
