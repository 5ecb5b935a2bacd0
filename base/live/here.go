package live

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

const (
	gather   = 100 * time.Millisecond // what is said about who is where in quick succession is told once
	farthest = 64                     // bytes of a subject's name; ids are shorter
)

// Doors says who may see the subjects somebody says to be at; one that is not there is left out.
type Doors func(tx *store.Tx, subjects []string) (map[string]web.Audience, error)

// person is a member of staff who is at a subject, once however many of their pages show it.
type person struct {
	Staff   string `json:"staff"`
	Name    string `json:"name"`
	Writing bool   `json:"writing"`
}

// stand is where a peer says that it is; nowhere when the ticket is empty.
type stand struct {
	Ticket  string `json:"ticket"`
	Writing bool   `json:"writing"`
}

// place is a subject somebody is at.
type place struct {
	peers  map[*peer]bool    // of this node
	ours   []person          // those of them who may see it, as other nodes were told
	theirs map[string]theirs // by node
	all    []person          // everybody, in the order everybody sees; nobody when it is not there
	frame  []byte            // says so; made when it is first needed
	to     web.Audience      // who may see it
}

// crowd is who is where. It costs something when somebody comes, goes or begins to write, and where there are several nodes,
// at each beat; an entry of the journal looks up its subject, and no more unless others may see it now. The hub's lock
// guards it; the goroutine of keep alone moves peers from place to place.
type crowd struct {
	places  map[string]*place
	moved   map[*peer]bool  // who has said where they are, or left, or may something else now
	stirred map[string]bool // the subjects to look at again
	nodes   map[string]int  // for each other node, the beats since it was heard
	greet   bool            // another node may know nothing of us
	stir    chan struct{}   // something is to be done
}

func newCrowd() crowd {
	return crowd{places: map[string]*place{}, moved: map[*peer]bool{}, stirred: map[string]bool{}, nodes: map[string]int{}, stir: make(chan struct{}, 1)}
}

// at is the place of a subject, made when there is none. Whoever calls it holds the lock and stirs the subject.
func (c *crowd) at(subject string) *place {
	pl := c.places[subject]
	if pl == nil {
		pl = &place{peers: map[*peer]bool{}, theirs: map[string]theirs{}}
		c.places[subject] = pl
	}
	return pl
}

func (c *crowd) touch(subject string) {
	c.stirred[subject] = true
	ring(c.stir)
}

func (c *crowd) move(p *peer) {
	c.moved[p] = true
	ring(c.stir)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// keep brings together who is where, here and on other nodes, until ctx ends. However often peers change their minds, the
// others hear at most once per gathering how things stand then.
func (h *Hub) keep(ctx context.Context, b *bus.Bus) {
	beat := time.NewTicker(h.beat)
	defer beat.Stop()
	to := &nodes{bus: b, hub: h}
	to.beat(ctx) // so that the others greet us
	var soon <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			to.part(ctx)
			return
		case <-h.crowd.stir:
			if soon == nil {
				soon = time.After(gather)
			}
		case <-soon:
			soon = nil
			changed, err := h.settle(ctx)
			if err != nil && ctx.Err() == nil {
				h.log.WarnContext(ctx, "who is where is told later", "err", err)
			}
			to.tell(ctx, changed)
		case <-beat.C:
			h.count()
			to.beat(ctx)
		}
	}
}

// settle lets everybody be where they say they are, and wakes who wants to hear of it. What changed among ours is for the
// other nodes.
func (h *Hub) settle(ctx context.Context) (changed map[string][]person, err error) {
	moved, stirred, doors, err := h.walk(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil { // at the next beat
		maps.Copy(h.crowd.moved, moved)
		maps.Copy(h.crowd.stirred, stirred)
		return nil, err
	}
	changed = map[string][]person{}
	for s := range stirred {
		pl := h.crowd.places[s]
		if pl == nil {
			continue
		}
		to, there := doors[s]
		ours, all := h.inside(pl, to, there)
		if !slices.Equal(ours, pl.ours) {
			changed[s] = ours
		}
		news := to != pl.to || !slices.Equal(all, pl.all)
		pl.ours, pl.to = ours, to
		if news {
			pl.all, pl.frame = all, nil
			h.spread(s, pl)
		}
		if len(pl.peers) == 0 && len(pl.theirs) == 0 {
			delete(h.crowd.places, s)
		}
	}
	for p := range moved {
		p.notice(p.says.Ticket) // whoever comes hears who was there before, though nothing changed for those
	}
	return changed, nil
}

// walk moves the peers that said so, and asks who may see the places they and others are at.
func (h *Hub) walk(ctx context.Context) (moved map[*peer]bool, stirred map[string]bool, doors map[string]web.Audience, err error) {
	h.mu.Lock()
	c := &h.crowd
	moved, stirred = c.moved, c.stirred
	c.moved, c.stirred = map[*peer]bool{}, map[string]bool{}
	for p := range moved {
		was, now := p.stands, p.says
		if !h.peers[p] {
			now = stand{}
		}
		p.stands = now
		if pl := c.places[was.Ticket]; pl != nil {
			delete(pl.peers, p)
			stirred[was.Ticket] = true
		}
		if now.Ticket != "" {
			c.at(now.Ticket).peers[p] = true
			stirred[now.Ticket] = true
		}
	}
	var ask []string
	for s := range stirred {
		if pl := c.places[s]; pl != nil && len(pl.peers)+len(pl.theirs) > 0 {
			ask = append(ask, s)
		}
	}
	h.mu.Unlock()
	for some := range slices.Chunk(ask, batch) {
		err = h.db.Read(ctx, func(tx *store.Tx) error {
			more, err := h.doors(tx, some)
			if doors == nil {
				doors = more
			} else {
				maps.Copy(doors, more)
			}
			return err
		})
		if err != nil {
			break
		}
	}
	return moved, stirred, doors, err
}

// inside is who is at a place: ours who may see it, and with them those of other nodes, who were asked there.
func (h *Hub) inside(pl *place, to web.Audience, there bool) (ours, all []person) {
	if !there {
		return nil, nil
	}
	for p := range pl.peers {
		if p.who.Staff != 0 && p.who.In(to) {
			ours = append(ours, person{Staff: p.staff, Name: p.who.Name, Writing: p.stands.Writing})
		}
	}
	all = slices.Clone(ours)
	for _, t := range pl.theirs {
		all = append(all, t.who...)
	}
	return once(ours), once(all)
}

// once has each person once, who writes if one of their pages says so, by name.
func once(all []person) []person {
	by := make(map[string]person, len(all))
	for _, p := range all {
		p.Writing = p.Writing || by[p.Staff].Writing
		by[p.Staff] = p
	}
	return slices.SortedFunc(maps.Values(by), func(a, b person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Staff, b.Staff)) })
}

// spread wakes who wants to hear of a subject or is there.
func (h *Hub) spread(subject string, pl *place) {
	for _, some := range []map[*peer]bool{h.wants[everything], h.wants[subject], pl.peers} {
		for p := range some {
			p.notice(subject)
		}
	}
}

// notice has a peer look at who is at a subject; whoever calls it holds the lock.
func (p *peer) notice(subject string) {
	if subject != "" {
		p.unheard[subject] = true
		ring(p.bell)
	}
}

// cares says whether a peer wants to hear who is at a subject.
func (p *peer) cares(subject string) bool {
	return p.says.Ticket == subject || p.hub.wants[subject][p] || p.hub.wants[everything][p]
}

// forget notes that a peer may not know any more who is at a subject it cares for no longer.
func (p *peer) forget(subject string) {
	if _, ok := p.told[subject]; ok && !p.cares(subject) {
		p.told[subject] = nil
	}
}

// news is what a peer has to hear about who is where, as it stands now.
func (p *peer) news() (frames [][]byte, err error) {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.anew {
		p.anew = false
		p.all()
	}
	for s := range p.unheard {
		frame, err := p.look(s)
		if err != nil {
			return nil, err
		}
		if frame != nil {
			frames = append(frames, frame)
		}
	}
	clear(p.unheard)
	return frames, nil
}

// all has a peer look at every place it cares for, and wherever it knows somebody.
func (p *peer) all() {
	places := p.hub.crowd.places
	subjects := slices.Values(p.topics)
	if len(p.topics) == 0 {
		subjects = maps.Keys(places)
	}
	for s := range subjects {
		if places[s] != nil {
			p.unheard[s] = true
		}
	}
	for s := range p.told {
		p.unheard[s] = true
	}
	p.notice(p.says.Ticket)
}

// look is what the peer has to hear of who is at a subject, or nil when it knows. Nobody is told of themselves, and of what
// they may no longer see they hear that nobody is there.
func (p *peer) look(subject string) ([]byte, error) {
	if !p.cares(subject) {
		return nil, nil
	}
	pl := p.hub.crowd.places[subject]
	var who []person
	if pl != nil && p.who.In(pl.to) {
		who = pl.all
	}
	self := slices.IndexFunc(who, func(one person) bool { return one.Staff == p.staff })
	if self >= 0 {
		who = slices.Delete(slices.Clone(who), self, self+1)
	}
	was, told := p.told[subject]
	switch {
	case len(who) == 0 && !told, len(who) > 0 && slices.Equal(who, was):
		return nil, nil
	case len(who) == 0:
		delete(p.told, subject)
		return scene(subject, nil)
	}
	p.told[subject] = who
	if self >= 0 {
		return scene(subject, who)
	}
	if pl.frame == nil {
		var err error
		if pl.frame, err = scene(subject, who); err != nil {
			return nil, err
		}
	}
	return pl.frame, nil
}

// scene is the frame that says who is at a subject.
func scene(subject string, who []person) ([]byte, error) {
	type here struct {
		Ticket string   `json:"ticket"`
		Who    []person `json:"who"`
	}
	if who == nil {
		who = []person{}
	}
	return json.Marshal(map[string]here{"here": {subject, who}})
}
