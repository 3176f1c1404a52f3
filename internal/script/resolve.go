package script

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// Request is a configured script.
type Request struct {
	Argv []string
	UID  uint32
	GID  uint32
	// SearchPath is the value of PATH; empty: /bin:/usr/bin. Relative entries
	// are skipped, so that no working directory decides what runs.
	SearchPath string
	// Dir is what a relative name with a slash is relative to; empty: /.
	Dir string
	// UseSymlinkPaths executes the configured path instead of the resolved one.
	UseSymlinkPaths bool
	// Security is enable_script_security: unsafe scripts are not run.
	Security bool
}

// Resolve finds the file behind a configured script and judges it. It never
// fails: what is wrong is in the verdict.
func Resolve(files FS, r Request) Verdict {
	v := Verdict{Command: Command{Argv: r.Argv, UID: r.UID, GID: r.GID}}
	if len(r.Argv) == 0 || r.Argv[0] == "" {
		return v.fail(NotFound, "Cannot find script %s in path - disabling", "''")
	}
	if isTest(r.Argv) {
		v.Command.Test = true
		return v
	}
	name := r.Argv[0]
	if !strings.Contains(name, "/") {
		found, problem := search(files, r)
		if problem != "" {
			return v.fail(NotFound, "%s", problem)
		}
		v.say("WARNING - script `%s` resolved by path search to `%s`. Please specify full path.", name, found)
		name = found
	}
	return v.locate(files, r, name)
}

// locate follows the links of a name with a slash and goes on with the file.
func (v Verdict) locate(files FS, r Request, name string) Verdict {
	full := name
	if !path.IsAbs(name) {
		full = "/" + r.Dir + "/" + name
	}
	var found place
	var err error
	if asErr := files.As(r.UID, r.GID, func(user FS) { found, err = follow(user, full) }); asErr != nil {
		return v.fail(Inhibited, "Unable to set uid:gid %d:%d for script %s - disabling", r.UID, r.GID, name)
	}
	if err != nil {
		return v.fail(NotFound, "Script %s cannot be accessed - %s", name, Strerror(err))
	}
	shown := path.Clean(full)
	v.Command.Argv = append([]string{shown}, r.Argv[1:]...)
	// Without its dot-dots a path through a link may lead elsewhere.
	if found.path != shown && (!r.UseSymlinkPaths || strings.Contains(full, "/../")) {
		v.Command.Path = found.path
	}
	v.IsScript = true
	return v.judge(files, r, found)
}

// judge looks at rights, kind of file and safety.
func (v Verdict) judge(files FS, r Request, found place) Verdict {
	shown := v.Command.Argv[0]
	if !found.info.isRegular() {
		return v.fail(Inhibited, "Wrong file type found in script path '%s'.", shown)
	}
	if !found.info.executableBy(r.UID, r.GID) {
		return v.fail(NotExecutable, "WARNING - script '%s' is not executable for uid:gid %d:%d - disabling.", shown, r.UID, r.GID)
	}
	if needsShell(files, found.path) {
		v.Command.Shell = true
		v.say("Please add a #! shebang to script %s", shown)
	}
	if r.UID == 0 || r.GID == 0 || found.info.runsAsRoot() {
		v.guard(r, found)
	}
	return v
}

// guard notes what is unsafe on the way to the file.
func (v *Verdict) guard(r Request, found place) {
	v.Findings = inspect(found)
	if len(v.Findings) > 0 {
		v.complain(r, found)
	}
}

// complain says in the usual words that a path is unsafe. It names the
// configured path if the first offender is on it, else the resolved one.
func (v *Verdict) complain(r Request, found place) {
	v.Insecure = true
	first, name, suffix := v.Findings[0].Path, found.path, ""
	if first == "/" || strings.HasPrefix(v.Command.Argv[0]+"/", first+"/") {
		name = v.Command.Argv[0]
	}
	if r.Security {
		v.Class, suffix = Inhibited, " - disabling"
	}
	v.say("Unsafe permissions found for script '%s'%s.", name, suffix)
}

func (v *Verdict) say(format string, args ...any) {
	v.Messages = append(v.Messages, fmt.Sprintf(format, args...))
}

func (v Verdict) fail(class Class, format string, args ...any) Verdict {
	v.Class = class
	v.say(format, args...)
	return v
}

// needsShell says whether a file is text without an interpreter line, which
// the kernel refuses to execute. Other unknown contents may be for binfmt_misc.
func needsShell(files FS, file string) bool {
	head, err := files.Head(file)
	if err != nil || bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("\x7fELF")) {
		return false
	}
	return bytes.IndexByte(head, 0) < 0
}
