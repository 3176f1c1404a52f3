package check

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls of a check that never wait are made past Go's scheduler: it would
// make ready for a thread that is away for long, and wake its monitor thread.

// socketNow is socket(2).
func socketNow(domain, kind, proto int) (int, error) {
	fd, _, errno := unix.RawSyscall(unix.SYS_SOCKET, uintptr(domain), uintptr(kind), uintptr(proto))
	if errno != 0 {
		return -1, errno
	}
	return int(fd), nil
}

// connectNow is connect(2) for a non-blocking socket.
func connectNow(fd int, to netip.AddrPort) error {
	port := [2]byte{byte(to.Port() >> 8), byte(to.Port())}
	var errno unix.Errno
	if to.Addr().Is4() {
		a := unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: to.Addr().As4()}
		*(*[2]byte)(unsafe.Pointer(&a.Port)) = port
		_, _, errno = unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&a)), unsafe.Sizeof(a))
	} else {
		a := unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: to.Addr().As16(), Scope_id: zoneID(to.Addr())}
		*(*[2]byte)(unsafe.Pointer(&a.Port)) = port
		_, _, errno = unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&a)), unsafe.Sizeof(a))
	}
	if errno != 0 {
		return errno
	}
	return nil
}

// closeNow is close(2) for a socket that does not linger.
func closeNow(fd int) { unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

// epollNow returns how many events there are, 0 for an error.
func epollNow(epfd int, events []unix.EpollEvent) int {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epfd), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// pollNow returns which of some events a descriptor has, with EPOLLERR and
// EPOLLHUP.
func pollNow(fd int, events uint32) uint32 {
	p := unix.PollFd{Fd: int32(fd), Events: int16(events)} // both calls have the same numbers
	n, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(new(unix.Timespec))), 0, 0, 0)
	if errno != 0 || n == 0 {
		return 0
	}
	return uint32(p.Revents)
}

// epollSet adds a descriptor to an epoll set or changes what it is watched for.
func epollSet(epfd, op, fd int, events uint32) error {
	ev := unix.EpollEvent{Events: events, Fd: int32(fd)}
	_, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(epfd), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(&ev)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
