package manual

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"keepalived/internal/config"
)

// fact is one line of what is known about a keyword.
type fact struct{ name, text string }

func facts(k config.Keyword) []fact {
	var out []fact
	for _, f := range []fact{{"default", k.Default}, {"range", k.Limits()}, {"unit", unit(k.Unit)}, {"deprecated", k.Deprecated}} {
		if f.text != "" {
			out = append(out, f)
		}
	}
	if k.Missing == config.MissingIsFatal {
		out = append(out, fact{"note", "without a value the configuration is refused"})
	}
	return append(out, fact{"since", since(k)})
}

// since is the release with the keyword, and where the C daemon reads it.
func since(k config.Keyword) string {
	if k.Since == k.Source {
		return k.Since
	}
	return k.Since + " (" + k.Source + ")"
}

// unit is empty for what the arguments already say.
func unit(u string) string {
	switch u {
	case "s", "s dec6":
		return "seconds"
	case "ms":
		return "milliseconds"
	case "flag", "list", "block", "bool", "name", "address", "ifname", "script", "text", "path", "count", "weight", "prio", "int", "pattern", "mode", "mask":
		return ""
	}
	return u
}

// place is how the manual names a block.
func place(block string) string {
	switch {
	case block == config.Root:
		return "top level"
	case strings.HasSuffix(block, "_LINE"):
		return strings.ToLower(strings.TrimSuffix(block, "_LINE")) + " line"
	}
	return strings.NewReplacer("/", " > ", ".", " > ").Replace(block)
}

// header is the keyword with its arguments.
func header(k config.Keyword) string {
	if k.Args == "" || isGrammar(k) {
		return strings.TrimSpace(k.Name + " " + k.Args)
	}
	return k.Name + " " + k.Args
}

// isGrammar says that the row describes a line without a keyword.
func isGrammar(k config.Keyword) bool {
	return strings.HasPrefix(k.Name, "(") || strings.HasPrefix(k.Name, "<")
}

// List writes every keyword, block by block, with its help.
func List(w io.Writer) {
	out := bufio.NewWriter(w)
	defer out.Flush()
	block := ""
	for _, k := range config.Keywords() {
		if k.Block != block {
			if block != "" {
				fmt.Fprintln(out)
			}
			block = k.Block
			fmt.Fprintf(out, "%s:\n", place(block))
		}
		fmt.Fprintf(out, "  %-30s %s\n", k.Name, k.Help)
	}
}

// Explain writes what a keyword means in every block that knows it, or what a
// block may hold. A word that is neither gives an error with a suggestion.
func Explain(w io.Writer, word string) error {
	out := bufio.NewWriter(w)
	defer out.Flush()
	found := false
	for _, k := range config.Keywords() {
		if k.Name == word || k.Block+" "+k.Name == word {
			if found {
				fmt.Fprintln(out)
			}
			found = true
			explain(out, k)
		}
	}
	if holds := inBlock(word); len(holds) > 0 {
		found = true
		fmt.Fprintf(out, "\n%s holds:\n", word)
		for _, k := range holds {
			fmt.Fprintf(out, "  %-30s %s\n", k.Name, k.Help)
		}
	}
	if found {
		return nil
	}
	if near := config.NearestKeyword(word); near != "" {
		return fmt.Errorf("%s is no keyword; did you mean %s?", word, near)
	}
	return fmt.Errorf("%s is no keyword", word)
}

func explain(w io.Writer, k config.Keyword) {
	fmt.Fprintf(w, "%s\n  in %s\n  %s\n", header(k), place(k.Block), k.Help)
	for _, f := range facts(k) {
		fmt.Fprintf(w, "  %s: %s\n", f.name, f.text)
	}
}

// inBlock is the rows of the blocks with that last name.
func inBlock(word string) []config.Keyword {
	var out []config.Keyword
	for _, k := range config.Keywords() {
		if k.Block == word || strings.HasSuffix(k.Block, "/"+word) || strings.HasSuffix(k.Block, "."+word) {
			out = append(out, k)
		}
	}
	return out
}
