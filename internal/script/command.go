// Package script turns a configured command line into what is executed, and
// judges whether it is safe to execute it: look-up in PATH, symbolic links,
// rights of the user that runs it, and the walk over every directory that
// somebody else could use to replace it (keepalived.conf(5), SCRIPTS and
// enable_script_security). The configuration check and the daemons share it.
package script

import (
	"slices"
	"strings"
)

// Command is a command line as it is executed.
type Command struct {
	Argv []string // Argv[0] is what ps shows
	Path string   // file to execute; empty: Argv[0]
	UID  uint32
	GID  uint32
	// Shell: the file has no interpreter line, so sh runs it.
	Shell bool
	// Test: the command only tests that a file can be opened (`</path`); sh
	// does it.
	Test bool
}

// IsSet says whether there is a command at all.
func (c Command) IsSet() bool { return len(c.Argv) > 0 }

// With returns the command with more arguments at its end.
func (c Command) With(args ...string) Command {
	c.Argv = slices.Concat(c.Argv, args)
	return c
}

// Equal says whether both run the same file in the same way.
func (c Command) Equal(d Command) bool {
	same := c.Path == d.Path && c.UID == d.UID && c.GID == d.GID && c.Shell == d.Shell && c.Test == d.Test
	return same && slices.Equal(c.Argv, d.Argv)
}

// String is the command line with each word in single quotes, as dumps and
// messages show it.
func (c Command) String() string {
	words := make([]string, len(c.Argv))
	for i, w := range c.Argv {
		words[i] = quote(w)
		if i == 0 && strings.HasPrefix(w, "<") {
			words[i] = w
		}
	}
	return strings.Join(words, " ")
}

// shell runs what the kernel cannot run by itself.
const shell = "/bin/sh"

// Exec returns the file and the arguments for execve(2).
func (c Command) Exec() (path string, argv []string) {
	if !c.Shell && !c.Test {
		return c.File(), c.Argv
	}
	line := c
	line.Argv = append([]string{c.File()}, c.Argv[1:]...)
	return shell, []string{"sh", "-c", line.String()}
}

// File returns the file that is executed, without a shell around it.
func (c Command) File() string {
	if c.Path != "" {
		return c.Path
	}
	return c.Argv[0]
}

func quote(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// isTest recognises `</path` and `< /path`, also as two words.
func isTest(argv []string) bool {
	rest, ok := strings.CutPrefix(argv[0], "<")
	if !ok {
		return false
	}
	rest = strings.TrimLeft(rest, " \t")
	if rest == "" && len(argv) > 1 {
		rest = argv[1]
	}
	return strings.HasPrefix(rest, "/")
}
