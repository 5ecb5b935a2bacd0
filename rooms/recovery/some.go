package recovery

import "github.com/hearthdesk/hearth/base/store"

// Some reads complaints as they stand, in one go and without what belongs to them; those that are not there are left out.
func (*Room) Some(tx *store.Tx, which []ID) (map[ID]Complaint, error) {
	found := make(map[ID]Complaint, len(which))
	if len(which) == 0 {
		return found, nil
	}
	marks, args := store.Marks(which)
	return found, store.Each(tx, `SELECT `+columns+` FROM complaints WHERE id IN (`+marks+`)`, args, func(c Complaint) error {
		found[c.ID] = c
		return nil
	})
}
