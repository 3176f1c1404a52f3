package logging

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// maxText bounds one line, in bytes. Longer ones are cut.
const maxText = 2048

// Options says where lines go. The zero value logs nowhere.
type Options struct {
	// Ident is the syslog tag, such as Keepalived_vrrp.
	Ident string
	// Facility is the syslog facility; zero is Daemon.
	Facility Facility
	// Syslog sends lines to SyslogPath, /dev/log when that is empty.
	Syslog     bool
	SyslogPath string
	// Console gets lines with a time in front; nil is no console.
	Console io.Writer
	// File is the name of a log file that is appended to; empty is none.
	File string
	// Detail is how often -D was given.
	Detail int
	// Tee is called with every line before it is queued, by the caller's
	// goroutine; it must not block.
	Tee func(Level, string)
}

// Logger is a set of destinations for log lines. All methods are safe for use
// by several goroutines and never wait, but for Close. A nil Logger discards.
type Logger struct {
	queues []*queue
	tee    func(Level, string)
	detail int
	ident  atomic.Pointer[string]
}

// entry is one line, stamped when it was logged.
type entry struct {
	at    time.Time
	level Level
	ident string
	text  string
}

// New starts the goroutines of the destinations that o names. It opens nothing
// itself; a destination that cannot be opened loses its lines, and the log file
// also says so on the others.
func New(o Options) *Logger {
	l := &Logger{detail: o.Detail, tee: o.Tee}
	l.SetIdent(o.Ident)
	if o.Syslog {
		l.start(newSyslog(o))
	}
	if o.Console != nil {
		l.start(newConsole(o.Console))
	}
	if o.File != "" {
		l.startFile(o.File)
	}
	return l
}

func (l *Logger) start(s sink) {
	q := newQueue()
	l.queues = append(l.queues, q)
	go q.run(s)
}

// startFile opens the file on its own goroutine, where a frozen disk delays
// nobody, and complains to the destinations before it.
func (l *Logger) startFile(name string) {
	others := Logger{queues: l.queues}
	others.ident.Store(l.ident.Load())
	l.start(&fileSink{name: name, complain: others.Errf})
}

// SetIdent changes the syslog tag of the lines that follow.
func (l *Logger) SetIdent(ident string) {
	if l != nil {
		l.ident.Store(&ident)
	}
}

// Detail returns how often -D was given.
func (l *Logger) Detail() int {
	if l == nil {
		return 0
	}
	return l.detail
}

// Alertf logs at LOG_ALERT: a child died.
func (l *Logger) Alertf(format string, args ...any) { l.logf(LevelAlert, format, args) }

// Errf logs at LOG_ERR.
func (l *Logger) Errf(format string, args ...any) { l.logf(LevelErr, format, args) }

// Warnf logs at LOG_WARNING.
func (l *Logger) Warnf(format string, args ...any) { l.logf(LevelWarning, format, args) }

// Infof logs at LOG_INFO, as keepalived does with nearly everything.
func (l *Logger) Infof(format string, args ...any) { l.logf(LevelInfo, format, args) }

// Info is Infof for text that is complete.
func (l *Logger) Info(text string) { l.log(LevelInfo, text) }

// Detailf logs at LOG_INFO when -D was given.
func (l *Logger) Detailf(format string, args ...any) {
	if l.Detail() > 0 {
		l.logf(LevelInfo, format, args)
	}
}

// Debugf logs at LOG_DEBUG when -D was given twice.
func (l *Logger) Debugf(format string, args ...any) {
	if l.Detail() > 1 {
		l.logf(LevelDebug, format, args)
	}
}

// InfoList logs head followed by words, broken into lines as Wrap does.
func (l *Logger) InfoList(head string, words []string) {
	for _, line := range Wrap(head, words) {
		l.logf(LevelInfo, "%s", []any{line})
	}
}

// Lost returns how many lines were dropped since the start, over all
// destinations.
func (l *Logger) Lost() uint64 {
	if l == nil {
		return 0
	}
	var n uint64
	for _, q := range l.queues {
		n += q.total.Load()
	}
	return n
}

// Close writes what is queued, for at most timeout, and gives up the rest. The
// error says how many lines that were. Lines logged afterwards are discarded.
func (l *Logger) Close(timeout time.Duration) error {
	if l == nil {
		return nil
	}
	for _, q := range l.queues {
		q.finish()
	}
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	left := 0
	for _, q := range l.queues {
		left += q.await(limit)
	}
	if left > 0 {
		return fmt.Errorf("closing the log: %d lines not written: %w", left, os.ErrDeadlineExceeded)
	}
	return nil
}

func (l *Logger) logf(level Level, format string, args []any) {
	if l == nil || len(l.queues) == 0 && l.tee == nil {
		return
	}
	l.log(level, fmt.Sprintf(format, args...))
}

func (l *Logger) log(level Level, text string) {
	if l == nil || len(l.queues) == 0 && l.tee == nil {
		return
	}
	text = clean(text)
	if l.tee != nil {
		l.tee(level, text)
	}
	e := entry{at: time.Now(), level: level, ident: *l.ident.Load(), text: text}
	for _, q := range l.queues {
		q.put(e)
	}
}

// clean makes one printable line of text: what was read from a file or the
// network must not look like lines of its own.
func clean(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
		for !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) && len(text) > maxText-utf8.UTFMax {
			text = text[:len(text)-1]
		}
	}
	if !hasControl(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, text)
}

// hasControl looks for bytes: no part of a longer character is one of them.
func hasControl(text string) bool {
	for i := range len(text) {
		if isControl(rune(text[i])) {
			return true
		}
	}
	return false
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
