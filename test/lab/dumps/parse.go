package dumps

import (
	"fmt"
	"strings"
)

// field is one line of a data file: where it stands, by the lines that it is
// indented under, its key and its value.
type field struct {
	path  string
	key   string
	value string
}

// where is what a field has in common with the same one of another object.
func (f field) where() string {
	section, _, _ := strings.Cut(f.path, "/")
	return section + ": " + f.key
}

// fields reads a data file. Of fields with the same path and key, all but the
// first have a number.
func fields(data string) []field {
	type level struct {
		indent int
		text   string
	}
	var list []field
	var stack []level
	section := ""
	seen := map[string]int{}
	lines := strings.Split(data, "\n")
	for i, line := range lines {
		text := strings.TrimSpace(line)
		indent := indentOf(line)
		if strings.HasPrefix(text, "fd_in ") && section == "VRRP Sockpool" {
			text = socketName(lines[i+1:], indent)
		}
		if name, ok := strings.CutPrefix(text, "------< "); ok {
			section, stack = strings.TrimSuffix(name, " >------"), nil
			continue
		}
		if text == "" {
			continue
		}
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		path := section
		for _, l := range stack {
			path += "/" + l.text
		}
		stack = append(stack, level{indent, text})
		text = strings.TrimSuffix(text, ":")
		text, _, _ = strings.Cut(text, " [installed ifindex ")
		if word, _, _ := strings.Cut(text, " "); word == "fd_in" || word == "fd_out" || strings.HasPrefix(word, "thread_") {
			text = word // a number of the process
		}
		key, value, ok := strings.Cut(text, " = ")
		if !ok {
			key, value = split(text)
		}
		at := path + "/" + key
		if seen[at]++; seen[at] > 1 {
			key = fmt.Sprintf("%s #%d", key, seen[at])
		}
		list = append(list, field{path, key, value})
	}
	return list
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// socketName makes a name of what is said about a socket in the lines below it:
// its descriptors are numbers of the process.
func socketName(below []string, indent int) string {
	name := "socket"
	for _, line := range below {
		if indentOf(line) <= indent {
			break
		}
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), " = "); key {
		case "Interface", "Family", "Protocol", "Type":
			name += " " + value
		}
	}
	return name
}

// split divides a line without an equals sign where its number begins, or after
// a colon, so that two of them with other values are the same field.
func split(text string) (key, value string) {
	if key, value, ok := strings.Cut(text, ": "); ok {
		return key, value
	}
	return text, ""
}
