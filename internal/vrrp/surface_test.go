package vrrp

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
)

// waitFile waits until a file contains a text.
func (r *testRouter) waitFile(path, text string) (content string) {
	r.t.Helper()
	r.wait(text+" in "+path, func() bool {
		b, _ := os.ReadFile(path)
		content = string(b)
		return strings.Contains(content, text)
	})
	return content
}

func (r *testRouter) signal(sig syscall.Signal) {
	r.t.Helper()
	if err := unix.Kill(os.Getpid(), sig); err != nil {
		r.t.Fatal(err)
	}
}

func TestChildAnswersSignals(t *testing.T) {
	dir := t.TempDir()
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{testInstance()}}}
	conf.Global.Files.JSONVersion = 2
	conf.Global.Files.JSONDump = filepath.Join(dir, "own.json")
	t.Setenv("TMPDIR", dir)
	r := startConfigured(t, conf)
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })

	r.signal(unix.SIGUSR1)
	data := r.waitFile(filepath.Join(dir, "keepalived.data"), "------< Interfaces >------")
	for _, text := range []string{
		"   State = MASTER\n", "     192.0.2.10 dev vrrp0 scope global set\n", "   Using src_ip = 192.0.2.1\n",
		" Name = vrrp0\n", "     VI_1 vrid 51\n",
	} {
		if !strings.Contains(data, text) {
			t.Errorf("data have no %q:\n%s", text, data)
		}
	}

	stats := filepath.Join(dir, "keepalived.stats")
	r.signal(sigStatsClear)
	r.waitFile(stats, "  Became master: 1\n")
	r.signal(unix.SIGUSR2)
	r.waitFile(stats, "  Became master: 0\n")

	r.signal(sigJSON)
	var file struct {
		VRRP []struct {
			Data struct {
				State  int      `json:"state"`
				VIPSet bool     `json:"vipset"`
				VIPs   []string `json:"vips"`
			} `json:"data"`
		} `json:"vrrp"`
	}
	if err := json.Unmarshal([]byte(r.waitFile(conf.Global.Files.JSONDump, "\n")), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.VRRP) != 1 || file.VRRP[0].Data.State != 2 || !file.VRRP[0].Data.VIPSet || len(file.VRRP[0].Data.VIPs) != 1 {
		t.Errorf("JSON says %+v", file)
	}
}

// TestChildIsNotHeldUpByFiles: a directory that cannot be written costs a log
// line.
func TestChildIsNotHeldUpByFiles(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	r := startRouter(t, testInstance())
	r.signal(unix.SIGUSR1)
	r.waitLog("writing " + filepath.Join(os.Getenv("TMPDIR"), "keepalived.data"))
	r.nextAdvert(100)
}
