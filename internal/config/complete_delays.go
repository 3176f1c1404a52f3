package config

import "time"

// limitDelays keeps the debounce timers of interfaces shorter than the time after
// which the backups take over from an instance that uses the interface.
func (d *decoder) limitDelays() {
	delays := map[string]*InterfaceDelay{}
	for i := range d.cfg.VRRP.InterfaceDelays {
		delays[d.cfg.VRRP.InterfaceDelays[i].Interface] = &d.cfg.VRRP.InterfaceDelays[i]
	}
	if len(delays) == 0 {
		return
	}
	for _, in := range d.instances {
		d.limitDelay(in, delays[in.Interface])
		for _, t := range in.TrackInterfaces {
			d.limitDelay(in, delays[t.Name])
		}
	}
}

func (d *decoder) limitDelay(in *instanceDraft, delay *InterfaceDelay) {
	switch {
	case delay == nil || delay.Down == 0 && delay.Up == 0:
	case in.DownTimerAdverts == 1:
		d.info(in.pos(), "%s: cannot use debounce timers with down_timer_adverts = 1 - resetting", in.Name)
		delay.Down, delay.Up = 0, 0
	default:
		limit := time.Duration(in.DownTimerAdverts-1)*in.AdvertInt - (in.AdvertInt / 256).Truncate(time.Microsecond)
		if delay.Down <= limit && delay.Up <= limit {
			return
		}
		d.info(in.pos(), "%s: interface %s debounce timer(s) not less that %d * advert_int - resetting", in.Name, delay.Interface, in.DownTimerAdverts-1)
		delay.Down, delay.Up = min(delay.Down, limit), min(delay.Up, limit)
	}
}
