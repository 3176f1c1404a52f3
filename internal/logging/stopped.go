package logging

import "golang.org/x/sys/unix"

// Stopped is the last line of a process; in detail it tells what it has used, and
// its children, if there were any or scripts is set.
func (l *Logger) Stopped(scripts bool) {
	var self, children unix.Rusage
	if l.Detail() == 0 || unix.Getrusage(unix.RUSAGE_SELF, &self) != nil || unix.Getrusage(unix.RUSAGE_CHILDREN, &children) != nil {
		l.Infof("Stopped")
		return
	}
	if !scripts && children.Utime.Nano() == 0 {
		l.Infof("Stopped - used %d.%06d user time, %d.%06d system time", self.Utime.Sec, self.Utime.Usec, self.Stime.Sec, self.Stime.Usec)
		return
	}
	l.Infof("Stopped - used (self/children) %d.%06d/%d.%06d user time, %d.%06d/%d.%06d system time",
		self.Utime.Sec, self.Utime.Usec, children.Utime.Sec, children.Utime.Usec,
		self.Stime.Sec, self.Stime.Usec, children.Stime.Sec, children.Stime.Usec)
}
