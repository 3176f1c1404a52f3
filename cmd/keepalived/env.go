package main

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"keepalived/internal/check"
	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/script"
)

// newEnv is the machine as the configuration asks for it. Interfaces are listed
// once, on the thread, and so in the network namespace, of the first question.
func newEnv() config.Env {
	links := sync.OnceValue(listLinks)
	return machine{OSEnv: config.OSEnv{
		Script: checkScript,
		Link: func(name string) (config.Interface, bool) {
			l, ok := links()[name]
			return describeLink(l), ok
		},
	}}
}

// machine is this machine with the patterns that HTTP_GET and SSL_GET know.
type machine struct {
	config.OSEnv
	patterns
}

// elsewhere is any machine, with the same patterns.
type elsewhere struct {
	config.StaticEnv
	patterns
}

// patterns implements config.RegexEnv.
type patterns struct{}

func (patterns) CheckRegex(pattern string, options []string) error {
	return check.CheckRegex(pattern, options)
}

var _, _ config.RegexEnv = machine{}, elsewhere{}

// listLinks returns nothing when the kernel cannot be asked: every interface is
// then reported as missing.
func listLinks() map[string]netif.Link {
	links := map[string]netif.Link{}
	snap, err := netif.List(netif.Options{})
	if err != nil {
		return links
	}
	for _, l := range snap.Links {
		links[l.Name] = l
	}
	return links
}

func describeLink(l netif.Link) config.Interface {
	return config.Interface{
		Name: l.Name, MTU: l.MTU, Kind: l.Kind, Table: l.VRFTable,
		Loopback:    l.Flags&unix.IFF_LOOPBACK != 0,
		NoMulticast: !l.Multicast(),
		NoARP:       l.NoARP(),
		NotEthernet: l.Type != unix.ARPHRD_ETHER && l.Type != unix.ARPHRD_LOOPBACK,
		Private:     l.Kind == "macvlan" && l.MacvlanMode == netif.MacvlanPrivate,
	}
}

func checkScript(argv []string, uid, gid uint32) config.ScriptCheck {
	v := script.Resolve(script.OS{}, script.Request{Argv: argv, UID: uid, GID: gid, SearchPath: os.Getenv("PATH")})
	return config.ScriptCheck{
		Found: v.Class != script.NotFound, Executable: v.Class == script.Usable, Path: v.Command.Path,
		Insecure: v.Insecure, Shell: v.Command.Shell, Test: v.Command.Test,
		Problems: v.Messages, Help: v.Help(),
	}
}
