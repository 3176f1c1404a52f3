package ipvs

// Numbers of the kernel's generic netlink interface, from linux/ip_vs.h and
// linux/genetlink.h.

const (
	familyName    = "IPVS"
	familyVersion = 1
)

// Commands of the family.
const (
	cmdNewService = iota + 1
	cmdSetService
	cmdDelService
	cmdGetService
	cmdNewDest
	cmdSetDest
	cmdDelDest
	cmdGetDest
	cmdNewDaemon
	cmdDelDaemon
	cmdGetDaemon
	cmdSetConfig
	cmdGetConfig
	cmdSetInfo // also what the answer to cmdGetInfo is called
	cmdGetInfo
	cmdZero
	cmdFlush
)

// Attributes of a command.
const (
	attrService = iota + 1
	attrDest
	attrDaemon
	attrTimeoutTCP
	attrTimeoutTCPFin
	attrTimeoutUDP
)

// Attributes of a service.
const (
	svcFamily = iota + 1
	svcProtocol
	svcAddr
	svcPort
	svcFWMark
	svcScheduler
	svcFlags
	svcTimeout
	svcNetmask
	svcStats
	svcPEName
	svcStats64
)

// Attributes of a destination.
const (
	destAddr = iota + 1
	destPort
	destForward
	destWeight
	destUpper
	destLower
	destActive
	destInactive
	destPersistent
	destStats
	destFamily
	destStats64
	destTunType
	destTunPort
	destTunFlags
)

// Attributes of a synchronisation daemon.
const (
	daemonState = iota + 1
	daemonInterface
	daemonSyncID
	daemonMaxLen
	daemonGroup
	daemonGroup6
	daemonPort
	daemonTTL
)

// Attributes of statistics.
const (
	statsConns = iota + 1
	statsInPkts
	statsOutPkts
	statsInBytes
	statsOutBytes
	statsCPS
	statsInPPS
	statsOutPPS
	statsInBPS
	statsOutBPS
)

// Attributes of the answer to cmdGetInfo.
const (
	infoVersion = iota + 1
	infoConnTabSize
)

// The controller of generic netlink, which knows the numbers of the families.
const (
	ctrlFamily      = 0x10 // GENL_ID_CTRL
	ctrlVersion     = 2
	ctrlGetFamily   = 3
	ctrlAttrID      = 1
	ctrlAttrName    = 2
	ctrlFamilyIDMin = 0x10 // smaller ones are netlink's own message types
)
