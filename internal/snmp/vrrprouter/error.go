package vrrprouter

import "keepalived/internal/vrrp/packet"

// ProtoError is vrrpv3StatisticsProtoErrReason (RFC 6527).
type ProtoError uint8

// The errors that occur: adverts of an unknown VRID belong to no router.
const (
	NoError       ProtoError = 0
	IPTTLError    ProtoError = 1
	VersionError  ProtoError = 2
	ChecksumError ProtoError = 3
)

// ProtoErrorOf is NoError for what RFC 6527 does not name.
func ProtoErrorOf(r packet.Reason) ProtoError {
	switch r {
	case packet.ReasonTTL:
		return IPTTLError
	case packet.ReasonVersion:
		return VersionError
	case packet.ReasonChecksum:
		return ChecksumError
	}
	return NoError
}

// AuthError is vrrpTrapAuthErrorType (RFC 2787).
type AuthError uint8

// The errors.
const (
	NoAuthError      AuthError = 0
	InvalidAuthType  AuthError = 1
	AuthTypeMismatch AuthError = 2
	AuthFailure      AuthError = 3
)

// AuthErrorOf is NoAuthError for what has nothing to do with authentication.
func AuthErrorOf(r packet.Reason) AuthError {
	switch r {
	case packet.ReasonAuthType:
		return InvalidAuthType
	case packet.ReasonAuthMismatch, packet.ReasonAHHeader:
		return AuthTypeMismatch
	case packet.ReasonPassword, packet.ReasonAHProtocol, packet.ReasonAHDigest, packet.ReasonAHSPI, packet.ReasonAHSequence:
		return AuthFailure
	}
	return NoAuthError
}
