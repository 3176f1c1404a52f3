// Package mibs reads the MIB files that are installed, so that tests can compare
// them with what the daemon serves.
package mibs

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"keepalived/internal/snmp"
)

//go:embed *.txt
var files embed.FS

// Object is an object, notification or node that a file defines.
type Object struct {
	Name   string
	OID    snmp.OID
	Macro  string // OBJECT-TYPE, NOTIFICATION-TYPE, ...
	Access string // of an OBJECT-TYPE: read-only, not-accessible, ...
	// Syntax is the type as it is written, without its restrictions.
	Syntax string
	// Values has the names of an enumeration, Range the bounds of a number.
	Values map[int64]string
	Range  *[2]int64
	Refers []string // objects of a notification
}

// Module is a file.
type Module struct {
	Objects []Object // in the order of the file
	types   map[string]Object
}

// Read reads one of the files.
func Read(name string) (*Module, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: split(string(b)), known: roots()}
	if !p.skip(";") {
		return nil, fmt.Errorf("%s: no IMPORTS", name)
	}
	m := &Module{types: map[string]Object{}}
	for p.at < len(p.tokens) && p.tokens[p.at] != "END" {
		o, err := p.definition()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		switch o.Macro {
		case "TEXTUAL-CONVENTION":
			m.types[o.Name] = o
		case "SEQUENCE":
		default:
			m.Objects = append(m.Objects, o)
		}
	}
	return m, nil
}

// roots are the nodes that files refer to and do not define.
func roots() map[string]snmp.OID {
	return map[string]snmp.OID{
		"enterprises": snmp.MustOID("1.3.6.1.4.1"), "mib-2": snmp.MustOID("1.3.6.1.2.1"),
		// keepalived is defined before what it is below.
		"project": snmp.MustOID("1.3.6.1.4.1.9586.100"),
	}
}

var token = regexp.MustCompile(`--[^\n]*|"[^"]*"|::=|\.\.|[{}()|,;]|[^\s{}()|,;"]+`)

// split leaves comments out.
func split(text string) (out []string) {
	for _, t := range token.FindAllString(text, -1) {
		if !strings.HasPrefix(t, "--") {
			out = append(out, t)
		}
	}
	return out
}

type parser struct {
	tokens []string
	at     int
	known  map[string]snmp.OID
}

// skip goes behind the next token t.
func (p *parser) skip(t string) bool {
	for p.at < len(p.tokens) {
		p.at++
		if p.tokens[p.at-1] == t {
			return true
		}
	}
	return false
}

func (p *parser) next() string {
	if p.at >= len(p.tokens) {
		return ""
	}
	p.at++
	return p.tokens[p.at-1]
}

func (p *parser) peek() string {
	if p.at >= len(p.tokens) {
		return ""
	}
	return p.tokens[p.at]
}

func (p *parser) definition() (Object, error) {
	o := Object{Name: p.next(), Macro: p.next()}
	if o.Macro == "::=" {
		o.Macro = p.next()
	}
	if o.Macro == "SEQUENCE" {
		p.skip("}")
		return o, nil
	}
	for p.peek() != "::=" {
		switch t := p.next(); t {
		case "":
			return o, fmt.Errorf("%s: the file ends in its definition", o.Name)
		case "SYNTAX":
			p.syntax(&o)
			if o.Macro == "TEXTUAL-CONVENTION" {
				return o, nil
			}
		case "MAX-ACCESS":
			o.Access = p.next()
		case "OBJECTS":
			o.Refers = p.list()
		}
	}
	p.next()
	return o, p.place(&o)
}

// list is names in braces.
func (p *parser) list() (out []string) {
	for t := p.next(); t != "}" && t != ""; t = p.next() {
		if t != "{" && t != "," {
			out = append(out, t)
		}
	}
	return out
}

var number = regexp.MustCompile(`^(-?\d+)(?:\.\.(-?\d+))?$`)

func (p *parser) syntax(o *Object) {
	o.Syntax = p.next()
	if t := p.peek(); o.Syntax == "OCTET" || o.Syntax == "SEQUENCE" && t == "OF" {
		o.Syntax += " " + p.next()
	}
	if o.Syntax == "SEQUENCE OF" {
		p.next()
	}
	switch p.peek() {
	case "{":
		o.Values = map[int64]string{}
		for p.next(); p.peek() != "}" && p.peek() != ""; {
			if p.peek() == "," {
				p.next()
			}
			name := p.next()
			p.next()
			n, _ := strconv.ParseInt(p.next(), 10, 64)
			o.Values[n] = name
			p.next()
		}
		p.next()
	case "(":
		p.next()
		if f := number.FindStringSubmatch(p.peek()); f != nil && f[2] != "" {
			low, _ := strconv.ParseInt(f[1], 10, 64)
			high, _ := strconv.ParseInt(f[2], 10, 64)
			o.Range = &[2]int64{low, high}
		}
		for depth := 1; depth > 0 && p.peek() != ""; {
			switch p.next() {
			case "(":
				depth++
			case ")":
				depth--
			}
		}
	}
}

// place reads { parent number }.
func (p *parser) place(o *Object) error {
	p.next()
	parent, digits := p.next(), p.next()
	p.next()
	n, err := strconv.ParseUint(digits, 10, 32)
	above, ok := p.known[parent]
	if err != nil || !ok {
		return fmt.Errorf("%s: it has no place below %s", o.Name, parent)
	}
	o.OID = above.With(uint32(n))
	p.known[o.Name] = o.OID
	return nil
}
