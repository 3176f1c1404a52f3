package snmp

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/internal/agentx/pdu"
)

type server struct {
	index  OID
	name   string
	up     bool
	weight int
	board  *board
}

// board records what writes did.
type board struct{ lines []string }

type state struct {
	version string
	servers []*server
}

var root = MustOID("1.3.6.1.4.1.99999.1")

var testMIB = MIB[*state]{
	Table[*state, *server]{
		OID:   root.With(2, 1),
		Rows:  func(s *state) []*server { return s.servers },
		Index: func(_ *state, r *server) OID { return r.index },
		Columns: []Column[*server]{
			{Number: 4, Get: func(r *server) Value { return Int(r.weight) }, Write: &Write[*server]{Type: TypeInteger, Prepare: setWeight}},
			{Number: 2, Get: func(r *server) Value {
				if r.name == "" {
					return Value{}
				}
				return Text(r.name)
			}},
			{Number: 3, Get: func(r *server) Value { return Truth(r.up) }},
		},
	},
	Scalar[*state]{OID: root.With(1), Get: func(s *state) Value { return Text(s.version) }},
}

func setWeight(r *server, v Value) (Action, Status) {
	if v.Int64() < 0 {
		return Action{}, pdu.WrongValue
	}
	old := r.weight
	return Action{
		Commit: func() error {
			r.board.lines = append(r.board.lines, r.name+"="+v.String())
			if v.Int64() == 13 {
				return errors.New("no")
			}
			r.weight = int(v.Int64())
			return nil
		},
		Undo: func() error {
			r.weight = old
			r.board.lines = append(r.board.lines, "undo "+r.name)
			return nil
		},
	}, pdu.NoError
}

func testState() (*state, *board) {
	b := &board{}
	return &state{version: "1", servers: []*server{
		{index: OID{2, 1}, name: "b1", weight: 3, board: b},
		{index: OID{1, 2}, name: "", up: true, weight: 2, board: b},
		{index: OID{1, 1}, name: "a1", weight: 1, board: b},
		{index: OID{1, 1}, name: "twice", weight: 1, board: b},
	}}, b
}

func sub(s string) OID { return append(slices.Clone(root), MustOID(s)...) }

func shown(list []VarBind) string {
	var b strings.Builder
	for _, v := range list {
		b.WriteString(strings.TrimPrefix(v.Name.String(), root.String()+".") + "=" + v.Value.String() + " ")
	}
	return strings.TrimSuffix(b.String(), " ")
}

func walk(v *View, from, end OID) (out []VarBind) {
	for {
		x := v.Next(pdu.Range{Start: from, End: end})
		if x.Value.Type == pdu.TypeEndOfMIBView {
			return out
		}
		out, from = append(out, x), x.Name
	}
}

func TestWalk(t *testing.T) {
	s, _ := testState()
	v := testMIB.View(s)
	all := `1.0="1" 2.1.2.1.1="a1" 2.1.2.2.1="b1" 2.1.3.1.1=2 2.1.3.1.2=1 2.1.3.2.1=2 2.1.4.1.1=1 2.1.4.1.2=2 2.1.4.2.1=3`
	for _, c := range []struct{ from, end, want string }{
		{"1.3", "", all},
		{root.String(), "", all},
		{root.String() + ".2.1.3.2.1", "", "2.1.4.1.1=1 2.1.4.1.2=2 2.1.4.2.1=3"},
		{root.String() + ".2.1.3.1", root.String() + ".2.1.4", "2.1.3.1.1=2 2.1.3.1.2=1 2.1.3.2.1=2"},
		{root.String() + ".2.1.3.1.1.7", root.String() + ".2.1.4.1.2", "2.1.3.1.2=1 2.1.3.2.1=2 2.1.4.1.1=1"},
		{root.String() + ".2.1.4.2.1", "", ""},
		{"1.4", "", ""},
	} {
		var end OID
		if c.end != "" {
			end = MustOID(c.end)
		}
		if got := shown(walk(v, MustOID(c.from), end)); got != c.want {
			t.Errorf("walk from %s to %q:\n got %s\nwant %s", c.from, c.end, got, c.want)
		}
	}
}

func TestNextIncludesStart(t *testing.T) {
	s, _ := testState()
	v := testMIB.View(s)
	x := v.Next(pdu.Range{Start: sub("2.1.4.1.2"), Include: true})
	if got := shown([]VarBind{x}); got != "2.1.4.1.2=2" {
		t.Error(got)
	}
}

func TestGet(t *testing.T) {
	s, _ := testState()
	v := testMIB.View(s)
	for name, want := range map[string]string{
		"1.0": `"1"`, "1.1": "noSuchInstance", "2.1.2.1.1": `"a1"`, "2.1.2.1.2": "noSuchInstance",
		"2.1.2": "noSuchInstance", "2.1.5.1.1": "noSuchObject", "2.1": "noSuchObject", "9": "noSuchObject",
	} {
		if got := v.Get(sub(name)).String(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func responder(s *state) *Responder {
	return NewResponder(NewCache(0, never, func() (*View, error) { return testMIB.View(s), nil }))
}

func TestBulk(t *testing.T) {
	s, _ := testState()
	r := responder(s)
	got, _ := r.Respond(&pdu.Message{Body: &pdu.GetBulk{NonRepeaters: 1, MaxRepetitions: 3, Ranges: []pdu.Range{
		{Start: sub("1")}, {Start: sub("2.1.2")}, {Start: sub("2.1.4.1.2"), End: sub("3")},
	}}})
	want := `1.0="1" 2.1.2.1.1="a1" 2.1.4.2.1=3 2.1.2.2.1="b1" 2.1.4.2.1=endOfMibView 2.1.3.1.1=2 2.1.4.2.1=endOfMibView`
	if shown(got.Vars) != want {
		t.Errorf("got %s\nwant %s", shown(got.Vars), want)
	}
}

func TestBulkIsBounded(t *testing.T) {
	s, _ := testState()
	r := responder(s)
	ranges := slices.Repeat([]pdu.Range{{Start: root}}, 100)
	got, _ := r.Respond(&pdu.Message{Body: &pdu.GetBulk{MaxRepetitions: 65535, Ranges: ranges}})
	if n := len(got.Vars); n > maxVars+100 {
		t.Errorf("%d variables", n)
	}
}

func set(r *Responder, vars ...VarBind) (test, commit, undo Status, index uint16) {
	a, _ := r.Respond(&pdu.Message{Header: pdu.Header{TransactionID: 7}, Body: &pdu.TestSet{Vars: vars}})
	index = a.Index
	if a.Status == pdu.NoError {
		c, _ := r.Respond(&pdu.Message{Header: pdu.Header{TransactionID: 7}, Body: &pdu.CommitSet{}})
		commit, index = c.Status, c.Index
		if commit != pdu.NoError {
			u, _ := r.Respond(&pdu.Message{Header: pdu.Header{TransactionID: 7}, Body: &pdu.UndoSet{}})
			undo = u.Status
		}
	}
	if _, answered := r.Respond(&pdu.Message{Header: pdu.Header{TransactionID: 7}, Body: &pdu.CleanupSet{}}); answered {
		panic("CleanupSet has no response")
	}
	return a.Status, commit, undo, index
}

func TestSet(t *testing.T) {
	s, b := testState()
	r := responder(s)
	weight := func(row string, n int) VarBind { return VarBind{Name: sub("2.1.4." + row), Value: Int(n)} }
	for _, c := range []struct {
		vars  []VarBind
		test  Status
		index uint16
	}{
		{[]VarBind{weight("1.1", 5), weight("1.1", -1)}, pdu.WrongValue, 2},
		{[]VarBind{weight("7.7", 5)}, pdu.NoCreation, 1},
		{[]VarBind{{Name: sub("2.1.4.1.1"), Value: Text("5")}}, pdu.WrongType, 1},
		{[]VarBind{{Name: sub("2.1.2.1.1"), Value: Text("5")}}, pdu.NotWritable, 1},
		{[]VarBind{{Name: sub("9"), Value: Text("5")}}, pdu.NoAccess, 1},
	} {
		if test, _, _, index := set(r, c.vars...); test != c.test || index != c.index {
			t.Errorf("%v: %v at %d", c.vars, test, index)
		}
	}
	if len(b.lines) > 0 {
		t.Fatalf("a refused SET did %v", b.lines)
	}
	test, commit, undo, index := set(r, weight("1.1", 5), weight("1.2", 13), weight("2.1", 7))
	if test != pdu.NoError || commit != pdu.CommitFailed || undo != pdu.NoError || index != 2 {
		t.Errorf("failing SET: %v %v %v at %d", test, commit, undo, index)
	}
	if got := strings.Join(b.lines, ","); got != "a1=5,=13,undo a1" || s.servers[2].weight != 1 {
		t.Errorf("failing SET did %s, weight %d", got, s.servers[2].weight)
	}
	if _, commit, _, _ := set(r, weight("1.1", 9)); commit != pdu.NoError || s.servers[2].weight != 9 {
		t.Errorf("SET: %v, weight %d", commit, s.servers[2].weight)
	}
	if len(r.sets) != 0 {
		t.Errorf("%d transactions left", len(r.sets))
	}
}

func TestNoState(t *testing.T) {
	r := NewResponder(NewCache(0, never, func() (*View, error) { return nil, errors.New("gone") }))
	for _, b := range []pdu.Body{&pdu.Get{Ranges: []pdu.Range{{Start: root}}}, &pdu.GetNext{Ranges: []pdu.Range{{Start: root}}}} {
		if got, _ := r.Respond(&pdu.Message{Body: b}); got.Status != pdu.GenErr {
			t.Errorf("%T: %v", b, got.Status)
		}
	}
}

func never() time.Time { return time.Time{} }

func TestCache(t *testing.T) {
	now, fetched := time.Unix(100, 0), 0
	c := NewCache(time.Second, func() time.Time { return now }, func() (*View, error) {
		fetched++
		return &View{}, nil
	})
	for _, step := range []struct {
		after  time.Duration
		forget bool
		want   int
	}{{0, false, 1}, {999 * time.Millisecond, false, 1}, {time.Millisecond, false, 2}, {0, true, 3}} {
		if now = now.Add(step.after); step.forget {
			c.Forget()
		}
		if _, err := c.View(); err != nil || fetched != step.want {
			t.Errorf("after %v: fetched %d times, want %d (%v)", step.after, fetched, step.want, err)
		}
	}
}
