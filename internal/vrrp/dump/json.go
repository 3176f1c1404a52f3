package dump

import (
	"keepalived/internal/config"
	"keepalived/internal/dump"
)

// JSON is the JSON file, one line, in the configured version: 1 is a list of instances, 2
// an object that has the list as "vrrp". Without instances there is none.
func (s *Snapshot) JSON() []byte {
	if len(s.Instances) == 0 {
		return nil
	}
	var list [][]byte
	for i := range s.Instances {
		in := &s.Instances[i]
		var o object
		o.raw("data", s.jsonData(in))
		o.raw("stats", jsonStats(in))
		list = append(list, o.end())
	}
	if s.Conf.Global.Files.JSONVersion < 2 {
		return append(array(list), '\n')
	}
	var o object
	o.raw("vrrp", array(list))
	if p := s.jsonProcesses(); len(p) > 0 {
		o.raw("track_process", array(p))
	}
	return append(o.end(), '\n')
}

func (s *Snapshot) jsonData(in *Instance) []byte {
	var o object
	c := &in.Conf
	o.text("iname", c.Name)
	o.bit("dont_track_primary", c.DontTrackPrimary)
	o.bit("skip_check_adv_addr", c.SkipCheckAdvAddr)
	o.bit("strict_mode", c.Strict)
	o.text("vmac_ifname", dump.Choose(c.VMAC.Use || c.IPVLAN.Use, in.Own, ""))
	if in.Own != "" {
		o.text("ifp_ifname", in.Own)
	}
	jsonState(&o, in)
	jsonScripts(&o, c)
	vips, excluded := s.addressTexts(in)
	o.texts("vips", vips)
	o.texts("evips", excluded)
	o.texts("vroutes", routeTexts(c))
	o.texts("vrules", ruleTexts(c))
	s.jsonTracks(&o, c)
	authType := authTypes[c.Auth.Type]
	o.int("auth_type", authType)
	if authType != 0 {
		o.text("auth_data", "********")
	}
	return o.end()
}

// authTypes are the values of the field of VRRP version 2 (RFC 2338 5.3.6).
var authTypes = map[config.AuthType]int{config.AuthPass: 1, config.AuthAH: 2}

func jsonState(o *object, in *Instance) {
	c, st := &in.Conf, &in.Status
	heard := 0
	if !in.master() {
		heard = int(st.MasterPriority)
	}
	o.int("master_priority", heard)
	o.time("last_transition", st.LastTransition)
	o.seconds("garp_delay", c.GarpMasterDelay)
	o.int("garp_refresh", seconds(c.GarpMasterRefresh))
	o.int("garp_rep", c.GarpMasterRepeat)
	o.int("garp_refresh_rep", c.GarpMasterRefreshRepeat)
	o.int("garp_lower_prio_delay", seconds(c.GarpLowerPrioDelay))
	o.int("garp_lower_prio_rep", c.GarpLowerPrioRepeat)
	o.bit("lower_prio_no_advert", c.LowerPrioNoAdvert)
	o.bit("higher_prio_send_advert", c.HigherPrioSendAdvert)
	o.int("vrid", int(c.VRID))
	o.int("base_priority", int(st.BasePriority))
	o.int("effective_priority", int(st.Priority))
	o.bool("vipset", in.master())
	o.bool("promote_secondaries", c.PromoteSecondaries)
	o.seconds("adver_int", c.AdvertInt)
	o.seconds("master_adver_int", st.ActiveAdverInterval)
	o.bit("accept", c.Accept)
	o.bool("nopreempt", !c.Preempt)
	o.int("preempt_delay", seconds(c.PreemptDelay))
	o.int("state", int(st.State))
	o.int("wantstate", int(st.Want))
	o.int("version", c.Version)
	o.bool("smtp_alert", c.SMTPAlert)
	o.bool("notify_deleted", c.NotifyDeleted)
}

func jsonScripts(o *object, c *config.Instance) {
	for _, x := range []struct {
		key string
		of  config.Script
	}{
		{"script_backup", c.Notify.Backup}, {"script_master", c.Notify.Master}, {"script_fault", c.Notify.Fault},
		{"script_stop", c.Notify.Stop}, {"script_deleted", c.NotifyDeletedScript}, {"script", c.Notify.Any},
		{"script_master_rx_lower_pri", c.NotifyMasterRxLowerPri},
	} {
		if x.of.IsSet() {
			o.text(x.key, dump.Command(x.of.Argv))
		}
	}
}

func (s *Snapshot) jsonTracks(o *object, c *config.Instance) {
	own := s.ownTracks(c)
	o.texts("track_ifp", trackNames(own.interfaces))
	var commands []string
	for _, k := range own.scripts {
		for i := range s.Conf.VRRP.Scripts {
			if x := &s.Conf.VRRP.Scripts[i]; x.Name == k.Name {
				commands = append(commands, dump.Command(x.Script.Argv))
			}
		}
	}
	o.texts("track_script", commands)
	o.texts("track_process", trackNames(own.processes))
}

func trackNames(tracks []config.Track) (names []string) {
	for _, k := range tracks {
		names = append(names, k.Name)
	}
	return names
}
