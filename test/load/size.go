package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// size asks a house of n tickets the same as the one in the middle: what people wait for does not grow with the inbox.
func (b *bench) size(ctx context.Context, n int, find bool) error {
	p, err := b.kept(ctx, fmt.Sprintf("quick-%d", n), func(ctx context.Context, p *place) error { return b.quick(ctx, p, n, find) })
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, p)
	if err != nil {
		return err
	}
	return errors.Join(b.sized(ctx, s, n, find), s.stop())
}

func (b *bench) sized(ctx context.Context, s *server, n int, find bool) error {
	inbox, err := s.inbox(ctx, s.place.notes, 500)
	if err != nil {
		return err
	}
	err = s.asked(ctx, inbox, func(q question, c, limit cost) row {
		r := plain(q, c, limit)
		if base, ok := b.base[q.what]; ok {
			r.Limit = fmt.Sprintf("%s with %d tickets", ms(base.cpu), 20_000)
			r.Ratio = ratio(float64(c.cpu), float64(base.cpu))
		}
		r.What = fmt.Sprintf("%s, among %s", q.what, short(n))
		return r
	})
	if err != nil || !find {
		return err
	}
	err = s.asked(ctx, s.searches(s.place.notes, 300, 0, 0), func(q question, c, limit cost) row {
		r := plain(q, c, limit)
		r.What = fmt.Sprintf("%s, among %s", q.what, short(n))
		return r
	})
	if err != nil {
		return err
	}
	return b.mixture(ctx, s, n)
}

// mixture asks what people ask: one to three words drawn as they are written, half of them still being typed.
func (b *bench) mixture(ctx context.Context, s *server, n int) error {
	d := newDesk(teams)
	r := rand.New(rand.NewPCG(3, 5))
	var took []time.Duration
	for range 1000 {
		words := []string{d.word()}
		for range r.IntN(3) {
			words = append(words, d.word())
		}
		if r.IntN(2) == 0 {
			words = append(words, "")
		}
		q := strings.Join(words, " ")
		token := s.place.notes.Owner
		if r.IntN(3) == 0 {
			token = s.place.notes.Agents[0]
		}
		began := now()
		if _, err := s.ask(ctx, http.MethodGet, "/api/v1/search?limit=25&q="+url.QueryEscape(q), token, nil, nil); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	return b.add(row{
		What: "search: words of every frequency, among " + short(n), Figure: fmt.Sprintf("p50 %s, p99 %s", ms(p50), ms(p99)), Reach: "p99 ≤ 50 ms", Held: held(p99 <= 50*time.Millisecond),
	})
}

func short(n int) string {
	if n >= 1_000_000 {
		return fmt.Sprintf("%dM", n/1_000_000)
	}
	return fmt.Sprintf("%dk", n/1000)
}
