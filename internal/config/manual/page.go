package manual

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"keepalived/internal/config"
)

// Page writes the manual page keepalived.conf(5).
func Page(w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString(pageHead)
	block := ""
	for _, k := range config.Keywords() {
		if k.Block != block {
			block = k.Block
			fmt.Fprintf(out, ".SH %s\n%s", quoted(strings.ToUpper(place(block))), blockIntro(block))
		}
		entry(out, k)
	}
	out.WriteString(pageTail)
	return out.Flush()
}

// entry is one keyword as a tagged paragraph.
func entry(w io.Writer, k config.Keyword) {
	fmt.Fprint(w, ".TP\n")
	switch {
	case isGrammar(k):
		fmt.Fprintf(w, ".I %s\n", quoted(k.Args))
	case k.Args == "":
		fmt.Fprintf(w, ".B %s\n", quoted(k.Name))
	default:
		fmt.Fprintf(w, ".BI %s %s\n", quoted(k.Name), quoted(" "+k.Args))
	}
	if k.Help != "" {
		fmt.Fprintf(w, "%s\n", sentence(k.Help))
	}
	for _, f := range facts(k) {
		fmt.Fprintf(w, ".br\n%s\n", sentence(strings.ToUpper(f.name[:1])+f.name[1:]+": "+f.text))
	}
}

// sentence is text for a line of its own.
func sentence(s string) string {
	s = escape(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// quoted is an argument of a macro.
func quoted(s string) string {
	return `"` + strings.ReplaceAll(escape(s), `"`, `\(dq`) + `"`
}

// escape protects what roff would act on; a minus stays one that can be copied.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\e`, `-`, `\-`).Replace(s)
}

// blockIntro says what is not obvious of a block.
func blockIntro(block string) string {
	switch {
	case block == config.Root:
		return "Keywords outside of any braces.\n"
	case strings.HasSuffix(block, "_LINE"):
		return "Words of one line, in any order where nothing else is said.\n"
	}
	return ""
}
