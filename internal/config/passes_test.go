package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
)

// TestPasses compares with what C keepalived 2.4.3 was seen to say of these
// texts: the parent without a file name, and the others, each message once.
func TestPasses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a block without its braces", `global_defs
  router_id abc
}
vrrp_instance a {
  interface eth0
  virtual_router_id 3
  virtual_ipaddress {
     1.1.1.1
  }
`, []string{
			`(Line 2) Missing '{' at beginning of configuration block`,
			`(Line 3) Extra '}' found`,
			`There are 1 missing '}'s or extra '{'s`,
			`(FILE: Line 2) Unknown keyword 'router_id'`,
			`(FILE: Line 3) Extra '}' found`,
			`(FILE: Line 3) Unknown keyword '}'`,
		}},
		{"an instance without its brace", `foo bar
vrrp_instance a
  interface eth0
  virtual_router_id 3
}
}
instance
`, []string{
			`(Line 1) Unknown keyword 'foo'`,
			`(Line 3) Unknown keyword 'interface'`,
			`(Line 4) Unknown keyword 'virtual_router_id'`,
			`(Line 5) Extra '}' found`,
			`(Line 5) Unknown keyword '}'`,
			`(Line 6) Extra '}' found`,
			`(Line 6) Unknown keyword '}'`,
			`(Line 7) instance name missing - ignoring`,
			`(FILE: Line 1) Unknown keyword 'foo'`,
			`(FILE: Line 3) Unknown keyword 'interface'`,
			`(FILE: Line 4) Unknown keyword 'virtual_router_id'`,
			`(FILE: Line 5) Extra '}' found`,
			`(FILE: Line 5) Unknown keyword '}'`,
			`(FILE: Line 6) Extra '}' found`,
			`(FILE: Line 6) Unknown keyword '}'`,
			`(FILE: Line 3) Missing '{' at beginning of configuration block`,
			`(a) No VIP specified; at least one is sensible`,
		}},
		{"braces where none belong", `linkbeat_use_polling x {
a
}
static_ipaddress
 1.1.1.1 dev eth0
}
vrrp_instance a {
  interface eth0
  virtual_router_id 3
  virtual_ipaddress 
     1.1.1.1
  }
}
`, []string{
			`(Line 1) Unexpected '{' - ignoring`,
			`(Line 2) Unknown keyword 'a'`,
			`(Line 3) Unknown keyword '}'`,
			`(Line 5) Unknown keyword '1.1.1.1'`,
			`(Line 6) Extra '}' found`,
			`(Line 6) Unknown keyword '}'`,
			`(Line 13) Extra '}' found`,
			`(Line 13) Unknown keyword '}'`,
			`(FILE: Line 5) Unknown keyword '1.1.1.1'`,
			`(FILE: Line 6) Extra '}' found`,
			`(FILE: Line 6) Unknown keyword '}'`,
			`(FILE: Line 13) Extra '}' found`,
			`(FILE: Line 13) Unknown keyword '}'`,
		}},
		{"sequences and unknown words", `~SEQ(A,1,0) x
$A=b

global_defs {
 ~SEQ(B,zz) router_id q
}
vrrp_instance a {
  interface eth0
  ~SEQ(B,zz) virtual_router_id 3
  virtual_router_id 3
  virtual_ipaddress {
     1.1.1.1
  }
}
bfd_instance b {
 bogus
}
virtual_server 1.1.1.1 80 {
 bogus
}
`, []string{
			`(Line 1) Unknown keyword 'x'`,
			`(Line 5) Invalid ~SEQ definition '~SEQ(B,zz) router_id q'`,
			`(Line 5) Invalid ~SEQ specification '~SEQ(B,zz) router_id q'`,
			`(Line 9) Invalid ~SEQ definition '~SEQ(B,zz) virtual_router_id 3'`,
			`(Line 9) Invalid ~SEQ specification '~SEQ(B,zz) virtual_router_id 3'`,
			`(FILE: Line 1) Unknown keyword 'x'`,
			`(FILE: Line 5) Invalid ~SEQ definition '~SEQ(B,zz) router_id q'`,
			`(FILE: Line 5) Invalid ~SEQ specification '~SEQ(B,zz) router_id q'`,
			`(FILE: Line 9) Invalid ~SEQ definition '~SEQ(B,zz) virtual_router_id 3'`,
			`(FILE: Line 9) Invalid ~SEQ specification '~SEQ(B,zz) virtual_router_id 3'`,
			`(FILE: Line 16) Unknown keyword 'bogus'`,
			`(FILE: Line 19) Unknown keyword 'bogus'`,
			`(FILE: Line 20) Virtual server [1.1.1.1]:none:80 has no real servers - ignoring`,
			`(FILE: Line 17) Configuration error: BFD instance b has no neighbor address set, disabling instance`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := memFiles{corpusFile: c.text}
			env := &fakeEnv{ifaces: []string{"eth0"}, text: c.text}
			opts := Options{Test: true, Lang: lang.Options{ConfigID: "lb1"}}
			var got []string
			for _, p := range Passes(files, Read(files, corpusFile, opts, env).Snapshot, corpusFile, opts, env) {
				for _, d := range p.Diagnostics {
					text := d.Text
					switch {
					case d.Bare:
					case p.Stage == lang.StageParent:
						text = fmt.Sprintf("(Line %d) %s", d.Pos.Line, text)
					default:
						text = fmt.Sprintf("(FILE: Line %d) %s", d.Pos.Line, text)
					}
					if !slices.Contains(got, text) {
						got = append(got, text)
					}
				}
			}
			for _, text := range c.want {
				if !slices.Contains(got, text) {
					t.Errorf("not said: %s\namong\n%s", text, strings.Join(got, "\n"))
				}
			}
		})
	}
}
