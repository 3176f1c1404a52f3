package config

func setMiscTimeout(d *decoder, s stmt) {
	n, ok := d.number(s, 1, timerLimit)
	if !ok {
		d.refuse(s, 1, "Invalid misc_timeout value '{v}'")
		return
	}
	d.lvs.checker.detail.Misc.Timeout = secs(n)
}

func setMiscPath(d *decoder, s stmt) {
	c := d.lvs.checker
	command := d.command(s, "misc")
	if !command.isSet() {
		return
	}
	command.role, command.user = roleChecker, userDraft{} // user is a keyword of its own
	c.script = &command
}

func setMiscUser(d *decoder, s stmt) {
	c := d.lvs.checker
	if s.n() < 2 {
		d.errorf(s, 0, "No user specified for misc checker script %s", c.commandLine())
		return
	}
	c.user = userIn(s, 1)
	if _, ok := d.lookup(c.user); !ok {
		d.errorf(s, 1, "Failed to set uid/gid for misc checker script %s - removing", c.commandLine())
		c.badUser = true
	}
}

func (c *checkDraft) commandLine() string {
	if c.script == nil {
		return ""
	}
	return quoteWords(c.script.argv)
}

func endMisc(d *decoder) {
	c := d.lvs.checker
	switch {
	case c.script == nil:
		d.atEnd(c.Origin, "add misc_path; without it the real server has no such check",
			"No script path has been specified for MISC_CHECKER - skipping")
		d.dropCheck()
	case c.badUser:
		d.dropCheck()
	default:
		if c.user.given {
			c.script.user = c.user
		}
		c.script.at = d.closing // where the C daemon looks at it
	}
}
