package lint

import (
	"bytes"
	"fmt"

	"keepalived/internal/config"
)

// What the sample configuration has, and so every copy of it.
const (
	sampleVRID = 51
	samplePass = "1111"
)

func (l *linter) auth(in *config.Instance) {
	_, pass, _ := l.find(in.Origin, "authentication", "auth_pass")
	if pass == "" {
		pass = string(bytes.TrimRight(in.Auth.Pass[:], "\x00"))
	}
	if in.VRID == sampleVRID && pass == samplePass {
		l.add(Finding{Rule: SamplePassword, Pos: l.at(in.Origin, "virtual_router_id"),
			Help: "choose another virtual_router_id and auth_pass, the same on every router of this group",
			Text: fmt.Sprintf("(%s) VRID %d with password %s comes from the sample: whoever copied it, too, is on the same virtual router",
				in.Name, sampleVRID, samplePass)})
	}
	if in.Auth.Type == config.AuthAH {
		l.add(Finding{Rule: LegacyAuth, Pos: l.at(in.Origin, "authentication", "auth_type"),
			Help: "use auth_hmac on all routers of the group",
			Text: fmt.Sprintf("(%s) authentication AH rests on MD5 and was dropped from the standard (RFC 3768)", in.Name)})
	}
}
