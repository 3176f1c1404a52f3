package ipvs

func appendTimeouts(b []byte, t Timeouts) []byte {
	b = appendCommand(b, cmdSetConfig, familyVersion)
	for _, a := range []struct {
		typ   uint16
		value uint32
	}{{attrTimeoutTCP, t.TCP}, {attrTimeoutTCPFin, t.TCPFin}, {attrTimeoutUDP, t.UDP}} {
		if a.value != 0 {
			b = appendUint32(b, a.typ, a.value)
		}
	}
	return b
}

// appendStartDaemon leaves out what is to have the kernel's default.
func appendStartDaemon(b []byte, d SyncDaemon) []byte {
	b, at := openNested(appendCommand(b, cmdNewDaemon, familyVersion), attrDaemon)
	b = appendUint32(b, daemonState, uint32(d.Role))
	b = appendString(b, daemonInterface, d.Interface)
	b = appendUint32(b, daemonSyncID, uint32(d.SyncID))
	if d.MaxLen != 0 {
		b = appendUint16(b, daemonMaxLen, d.MaxLen)
	}
	if g := d.Group; g.Is4() {
		b = appendAddr(b, daemonGroup, g)
	} else if g.IsValid() {
		b = appendAddr(b, daemonGroup6, g)
	}
	if d.Port != 0 {
		b = appendUint16(b, daemonPort, d.Port)
	}
	if d.TTL != 0 {
		b = appendUint8(b, daemonTTL, d.TTL)
	}
	return closeNested(b, at)
}

func appendStopDaemon(b []byte, r SyncRole) []byte {
	b, at := openNested(appendCommand(b, cmdDelDaemon, familyVersion), attrDaemon)
	return closeNested(appendUint32(b, daemonState, uint32(r)), at)
}

// appendGetFamily appends the question for the family's number.
func appendGetFamily(b []byte) []byte {
	return appendString(appendCommand(b, ctrlGetFamily, ctrlVersion), ctrlAttrName, familyName)
}
