package store

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// remembered is how many earlier processes of a place are known; what the older ones left is long taken up.
const remembered = 32

// past are the names of the processes that ran where this one runs, which are all dead: whoever is told of the file holds
// the folder it lies in alone. What they had claimed needn't wait for anybody's patience to run out.
type past struct {
	file string
	dead []string
}

// nodeName names a process. Its number may come again after a restore, so a few characters tell those of that number apart.
func nodeName(n int64) string { return fmt.Sprintf("node-%d-%s", n, strings.ToLower(rand.Text()[:6])) }

// read learns who ran here before.
func (p *past) read() error {
	if p.file == "" {
		return nil
	}
	text, err := os.ReadFile(p.file)
	if os.IsNotExist(err) {
		return nil
	}
	p.dead = strings.Fields(string(text))
	return err
}

// enter adds a name for those who come after.
func (p *past) enter(name string) error {
	if p.file == "" {
		return nil
	}
	all := append(slices.Clone(p.dead), name)
	all = all[max(0, len(all)-remembered):]
	next := filepath.Join(filepath.Dir(p.file), "."+filepath.Base(p.file))
	if err := os.WriteFile(next, []byte(strings.Join(all, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(next, p.file)
}

// Dead says whether a node is known not to live any more, because it ran where this one runs now.
func (db *DB) Dead(node string) bool { return slices.Contains(db.past.dead, node) }

// inherit gives back the leases of those who died here.
func (db *DB) inherit(tx *Tx) error {
	for _, node := range db.past.dead {
		if err := tx.Do(`DELETE FROM leases WHERE holder = $1`, node); err != nil {
			return err
		}
	}
	return nil
}
