package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/watchdog/link/pack"
)

const (
	partName = "keepalived"
	// maxPart bounds what is read from a memfd: a configuration with tens of
	// thousands of services takes some tens of MB.
	maxPart = 256 << 20

	partSeals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE
)

// NewPart returns a memfd with data that nobody can change any more.
func NewPart(data []byte) (*os.File, error) {
	return fillPart(func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// EncodePart returns a sealed memfd with v, as package pack writes it.
func EncodePart[T any](v T) (*os.File, error) {
	return fillPart(func(w io.Writer) error { return pack.Write(w, v) })
}

func fillPart(fill func(io.Writer) error) (*os.File, error) {
	fd, err := unix.MemfdCreate(partName, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("creating a memfd: %w", err)
	}
	f := os.NewFile(uintptr(fd), partName)
	if err := fill(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("filling a memfd: %w", err)
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, partSeals); err != nil {
		f.Close()
		return nil, fmt.Errorf("sealing a memfd: %w", err)
	}
	return f, nil
}

// ReadPart returns the data of a sealed memfd, which stays open and may be read
// again.
func ReadPart(f *os.File) ([]byte, error) {
	r, err := partReader(f)
	if err != nil {
		return nil, err
	}
	data := make([]byte, r.Size())
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("reading a memfd: %w", err)
	}
	return data, nil
}

// DecodePart returns the value that EncodePart put into the memfd, or, of a
// struct, those fields that T has.
func DecodePart[T any](f *os.File) (T, error) {
	var v T
	err := withPart(f, func(data []byte) error { return pack.Read(data, &v) })
	if err != nil {
		return v, fmt.Errorf("decoding a memfd: %w", err)
	}
	return v, nil
}

// withPart gives use the data of a sealed memfd as long as it runs. A large one
// is only looked at, not copied.
func withPart(f *os.File, use func(data []byte) error) error {
	r, err := partReader(f)
	if err != nil {
		return err
	}
	if r.Size() == 0 {
		return use(nil)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(r.Size()), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return fmt.Errorf("looking at a memfd: %w", err)
	}
	defer func() { _ = unix.Munmap(data) }()
	return use(data)
}

// Fingerprint tells parts with different contents apart, as far as 64 bits can.
func Fingerprint(f *os.File) (sum uint64, err error) {
	err = withPart(f, func(data []byte) error {
		sum = fingerprint(data)
		return nil
	})
	return sum, err
}

// fingerprint is that of FNV-1a over words of eight octets in place of octets,
// each folded: a multiplication alone carries nothing down.
func fingerprint(data []byte) uint64 {
	const basis, prime = 0xcbf29ce484222325, 0x100000001b3
	h := basis ^ uint64(len(data))
	for ; len(data) >= 8; data = data[8:] {
		h = (h ^ binary.LittleEndian.Uint64(data)) * prime
		h ^= h >> 32
	}
	for _, b := range data {
		h = (h ^ uint64(b)) * prime
	}
	return h
}

// partReader insists on a sealed memfd: one that could change while it is read,
// or that is no memory at all, could hold up or confuse the reader.
func partReader(f *os.File) (*io.SectionReader, error) {
	if f == nil {
		return nil, errors.New("no memfd")
	}
	seals, err := unix.FcntlInt(f.Fd(), unix.F_GET_SEALS, 0)
	if err != nil {
		return nil, fmt.Errorf("not a memfd: %w", err)
	}
	if seals&partSeals != partSeals {
		return nil, fmt.Errorf("memfd with seals %#x, not %#x", seals, partSeals)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("memfd: %w", err)
	}
	if info.Size() > maxPart {
		return nil, fmt.Errorf("memfd of %d bytes", info.Size())
	}
	return io.NewSectionReader(f, 0, info.Size()), nil
}
