package watchdog

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/watchdog/link"
)

// candidate is a configuration that was read, with all that its use needs, so
// that nothing can fail any more once it is accepted.
type candidate struct {
	config.Result
	parts map[link.Role]*os.File
	err   error
}

// readGC is how much garbage there may be in percent of what is in use while a
// configuration is read: what is made then is nearly all kept until the end.
const readGC = 400

// read reads the configuration in the network namespace that it names itself,
// and encodes the parts of the children.
func (o *Options) read() candidate {
	defer debug.SetGCPercent(debug.SetGCPercent(readGC))
	r, err := o.load()
	c := candidate{Result: r, err: err}
	if err != nil || r.Config == nil {
		return c
	}
	if o.Namespace != "" {
		r.Config.Global.NetNamespace = o.Namespace
	}
	c.parts = map[link.Role]*os.File{}
	for role, wanted := range o.Roles {
		if !wanted {
			continue
		}
		f, err := link.EncodePart(part(role, r.Config))
		if err != nil {
			c.err = fmt.Errorf("passing the configuration on: %w", err)
			c.drop()
			return c
		}
		c.parts[role] = f
	}
	return c
}

// load reads a second time when the first shows that interfaces have to be
// looked up in another namespace.
func (o *Options) load() (config.Result, error) {
	if o.Namespace != "" {
		return o.loadIn(o.Namespace)
	}
	r := o.Load()
	if r.Config == nil || r.Config.Global.NetNamespace == "" {
		return r, nil
	}
	return o.loadIn(r.Config.Global.NetNamespace)
}

func (o *Options) loadIn(netns string) (r config.Result, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread is not fit for others
		if err = enterNetns(netns); err == nil {
			r = o.Load()
		}
	}()
	<-done
	return r, err
}

// drop gives the memory of the parts back.
func (c *candidate) drop() {
	for _, f := range c.parts {
		f.Close()
	}
	c.parts = nil
}

// usable says whether there was anything to read.
func (c *candidate) usable() bool { return c.err == nil && c.Config != nil && c.Files > 0 }

// complaints counts the errors by text: a line that moves is the same complaint.
type complaints map[string]int

func complaintsOf(d *lang.Diagnostics) complaints {
	out := complaints{}
	for _, diag := range d.All() {
		if counts(diag) {
			out[diag.Text]++
		}
	}
	return out
}

// counts says whether a complaint is an error of its own.
func counts(d lang.Diagnostic) bool {
	return d.Severity == lang.Error && d.Class != lang.ClassOK && !config.IsConsequence(d)
}

// added returns the errors of d that are not in the running configuration, in
// the order of their appearance.
func (running complaints) added(d *lang.Diagnostics) []lang.Diagnostic {
	left := complaints{}
	for text, n := range running {
		left[text] = n
	}
	var out []lang.Diagnostic
	for _, diag := range d.All() {
		if !counts(diag) {
			continue
		}
		if left[diag.Text] > 0 {
			left[diag.Text]--
			continue
		}
		out = append(out, diag)
	}
	return out
}

// describe is a complaint as the log shows it.
func describe(d lang.Diagnostic) string {
	if d.Bare || !d.Pos.IsValid() {
		return d.Text
	}
	return fmt.Sprintf("(%s: Line %d) %s", d.Pos.File, d.Pos.Line, d.Text)
}

// fixed returns what a reload may not change, in the words of the log, or "".
func fixed(a, b *config.Global, namespaceGiven bool) string {
	switch {
	case a.NetNamespace != b.NetNamespace && !namespaceGiven:
		return "network namespace"
	case a.NetNamespaceIPVS != b.NetNamespaceIPVS:
		return "IPVS network namespace"
	case a.Instance != b.Instance:
		return "instance name"
	case a.Firewall.Nftables != b.Firewall.Nftables:
		return "nftables table name"
	case a.Firewall.NftablesIPVS != b.Firewall.NftablesIPVS:
		return "IPVS nftables table name"
	case a.Files.TmpConfigDirectory != b.Files.TmpConfigDirectory:
		return "config_directory"
	case a.DisableLocalIGMP != b.DisableLocalIGMP:
		return "disable_local_igmp"
	}
	return ""
}
