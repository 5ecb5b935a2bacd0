package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Parked is something the house gave up after several tries, so that a person decides.
type Parked struct {
	ID    string    `json:"id" doc:"such as entry-812-clocks or work-email.send-msg_06f3x8k2m4q7r"`
	What  string    `json:"what" enum:"entry,work" doc:"an entry of the journal that a follower could not take, or later work that could not be done"`
	By    string    `json:"by" doc:"the follower, or the kind of work"`
	Kind  string    `json:"kind,omitempty" doc:"of the entry"`
	Seq   int64     `json:"seq,omitempty" doc:"of the entry, as in the journal"`
	Key   string    `json:"key,omitempty" doc:"of the work"`
	Why   string    `json:"why" doc:"what the last try came to grief on, for whoever looks after the server"`
	Since time.Time `json:"since" doc:"when it should have been done"`
	Tries int64     `json:"tries"`
}

// mostParked is how many are listed of each sort: when more are parked, they have one cause.
const mostParked = 500

func (h *House) parkedRoutes() {
	web.Handle(h.API, web.Route{Method: http.MethodGet, Path: "/parked", Needs: web.Settings, Say: "List what was given up after several tries, the oldest first"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Parked], err error) {
			return page, h.DB.Read(ctx, func(tx *store.Tx) error { page.Items, err = h.parked(tx); return err })
		})
	web.Handle(h.API, web.Route{Method: http.MethodPost, Path: "/parked/{id}/retry", Needs: web.Settings, Say: "Try again what was given up"}, h.retry)
	web.Handle(h.API, web.Route{Method: http.MethodPost, Path: "/parked/{id}/discard", Needs: web.Settings, Say: "Strike off later work that need not be done any more"}, h.discard)
}

// parked lists what waits for a person, the oldest first.
func (h *House) parked(tx *store.Tx) ([]Parked, error) {
	all := []Parked{}
	stuck, err := tx.Stuck()
	if err != nil {
		return nil, err
	}
	for _, s := range stuck {
		if !s.Parked || len(all) == mostParked {
			continue
		}
		p := Parked{ID: fmt.Sprintf("entry-%d-%s", s.Seq, s.Follower), What: "entry", By: s.Follower, Kind: s.Kind, Seq: s.Seq, Why: s.Error, Tries: s.Tries}
		entries, err := tx.Journal(s.Seq-1, 1)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			p.Since = e.At
		}
		all = append(all, p)
	}
	jobs, err := h.Due.Parked(tx, mostParked)
	for _, j := range jobs {
		all = append(all, Parked{ID: "work-" + j.Kind + "-" + j.Key, What: "work", By: j.Kind, Key: j.Key, Why: j.Error, Since: j.Due, Tries: int64(j.Tries)})
	}
	slices.SortStableFunc(all, func(a, b Parked) int { return a.Since.Compare(b.Since) })
	return all, err
}

type parkedIn struct {
	ID string `path:"id" maxLength:"400"`
}

// retry has an entry taken at once, and work done within moments.
func (h *House) retry(ctx context.Context, who web.Who, in *parkedIn) (done web.None, err error) {
	if kind, key, ok := workOf(in.ID); ok {
		return web.None{OK: true}, h.DB.Write(ctx, who.Actor, func(tx *store.Tx) error { return h.Due.Retry(tx, kind, key) })
	}
	seq, name := entryOf(in.ID)
	i := slices.IndexFunc(h.Followers, func(f *store.Follower) bool { return f.Name == name })
	if i < 0 {
		return done, notParked()
	}
	err = h.DB.Retry(ctx, who.Actor, h.Followers[i], seq)
	switch f := fault.Of(err); {
	case err == nil:
		return web.None{OK: true}, nil
	case errors.Is(err, store.ErrNone):
		return done, notParked()
	case f != nil && f.Code == "store.trouble":
		return done, err
	case f != nil:
		return done, failedAgain(f.Say)
	}
	return done, failedAgain(err.Error())
}

func (h *House) discard(ctx context.Context, who web.Who, in *parkedIn) (done web.None, err error) {
	kind, key, ok := workOf(in.ID)
	if !ok {
		return done, fault.New(fault.Invalid, "parked.entry", "An entry of the journal can't be discarded: it happened, and what follows from it is missing until a retry works.")
	}
	return web.None{OK: true}, h.DB.Write(ctx, who.Actor, func(tx *store.Tx) error { return h.Due.Discard(tx, kind, key) })
}

// workOf reads work-‹kind›-‹key›; no kind has a dash.
func workOf(id string) (kind, key string, ok bool) {
	rest, ok := strings.CutPrefix(id, "work-")
	kind, key, _ = strings.Cut(rest, "-")
	return kind, key, ok
}

// entryOf reads entry-‹seq›-‹follower›.
func entryOf(id string) (seq int64, follower string) {
	rest, ok := strings.CutPrefix(id, "entry-")
	n, follower, _ := strings.Cut(rest, "-")
	seq, err := strconv.ParseInt(n, 10, 64)
	if err != nil || !ok {
		return 0, ""
	}
	return seq, follower
}

func notParked() error {
	return fault.New(fault.NotFound, "parked.unknown", "This is no longer parked; someone may have been faster.")
}

func failedAgain(why string) error {
	return fault.New(fault.Conflict, "parked.failed_again", "It failed again and stays parked: %s", strings.TrimSuffix(why, ".")+".")
}
