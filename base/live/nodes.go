package live

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/bus"
)

const (
	subject = "hearth.here"   // where nodes tell each other who is where
	beat    = 3 * time.Second // between two times that a node says everything it knows
	missed  = 3               // beats after which a node is taken for dead
	parcel  = 500             // places in one message, far below the megabyte the bus takes
)

// word is what a node says: who of its peers is at some places now. A word that is lost is made good by the next beat.
type word struct {
	Node  string              `json:"node"`
	Round int64               `json:"round"` // how often it has said everything
	Here  map[string][]person `json:"here,omitempty"`
	All   bool                `json:"all,omitempty"`  // with this the round is complete
	Gone  bool                `json:"gone,omitempty"` // the node stops
}

// theirs is who of another node is at a place, and in which round that was last said.
type theirs struct {
	who   []person
	round int64
}

// nodes are the other ones, as one tells them of its own peers.
type nodes struct {
	bus   *bus.Bus // nil when there is none
	hub   *Hub
	round int64
}

// tell says what changed, or everything when another node may know nothing of us.
func (n *nodes) tell(ctx context.Context, changed map[string][]person) {
	h := n.hub
	h.mu.Lock()
	greet := h.crowd.greet
	h.crowd.greet = false
	h.mu.Unlock()
	for some := range parcels(changed) {
		n.say(ctx, word{Here: some})
	}
	if greet {
		n.beat(ctx)
	}
}

// beat says everything; when nobody else is known, only that this node is here, and who is new will be greeted.
func (n *nodes) beat(ctx context.Context) {
	h := n.hub
	h.mu.Lock()
	alone := len(h.crowd.nodes) == 0
	all := map[string][]person{}
	for s, pl := range h.crowd.places {
		if len(pl.ours) > 0 && !alone {
			all[s] = pl.ours
		}
	}
	h.mu.Unlock()
	if alone {
		n.say(ctx, word{})
		return
	}
	n.round++
	for some := range parcels(all) {
		n.say(ctx, word{Here: some})
	}
	n.say(ctx, word{All: true})
}

func (n *nodes) part(ctx context.Context) { n.say(ctx, word{Gone: true}) }

func (n *nodes) say(ctx context.Context, w word) {
	if n.bus == nil {
		return
	}
	w.Node, w.Round = n.hub.node, n.round
	b, err := json.Marshal(w)
	if err == nil {
		err = n.bus.Publish(subject, b)
	}
	if err != nil {
		n.hub.log.DebugContext(ctx, "other nodes hear later who is where", "err", err)
	}
}

func parcels(all map[string][]person) iter.Seq[map[string][]person] {
	return func(yield func(map[string][]person) bool) {
		for some := range slices.Chunk(slices.Sorted(maps.Keys(all)), parcel) {
			part := make(map[string][]person, len(some))
			for _, s := range some {
				part[s] = all[s]
			}
			if !yield(part) {
				return
			}
		}
	}
}

// join has the hub hear other nodes.
func (h *Hub) join(b *bus.Bus) (leave func(), err error) {
	if b == nil {
		return func() {}, nil
	}
	b.OnReturn(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.crowd.greet = true
		ring(h.crowd.stir)
	})
	return b.Subscribe(subject, h.overhear)
}

// overhear takes in what a node says.
func (h *Hub) overhear(data []byte) {
	var w word
	if json.Unmarshal(data, &w) != nil || w.Node == "" || w.Node == h.node {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	c := &h.crowd
	if w.Gone {
		delete(c.nodes, w.Node)
		c.lose(w.Node, math.MaxInt64)
		return
	}
	if _, known := c.nodes[w.Node]; !known {
		c.greet = true
		ring(c.stir)
	}
	c.nodes[w.Node] = 0
	for s, who := range w.Here {
		if s != "" {
			c.hear(w.Node, s, theirs{who, w.Round})
		}
	}
	if w.All {
		c.lose(w.Node, w.Round-1) // one round may have been lost on the way
	}
}

// hear takes in who of a node is at a subject.
func (c *crowd) hear(node, subject string, t theirs) {
	pl := c.places[subject]
	switch {
	case len(t.who) > 0:
		pl = c.at(subject)
	case pl == nil:
		return
	}
	if !slices.Equal(pl.theirs[node].who, t.who) {
		c.touch(subject)
	}
	if len(t.who) > 0 {
		pl.theirs[node] = t
	} else {
		delete(pl.theirs, node)
	}
}

// lose forgets what a node said before a round.
func (c *crowd) lose(node string, before int64) {
	for s, pl := range c.places {
		if t, ok := pl.theirs[node]; ok && t.round < before {
			delete(pl.theirs, node)
			c.touch(s)
		}
	}
}

// count takes the nodes that were not heard for some beats for dead. What could not be settled is tried again.
func (h *Hub) count() {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := &h.crowd
	for n, quiet := range c.nodes {
		c.nodes[n] = quiet + 1
		if quiet >= missed {
			delete(c.nodes, n)
			c.lose(n, math.MaxInt64)
		}
	}
	if len(c.moved)+len(c.stirred) > 0 {
		ring(c.stir)
	}
}
