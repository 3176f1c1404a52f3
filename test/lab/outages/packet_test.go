package outages

import (
	"encoding/binary"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

var packetOutages = []outage{
	{"invalid adverts", "invalid adverts for our VRID (TTL, checksum, version, type), 10, 100 and 1,000 a second", invalidAdverts},
	{"flood", "200,000 invalid adverts at full speed, adverts every 100 ms", flood},
}

// forgeries are adverts that nobody should listen to.
var forgeries = map[string]func(ip, vrrp []byte){
	"TTL 64":    func(ip, _ []byte) { ip[8] = 64 },
	"checksum":  func(_, vrrp []byte) { vrrp[6] ^= 0xff },
	"version 7": func(_, vrrp []byte) { vrrp[0] = 0x71 },
	"type 5":    func(_, vrrp []byte) { vrrp[0] = 0x35 },
}

// forged is an Ethernet frame with a version 3 advert of the highest priority,
// from the client, spoilt by one of the forgeries.
func (s *site) forged(spoil func(ip, vrrp []byte)) []byte {
	src, dst, address := []byte{192, 0, 2, 3}, []byte{224, 0, 0, 18}, net.ParseIP(vip).To4()
	vrrp := append([]byte{0x31, vrid, 254, 1, 0, 20, 0, 0}, address...)
	pseudo := append(append(append([]byte{}, src...), dst...), 0, 112, 0, byte(len(vrrp)))
	binary.BigEndian.PutUint16(vrrp[6:], checksum(append(pseudo, vrrp...)))
	ip := append(append([]byte{0x45, 0xc0, 0, byte(20 + len(vrrp)), 0, 0, 0, 0, 255, 112, 0, 0}, src...), dst...)
	spoil(ip, vrrp)
	binary.BigEndian.PutUint16(ip[10:], checksum(ip))
	frame := []byte{0x01, 0x00, 0x5e, 0, 0, 18, 2, 0, 0, 0, 0, 3, 8, 0}
	return append(append(frame, ip...), vrrp...)
}

func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// sender returns a function that sends frames from the client.
func (s *site) sender() func(frame []byte) error {
	s.Helper()
	fd := -1
	var index int
	err := s.client.Do(func() (err error) {
		dev, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		index = dev.Index
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		return err
	})
	if err != nil {
		s.Fatalf("opening a socket on the client: %v", err)
	}
	s.Cleanup(func() { unix.Close(fd) })
	return func(frame []byte) error {
		return unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: index})
	}
}

func invalidAdverts(s *site) {
	s.pair()
	send := s.sender()
	for _, rate := range []int{10, 100, 1000} {
		start := time.Now()
		n := 0
		every := time.Second / time.Duration(rate)
		for elapsed := time.Duration(0); elapsed < time.Duration(times(8, 2))*time.Second; elapsed = time.Since(start) {
			for _, spoil := range forgeries {
				if time.Since(start) < time.Duration(n)*every {
					break
				}
				if err := send(s.forged(spoil)); err != nil {
					s.Fatalf("sending a forged advert: %v", err)
				}
				n++
			}
			time.Sleep(min(every/4, 5*time.Millisecond))
		}
		s.figures = append(s.figures, figure{text: fmt.Sprintf("%d/s:", rate)})
		s.a.steady(start)
		s.saw(s.inChargeSince(start), "no takeover", "the peer took over")
	}
}

// inChargeSince says that the backup has not advertised and never had the address.
func (s *site) inChargeSince(start time.Time) bool { return len(s.b.adverts(start)) == 0 }

func flood(s *site) {
	s.interval = 100 * time.Millisecond
	s.pair()
	send := s.sender()
	var frames [][]byte
	for _, spoil := range forgeries {
		frames = append(frames, s.forged(spoil))
	}
	mark := s.a.daemon.Log.Mark()
	start := time.Now()
	for i := range times(200_000, 40_000) {
		if err := send(frames[i%len(frames)]); err != nil && err != unix.ENOBUFS {
			s.Fatalf("sending a forged advert: %v", err)
		}
	}
	took := time.Since(start)
	s.a.advertises(time.Now().Add(2 * s.interval))
	s.measured("longest time between adverts", s.a.gap(start), 200*time.Millisecond+machine.Worst(start))
	s.saw(s.inChargeSince(start), "no takeover", "the peer took over")
	s.saw(s.a.daemon.Log.Mark()-mark < 1000, "few lines logged", fmt.Sprintf("%d lines logged", s.a.daemon.Log.Mark()-mark))
	s.Logf("flood took %v", took)
}
