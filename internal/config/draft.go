package config

import (
	"time"

	"keepalived/internal/config/lang"
)

// instanceDraft is a vrrp_instance as written: what it leaves open is filled in
// when everything has been read.
type instanceDraft struct {
	Instance
	seq int

	version            Opt[int]
	vrid               Opt[uint8]
	vridAt             lang.Pos // of one that was refused
	twin               bool     // an earlier one is the same virtual router
	state              Opt[State]
	priority           Opt[uint8]
	interfaceAt        lang.Pos
	formerInterfaces   []namedInterface // that later lines have replaced
	closedAt           lang.Pos
	unicastConfigured  bool // a keyword that only unicast uses was given
	linkGroup          Opt[uint32]
	accept             Opt[bool]
	strict             Opt[bool]
	skipCheckAdvAddr   Opt[bool]
	v3Checksum         Opt[bool]
	lowerPrioNoAdvert  Opt[bool]
	higherPrioSend     Opt[bool]
	ownerIgnoreAdverts Opt[bool]
	smtpAlert          Opt[bool]
	notifyPriority     Opt[bool]
	downTimerAdverts   Opt[int]
	garpMasterDelay    Opt[time.Duration]
	garpMasterRepeat   Opt[int]
	garpMasterRefresh  Opt[time.Duration]
	garpRefreshRepeat  Opt[int]
	garpLowerDelay     Opt[time.Duration]
	garpLowerRepeat    Opt[int]
	garpExtra          Opt[time.Duration]
	nopreempt          bool
	vipSeen            map[vipKey]bool // value: excluded

	vips     []addressDraft
	evips    []addressDraft
	routes   []netDraft
	rules    []netDraft
	tracks   [trackKinds][]trackDraft
	commands [commandKinds]commandDraft
	hmac     hmacDraft

	groupTracks [trackKinds]bool // it tracks what its sync group does, and nothing else
}

// trackKind is a kind of tracked object.
type trackKind int

const (
	trackInterface trackKind = iota
	trackScript
	trackFile
	trackProcess
	trackBFD
	trackKinds
)

// commandKind is an occasion for a notify script.
type commandKind int

const (
	onBackup commandKind = iota
	onMaster
	onFault
	onStop
	onAny
	onDeleted
	onRxLowerPri
	commandKinds
)

var commandNames = [commandKinds]string{"notify_backup", "notify_master", "notify_fault", "notify_stop", "notify",
	"notify_deleted", "notify_master_rx_lower_pri"}

// trackDraft is one line of a track block.
type trackDraft struct {
	name    string
	at      lang.Pos
	seq     int
	options *stmt // the line; nil: there is only the name
	weight  int
	reverse bool
}

// groupDraft is a vrrp_sync_group as written.
type groupDraft struct {
	SyncGroup
	smtpAlert Opt[bool]
	members   bool // group was given
	tracks    [trackKinds][]trackDraft
	commands  [commandKinds]commandDraft
}

// scriptDraft is a vrrp_script as written.
type scriptDraft struct {
	TrackScript
	seq      int
	command  commandDraft
	user     userDraft
	closedAt lang.Pos
	timeout  Opt[time.Duration]
	removed  bool
}

// processDraft is a vrrp_track_process as written.
type processDraft struct {
	TrackProcess
	seq       int
	weightSet bool
}

// fileDraft is a track_file as written.
type fileDraft struct {
	TrackFile
	seq       int
	weightSet bool
	pathAt    lang.Pos
}

// bfdDraft is a bfd_instance as written.
type bfdDraft struct {
	BFDInstance
	seq int
	ttl Opt[uint8]
	bad bool // cannot be used
}

// hmacDraft is an auth_hmac block as written.
type hmacDraft struct {
	AuthHMAC
	given  bool
	window Opt[time.Duration]
}

// addressDraft is an address whose interface is not yet known to exist.
type addressDraft struct {
	Address
	at        lang.Pos
	devAt     lang.Pos
	word      string // the address as it is written
	peerTwice bool
	labelled  bool
	hostBits  string // of the broadcast address: + all set, - all clear
}

// netDraft is a line of a route or rule block, decoded at the end because names
// of tables depend on global_defs.
type netDraft struct {
	line   lang.Line
	groups int  // how many track_groups stand before it
	ok     bool // it can be used
	route  *Route
	rule   *Rule
}

// draft is everything that is being read.
type draft struct {
	name string // of the object whose block is open

	global        globalDraft
	instances     []*instanceDraft
	byName        map[string]*instanceDraft
	groups        []*groupDraft
	removedGroups []*groupDraft // their lines are looked at all the same
	vscripts      []*scriptDraft
	processes     []*processDraft
	files         []*fileDraft
	bfds          []*bfdDraft
	bfdSeen       map[string]*bfdDraft
	bfdNamed      map[string]*bfdDraft  // those of bfdNames, by name
	fileSeen      map[string]*fileDraft // the first of files with that name
	bfdPeers      map[bfdKey]bool
	groupSeen     map[string]*groupDraft
	bfdNames      []*bfdDraft // also those that cannot be used: they are never up
	garps         []*garpDraft
	tgroups       []*TrackGroup
	statics       []addressDraft
	sroutes       []netDraft
	srules        []netDraft
	scripts       [3]scriptsSeen
	saidNoUser    bool
	garpLists     int
	snmpSet       bool
	badIf         bool // an interface is missing
	capped        bool // the C daemon has given up, nothing more counts
	failed        bool // it gave up on the instances
	lastCheck     ScriptCheck
	badIfAt       lang.Pos
	dropped       map[string]bool // tracked objects that were removed
	disabled      map[string]bool // scripts that cannot run
	linkNames     map[string]bool // names of VMACs in use
	preference    [2]uint32       // rules without one so far, by family
	tables        map[iprouteTable]map[string]uint32
	tasks         []func()

	lvs lvsDraft

	inst  *instanceDraft
	group *groupDraft
	vs    *scriptDraft
	proc  *processDraft
	file  *fileDraft
	bfd   *bfdDraft
	garp  *garpDraft
	tg    *TrackGroup
}

// garpDraft is a garp_group as written.
type garpDraft struct {
	GarpGroup
	names  []nameAt
	listed []nameAt // in the list that is being read
	delays bool     // one was given
}

// nameAt is a name and where it stands.
type nameAt struct {
	name string
	at   lang.Pos
}

// declare numbers a declaration, so that a reference can tell whether it comes
// after it.
func (d *decoder) declare() int {
	d.declared++
	return d.declared
}

// remember adds to a map that may not exist yet.
func remember[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

func (d *decoder) instanceNamed(name string) *instanceDraft {
	return d.byName[name]
}
