package config

// trackWords are the messages about one kind of tracked object. The object's
// name is {v}; {w} is the weight or option at fault.
type trackWords struct {
	option, noValue, weight, weightOption string
	limit                                 int64
	reverse                               bool // noreverse is known too
}

var trackTexts = [trackKinds]trackWords{
	trackInterface: {"({name}) unknown track_interface {v} option {w} - ignoring",
		"({name}) weight without value specified for track_interface {v} - ignoring",
		"({name}) weight {w} for {v} must be between [-253..253] inclusive. Ignoring...",
		"({name}) unknown track_interace {v} weight option {w} - ignoring", 254, false},
	trackScript: {"({name}) unknown track script option {w} - ignoring",
		"({name}) weight without value specified for track script {v} - ignoring",
		"({name}) track script {v}: weight must be between [-253..253] inclusive, ignoring...",
		"({name}) unknown track_script {v} weight option {w} - ignoring", 254, true},
	trackFile: {"({name}) unknown track file option {w} - ignoring",
		"({name}) weight without value specified for track file {v} - ignoring",
		"({name}) weight for track file {v} must be in [-254..254] inclusive. Ignoring...",
		"({name}) unknown track file {v} weight option {w} - ignoring", 254, true},
	trackProcess: {"({name}) unknown track process option {w} - ignoring",
		"({name}) weight without value specified for track process {v} - ignoring",
		"({name}) weight for track process {v} must be in [-254..254] inclusive. Ignoring...",
		"({name}) unknown track_process {v} weight option {w} - ignoring", 254, true},
	trackBFD: {"({name}) unknown track bfd {v} option {w} - ignoring",
		"({name}) weight without value specified for track bfd {v} - ignoring",
		"({name}) weight for track bfd {v} must be in [-253..253] inclusive. Ignoring...",
		"({name}) unknown track bfd {v} weight option {w} - ignoring", 253, true},
}

// trackLine reads NAME [weight N [reverse|noreverse]] into a list. The options are
// looked at when it is known whether there is such an object.
func trackLine(list func(d *decoder) *[]trackDraft) handler {
	return func(d *decoder, s stmt) {
		t := trackDraft{name: s.arg(0), at: s.at(0), seq: d.declare()}
		if s.n() > 1 {
			t.options = &stmt{s.Clone()}
		}
		l := list(d)
		*l = append(*l, t)
	}
}

// trackOptions adds to what the object says itself; false drops the line. A weight
// that cannot be used is reported, and the object is tracked with its own.
func (d *decoder) trackOptions(t *trackDraft, kind trackKind) bool {
	if t.options == nil {
		return true
	}
	s, texts := *t.options, &trackTexts[kind]
	switch {
	case s.arg(1) != "weight":
		d.trackError(s, 1, texts.option)
		return false
	case s.n() < 3:
		d.trackError(s, 1, texts.noValue)
		return false
	}
	v, ok := d.number(s, 2, limits{lo: -texts.limit, hi: texts.limit, signed: true})
	switch {
	case !ok:
		d.trackError(s, 2, texts.weight)
		v = int64(t.weight)
	case (kind == trackInterface || kind == trackScript) && (v == 254 || v == -254):
		d.errorf(s, 2, "(%s) weight for %s cannot be +/-254. Setting to +/-253", d.name, s.arg(0))
		v = v / 254 * 253
	}
	t.weight = int(v)
	switch word := s.arg(3); {
	case s.n() < 4:
	case word == "reverse":
		t.reverse = true
	case word == "noreverse" && texts.reverse:
		t.reverse = false
	default:
		d.trackError(s, 3, texts.weightOption)
		return kind != trackFile && kind != trackBFD
	}
	return true
}

func (d *decoder) trackError(s stmt, i int, text string) {
	d.valueError(s, i, "%s", d.sayOption(s, i, text))
}

// objectWeight reads N [reverse] of a tracked object. It reports only what is
// wrong with the number itself; ok says whether it can be used.
func (d *decoder) objectWeight(s stmt, limit int64, option string) (weight int, reverse, ok bool) {
	v, ok := d.number(s, 1, limits{lo: -limit, hi: limit, signed: true})
	if s.n() > 2 {
		if s.arg(2) == "reverse" {
			reverse = true
		} else {
			d.errorf(s, 2, "%s", d.sayOption(s, 2, option))
		}
	}
	return int(v), reverse, ok
}
