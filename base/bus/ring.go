package bus

import (
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/hearthdesk/hearth/base/store"
)

const journal = "hearth.journal" // rings when it has grown

// Join rings the other nodes after each commit of db, and db's followers when another node rings, until the bus is closed.
// Commits in quick succession share a ring.
func Join(b *Bus, db *store.DB) error {
	_, err := b.Subscribe(journal, func(data []byte) {
		if who, seq, ok := readRing(string(data)); ok && who != b.id {
			db.Heard(seq)
		}
	})
	if err != nil {
		return err
	}
	b.OnReturn(func() { db.Heard(0) }) // a look is due: rings may have been missed
	var newest atomic.Int64
	grown := make(chan struct{}, 1)
	db.OnRing(func(seq int64) { // the committer does not wait for the network
		for old := newest.Load(); seq > old && !newest.CompareAndSwap(old, seq); old = newest.Load() {
		}
		select {
		case grown <- struct{}{}:
		default:
		}
	})
	go func() {
		for {
			select {
			case <-b.done:
				return
			case <-grown:
			}
			if err := b.Publish(journal, writeRing(b.id, newest.Load())); err != nil {
				b.log.Debug("a ring was lost", "err", err)
			}
		}
	}()
	return nil
}

func writeRing(who string, seq int64) []byte { return strconv.AppendInt([]byte(who+" "), seq, 10) }

func readRing(s string) (who string, seq int64, ok bool) {
	who, digits, ok := strings.Cut(s, " ")
	seq, err := strconv.ParseInt(digits, 10, 64)
	return who, seq, ok && who != "" && err == nil && seq >= 0
}
