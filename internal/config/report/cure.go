package report

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"keepalived/internal/config/lang"
)

// cures are what to write instead, for problems that the parser gives no advice
// on, because their text alone tells. $1 is what the pattern has in parentheses.
var cures = []struct {
	text *regexp.Regexp
	help string
}{
	{regexp.MustCompile(`^Configuration file '(.*)/' is a directory - skipping$`), "name the files in it: '$1/*.conf'"},
	{regexp.MustCompile(`^Configuration file '(.*)' is not a regular non-executable file - skipping$`),
		"it must be a file that nobody may execute: chmod a-x $1"},
	{regexp.MustCompile(`^Configuration file '.*' includes itself - skipping$`), "delete the line"},
	{regexp.MustCompile(`^line too long - ignoring$`), "a line has room for 1022 bytes: divide it"},
	{regexp.MustCompile(`^Block (\S+) has extra parameters (\S+) \.\.\.$`), "put it into the block: $1 { $2 }"},
	{regexp.MustCompile(`unknown unicast_peer option [0-9a-fA-F.:]+$`), "put each address on a line of its own"},
	{regexp.MustCompile(`^Script (user|group) '.*' does not exist$`),
		`create the $1, or name another; where it is meant as an argument, put the command and its arguments into one pair of quotes`},
	{regexp.MustCompile(`^Invalid (?:virtual|real) server (?:IP|ip) address (\d+\.\d+\.\d+\.\d+):(\d+) - skipping$`), "write a blank between address and port: $1 $2"},
	{regexp.MustCompile(`^invalid number '255\.[0-9.]+'$`), "write the length of the mask, such as /24"},
	{regexp.MustCompile(`^number '\d+' outside range \[0, (32|128)\]$`), "the length of a prefix is at most $1"},
	{regexp.MustCompile(`^Unknown configuration entry '/\d+' for ip address`), "there is no blank before the /"},
	{regexp.MustCompile(`^Unknown keyword '(?://|/\*|\*/|;|--)`), "comments begin with # or !"},
	{regexp.MustCompile(`^Unknown keyword '(?:<{7}|={7}|>{7})'$`), "an unresolved merge conflict: keep one version, without the markers"},
	{regexp.MustCompile(`^Unknown keyword '(include[rmwba]?)'$`), "give a value: $1 FILE"},
	{regexp.MustCompile(`already defined`), "the first one counts: give this one another name, or delete it"},
}

// missingFile is what is said of a file that is not there.
const missingFile = "Config files missing "

// cure gives a problem a help that has none, or one that does not see what the
// word at its place is.
func (r *Report) cure(p *Problem) {
	word, line := r.wordAt(p.Pos)
	switch {
	case template(line):
		p.Help = "a template that was not filled in: write what it stands for"
		return
	case p.Pos.Line == 1 && strings.HasPrefix(line, "\ufeff"):
		p.Help = "the file begins with a byte order mark: save it as UTF-8 without one"
		return
	case strings.HasPrefix(p.Text, "configuration appears to have embedded NULs"):
		p.Help = "binary data: is it the right file?"
		if strings.HasPrefix(line, "\xff\xfe") || strings.HasPrefix(line, "\xfe\xff") {
			p.Help = "the file is in UTF-16: save it as UTF-8"
		}
		return
	}
	if text := foreign(word); text != "" && p.Severity != lang.Lint {
		p.Help = text
		return
	}
	if p.Help != "" {
		return
	}
	if strings.HasPrefix(p.Text, missingFile) {
		p.Help = "there is no such file, so nothing was checked: name the configuration with -f"
		if p.Pos.IsValid() {
			p.Help = "there is no such file; what it should add is missing"
		}
		return
	}
	for _, c := range cures {
		if m := c.text.FindStringSubmatchIndex(p.Text); m != nil {
			p.Help = string(c.text.ExpandString(nil, c.help, p.Text, m))
			return
		}
	}
}

// wordAt is the word that begins at a place, and its line.
func (r *Report) wordAt(at lang.Pos) (word, line string) {
	line, ok := r.sources.Line(at)
	if !ok {
		return "", ""
	}
	rest := line
	for range at.Column - 1 {
		_, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
	}
	if words := strings.Fields(rest); len(words) > 0 {
		word = words[0]
	}
	return word, line
}

// template says whether a line has what a template language replaces.
func template(line string) bool {
	return strings.Contains(line, "{{") || strings.Contains(line, "{%") || strings.Contains(line, "<%")
}

var placeholder = regexp.MustCompile(`^(@\w+@|__\w+__|%\w+%|%\{.*|CHANGE_?ME|TODO|\$\{\w+\})$`)

// foreign recognises the habits of other languages.
func foreign(word string) string {
	switch {
	case word == "=" || word == ":=" || word == ":":
		return "the value follows its keyword, without " + word
	case len(word) > 1 && strings.HasSuffix(word, ";"):
		return "lines end without a semicolon: " + strings.TrimSuffix(word, ";")
	case len(word) > 1 && strings.HasSuffix(word, ","):
		return "values end without a comma: " + strings.TrimSuffix(word, ",")
	case strings.HasPrefix(word, "${") && placeholder.MatchString(word):
		return word + " is not defined: write $NAME=VALUE before it, or the value"
	case placeholder.MatchString(word):
		return "a placeholder: put the real value here"
	}
	return ""
}
