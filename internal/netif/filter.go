package netif

import (
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// attachFilter makes the kernel drop messages before they take room in the
// socket's buffer or wake its reader: those about routes of other protocols,
// and about addresses that the socket with the given port added. What the kernel
// does by itself has port 0, which therefore is none.
func attachFilter(fd int, protocol uint8, port uint32) error {
	const typeAt, portAt, protocolAt = 4, 12, unix.NLMSG_HDRLEN + 5
	var additions bpf.Instruction = bpf.Jump{Skip: 4}
	if port != 0 {
		additions = bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: swapped(unix.RTM_NEWADDR), SkipTrue: 4}
	}
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: typeAt, Size: 2},
		bpf.JumpIf{Val: swapped(unix.RTM_NEWROUTE), SkipTrue: 4},
		bpf.JumpIf{Val: swapped(unix.RTM_DELROUTE), SkipTrue: 3},
		additions,
		bpf.LoadAbsolute{Off: portAt, Size: 4},
		bpf.JumpIf{Val: swapped32(port), SkipTrue: 3, SkipFalse: 2},
		bpf.LoadAbsolute{Off: protocolAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(protocol), SkipTrue: 1},
		bpf.RetConstant{Val: 1<<32 - 1},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(program))
	for i, in := range program {
		filter[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &fprog)
}

// swapped32 gives a port as a filter loads it.
func swapped32(port uint32) uint32 {
	return wire.Uint32(host.AppendUint32(nil, port))
}

// swapped gives a message type as a filter loads it: in network byte order.
func swapped(typ uint16) uint32 {
	return uint32(wire.Uint16(host.AppendUint16(nil, typ)))
}
