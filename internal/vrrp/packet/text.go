package packet

import (
	"fmt"
	"time"
)

const centisecond = 10 * time.Millisecond

// Text is the log line of a verdict for the instance called name; empty for an
// accepted advert and for what is dropped silently.
func (v Verdict) Text(name string) string {
	switch v.Reason {
	case ReasonAHHeader:
		if v.Got == ProtocolAH {
			return fmt.Sprintf("(%s) Received AH header but auth type not AH from %s", name, v.Src)
		}
		return fmt.Sprintf("(%s) No AH header but auth type is AH from %s", name, v.Src)
	case ReasonLength:
		size := "short"
		if v.Got > v.Want {
			size = "long"
		}
		return fmt.Sprintf("(%s) vrrp packet from %s too %s, length %d and expect %d", name, v.Src, size, v.Got, v.Want)
	case ReasonTTL:
		return fmt.Sprintf("(%s) invalid TTL/HL from %s. Received %d and expect %d", name, v.Src, v.Got, v.Want)
	case ReasonVersion:
		return fmt.Sprintf("(%s) wrong VRRP version from %s. Received %d and expect %d", name, v.Src, v.Got, v.Want)
	case ReasonType:
		return fmt.Sprintf("(%s) Invalid packet type from %s. %d and expect %d", name, v.Src, v.Got, v.Want)
	case ReasonIPLength:
		return fmt.Sprintf("(%s) ip_tot_len mismatch against received length from %s. %d and received %d", name, v.Src, v.Got, v.Want)
	case ReasonInterval:
		return fmt.Sprintf("(%s) advertisement interval mismatch with %s mine=%d sec rcv'd=%d sec", name, v.Src, v.Want, v.Got)
	case ReasonChecksum:
		return fmt.Sprintf("(%s) Invalid VRRPv%d checksum from %s", name, v.Want, v.Src)
	case ReasonDestination:
		want, got := "mult", "un"
		if v.Want == 1 {
			want, got = got, want
		}
		return fmt.Sprintf("(%s) Expected %sicast packet but received %sicast packet from %s", name, want, got, v.Src)
	case ReasonOwner:
		return fmt.Sprintf("(%s) Dropping packet(s) from %s since we are address owner", name, v.Src)
	case ReasonPeerTTL:
		return fmt.Sprintf("(%s) TTL/HL %d from %s not in range [%d, %d]", name, v.Got, v.Src, v.Want, v.Max)
	case ReasonPeer, ReasonHMACSource:
		return fmt.Sprintf("(%s) unicast source address %s not a unicast peer", name, v.Src)
	}
	return v.authText(name)
}

func (v Verdict) authText(name string) string {
	switch v.Reason {
	case ReasonAuthType:
		return fmt.Sprintf("(%s) Invalid auth type from %s: %d", name, v.Src, v.Got)
	case ReasonAuthMismatch:
		return fmt.Sprintf("(%s) received a %d auth from %s, expecting %d!", name, v.Got, v.Src, v.Want)
	case ReasonPassword:
		return fmt.Sprintf("(%s) received an invalid passwd from %s!", name, v.Src)
	case ReasonAHDigest:
		return fmt.Sprintf("(%s) IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !", name)
	case ReasonAHSPI:
		return fmt.Sprintf("IPSEC AH : invalid IPSEC SPI value. %d and expect %d", v.Want, v.Got)
	case ReasonAHSequence:
		return fmt.Sprintf("(%s) IPSEC-AH : sequence number %d already processed. Packet dropped. Local(%d)", name, v.Got, v.Want)
	case ReasonHMACMissing:
		return fmt.Sprintf("(%s) missing authentication trailer from %s", name, v.Src)
	case ReasonHMACMalformed:
		return fmt.Sprintf("(%s) malformed authentication trailer from %s", name, v.Src)
	case ReasonHMACStale:
		return fmt.Sprintf("(%s) stale authentication trailer from %s, clock skew %d sec exceeds window %d sec", name, v.Src, v.Got, v.Want)
	case ReasonHMACKey:
		return fmt.Sprintf("(%s) unknown authentication key id %d from %s", name, v.Got, v.Src)
	case ReasonHMACInvalid:
		return fmt.Sprintf("(%s) invalid authentication HMAC from %s", name, v.Src)
	case ReasonHMACReplay:
		return fmt.Sprintf("(%s) replayed authentication trailer from %s", name, v.Src)
	}
	return ""
}

// WarningText is the log line of one warning for the instance called name.
func (a *Advert) WarningText(w Warning, name string) string {
	switch w {
	case WarnInterval:
		return fmt.Sprintf("(%s) advertisement interval mismatch ours = %d centi-sec rcv'd=%d centi-sec",
			name, a.OwnInterval/centisecond, a.Interval/centisecond)
	case WarnAddrCount:
		return fmt.Sprintf("(%s) expected %d VIPs but received %d", name, a.WantCount, a.Count)
	case WarnAddrList:
		return fmt.Sprintf("(%s) ip address associated with VRID %d not present in advert from %s: %s", name, a.VRID, a.Src, a.MissingAddr)
	case WarnClockSkew:
		return fmt.Sprintf("(%s) authentication clock skew %d sec from %s approaching window %d sec", name, a.Skew, a.Src, a.Window)
	case WarnChecksum:
		return fmt.Sprintf("(%s) Setting unicast VRRPv3 checksum to old version", name)
	}
	return ""
}
