package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const page = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

// serve is a web server that costs as little as possible: one thread that
// answers whatever comes, and on its standard input how many connections there
// were.
func serve(port string) {
	number, err := strconv.Atoi(port)
	if err != nil {
		fail(err)
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 200000, Max: 200000})
	var count atomic.Uint64
	listen, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err == nil {
		err = unix.Bind(listen, &unix.SockaddrInet4{Port: number})
	}
	if err == nil {
		err = unix.Listen(listen, 65535)
	}
	if err != nil {
		fail(err)
	}
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			fmt.Println(count.Load())
		}
		os.Exit(0)
	}()
	if err := loop(listen, &count); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "lvs: serving:", err)
	os.Exit(1)
}

func loop(listen int, count *atomic.Uint64) error {
	poll, err := unix.EpollCreate1(0)
	if err != nil {
		return err
	}
	add := func(fd int) {
		unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
	}
	add(listen)
	events, buffer := make([]unix.EpollEvent, 256), make([]byte, 4096)
	for {
		n, err := unix.EpollWait(poll, events, -1)
		if err != nil && err != unix.EINTR {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			fd := int(e.Fd)
			if fd != listen {
				if k, err := unix.Read(fd, buffer); err == nil && k > 0 {
					unix.Write(fd, []byte(page))
				}
				unix.Close(fd)
				continue
			}
			for {
				c, _, err := unix.Accept4(listen, unix.SOCK_NONBLOCK)
				if err != nil {
					break
				}
				count.Add(1)
				add(c)
			}
		}
	}
}
