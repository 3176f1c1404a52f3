package dump

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"keepalived/internal/dump"
)

// object builds a JSON object whose members keep their order.
type object struct{ bytes.Buffer }

func (o *object) key(name string) {
	if o.Len() == 0 {
		o.WriteByte('{')
	} else {
		o.WriteByte(',')
	}
	quote(&o.Buffer, name)
	o.WriteByte(':')
}

func (o *object) raw(name string, value []byte) { o.key(name); o.Write(value) }
func (o *object) text(name, value string)       { o.key(name); quote(&o.Buffer, value) }
func (o *object) int(name string, value int)    { o.raw(name, strconv.AppendInt(nil, int64(value), 10)) }
func (o *object) counter(name string, v uint64) { o.raw(name, strconv.AppendUint(nil, v, 10)) }
func (o *object) bool(name string, value bool)  { o.raw(name, strconv.AppendBool(nil, value)) }
func (o *object) number(name string, v float64) {
	o.raw(name, strconv.AppendFloat(nil, v, 'g', -1, 64))
}
func (o *object) time(name string, at time.Time)    { o.raw(name, []byte(since(at))) }
func (o *object) bit(name string, value bool)       { o.int(name, dump.Bit(value)) }
func (o *object) seconds(n string, d time.Duration) { o.number(n, d.Seconds()) }

// end is the whole object.
func (o *object) end() []byte {
	if o.Len() == 0 {
		o.WriteByte('{')
	}
	o.WriteByte('}')
	return o.Bytes()
}

// texts adds a list of strings, unless it is empty.
func (o *object) texts(name string, list []string) {
	if len(list) == 0 {
		return
	}
	o.key(name)
	for i, s := range list {
		o.WriteByte("[,"[min(i, 1)])
		quote(&o.Buffer, s)
	}
	o.WriteByte(']')
}

// array joins values.
func array(values [][]byte) []byte {
	return append(append([]byte{'['}, bytes.Join(values, []byte{','})...), ']')
}

// quote writes a string as keepalived does: a slash is escaped, too.
func quote(b *bytes.Buffer, s string) {
	var raw bytes.Buffer
	e := json.NewEncoder(&raw)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // cannot fail for a string
	b.WriteString(strings.ReplaceAll(strings.TrimSuffix(raw.String(), "\n"), "/", `\/`))
}
