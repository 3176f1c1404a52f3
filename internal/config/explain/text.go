package explain

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Text writes explanations for a person.
func Text(w io.Writer, instances []Instance) error {
	out := bufio.NewWriter(w)
	for k := range instances {
		if k > 0 {
			fmt.Fprintln(out)
		}
		instances[k].text(out)
	}
	return out.Flush()
}

func (e *Instance) text(w io.Writer) {
	fmt.Fprintf(w, "%s (%s:%d): base priority %d, VRID %d", e.Name, e.File, e.Line, e.Base, e.VRID)
	if e.Interface != "" {
		fmt.Fprintf(w, " on %s", e.Interface)
	}
	fmt.Fprintf(w, ", starts as %s%s\n", e.State, e.preempts())
	if e.ConfigFault != "" {
		fmt.Fprintf(w, "  stays in FAULT: %s\n", e.ConfigFault)
	}
	if e.Peer != nil {
		fmt.Fprintf(w, "  the peer is %s (%s:%d) with %s\n", e.Peer.Name, e.Peer.File, e.Peer.Line, priority(e.Peer.Priority, e.Peer.Fault))
	}
	if len(e.Items) > 0 {
		fmt.Fprintln(w, "  tracks")
	}
	for _, i := range e.Items {
		fmt.Fprintf(w, "    %-9s %-20s %s\n", i.Kind, i.Name, i.meaning())
	}
	fmt.Fprintln(w, "  effective priority")
	for _, c := range e.Cases {
		fmt.Fprintf(w, "    %-30s %s%s\n", c.words(), priority(c.Priority, c.Fault), c.verdict())
	}
	if e.Rest {
		fmt.Fprintln(w, "    other combinations add up in the same way, within 1 and 254")
	}
}

func (e *Instance) preempts() string {
	if e.Preempt {
		return ""
	}
	return ", does not preempt"
}

// meaning says what an item does.
func (i Item) meaning() string {
	if i.Ignored != "" && i.Weight != 0 {
		return fmt.Sprintf("weight %d does not count: %s", i.Weight, i.Ignored)
	}
	text := fmt.Sprintf("%s, %s", i.result(upWord[i.Kind], i.Up), i.result(downWord[i.Kind], i.Down))
	if i.Kind == File && i.Weight != 0 {
		text = fmt.Sprintf("value times %d, less than %d: FAULT", i.Down.Add, faultSum)
	}
	switch {
	case i.Implied:
		text += " (without being asked for)"
	case i.Ignored != "":
		text += " (its weight does not count: " + i.Ignored + ")"
	}
	return text
}

// What good and bad results are called.
var (
	upWord   = map[Kind]string{Interface: "up", Script: "succeeds", File: "is 0", Process: "running", BFD: "up"}
	downWord = map[Kind]string{Interface: "down", Script: "fails", File: "is not 0", Process: "missing", BFD: "down"}
)

func (i Item) result(word string, e Effect) string {
	switch {
	case e.Fault:
		return word + ": FAULT"
	case e.Add != 0:
		return fmt.Sprintf("%s: %+d", word, e.Add)
	}
	return word + ": no change"
}

func (i Item) downLabel() string {
	if i.Kind == File && i.Weight != 0 {
		return i.Name + " is 1"
	}
	return i.Name + " " + downWord[i.Kind]
}

func (c Case) words() string {
	if len(c.label) == 0 {
		return "everything up"
	}
	return strings.Join(c.label, ", ")
}

func priority(p int, fault bool) string {
	if fault {
		return "FAULT"
	}
	return strconv.Itoa(p)
}

func (c Case) verdict() string {
	switch c.Against {
	case wins:
		return "  wins against the peer"
	case loses:
		return "  loses to the peer"
	case ties:
		return "  same as the peer: the higher address wins"
	}
	return ""
}
