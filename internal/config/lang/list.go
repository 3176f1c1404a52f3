package lang

import "strings"

// list yields its text once for each row of values, with the variables set.
type list struct {
	names []string
	rows  [][]string
	at    int // the next of rows
	body  text
	steps int // what body costs
}

func (l *list) made() (string, Pos, int) {
	return "~LST(" + strings.Join(l.names, ",") + ")", l.body.pos(0), l.at
}

func (l *list) next(x *Lexer) (text, bool) {
	if l.at >= len(l.rows) || !x.mayGenerate(l.steps) {
		return text{}, false
	}
	row := l.rows[l.at]
	l.at++
	for i, name := range l.names {
		value := ""
		if i < len(row) {
			value = row[i]
		}
		x.defs[name] = &definition{value: value}
	}
	return l.body, true
}

const listHelp = "write ~LST(NAME, VALUE, ...) TEXT or ~LST({NAME, ...}, {VALUE, ...}, ...) TEXT"

func (x *Lexer) startList(t text) {
	inside, body, _, closed := parameters(t, len("~LST"))
	groups, ok := listGroups(inside)
	if !closed || !ok || len(groups) < 2 {
		x.badSequence(t, "Invalid ~LST specification", listHelp)
		return
	}
	l := &list{names: groups[0], rows: groups[1:], body: body, steps: stepsOf(body.s)}
	for _, row := range l.rows {
		if len(row) > len(l.names) {
			x.badSequence(t, "~LST specification has too many values", listHelp)
			return
		}
	}
	x.push(l)
}

// listGroups splits "A, {B, C}, D" into [A] [B C] [D]; ok is false when braces do
// not match or a value has a blank in it.
func listGroups(s string) (groups [][]string, ok bool) {
	for {
		s = strings.TrimSpace(s)
		var group string
		if strings.HasPrefix(s, "{") {
			end := strings.IndexByte(s, '}')
			if end < 0 {
				return nil, false
			}
			group, s = s[1:end], strings.TrimSpace(s[end+1:])
			if s != "" && s[0] != ',' {
				return nil, false
			}
			groups = append(groups, strings.Split(group, ","))
		} else {
			end := strings.IndexByte(s, ',')
			if end < 0 {
				end = len(s)
			}
			group, s = s[:end], s[end:]
			groups = append(groups, []string{group})
		}
		if !trimValues(groups[len(groups)-1]) {
			return nil, false
		}
		if s == "" {
			return groups, true
		}
		s = s[1:]
	}
}

// trimValues removes the blanks around values; false when one has a blank or a
// brace in it.
func trimValues(values []string) bool {
	for i, v := range values {
		v = strings.TrimSpace(v)
		if strings.ContainsAny(v, " \t{}") {
			return false
		}
		values[i] = v
	}
	return true
}
