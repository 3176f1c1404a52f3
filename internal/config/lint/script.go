package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"keepalived/internal/config"
)

// scripts judges the commands of vrrp_script by what they say themselves.
func (l *linter) scripts() {
	for i := range l.cfg.VRRP.Scripts {
		s := &l.cfg.VRRP.Scripts[i]
		at := l.at(s.Origin, "script")
		if asksForProcess(s.Script.Argv) {
			l.add(Finding{Rule: ProcessByScript, Pos: at,
				Help: "write vrrp_track_process NAME { process PROGRAM } and track it with track_process",
				Text: fmt.Sprintf("vrrp_script %s starts a program every time to see whether a process exists, and knows of its end only then", s.Name)})
		}
		if endsUs(s.Script.Argv) {
			l.add(Finding{Rule: SelfStop, Pos: at,
				Help: "let the script fail and leave keepalived running: without a weight that is FAULT, and the address moves; it comes back by itself",
				Text: fmt.Sprintf("vrrp_script %s ends keepalived, and with it every instance and check of this machine, until somebody starts it again", s.Name)})
		}
		if meant, given := mistypedPath(s.Script.Argv); given != "" {
			l.add(Finding{Rule: MistypedPath, Pos: at, Help: "did you mean " + meant + "?",
				Text: fmt.Sprintf("vrrp_script %s: %s is not the usual directory of keepalived", s.Name, given)})
		}
	}
}

func asksForProcess(argv []string) bool {
	if len(argv) == 0 {
		return false
	}
	switch path.Base(argv[0]) {
	case "killall":
		return slices.Contains(argv, "-0")
	case "pidof", "pgrep":
		return true
	}
	return false
}

// endsUs says whether a command line has a command that ends keepalived: one of a
// service manager, an init script or one that sends a signal.
func endsUs(argv []string) bool {
	words := strings.FieldsFunc(strings.Join(argv, " "), func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(`;|&()"'`+"`", c) })
	for i, w := range words {
		if b := path.Base(w); b != "keepalived" && b != "keepalived.service" {
			continue
		}
		if i+1 < len(words) && words[i+1] == "stop" {
			return true
		}
		for j := i - 1; j >= 0 && j >= i-maxOptions; j-- {
			switch path.Base(words[j]) {
			case "stop":
				return true
			case "killall", "pkill", "kill", "pidof":
				return !slices.Contains(words[j:i], "-0") && (path.Base(words[j]) != "pidof" || killed(words[:j]))
			}
		}
	}
	return false
}

// maxOptions is how many words may stand between a command and its object.
const maxOptions = 3

// killed says whether the last words begin a kill, as in `kill $(pidof keepalived)`.
func killed(words []string) bool {
	words = words[max(len(words)-maxOptions, 0):]
	return slices.Contains(words, "kill") && !slices.Contains(words, "-0")
}

// usualDir is where configurations and their scripts are.
const usualDir = "keepalived"

// mistypedPath finds a directory below /etc whose name is a misspelt keepalived.
func mistypedPath(argv []string) (meant, given string) {
	if len(argv) == 0 {
		return "", ""
	}
	rest, ok := strings.CutPrefix(argv[0], "/etc/")
	name, _, deeper := strings.Cut(rest, "/")
	if !ok || !deeper || strings.HasPrefix(name, "keepalive") || config.Distance(name, usualDir) > maxTypos {
		return "", ""
	}
	return "/etc/" + usualDir, "/etc/" + name
}

// maxTypos is how many letters of a name may be wrong.
const maxTypos = 2
