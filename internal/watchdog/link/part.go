package link

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
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

// EncodePart returns a sealed memfd with v in gob encoding.
func EncodePart[T any](v T) (*os.File, error) {
	return fillPart(func(w io.Writer) error { return gob.NewEncoder(w).Encode(v) })
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

// DecodePart returns the value that EncodePart put into the memfd.
func DecodePart[T any](f *os.File) (T, error) {
	var v T
	r, err := partReader(f)
	if err != nil {
		return v, err
	}
	if err := gob.NewDecoder(r).Decode(&v); err != nil {
		return v, fmt.Errorf("decoding a memfd: %w", err)
	}
	return v, nil
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
