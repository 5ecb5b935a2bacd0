package demo

import (
	"context"
	"errors"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
)

// bell is work that only says that everything due before it has been begun: it is done twice, and between the two
// base/due looks at all kinds of work.
const bell = "sample.bell"

// ring does what is due by the clock: warnings, breaches, targets that changed.
func (l *life) ring(ctx context.Context) error {
	who := l.told
	if l.rings++; l.rings%5 == 0 { // the others need not hurry: what they do is cheaper in larger pieces
		who = l.all
	}
	if err := l.DB.CatchUp(ctx, who...); err != nil {
		return err
	}
	for {
		before, err := l.DB.Head(ctx)
		if err != nil {
			return err
		}
		for left := true; left; { // a batch that was claimed as the bell rang was given back
			if err := l.once(ctx); err != nil {
				return err
			}
			err := l.DB.Read(ctx, func(tx *store.Tx) error {
				next, err := l.Due.Next(tx)
				left = !next.IsZero() && !next.After(tx.Now())
				return err
			})
			if err != nil {
				return err
			}
		}
		after, err := l.DB.Head(ctx)
		if err != nil || after == before {
			return err
		}
		if err := l.DB.CatchUp(ctx, l.told...); err != nil {
			return err
		}
	}
}

// once lets base/due work until the bell is through.
func (l *life) once(ctx context.Context) error {
	err := l.DB.Write(ctx, store.System("sample"), func(tx *store.Tx) error { return l.Due.Put(tx, bell, "first", tx.Now(), nil) })
	if err != nil {
		return err
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- l.Due.Run(work) }()
	select {
	case <-l.rang:
		stop()
		return <-ended
	case err := <-ended:
		return errors.Join(err, ctx.Err())
	}
}

// listens makes the bell.
func (l *life) listens() {
	l.rang = make(chan struct{}, 1)
	l.Due.HandleTx(bell, due.Policy{}, func(tx *store.Tx, j due.Job) error {
		if j.Key == "first" {
			return l.Due.Put(tx, bell, "second", tx.Now(), nil)
		}
		tx.After(func() { l.rang <- struct{}{} })
		return nil
	})
}
