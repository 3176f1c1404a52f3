package config

import (
	"net/netip"
	"path"
	"strconv"
	"strings"
	"time"

	"keepalived/internal/config/lang"
)

// globalDraft is what global_defs says before defaults are applied.
type globalDraft struct {
	version             Opt[int]
	garpMasterDelay     Opt[time.Duration]
	garpMasterRepeat    Opt[int]
	garpMasterRefresh   Opt[time.Duration]
	garpRefreshRepeat   Opt[int]
	garpLowerPrioDelay  Opt[time.Duration]
	garpLowerPrioRepeat Opt[int]
	rsStatsInterval     Opt[time.Duration]
	scriptUser          userDraft
	settled             bool // a command before script_user has made settledUser the default
	settledUser         Identity
	noDefaultUser       bool // such a command has found nobody
	startup             commandDraft
	shutdown            commandDraft
	fifos               [3]fifoDraft
}

// fifoKind tells the three notification pipes apart.
type fifoKind int

const (
	fifoAll fifoKind = iota
	fifoVRRP
	fifoLVS
)

var fifoPrefix = [...]string{fifoAll: "", fifoVRRP: "vrrp_", fifoLVS: "lvs_"}

// fifoDraft is a pipe before its user is looked up.
type fifoDraft struct {
	path   string
	user   userDraft
	script commandDraft
	at     lang.Pos
}

func globals(p func(g *Global) *bool) func(d *decoder) *bool {
	return func(d *decoder) *bool { return p(&d.cfg.Global) }
}

func globalText(p func(g *Global) *string) func(d *decoder) *string {
	return func(d *decoder) *string { return p(&d.cfg.Global) }
}

func globalMaybe(p func(g *Global) *Opt[bool]) func(d *decoder) *Opt[bool] {
	return func(d *decoder) *Opt[bool] { return p(&d.cfg.Global) }
}

// process is the child process that a keyword's prefix names.
func process(kind string) func(d *decoder) *Process {
	return func(d *decoder) *Process {
		switch kind {
		case "vrrp":
			return &d.cfg.Global.Processes.VRRP
		case "checker":
			return &d.cfg.Global.Processes.Checker
		}
		return &d.cfg.Global.Processes.BFD
	}
}

func processFlag(kind string) handler {
	return set(func(d *decoder) *bool { return &process(kind)(d).NoSwap })
}

// maxProcessName is the longest name that the kernel keeps.
const maxProcessName = 15

func processName(p func(d *decoder) *string) handler {
	return func(d *decoder, s stmt) {
		name := s.arg(1)
		if len(name) > maxProcessName {
			d.errorf(s, 1, "Process name %s more than %d characters, truncating", name, maxProcessName)
			name = name[:maxProcessName]
		}
		*p(d) = name
	}
}

func oldCheckerName(d *decoder, s stmt) {
	d.info(s.at(0), "'lvs_process_name' is deprecated - please use 'checker_process_name'")
	processName(func(d *decoder) *string { return &process("checker")(d).Name })(d, s)
}

func niceValue(kind string) handler {
	return need("No "+kind+" process priority specified",
		whole(limits{lo: -20, hi: 19, signed: true}, "Invalid "+kind+" process priority specified",
			func(d *decoder, v int64) { process(kind)(d).Priority = int(v) }))
}

func realtimePriority(kind string) handler {
	const lo, hi = 1, 99
	return need("No "+kind+" process real-time priority specified", func(d *decoder, s stmt) {
		v, ok := d.number(s, 1, limits{lo: -1 << 31, hi: 1<<31 - 1, signed: true})
		switch {
		case !ok:
			d.refuse(s, 1, kind+" process real-time priority '{v}' invalid")
			return
		case v < lo:
			d.errorf(s, 1, "%s process real-time priority %d less than minimum %d - setting to minimum", kind, v, lo)
		case v > hi:
			d.errorf(s, 1, "%s process real-time priority %d greater than maximum %d - setting to maximum", kind, v, hi)
		}
		process(kind)(d).RTPriority = int(min(max(v, lo), hi))
	})
}

func cpuAffinity(kind string) handler {
	return need("No "+kind+" cpu_id set specified", func(d *decoder, s stmt) {
		p := process(kind)(d)
		var ids []int
		for i := 1; i < s.n(); i++ {
			v, ok := d.number(s, i, limits{lo: 0, hi: int64(d.env.CPUs()) - 1, signed: true})
			if !ok {
				id, _, _ := leadingNumber(s.arg(i), 10)
				d.valueError(s, i, "Invalid cpu_id:%d specified for %s process", int32(id), kind)
				p.CPUAffinity = nil
				return
			}
			ids = append(ids, int(v))
		}
		p.CPUAffinity = ids
	})
}

func rttimeLimit(kind string, old bool) handler {
	set := whole(limits{lo: 1, hi: 1<<32 - 1}, "Invalid "+kind+" real-time limit - {v}", func(d *decoder, v int64) {
		process(kind)(d).RlimitRTTime = time.Duration(max(v, 2)) * time.Microsecond
	})
	if !old {
		return set
	}
	return func(d *decoder, s stmt) {
		d.info(s.at(0), "Keyword '%s' is deprecated - please use '%srttime'", s.arg(0), strings.TrimSuffix(s.arg(0), "rtime"))
		set(d, s)
	}
}

func childWaitTime(d *decoder, s stmt) {
	whole(limits{lo: 0, hi: 1<<32 - 1, strict: true}, "Invalid child_wait_time {v}", func(d *decoder, v int64) {
		d.cfg.Global.ChildWaitTime = secs(v)
	})(d, s)
}

func netNamespaceIPVS(d *decoder, s stmt) {
	g := &d.cfg.Global
	if g.NetNamespaceIPVS.Set {
		d.errorf(s, 1, "Duplicate net_namespace_ipvs definition %s - ignoring", s.arg(1))
		return
	}
	g.NetNamespaceIPVS = Some(s.arg(1))
}

func emailFrom(d *decoder, s stmt) {
	if s.n() > 2 {
		d.errorf(s, 2, "emailfrom - ignoring extra entries '%s' ...", s.arg(2))
	}
	d.cfg.Global.Mail.From = s.arg(1)
}

func emailTo(d *decoder, s stmt) {
	d.cfg.Global.Mail.To = append(d.cfg.Global.Mail.To, s.args(0)...)
}

func emailDone(d *decoder, s stmt, n int) {
	if n == 0 {
		d.atEnd(s.origin(), "", "Warning - empty notification_email block")
	}
}

func smtpServer(d *decoder, s stmt) {
	m := &d.cfg.Global.Mail
	host, port := s.arg(1), "25"
	if s.n() > 2 {
		port = s.arg(2)
	}
	n, bad := parseNumber(port, limits{lo: 1, hi: 65535})
	if bad != nil {
		d.checkNumber(s, 2, bad)
		d.refuse(s, 1, "Invalid smtp server {v} "+port)
		return
	}
	addr, isAddr := parseAddr(addrPrefix(host))
	if !isAddr {
		addr, isAddr = oldIPv4(host)
	}
	if !isAddr {
		addr, isAddr = d.env.ResolveHost(host)
	}
	if !isAddr {
		d.refuse(s, 1, "Invalid smtp server {v} "+port)
		return
	}
	m.Server, m.ServerPort, m.ServerAddr = host, uint16(n), netip.AddrPortFrom(addr, uint16(n))
}

func smtpTimeout(d *decoder, s stmt) {
	v, ok := d.number(s, 1, timerLimit)
	if !ok {
		d.refuse(s, 1, "{kw} '{v}' must be in [0, 4294] - ignoring")
		return
	}
	d.cfg.Global.Mail.ConnectTimeout = secs(atLeastOne(d, s, v, "smtp_conect_timeout must be greater than 0, setting to 1"))
}

func autoPriority(d *decoder, s stmt) {
	p := &d.cfg.Global.Processes
	if s.n() < 2 {
		p.MaxAutoPriority = 99
		return
	}
	whole(limits{lo: -1, hi: 99, signed: true}, "{kw} '{v}' must be in [0, 99] (or -1 to disable) - ignoring",
		func(_ *decoder, v int64) { p.MaxAutoPriority = int(v) })(d, s)
}

func dynamicInterfaces(d *decoder, s stmt) {
	g := &d.cfg.Global
	g.DynamicInterfaces = true
	switch {
	case s.n() < 2:
	case s.arg(1) == "allow_if_changes":
		g.AllowIfChanges = true
	default:
		d.refuse(s, 1, "Unknown dynamic_interfaces option '{v}'")
	}
}

func includeCheck(d *decoder, s stmt) {
	if d.opts.includeCheck == nil {
		return
	}
	for _, text := range d.opts.includeCheck(s.args(1)) {
		d.errorf(s, 1, "%s", text)
	}
}

func jsonVersion(d *decoder, s stmt) {
	whole(limits{lo: 1, hi: 2}, "Invalid JSON version", func(d *decoder, v int64) { d.cfg.Global.Files.JSONVersion = int(v) })(d, s)
}

func reloadCheckConfig(d *decoder, s stmt) {
	r := &d.cfg.Global.Reload
	r.CheckConfig, r.CheckConfigLog = true, "/dev/null"
	if s.n() > 1 {
		r.CheckConfigLog = s.arg(1)
	}
}

func configSaveDir(d *decoder, s stmt) {
	dir := s.arg(1)
	info := d.env.PathInfo(dir)
	parent := d.env.PathInfo(path.Dir(dir))
	switch {
	case d.opts.Static || info.Exists && info.Dir:
	case info.Exists:
		d.errorf(s, 1, "config_save_dir %s exists and is not a directory", dir)
		return
	case dir == "" || !parent.Exists && strings.HasPrefix(info.Problem, "2 "):
		why := "2 (No such file or directory)"
		if parent.Problem != "" {
			why = parent.Problem
		}
		number, text, _ := strings.Cut(strings.TrimSuffix(why, ")"), " (")
		d.errorf(s, 1, "Unable to create config_save_dir %s (error %s - %s)", dir, number, text)
		return
	case !parent.Exists || info.Problem != "" && !strings.HasPrefix(info.Problem, "2 "):
		d.errorf(s, 1, "config_save_dir %s error %s", dir, strings.TrimSuffix(strings.Replace(info.Problem, " (", " - ", 1), ")"))
		return
	}
	d.cfg.Global.Files.ConfigSaveDir = dir
}

// umaskNames are the symbolic names of permission bits.
var umaskNames = map[string]uint32{
	"IRUSR": 0o400, "IWUSR": 0o200, "IXUSR": 0o100, "IRWXU": 0o700,
	"IRGRP": 0o040, "IWGRP": 0o020, "IXGRP": 0o010, "IRWXG": 0o070,
	"IROTH": 0o004, "IWOTH": 0o002, "IXOTH": 0o001, "IRWXO": 0o007,
}

func umask(d *decoder, s stmt) {
	spec := strings.Join(s.args(1), "")
	if spec == "" {
		d.errorf(s, 1, "umask missing bit value")
		return
	}
	if spec[0] >= '0' && spec[0] <= '9' {
		v, err := strconv.ParseUint(s.arg(1), 0, 32)
		switch {
		case err != nil || v > 0o777:
			d.refuse(s, 1, "invalid umask value {v}")
		case s.n() > 2:
			d.errorf(s, 2, "Extra parameter(s) to umask option")
		default:
			d.cfg.Global.Files.Umask = Some(uint32(v))
		}
		return
	}
	var mask uint32
	for name := range strings.SplitSeq(spec, "|") {
		bits, ok := umaskNames[strings.TrimPrefix(name, "S_")]
		if !ok {
			d.errorf(s, 1, "Unknown umask bit %s", wordWith(s, name))
			return
		}
		mask |= bits
	}
	d.cfg.Global.Files.Umask = Some(mask)
}

// wordWith is the word of a line that a part of the joined line comes from.
func wordWith(s stmt, part string) string {
	for _, word := range s.args(1) {
		if word != "" && (strings.Contains(word, part) || strings.HasPrefix(part, word)) {
			return word
		}
	}
	return part
}

func rxBufsPolicy(d *decoder, s stmt) {
	b := &d.cfg.Global.Buffers
	for i := 1; i < s.n(); i++ {
		switch strings.ToUpper(s.arg(i)) {
		case "MTU":
			b.RxBufsPolicyMTU = true
		case "ADVERT":
			b.RxBufsPolicyAdvert = true
		default:
			// The C daemon looks at the first word, whichever it is.
			v, ok := d.number(s, 1, limits{lo: 0, hi: 1<<32 - 1, strict: true})
			if !ok {
				d.refuse(s, i, "Invalid vrrp_rx_bufs_policy {v}")
				continue
			}
			b.RxBufsSize = uint32(v)
		}
	}
	if b.RxBufsSize > 0 && (b.RxBufsPolicyMTU || b.RxBufsPolicyAdvert) {
		d.errorf(s, 1, "Cannot set vrrp_rx_bufs_policy size and policy, ignoring policy")
		b.RxBufsPolicyMTU, b.RxBufsPolicyAdvert = false, false
	}
	if b.RxBufsPolicyMTU && b.RxBufsPolicyAdvert {
		d.errorf(s, 1, "Cannot set both vrrp_rx_bufs_policy MTU and ADVERT, ignoring ADVERT")
		b.RxBufsPolicyAdvert = false
	}
}

func bufferSize(p func(b *Buffers) *Buffer) handler {
	return need("{kw} size missing", whole(limits{lo: 0, hi: 1<<32 - 1, strict: true}, "{kw} size ({v}) invalid",
		func(d *decoder, v int64) { p(&d.cfg.Global.Buffers).Size = uint32(v) }))
}

func bufferForce(p func(b *Buffers) *Buffer) handler {
	return boolean(func(d *decoder) *bool { return &p(&d.cfg.Global.Buffers).Force }, invalidGlobal)
}

// invalidGlobal is what is said of a bad BOOL in global_defs.
const invalidGlobal = "Invalid value '{v}' for global {kw} specified"
