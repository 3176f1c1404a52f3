package ipvs

// Entry is a service with its destinations, in the order of their creation.
type Entry struct {
	Service      Service
	Destinations []Destination
}

// Stats are the counters and the current rates of a service or destination.
type Stats struct {
	Connections           uint64
	PacketsIn, PacketsOut uint64
	BytesIn, BytesOut     uint64

	// Per second.
	ConnectionRate              uint64
	PacketRateIn, PacketRateOut uint64
	ByteRateIn, ByteRateOut     uint64
}

// ServiceState is a service as the kernel reports it.
type ServiceState struct {
	Service
	Stats Stats
}

// DestinationState is a destination as the kernel reports it.
type DestinationState struct {
	Destination
	ActiveConnections     uint32
	InactiveConnections   uint32
	PersistentConnections uint32
	Stats                 Stats
}
