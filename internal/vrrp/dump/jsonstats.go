package dump

import (
	"cmp"

	"keepalived/internal/dump"
	"keepalived/internal/vrrp/fsm"
)

// jsonStatsOrder is the order of the counters in JSON files.
var jsonStatsOrder = []string{
	"advert_rcvd", "advert_sent", "become_master", "release_master", "packet_len_err", "advert_interval_err",
	"ip_ttl_err", "invalid_type_rcvd", "addr_list_err", "invalid_authtype", "authtype_mismatch", "auth_failure",
	"auth_ext_missing", "auth_ext_malformed", "auth_ext_unknown_key", "auth_ext_invalid_hmac", "auth_ext_stale",
	"auth_ext_replay", "pri_zero_rcvd", "pri_zero_sent",
}

func jsonStats(in *Instance) []byte {
	var o object
	for _, name := range jsonStatsOrder {
		for _, c := range counters {
			if c.json == name {
				o.counter(name, c.of(&in.Status.Counters))
			}
		}
	}
	return o.end()
}

func (s *Snapshot) jsonProcesses() (list [][]byte) {
	for i := range s.Conf.VRRP.Processes {
		c := &s.Conf.VRRP.Processes[i]
		st := s.tracker(fsm.TrackProcess, c.Name)
		var o object
		o.text("process", c.Name)
		if len(c.Params) > 0 {
			o.text("parameters", dump.Command(c.Params))
		}
		o.text("param_match", cmp.Or(string(c.ParamMatch), "none"))
		o.int("min_processes", c.Quorum)
		if c.QuorumMax >= 0 {
			o.int("max_processes", c.QuorumMax)
		}
		o.int("current_processes", st.Count)
		o.bool("have_quorum", st.Up)
		weight := c.Weight
		if c.Reverse {
			weight = -weight
		}
		o.int("weight", weight)
		o.seconds("terminate_delay", c.TerminateDelay)
		o.seconds("fork_delay", c.ForkDelay)
		o.bool("fork_delay_timer_running", false)
		o.bool("terminate_delay_timer_running", false)
		o.bool("full_command", c.FullCommand)
		list = append(list, o.end())
	}
	return list
}
