package netif

import (
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// attachFilter makes the kernel drop messages about routes of other protocols
// before they take room in the socket's buffer.
func attachFilter(fd int, protocol uint8) error {
	const typeAt, protocolAt = 4, unix.NLMSG_HDRLEN + 5
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: typeAt, Size: 2},
		bpf.JumpIf{Val: swapped(unix.RTM_NEWROUTE), SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: swapped(unix.RTM_DELROUTE), SkipTrue: 2},
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

// swapped gives a message type as a filter loads it: in network byte order.
func swapped(typ uint16) uint32 {
	return uint32(wire.Uint16(host.AppendUint16(nil, typ)))
}
