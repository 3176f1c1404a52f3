package fsm_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/bfd/packet"
)

var update = flag.Bool("update", false, "rewrite the reactions in testdata/bfd; read the difference before committing it")

const scenarios = "../../../testdata/bfd"

// TestScenarios runs the files in testdata/bfd. Lines that begin with > are
// commands, explained in the README there; lines that begin with # are comments;
// all others are the expected reactions.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(scenarios, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios in %s: %v", scenarios, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := replay(string(want))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case got == string(want):
			case *update:
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Error(firstDifference(string(want), got))
			}
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for k := 0; ; k++ {
		if k >= len(w) || k >= len(g) || w[k] != g[k] {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", k+1, at(w, k), at(g, k))
		}
	}
}

func at(lines []string, k int) string {
	if k < len(lines) {
		return lines[k]
	}
	return "(end)"
}

// replay runs the commands of a file and returns the file with the reactions
// that they had.
func replay(text string) (string, error) {
	var out strings.Builder
	n := newNetwork(&out)
	for k, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, ">"):
			fmt.Fprintln(&out, line)
			for _, c := range strings.Split(line[1:], ";") {
				if err := n.command(strings.Fields(c)); err != nil {
					return "", fmt.Errorf("line %d: %w", k+1, err)
				}
			}
		case strings.HasPrefix(line, "#"), line == "":
			fmt.Fprintln(&out, line)
		}
	}
	return out.String(), nil
}

func (n *network) command(f []string) error {
	if len(f) == 0 {
		return nil
	}
	switch f[0] {
	case "run":
		d, err := time.ParseDuration(f[1])
		n.run(d)
		return err
	case "cut":
		n.cut[[2]string{f[1], f[2]}] = true
		return nil
	case "heal":
		clear(n.cut)
		return nil
	}
	r := n.routers[f[1]]
	if r == nil {
		r = n.add(f[1])
	}
	return r.command(f[0], f[2:])
}

func (r *router) command(verb string, args []string) error {
	switch verb {
	case "session", "set":
		return r.configure(args)
	case "remove":
		for i := range r.sessions {
			if r.sessions[i].Name == args[0] {
				r.sessions = append(r.sessions[:i:i], r.sessions[i+1:]...)
				return nil
			}
		}
		return fmt.Errorf("no session %s", args[0])
	case "start":
		r.start(len(args) > 0 && args[0] == "resume")
	case "reload":
		r.reload()
	case "stop":
		r.stop()
	case "crash":
		r.crash()
	case "pause":
		r.paused = true
	case "continue":
		r.proceed()
	case "sent":
		r.say("%s has sent %d", args[0], r.sent[args[0]])
		clear(r.sent)
	case "hops":
		v, err := strconv.ParseUint(args[0], 10, 8)
		r.hops = uint8(v)
		return err
	case "hear":
		return r.hear(args)
	case "state":
		for _, s := range r.machine.Status() {
			r.say("%s is %v, remote %v, sends every %v, detects in %v, reported up=%v", s.Name, s.State, s.RemoteState, s.TxInterval, s.Detect, s.Reported)
		}
	default:
		return fmt.Errorf("unknown command %s", verb)
	}
	return nil
}

func (r *router) configure(args []string) error {
	p := r.session(args[0])
	if p == nil {
		r.sessions = append(r.sessions, fsm.Session{Name: args[0], TTL: 255, MinRx: 50 * time.Millisecond,
			MinTx: 50 * time.Millisecond, IdleTx: time.Second, Multiplier: 3})
		p = r.session(args[0])
	}
	for _, a := range args[1:] {
		if err := set(p, a); err != nil {
			return err
		}
	}
	return nil
}

func set(p *fsm.Session, word string) (err error) {
	key, v, _ := strings.Cut(word, "=")
	switch key {
	case "peer":
		p.Neighbor = addressOf(v)
	case "source":
		p.Source, err = netip.ParseAddr(v)
	case "min_rx":
		p.MinRx, err = time.ParseDuration(v)
	case "min_tx":
		p.MinTx, err = time.ParseDuration(v)
	case "idle_tx":
		p.IdleTx, err = time.ParseDuration(v)
	case "max_hops":
		p.MaxHops, err = strconv.Atoi(v)
	case "multiplier":
		var n uint64
		n, err = strconv.ParseUint(v, 10, 8)
		p.Multiplier = uint8(n)
	case "passive":
		p.Passive = true
	case "multihop":
		p.Multihop = true
	default:
		return fmt.Errorf("unknown parameter %s", word)
	}
	return err
}

var states = map[string]packet.State{"AdminDown": packet.AdminDown, "Down": packet.Down, "Init": packet.Init, "Up": packet.Up}

// hear is a packet of a stranger, or a special one of a neighbor.
func (r *router) hear(args []string) error {
	e := fsm.Received{From: addressOf(args[0]), To: r.addr, TTL: 255,
		Packet: packet.Control{State: states[args[1]], Multiplier: 3, Mine: 77, DesiredMinTx: time.Second, RequiredRx: time.Second}}
	for _, a := range args[2:] {
		key, v, _ := strings.Cut(a, "=")
		switch key {
		case "yours":
			if v == "right" {
				e.Packet.Yours = r.machine.Status()[0].Discr
			} else {
				e.Packet.Yours = 12345
			}
		case "rx":
			d, err := time.ParseDuration(v)
			if err != nil {
				return err
			}
			e.Packet.RequiredRx = d
		case "demand":
			e.Packet.Demand = true
		case "final":
			e.Packet.Final = true
		case "poll":
			e.Packet.Poll = true
		case "ttl":
			n, err := strconv.Atoi(v)
			if err != nil {
				return err
			}
			e.TTL = uint8(n)
		case "multihop":
			e.Multihop = true
		default:
			return fmt.Errorf("unknown field %s", a)
		}
	}
	r.receive(e)
	return nil
}
