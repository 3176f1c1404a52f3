package config

import "keepalived/internal/config/lang"

// The blocks of the language.
const (
	inGlobal        = "global_defs"
	inInstance      = "vrrp_instance"
	inAuth          = "vrrp_instance.authentication"
	inHMAC          = "vrrp_instance.auth_hmac"
	inGroup         = "vrrp_sync_group"
	inScript        = "vrrp_script"
	inProcess       = "vrrp_track_process"
	inTrackFile     = "track_file"
	inVRRPTrackFile = "vrrp_track_file"
	inGarp          = "garp_group"
	inTrackGroup    = "track_group"
	inBFD           = "bfd_instance"
	inAddress       = "ADDRESS_LINE"
	inRoute         = "ROUTE_LINE"
	inRule          = "RULE_LINE"
)

func init() {
	register(lang.StageParent, rootGlobalKeywords, globalKeywords, moreGlobalKeywords)
	register(lang.StageVRRP, rootVRRPKeywords, instanceKeywords, groupKeywords, trackedKeywords)
	register(lang.StageBFD, bfdKeywords)
	register(lang.StageVRRP, addressWords, routeWords, ruleWords)
}

func openGlobal(d *decoder, s stmt) bool {
	if d.cfg.Global.Line == 0 {
		d.cfg.Global.Origin = s.origin()
	}
	return true
}
