package dumpfile

import (
	"fmt"
	"os"
	"testing"

	"keepalived/internal/config"
)

func TestSaves(t *testing.T) {
	var s Saves
	off, on := config.Global{}, config.Global{Files: config.Files{ConfigSaveDir: "/a/"}}
	pid := os.Getpid()
	for i, x := range []struct{ got, want string }{
		{s.Before(&off, "vrrp"), ""},
		{s.After(&on, "vrrp"), fmt.Sprintf("/a/keepalived_vrrp.%d.1.post", pid)},
		{s.Before(&on, "vrrp"), fmt.Sprintf("/a/keepalived_vrrp.%d.2.pre", pid)},
		{s.After(&off, "vrrp"), ""},
	} {
		if x.got != x.want {
			t.Errorf("%d: %q, want %q", i, x.got, x.want)
		}
	}
}
