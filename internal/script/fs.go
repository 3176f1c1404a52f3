package script

import "io/fs"

// Info is what is known about one file.
type Info struct {
	Mode fs.FileMode // type, permissions, setuid, setgid and sticky bits
	UID  uint32
	GID  uint32
}

func (i Info) isDir() bool     { return i.Mode.IsDir() }
func (i Info) isRegular() bool { return i.Mode.IsRegular() }
func (i Info) isLink() bool    { return i.Mode&fs.ModeSymlink != 0 }

// perm is the mode as chmod(1) takes it.
func (i Info) perm() uint32 {
	mode := uint32(i.Mode.Perm())
	for bit, value := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if i.Mode&bit != 0 {
			mode |= value
		}
	}
	return mode
}

// executableBy is the kernel's rule for a user with one group.
func (i Info) executableBy(uid, gid uint32) bool {
	switch {
	case uid == 0:
		return i.Mode&0o111 != 0
	case uid == i.UID:
		return i.Mode&0o100 != 0
	case gid == i.GID:
		return i.Mode&0o010 != 0
	default:
		return i.Mode&0o001 != 0
	}
}

// runsAsRoot: executing it gives root's rights to any user (setuid, setgid).
func (i Info) runsAsRoot() bool {
	return i.UID == 0 && i.Mode&fs.ModeSetuid != 0 && i.Mode&0o100 != 0 ||
		i.GID == 0 && i.Mode&fs.ModeSetgid != 0 && i.Mode&0o010 != 0
}

// FS is what Resolve reads from the file system. Paths are absolute.
type FS interface {
	// Lstat describes a file without following a symbolic link at its end.
	Lstat(path string) (Info, error)
	Readlink(path string) (string, error)
	// Head returns the first bytes of a file, at most headSize.
	Head(path string) ([]byte, error)
	// As calls f with the same files seen with the rights of a user who is in
	// one group only. An error means that those rights cannot be had.
	As(uid, gid uint32, f func(FS)) error
}

// headSize is enough to tell an interpreter line or a binary from text.
const headSize = 512
