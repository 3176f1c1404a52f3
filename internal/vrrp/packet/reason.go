package packet

// Reason is why an advert was refused. The zero value is an accepted advert.
type Reason uint8

// The reasons, in the order in which they are checked.
const (
	Accepted            Reason = iota
	ReasonAHHeader             // AH header present without, or absent with, auth type AH
	ReasonLength               // too short or too long for its address count
	ReasonTTL                  // TTL or hop limit not 255
	ReasonVersion              // other version than ours
	ReasonHMACMissing          // no trailer where mode enforce wants one
	ReasonHMACSource           // trailer from a unicast source that is no peer
	ReasonHMACMalformed        // trailer type or reserved field
	ReasonHMACStale            // trailer outside the time window
	ReasonHMACKey              // trailer signed with an unknown key
	ReasonHMACInvalid          // trailer HMAC wrong
	ReasonHMACReplay           // trailer sequence not after the last one
	ReasonAuthType             // authentication type unknown
	ReasonAuthMismatch         // authentication type other than ours
	ReasonPassword             // PASS password wrong
	ReasonAHProtocol           // AH carries something else than VRRP
	ReasonAHDigest             // AH integrity check value wrong
	ReasonAHSPI                // AH SPI is not the source address
	ReasonAHSequence           // AH sequence number seen before
	ReasonInterval             // version 2: advert interval other than ours
	ReasonType                 // packet type is not advertisement
	ReasonIPLength             // IP total length is not what was received
	ReasonChecksum             // checksum wrong
	ReasonDestination          // multicast on a unicast instance or the reverse
	ReasonOwner                // owner_ignore_adverts
	ReasonPeerTTL              // unicast TTL outside the peer's range
	ReasonPeer                 // unicast source is no peer
	NumReasons          = iota // number of reasons, for counters indexed by Reason
)

// Warning is something odd about an advert that was accepted all the same.
type Warning uint8

// The warnings; an advert can carry several.
const (
	WarnInterval  Warning = 1 << iota // version 3: interval other than the configured one
	WarnAddrCount                     // number of addresses other than ours
	WarnAddrList                      // one of our addresses is missing
	WarnClockSkew                     // trailer time beyond half of the window
	WarnChecksum                      // unicast checksum switched to the old form
)

// NumWarnings is the number of warnings.
const NumWarnings = 5

// Has reports whether w contains all of v.
func (w Warning) Has(v Warning) bool { return w&v == v }
