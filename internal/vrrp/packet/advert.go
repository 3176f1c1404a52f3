package packet

import (
	"net/netip"
	"time"
)

// Advert is an accepted advertisement.
type Advert struct {
	Src      netip.Addr
	VRID     uint8
	Priority uint8
	Interval time.Duration // Max_Advertise_Interval of its sender
	Count    int           // number of addresses it carries
	// WantCount and OwnInterval are what we would have sent.
	WantCount   int
	OwnInterval time.Duration
	Warnings    Warning
	// Details of the warnings.
	MissingAddr netip.Addr // WarnAddrList: the first one missing
	Skew        int        // WarnClockSkew: sender's clock minus ours, seconds
	// Window is the configured time window of auth_hmac in seconds.
	Window int
	// AHSequence is the sender's AH sequence number, 0 without AH.
	AHSequence uint32
}

// Verdict is the result of Check: why an advert was refused, with the values
// that its log line names.
type Verdict struct {
	Reason    Reason
	Src       netip.Addr
	Got, Want int
	// Max is the upper bound of a range that starts at Want.
	Max int
}

// OK reports whether the advert was accepted.
func (v Verdict) OK() bool { return v.Reason == Accepted }
