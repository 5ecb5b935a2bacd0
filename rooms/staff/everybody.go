package staff

import "github.com/hearthdesk/hearth/base/store"

// Everybody reads all who work here, those who can't sign in any more among them, with what they may.
func (room *Room) Everybody(tx *store.Tx) (all []Member, err error) {
	const page = 500
	for after := ID(0); ; {
		some, err := listed(tx, after, page)
		all = append(all, some...)
		if err != nil || len(some) < page {
			return all, err
		}
		after = some[len(some)-1].ID
	}
}
