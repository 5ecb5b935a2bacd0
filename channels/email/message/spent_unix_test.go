//go:build unix

package message_test

import (
	"syscall"
	"time"
)

// spent is the processor time this process has used, which others on the machine don't change.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
