package config

import (
	"errors"
	"fmt"
	"strings"

	"keepalived/internal/config/lang"
)

// defaultScriptUser runs scripts when it exists and script_user is not given.
const defaultScriptUser = "keepalived_script"

// userDraft is a user and group as written.
type userDraft struct {
	user       string
	group      string
	given      bool // perhaps as an empty word
	groupGiven bool
	at         lang.Pos
	bad        bool // already reported
}

// userIn reads USER [GROUP] from word i on.
func userIn(s stmt, i int) userDraft {
	return userDraft{user: strings.Clone(s.arg(i)), group: strings.Clone(s.arg(i + 1)), at: s.at(i), given: s.n() > i, groupGiven: s.n() > i+1}
}

// scriptRole says in which process a script runs, for what is said about its
// security.
type scriptRole uint8

const (
	roleVRRP scriptRole = iota
	roleChecker
	roleParent
)

// commandDraft is a command as written, before its user and file are looked up.
type commandDraft struct {
	origin Origin
	at     lang.Pos
	what   string // how messages name it
	argv   []string
	user   userDraft
	role   scriptRole
	early  bool // in global_defs, before script_user
}

func (c *commandDraft) isSet() bool { return len(c.argv) > 0 }

// command reads "CMD ARGS" [USER [GROUP]] from a line.
func (d *decoder) command(s stmt, what string) commandDraft {
	c := commandDraft{origin: s.origin(), at: s.at(1), what: what}
	words, err := s.ScriptWords()
	if err == nil && len(words) < 2 {
		return d.gluedCommand(s, c)
	}
	if err != nil {
		d.notSplit(s, err)
		d.unparsed(s, c, "Unable to parse notify script")
		return c
	}
	c.argv, err = lang.SplitCommand(words[1].Text)
	if err != nil || len(c.argv) == 0 {
		c.argv = nil
		d.notSplit(s, err)
		d.unparsed(s, c, "Unable to parse script '%s' - ignoring", words[1].Text)
		return c
	}
	if len(words) > 2 {
		c.user = userDraft{user: words[2].Text, at: words[2].Pos, given: true}
	}
	if len(words) > 3 {
		c.user.group, c.user.groupGiven = words[3].Text, true
	}
	if c.user.given && c.what != "vrrp" && c.what != "misc" && !d.knowsUser(&c) {
		c.argv = nil
	}
	return c
}

// knowsUser says whether a command's user is there.
func (d *decoder) knowsUser(c *commandDraft) bool {
	_, ok := d.lookup(c.user)
	if !ok {
		d.unprotected(c, "Invalid user/group for %s script %s - ignoring")
	}
	return ok
}

// again refuses a second command. A line without a word that could be named ends
// the C daemon.
func (d *decoder) again(s stmt, named bool, text string) {
	if named && s.n() < 2 {
		d.missing(d.row, s)
		return
	}
	d.refuse(s, 1, text)
}

// gluedCommand reports a line without a command: nothing, or a quote that sticks
// to the keyword.
func (d *decoder) gluedCommand(s stmt, c commandDraft) commandDraft {
	if s.n() > 1 {
		class := lang.ClassGeneralError
		if c.what == "vrrp" || c.what == "misc" {
			class = lang.ClassOK // the C daemon says at the end of the block that there is no script
		}
		d.help(s.at(0), class, "put a space between "+s.arg(0)+" and the quote", "%s has no command: %s", s.arg(0), s.Raw)
		if words, _ := s.ScriptWords(); len(words) == 1 && c.what != "vrrp" && c.what != "misc" {
			d.diags.Abort(d.row.stage, 2)
			d.followf(s.at(0), false, lang.ClassMissingParameter,
				"*** Configuration line starting `%s` is missing a parameter after keyword `%s` at word position 2", words[0].Text, words[0].Text)
			d.endsHere()
		}
	}
	return c
}

// notSplit says why a command cannot be split into words.
func (d *decoder) notSplit(s stmt, err error) {
	var split *lang.SplitError
	switch {
	case !errors.As(err, &split):
	case split.Escape:
		d.diags.Add(lang.Diagnostic{Pos: s.at(1), Severity: lang.Warning, Bare: true, Text: split.Text,
			Help: "write \\\\ for a backslash"})
	default:
		d.report(s.at(1), lang.ClassUnmatchedQuote, "%s", split.Text)
	}
}

// unparsed says that there is no command. Of the scripts that are tracked it is
// said at the end of their block.
func (d *decoder) unparsed(s stmt, c commandDraft, format string, args ...any) {
	if c.what == "vrrp" || c.what == "misc" {
		return
	}
	d.diags.Add(lang.Diagnostic{Pos: s.at(1), Severity: lang.Warning, Bare: true, Text: fmt.Sprintf(format, args...),
		Help: "write the command in quotes, or delete the line"})
}

// lookup resolves a user and group. Without a group it is the user's.
func (d *decoder) lookup(u userDraft) (Identity, bool) {
	id, ok := d.env.LookupUser(u.user)
	if !ok {
		d.info(u.at, "Script user '%s' does not exist", u.user)
		return Identity{}, false
	}
	if !u.groupGiven {
		return id, true
	}
	gid, ok := d.env.LookupGroup(u.group)
	if !ok {
		d.info(u.at, "Script group '%s' does not exist", u.group)
		return Identity{}, false
	}
	id.GID = gid
	return id, true
}

// defaultIdentity is who runs scripts that name nobody.
func (d *decoder) defaultIdentity(at lang.Pos) (Identity, bool) {
	if d.global.scriptUser.bad {
		return Identity{}, false
	}
	scripts := &d.cfg.Global.Scripts
	if scripts.User.Set {
		return scripts.User.V, true
	}
	if d.global.settled {
		return d.global.settledUser, true
	}
	if id, ok := d.env.LookupUser(defaultScriptUser); ok {
		return id, true
	}
	if scripts.Security {
		d.noDefaultUser(at)
		return Identity{}, false
	}
	return Identity{}, true
}

// resolve gives a command its identity and file. ok is false when it cannot run;
// why was then reported with the text.
func (d *decoder) resolve(c *commandDraft) (Script, bool) {
	if !c.isSet() {
		return Script{}, false
	}
	id, ok := d.identity(c)
	if !ok {
		return Script{}, false
	}
	check := d.env.CheckScript(c.argv, id.UID, id.GID)
	d.lastCheck = check
	for _, problem := range check.Problems {
		d.diags.Add(lang.Diagnostic{Pos: c.at, Severity: lang.Warning, Text: problem, Help: check.Help, Bare: true})
	}
	if !check.Found || !check.Executable && !check.Test {
		return Script{}, false
	}
	d.noteScript(c, check)
	if check.Refused || check.Insecure && d.cfg.Global.Scripts.Security {
		return Script{}, false
	}
	return d.built(c, id, check), true
}

func (d *decoder) built(c *commandDraft, id Identity, check ScriptCheck) Script {
	path := check.Path
	if path == "" || d.cfg.Global.Scripts.UseSymlinkPaths {
		path = c.argv[0]
	}
	argv := c.argv
	if !strings.Contains(argv[0], "/") && check.Path != "" {
		// The name that was looked up becomes what was found, as ps(1) shows it.
		argv = append([]string{check.Path}, argv[1:]...)
	}
	return Script{Origin: c.origin, Argv: argv, Path: path, UID: id.UID, GID: id.GID, Shell: check.Shell, Test: check.Test}
}

// identity is the command's user, or the default one.
func (d *decoder) identity(c *commandDraft) (Identity, bool) {
	if !c.user.given {
		id, ok := d.usualIdentity(c)
		if !ok {
			d.unprotected(c, "Failed to set default user for %s script %s - ignoring")
		}
		return id, ok
	}
	return d.lookup(c.user)
}

// usualIdentity is who runs a command that names nobody. Those of global_defs
// know script_user only from its line on.
func (d *decoder) usualIdentity(c *commandDraft) (Identity, bool) {
	if !c.early {
		return d.defaultIdentity(c.at)
	}
	if !d.global.settled {
		d.noDefaultUser(c.at)
	}
	return d.global.settledUser, d.global.settled
}

// noDefaultUser says once that there is nobody to run scripts.
func (d *decoder) noDefaultUser(at lang.Pos) {
	if !d.saidNoUser {
		d.help(at, lang.ClassGeneralError, "create the user "+defaultScriptUser+", or add `script_user root` to the beginning of global_defs",
			"Unable to set default user %s for script", defaultScriptUser)
	}
	d.saidNoUser = true
}

// asGlobal is for a command of global_defs: the first that names nobody before
// script_user settles who runs those that name nobody.
func (d *decoder) asGlobal(c *commandDraft) {
	g := &d.global
	if c.early = !g.scriptUser.given && c.isSet() && !c.user.given; !c.early || g.settled || g.noDefaultUser {
		return
	}
	var exists bool
	g.settledUser, exists = d.env.LookupUser(defaultScriptUser)
	g.settled = exists || !d.cfg.Global.Scripts.Security
	g.noDefaultUser = !g.settled
}

func (d *decoder) unprotected(c *commandDraft, format string) {
	d.diags.Add(lang.Diagnostic{Pos: c.at, Severity: lang.Warning, Text: fmt.Sprintf(format, c.what, c.argv[0]), Help: "the script will not run"})
}

// noteScript remembers that a process runs scripts, for what is said at the end
// about script security.
func (d *decoder) noteScript(c *commandDraft, check ScriptCheck) {
	if check.Test {
		return
	}
	seen := &d.scripts[c.role]
	if !seen.any {
		seen.at = c.origin
	}
	seen.any = true
	seen.insecure = seen.insecure || check.Insecure
}

// scriptsSeen is what one process would run.
type scriptsSeen struct {
	any      bool
	insecure bool
	at       Origin
}

// checkSecurity says which processes run scripts without script security.
func (d *decoder) checkSecurity() {
	if d.cfg.Global.Scripts.Security {
		return
	}
	names := [...]string{roleVRRP: "scripts", roleChecker: "check scripts", roleParent: "start/shutdown scripts"}
	for role, seen := range d.scripts {
		if !seen.any || !d.judges(scriptRole(role)) || d.idle(scriptRole(role)) {
			continue
		}
		suffix := ""
		if seen.insecure {
			suffix = " There are insecure scripts."
		}
		class := lang.ClassSecurityError
		if scriptRole(role) == roleVRRP {
			class = d.cap(class)
		}
		d.diags.Add(lang.Diagnostic{Pos: seen.at.pos(), Class: class, Bare: true,
			Text: "SECURITY VIOLATION - " + names[role] + " are being executed but script_security not enabled." + suffix,
			Help: "add enable_script_security to global_defs"})
	}
}

// idle says that nothing is configured whose scripts a process could run: nobody
// looks at those of its FIFO, or at those that could be tracked.
func (d *decoder) idle(role scriptRole) bool {
	switch role {
	case roleVRRP:
		return len(d.instances) == 0
	case roleChecker:
		return len(d.cfg.LVS.VirtualServers) == 0
	}
	return false
}

// resolveGlobalScripts gives the scripts and pipes of global_defs their users.
func (d *decoder) resolveGlobalScripts() {
	scripts := &d.cfg.Global.Scripts
	scripts.Startup = d.parentCommand("startup", &d.global.startup)
	scripts.Shutdown = d.parentCommand("shutdown", &d.global.shutdown)
	n := &d.cfg.Global.Notify
	for kind, target := range [...]*FIFO{fifoAll: &n.FIFO, fifoVRRP: &n.VRRPFIFO, fifoLVS: &n.LVSFIFO} {
		d.resolveFIFO(fifoKind(kind), target)
	}
}

func (d *decoder) parentCommand(name string, c *commandDraft) Script {
	if !c.isSet() {
		return Script{}
	}
	script, _ := d.resolve(c)
	if _, ok := d.identity(c); !ok {
		d.report(c.at, lang.ClassGeneralError, "Invalid %s script", name)
	}
	return script
}

func (d *decoder) resolveFIFO(kind fifoKind, target *FIFO) {
	draft := &d.global.fifos[kind]
	script, _ := d.resolve(&draft.script)
	if draft.path == "" {
		return
	}
	id := Identity{}
	if draft.user.given {
		var ok bool
		if id, ok = d.lookup(draft.user); !ok {
			d.info(draft.at, "Invalid user/group for %s fifo %s - ignoring", fifoPrefix[kind]+"notify", draft.path)
			return
		}
	}
	*target = FIFO{Path: draft.path, UID: id.UID, GID: id.GID, Script: script}
}

// checkFIFOs drops pipes that two owners would read.
func (d *decoder) checkFIFOs() {
	n := &d.cfg.Global.Notify
	all, vrrp, lvs := d.global.fifos[fifoAll], d.global.fifos[fifoVRRP], d.global.fifos[fifoLVS]
	if n.FIFO.Path == "" {
		return
	}
	if n.VRRPFIFO.Path == n.FIFO.Path {
		d.info(vrrp.at, "notify FIFO %s has been specified for global and vrrp FIFO - ignoring vrrp FIFO", all.path)
		n.VRRPFIFO = FIFO{}
	}
	if n.LVSFIFO.Path == n.FIFO.Path {
		d.info(lvs.at, "notify FIFO %s has been specified for global and LVS FIFO - ignoring LVS FIFO", all.path)
		n.LVSFIFO = FIFO{}
	}
}
