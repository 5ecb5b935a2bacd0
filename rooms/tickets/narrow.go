package tickets

import (
	"slices"

	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// filter is what a search is narrowed down to; narrow is false when it is not.
func (in *searchIn) filter(who web.Who) (f Filter, narrow bool, err error) {
	if f.Statuses, err = statuses(in.Status); err != nil {
		return f, false, err
	}
	if f.Assignee, err = whose[staff.ID](in.Assignee, staff.ID(who.Staff)); err != nil {
		return f, false, err
	}
	if f.Team, err = whose[staff.TeamID](in.Team, 0); err != nil {
		return f, false, err
	}
	f.Tag, f.Facts, f.Channel, f.Customer = in.Tag, in.Facts, in.Channel, in.From
	narrow = f.Statuses != nil || f.Assignee != nil || f.Team != nil || f.Tag != "" || f.Facts != "" || f.Channel != "" || f.Customer != 0
	return f, narrow, nil
}

const (
	handful  = 100  // hits that are looked at together
	mostHits = 2000 // that are looked at for one page
)

// narrowed shows of what a search finds those tickets that fit a filter, as they are now. The index knows nothing of
// them, so hits are looked at one after the other; where few fit, a page ends after many that do not and says where to go on.
func (room *Room) narrowed(tx *store.Tx, who web.Who, in *searchIn, f Filter, most int) (page web.Page[Found], err error) {
	q := search.Query{Text: in.Q, See: sight(who), Limit: handful, Before: in.After}
	var kept []search.Hit
	for looked, looks := 0, 0; looked < most && looks < 2*most/handful; looks++ {
		hits, next, err := search.Find(tx, q)
		if err != nil {
			return page, err
		}
		looked += len(hits)
		fit, err := room.fitting(tx, who, f, hits)
		if err != nil {
			return page, err
		}
		for _, i := range fit {
			if kept = append(kept, hits[i]); len(kept) < in.Limit {
				continue
			}
			q.Limit = i + 1 // where the page after this one begins
			if _, next, err = search.Find(tx, q); err != nil {
				return page, err
			}
			break
		}
		q.Before = next
		if next == 0 || len(kept) == in.Limit {
			break
		}
	}
	if q.Before != 0 {
		page.Next = id.Seq(q.Before)
	}
	page.Items, err = room.found(tx, who, in.Q, kept)
	return page, err
}

// fitting are the places of the hits whose tickets somebody may see and that fit a filter.
func (room *Room) fitting(tx *store.Tx, who web.Who, f Filter, hits []search.Hit) (places []int, err error) {
	var ids []ID
	for _, h := range hits {
		ids = append(ids, ID(h.Group))
	}
	all, err := some(tx, ids)
	for i, h := range hits {
		if slices.ContainsFunc(all, func(t Ticket) bool { return int64(t.ID) == h.Group && f.fits(t) && room.Sees(who, t) }) {
			places = append(places, i)
		}
	}
	return places, err
}
