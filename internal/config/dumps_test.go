package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCorpusValues compares every instance with the C daemon's own dump of what
// it has made of the same file.
func TestCorpusValues(t *testing.T) {
	compared := 0
	for _, c := range readVerdicts(t, filepath.Join(corpusDir, "expected-2.4.3.tsv")) {
		dump, err := os.ReadFile(filepath.Join(corpusDir, "dumps-2.4.3", strings.TrimSuffix(c.file, ".conf")+".txt"))
		if err != nil || len(dump) == 0 {
			continue
		}
		if c.file == "049.conf" {
			continue // its \# is a comment only for the C daemon's children
		}
		theirs := dumpedInstances(string(dump))
		t.Run(c.file, func(t *testing.T) {
			r := c.check(t, corpusDir)
			for i := range r.Config.VRRP.Instances {
				in := &r.Config.VRRP.Instances[i]
				want, ok := theirs[in.Name]
				if !ok || want["Advert interval"] == "0 milli-sec" {
					continue // the C daemon gave up before it was complete
				}
				compared++
				for key, value := range dumpOf(in) {
					if w, ok := want[key]; ok && w != value {
						t.Errorf("%s: %s = %s, want %s", in.Name, key, value, w)
					}
				}
			}
		})
	}
	if compared < 50 {
		t.Errorf("only %d instances were compared", compared)
	}
}

// dumpedInstances reads `KEY = VALUE` lines of each instance of a dump.
func dumpedInstances(dump string) map[string]map[string]string {
	out := map[string]map[string]string{}
	var current map[string]string
	list := ""
	for line := range strings.Lines(dump) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "------<") {
			current = nil
		}
		key, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if ok && key == "VRRP Instance" {
			current = map[string]string{}
			out[value] = current
			list = ""
			continue
		}
		switch {
		case current == nil:
		case strings.HasPrefix(line, "     ") && list != "":
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			current[list] += word + "\n"
		case ok:
			list = ""
			if _, seen := current[key]; !seen {
				current[key] = value
			}
		default:
			list = strings.TrimRight(strings.TrimSpace(line), " :")
			if strings.HasPrefix(list, "Virtual IP (") {
				list = "Virtual IP"
			}
		}
	}
	return out
}

func dumpOf(in *Instance) map[string]string {
	d := map[string]string{
		"VRRP Version":                                     fmt.Sprint(in.Version),
		"Wantstate":                                        string(in.State),
		"Virtual Router ID":                                fmt.Sprint(in.VRID),
		"Priority":                                         fmt.Sprint(in.Priority),
		"Gratuitous ARP delay":                             seconds10(in.GarpMasterDelay),
		"Gratuitous ARP repeat":                            fmt.Sprint(in.GarpMasterRepeat),
		"Gratuitous ARP refresh":                           seconds10(in.GarpMasterRefresh),
		"Gratuitous ARP refresh repeat":                    fmt.Sprint(in.GarpMasterRefreshRepeat),
		"Gratuitous ARP lower priority delay":              seconds10(in.GarpLowerPrioDelay),
		"Gratuitous ARP lower priority repeat":             fmt.Sprint(in.GarpLowerPrioRepeat),
		"Down timer adverts":                               fmt.Sprint(in.DownTimerAdverts),
		"Send advert after receive lower priority advert":  fmt.Sprint(!in.LowerPrioNoAdvert),
		"Send advert after receive higher priority advert": fmt.Sprint(in.HigherPrioSendAdvert),
		"Accept":                  enabled(in.Accept),
		"Preempt":                 enabled(in.Preempt),
		"Promote_secondaries":     enabled(in.PromoteSecondaries),
		"Authentication type":     map[AuthType]string{AuthNone: "none", AuthPass: "SIMPLE_PASSWORD", AuthAH: "IPSEC_AH"}[in.Auth.Type],
		"Using smtp notification": map[bool]string{true: "yes", false: "no"}[in.SMTPAlert],
		"Notify priority changes": fmt.Sprint(in.NotifyPriorityChanges),
		"Advert interval":         fmt.Sprintf("%d sec", in.AdvertInt/time.Second),
		"Sync group":              in.SyncGroup,
	}
	if in.Version == 3 {
		d["Advert interval"] = fmt.Sprintf("%d milli-sec", in.AdvertInt/time.Millisecond)
	}
	if in.PreemptDelay > 0 {
		d["Preempt delay"] = seconds10(in.PreemptDelay) + " secs"
	}
	if len(in.VIPs) > 0 {
		d["Virtual IP"] = addressList(in.VIPs)
	}
	if len(in.ExcludedVIPs) > 0 {
		d["Virtual IP Excluded"] = addressList(in.ExcludedVIPs)
	}
	return d
}

func addressList(list []Address) string {
	out := ""
	for _, a := range list {
		text := a.Prefix.String()
		if a.Prefix.IsSingleIP() {
			text = a.Addr().String()
		}
		out += text + "\n"
	}
	return out
}

func seconds10(v time.Duration) string { return fmt.Sprint(int(v / time.Second)) }

func enabled(v bool) string {
	if v {
		return "enabled"
	}
	return "disabled"
}
