package live

import "time"

// Subject is where nodes tell each other who is where.
const Subject = subject

// Gather is how long changes of who is where are gathered.
const Gather = gather

// Hurry changes how often a hub that does not run yet says where the journal is, and who is where.
func (h *Hub) Hurry(pulse, beat time.Duration) { h.pulse, h.beat = pulse, beat }

// At is how many peers of this node were settled at a subject, whether they may see it or not.
func (h *Hub) At(subject string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	pl := h.crowd.places[subject]
	if pl == nil {
		return 0
	}
	return len(pl.peers)
}

// Nodes is how many other nodes a hub takes for alive.
func (h *Hub) Nodes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.crowd.nodes)
}
